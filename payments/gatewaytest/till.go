package gatewaytest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/oklog/ulid/v2"

	"voicetill/payments"
	"voicetill/payments/money"
)

// Till settles charges one after the other by the rules of payments.Gateway:
// unknown charges are looked up until the window has passed, and then reversed
// until that is answered; refunds are asked for until they are definite.
type Till struct {
	Gateway payments.Gateway
	Clock   *Clock
	// Wait is called before each new attempt at what is unknown; by default
	// nothing happens but time.
	Wait   func()
	states map[string]*state
}

type state struct {
	amount           money.Amount
	window           time.Duration
	booked, released bool
	reversing        bool // never to be booked
	ref              string
	refunded         int64
}

// tooOften ends a settlement that does not come to an end. At one attempt a
// minute it is more than a day.
const tooOften = 2000

// retry is the pause between attempts at what is unknown.
const retry = 20 * time.Second

var errEndless = errors.New("still unknown after 2,000 attempts")

// Begin makes the settlement key of a charge, from the clock's time.
func (t *Till) Begin() string {
	if t.states == nil {
		t.states = map[string]*state{}
	}
	at := ulid.Timestamp(t.Clock.Now())
	return ulid.MustNew(at, ulid.DefaultEntropy()).String() + "/" + ulid.MustNew(at, ulid.DefaultEntropy()).String()
}

// Charge charges and, if the shopper has to act first, calls handoff. It ends
// when the charge is booked or released.
func (t *Till) Charge(ctx context.Context, c payments.Charge, handoff func(payments.Handoff)) error {
	s := &state{amount: c.Amount, window: payments.ReverseAfter}
	if w, ok := t.Gateway.(payments.Windowed); ok && c.Code == "" {
		s.window = w.Window()
	}
	t.states[c.Key] = s
	ref, err := t.Gateway.Charge(ctx, c)
	var hand *payments.HandoffError
	if errors.As(err, &hand) && handoff != nil {
		handoff(hand.Handoff)
	}
	t.note(s, ref, err)
	return t.finish(ctx, c.Key, c.At)
}

func (t *Till) note(s *state, ref string, err error) {
	switch {
	case s.booked || s.released || s.reversing:
	case err == nil:
		s.booked, s.ref = true, ref
	case errors.Is(err, payments.ErrNoCharge):
		s.released = true
	}
}

// Settle is what a callback calls: it looks up and finishes one settlement.
func (t *Till) Settle(ctx context.Context, key string) error {
	s := t.states[key]
	if s == nil {
		return fmt.Errorf("a callback for %q, which was never charged", key)
	}
	if s.booked || s.released {
		return nil
	}
	if s.reversing {
		return t.reverseOnce(ctx, key, s)
	}
	ref, err := t.Gateway.Lookup(ctx, key, s.amount)
	t.note(s, ref, err)
	if !s.booked && !s.released {
		return err
	}
	return nil
}

func (t *Till) finish(ctx context.Context, key string, begun time.Time) error {
	s := t.states[key]
	for range tooOften {
		if s.booked || s.released {
			return nil
		}
		if err := t.pause(ctx); err != nil {
			return err
		}
		if t.Clock.Now().Sub(begun) < s.window {
			ref, err := t.Gateway.Lookup(ctx, key, s.amount)
			t.note(s, ref, err)
			continue
		}
		return t.reverse(ctx, key, s)
	}
	return fmt.Errorf("charge %s: %w", key, errEndless)
}

func (t *Till) reverseOnce(ctx context.Context, key string, s *state) error {
	err := t.Gateway.Reverse(ctx, key)
	if err == nil {
		s.released = true
	}
	return err
}

func (t *Till) reverse(ctx context.Context, key string, s *state) (err error) {
	s.reversing = true
	for range tooOften {
		if s.released { // a callback was faster
			return nil
		}
		if err = t.reverseOnce(ctx, key, s); err == nil {
			return nil
		}
		if err := t.pause(ctx); err != nil {
			return err
		}
	}
	return fmt.Errorf("reverse %s: %w: %w", key, errEndless, err)
}

func (t *Till) pause(ctx context.Context) error {
	if t.Wait != nil {
		t.Wait()
	}
	return t.Clock.Wait(ctx, retry)
}

// Refund gives back minor units of a booked charge; of none it does nothing.
func (t *Till) Refund(ctx context.Context, key string, minor int64, currency money.Currency) (err error) {
	s := t.states[key]
	if !s.booked {
		return nil
	}
	id := ulid.MustNew(ulid.Timestamp(t.Clock.Now()), ulid.DefaultEntropy()).String()
	for range tooOften {
		_, err = t.Gateway.Refund(ctx, payments.Refund{Key: id, Charge: key, Ref: s.ref, Amount: money.Of(minor, currency),
			Charged: s.amount, Reason: "returned", At: t.Clock.Now()})
		switch {
		case err == nil:
			s.refunded += minor
			return nil
		case errors.Is(err, payments.ErrNoRefund):
			return nil
		}
		if err := t.pause(ctx); err != nil {
			return err
		}
	}
	return fmt.Errorf("refund %s: %w: %w", key, errEndless, err)
}

// Check compares what the books say of each charge with what the provider has
// kept. It returns how many are booked, and an error for each that differs.
func (t *Till) Check(kept func(key string) int64) (booked int, err error) {
	var wrong []error
	for key, s := range t.states {
		want := int64(0)
		if s.booked {
			booked++
			want = s.amount.Minor - s.refunded
		}
		if got := kept(key); got != want || s.booked == s.released {
			wrong = append(wrong, fmt.Errorf("%s: the provider keeps %d, the books say %d (booked %t, released %t)", key, got, want, s.booked, s.released))
		}
	}
	return booked, errors.Join(wrong...)
}
