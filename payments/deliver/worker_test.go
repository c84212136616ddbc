package deliver_test

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"log/slog"
	"mime/multipart"
	"mime/quotedprintable"
	"testing"
	"time"

	"voicetill/payments/deliver"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// decoded undoes a part's transfer encoding (RFC 2045).
func decoded(p *multipart.Part) io.Reader {
	switch p.Header.Get("Content-Transfer-Encoding") {
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, p)
	case "quoted-printable":
		return quotedprintable.NewReader(p)
	}
	return p
}

// box is an outbox of one delivery.
type box struct {
	d       deliver.Delivery
	next    time.Time
	state   string
	trouble string
}

func (b *box) TakeDelivery(_ context.Context, kind deliver.Kind, _ string, at time.Time, lend time.Duration) (deliver.Delivery, error) {
	if b.state != deliver.Waiting || kind != b.d.Kind || at.Before(b.next) {
		return deliver.Delivery{}, deliver.ErrNothingDue
	}
	b.d.Tries++
	b.next = at.Add(lend)
	return b.d, nil
}

func (b *box) Delivered(context.Context, deliver.Delivery, time.Time) error {
	b.state = deliver.Sent
	return nil
}

func (b *box) NotDelivered(_ context.Context, _ deliver.Delivery, trouble string, _, next time.Time) error {
	b.trouble, b.next = trouble, next
	if next.IsZero() {
		b.state = deliver.GivenUp
	}
	return nil
}

var start = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

// bench is a worker with a clock that the test moves.
type bench struct {
	*deliver.Worker
	box   *box
	now   time.Time
	tries []time.Duration // since the start
}

func newBench(send func(n int) error) *bench {
	b := &bench{box: &box{d: deliver.Delivery{ID: "1", Kind: deliver.Mail, Receipt: "01K9", Created: start}, state: deliver.Waiting}, now: start}
	b.Worker = &deliver.Worker{Outbox: b.box, Kind: deliver.Mail, Backoff: deliver.MailBackoff, Now: func() time.Time { return b.now },
		Log: slog.New(slog.DiscardHandler),
		Send: func(context.Context, deliver.Delivery) error {
			b.tries = append(b.tries, b.now.Sub(start))
			return send(len(b.tries))
		}}
	return b
}

// pass lets time pass to the next try until the delivery ends.
func (b *bench) pass(t *testing.T) {
	t.Helper()
	for range 1000 {
		if _, err := b.Deliver(t.Context()); err != nil {
			t.Fatal(err)
		}
		if b.box.state != deliver.Waiting {
			return
		}
		b.now = b.box.next
	}
	t.Fatal("it never ends")
}

func TestAServerThatFailsIsTriedAgainWithGrowingPauses(t *testing.T) {
	b := newBench(func(n int) error {
		if n < 5 {
			return errors.New("down")
		}
		return nil
	})
	b.pass(t)
	want := []time.Duration{0, 15 * time.Second, 45 * time.Second, 105 * time.Second, 225 * time.Second}
	if len(b.tries) != len(want) || b.box.state != deliver.Sent {
		t.Fatalf("got %v, %s", b.tries, b.box.state)
	}
	for i := range want {
		if b.tries[i] != want[i] {
			t.Errorf("try %d after %v, want %v", i+1, b.tries[i], want[i])
		}
	}
}

func TestAServerThatIsGoneIsGivenUpAfterThreeDays(t *testing.T) {
	b := newBench(func(int) error { return errors.New("down") })
	troubles := 0
	b.Trouble = func(context.Context, deliver.Delivery, error) { troubles++ }
	b.pass(t)
	last := b.tries[len(b.tries)-1]
	if b.box.state != deliver.GivenUp || b.box.trouble != "down" || last > 72*time.Hour || last < 70*time.Hour || troubles != len(b.tries) {
		t.Errorf("%s after %d tries, the last after %v", b.box.state, len(b.tries), last)
	}
}

func TestWhatNoTryWouldMendIsTriedOnce(t *testing.T) {
	for name, send := range map[string]func(int) error{
		"no such mailbox": func(int) error { return deliver.ErrUndeliverable },
		"a fault of ours": func(int) error { panic("nil map") },
	} {
		b := newBench(send)
		b.pass(t)
		if len(b.tries) != 1 || b.box.state != deliver.GivenUp {
			t.Errorf("%s: %d tries, %s", name, len(b.tries), b.box.state)
		}
	}
}

func TestWhatWaitedTooLongIsNotSent(t *testing.T) {
	b := newBench(func(int) error { return nil })
	b.now = start.Add(73 * time.Hour) // the mail server was set up only now
	b.pass(t)
	if len(b.tries) != 0 || b.box.state != deliver.GivenUp {
		t.Errorf("%d tries, %s", len(b.tries), b.box.state)
	}
}

func TestAWorkerWorksAtEachTickAndEnds(t *testing.T) {
	b := newBench(func(int) error { return errors.New("down") })
	ctx, cancel := context.WithCancel(t.Context())
	tick, done := make(chan time.Time), make(chan struct{})
	go func() { defer close(done); b.Run(ctx, tick) }()
	tick <- start
	tick <- start // taken only when the work of the first is done
	cancel()
	<-done
	if len(b.tries) != 1 {
		t.Errorf("%d tries within the first pause", len(b.tries))
	}
}
