package deliver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// Worker delivers what is due on one channel, one at a time. Any number of
// nodes may run one on the same outbox.
type Worker struct {
	Outbox  Outbox
	Kind    Kind
	To      string // a recipient, "": any
	Send    func(ctx context.Context, d Delivery) error
	Trouble func(ctx context.Context, d Delivery, err error) // after each failure; nil: only logged
	Backoff Backoff
	Now     func() time.Time
	Log     *slog.Logger
}

// Backoff says how patient a channel is.
type Backoff struct {
	First time.Duration // after the first failure, doubled after each further one
	Most  time.Duration // between two tries
	Until time.Duration // since the delivery was made, then it is given up
	Lend  time.Duration // for one try, which is broken off then
}

// Patience of the channels. A receipt on paper is of no use once its buyer has
// left.
var (
	MailBackoff  = Backoff{First: 15 * time.Second, Most: time.Hour, Until: 72 * time.Hour, Lend: 2 * time.Minute}
	PrintBackoff = Backoff{First: 2 * time.Second, Most: 15 * time.Second, Until: 5 * time.Minute, Lend: 30 * time.Second}
)

// wait is the pause after so many tries.
func (b Backoff) wait(tries int) time.Duration {
	return min(b.First<<min(max(tries-1, 0), 16), b.Most)
}

var errTooLate = fmt.Errorf("%w: it waited too long", ErrUndeliverable)

// Run works at once and at each tick until ctx ends. It owns no goroutine: its
// caller's is the one that delivers.
func (w *Worker) Run(ctx context.Context, tick <-chan time.Time) {
	for {
		if _, err := w.Deliver(ctx); err != nil && ctx.Err() == nil {
			w.Log.Error("the outbox cannot be read", "kind", w.Kind, "err", err)
		}
		select {
		case <-tick:
		case <-ctx.Done():
			return
		}
	}
}

// Deliver tries all that is due, and returns how many were sent. A failed try
// is kept in the outbox and is no error.
func (w *Worker) Deliver(ctx context.Context) (sent int, err error) {
	for ctx.Err() == nil {
		d, err := w.Outbox.TakeDelivery(ctx, w.Kind, w.To, w.Now(), w.Backoff.Lend)
		if errors.Is(err, ErrNothingDue) {
			return sent, nil
		}
		if err != nil {
			return sent, fmt.Errorf("take a delivery: %w", err)
		}
		ok, err := w.try(ctx, d)
		if err != nil {
			return sent, fmt.Errorf("keep delivery %s: %w", d.ID, err)
		}
		if ok {
			sent++
		}
	}
	return sent, ctx.Err()
}

// try sends one. Its outcome is kept even if ctx ends meanwhile.
func (w *Worker) try(ctx context.Context, d Delivery) (sent bool, err error) {
	failed := errTooLate // nobody sent what waited
	if w.Now().Sub(d.Created) <= w.Backoff.Until {
		failed = w.send(ctx, d)
	}
	kept := context.WithoutCancel(ctx)
	if failed == nil {
		return true, w.Outbox.Delivered(kept, d, w.Now())
	}
	next := w.Now().Add(w.Backoff.wait(d.Tries))
	if errors.Is(failed, ErrUndeliverable) || next.Sub(d.Created) > w.Backoff.Until {
		next = time.Time{}
	}
	w.Log.Warn("a receipt was not delivered", "kind", w.Kind, "receipt", d.Receipt, "try", d.Tries, "given_up", next.IsZero(), "err", failed)
	if w.Trouble != nil {
		w.Trouble(kept, d, failed)
	}
	return false, w.Outbox.NotDelivered(kept, d, failed.Error(), w.Now(), next)
}

// send is one try, at most as long as the delivery is lent. A panic in it is
// this delivery's failure alone.
func (w *Worker) send(ctx context.Context, d Delivery) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: a fault while sending: %v", ErrUndeliverable, p)
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, w.Backoff.Lend)
	defer cancel()
	return w.Send(ctx, d)
}
