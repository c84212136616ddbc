package shoptest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"

	"voicetill/payments"

	"github.com/oklog/ulid/v2"
)

// settle charges, and then books, releases or reverses, and refunds a part of
// every third booking, or all of it.
func (s Shop) settle(ctx context.Context, i int, random *rand.Rand) outcome {
	c := s.Make(i, newKey())
	o := outcome{key: c.Key}
	ref, err := s.charge(ctx, c, &o, random)
	if random.IntN(8) == 0 {
		err = errCrashed
	}
	if err != nil && !released(err) {
		ref, err = s.resolve(ctx, c, &o, random)
	}
	switch {
	case released(err):
		return o
	case err != nil:
		o.err = fmt.Errorf("settle %s: %w", c.Key, err)
		return o
	}
	o.booked = c.Amount.Minor
	if i%3 == 0 {
		s.refund(ctx, c, ref, &o, random)
	}
	return o
}

func released(err error) bool {
	var low *payments.LowBalanceError
	return errors.Is(err, payments.ErrNoCharge) || errors.As(err, &low)
}

// charge does what Pay does, and every other time what a shopper does who asks
// again after an error.
func (s Shop) charge(ctx context.Context, c payments.Charge, o *outcome, random *rand.Rand) (ref string, err error) {
	for range 1 + random.IntN(2) {
		ref, err = s.Gateway.Charge(ctx, c)
		var handoff *payments.HandoffError
		if errors.As(err, &handoff) && s.Act != nil {
			o.handoff = true
			if err := s.Act(ctx, c, handoff.Handoff); err != nil {
				return "", err
			}
			return s.Gateway.Lookup(ctx, c.Key, c.Amount)
		}
		if err == nil || released(err) {
			break
		}
		c.At = c.At.Add(1) // the till says when it asked
	}
	return ref, err
}

// errCrashed is a till that dies before it can book what the gateway said.
var errCrashed = errors.New("the till crashed")

// resolve asks up to three times how a charge stands, and then reverses it.
func (s Shop) resolve(ctx context.Context, c payments.Charge, o *outcome, random *rand.Rand) (ref string, err error) {
	for range random.IntN(4) {
		if random.IntN(4) == 0 {
			if err := s.flush(); err != nil {
				return "", err
			}
		}
		if ref, err = s.Gateway.Lookup(ctx, c.Key, c.Amount); err == nil || released(err) {
			return ref, err
		}
	}
	for range patience {
		if err = s.Gateway.Reverse(ctx, c.Key); err == nil {
			o.reversed = true
			return "", payments.ErrNoCharge
		}
	}
	return "", fmt.Errorf("reverse: %w", err)
}

// refund gives back one to all minor units, asking until there is an answer.
func (s Shop) refund(ctx context.Context, c payments.Charge, ref string, o *outcome, random *rand.Rand) {
	back := c.Amount
	back.Minor = 1 + random.Int64N(back.Minor)
	r := payments.Refund{Key: ulid.Make().String(), Charge: c.Key, Ref: ref, Account: c.Account, Merchant: c.Merchant,
		Amount: back, Charged: c.Amount, Reason: "returned", At: c.At}
	var err error
	for range patience {
		if _, err = s.Gateway.Refund(ctx, r); err == nil {
			o.refunds, o.refunded = 1, back.Minor
			return
		}
		if errors.Is(err, payments.ErrNoRefund) {
			break
		}
	}
	o.err = fmt.Errorf("refund %s of %s: %w", r.Key, c.Key, err)
}
