package stripe

import (
	"context"
	"errors"
	"time"

	"voicetill/payments"

	api "github.com/stripe/stripe-go/v85"
)

// Refund is part of payments.Gateway. One that waits, as for money on the
// merchant's account at Stripe, is ErrUnknown until it succeeds or fails.
func (g *Gateway) Refund(ctx context.Context, r payments.Refund) (string, error) {
	amount, err := minorOf(r.Amount)
	if err != nil {
		return "", payments.ErrNoRefund
	}
	intent := r.Ref
	if intent == "" {
		if intent, err = g.Lookup(ctx, r.Charge, r.Charged); err != nil {
			return "", unknown("refund", r.Key, err)
		}
	}
	if made, err := g.refundedBefore(ctx, r.Key); err != nil {
		return "", unknown("look up refund", r.Key, err)
	} else if made != nil {
		return refundState(made)
	}
	p := &api.RefundCreateParams{PaymentIntent: &intent, Amount: &amount,
		Metadata: map[string]string{metaRefund: r.Key, metaKey: r.Charge}}
	p.SetIdempotencyKey(r.Key)
	made, err := g.api.V1Refunds.Create(ctx, p)
	if err != nil {
		return g.notRefunded(ctx, r.Key, err)
	}
	g.known.put(r.Key, made.ID)
	if replayed(made.LastResponse) {
		return g.LookupRefund(ctx, r.Key)
	}
	return refundState(made)
}

// notRefunded is what an error means. What leaves the outcome open is looked up
// at once.
func (g *Gateway) notRefunded(ctx context.Context, key string, cause error) (string, error) {
	if declined := declineOf(cause); declined != nil {
		return "", errors.Join(payments.ErrNoRefund, cause)
	}
	ref, err := g.LookupRefund(ctx, key)
	if errors.Is(err, ErrUnknown) {
		return "", unknown("refund", key, cause)
	}
	return ref, err
}

// LookupRefund returns the reference of a refund made under the key. A key of which Stripe has nothing
// may be on its way there.
func (g *Gateway) LookupRefund(ctx context.Context, key string) (string, error) {
	r, err := g.findRefund(ctx, key)
	switch {
	case err != nil:
		return "", unknown("look up refund", key, err)
	case r == nil:
		return "", ErrUnknown
	}
	return refundState(r)
}

// justNow is how old a key is at most under which nobody has asked before.
const justNow = 10 * time.Minute

// refundedBefore finds what was made under a key that may be older than Stripe
// remembers it, so that asking again would refund again. Without it nil.
func (g *Gateway) refundedBefore(ctx context.Context, key string) (*api.Refund, error) {
	if made, ok := timeOf(key); ok && g.c.Now().Sub(made).Abs() < justNow {
		return nil, nil
	}
	r, err := g.findRefund(ctx, key)
	if r != nil || err != nil {
		return r, err
	}
	return g.findRefundMade(ctx, key, nil)
}

func (g *Gateway) findRefund(ctx context.Context, key string) (*api.Refund, error) {
	if id := g.known.get(key); id != "" {
		return g.api.V1Refunds.Retrieve(ctx, id, nil)
	}
	return g.findRefundMade(ctx, key, around(key))
}

func (g *Gateway) findRefundMade(ctx context.Context, key string, made *api.RangeQueryParams) (*api.Refund, error) {
	p := &api.RefundListParams{CreatedRange: made}
	p.Limit = api.Int64(100)
	var listed listing
	for r, err := range g.api.V1Refunds.List(ctx, p).All(ctx) {
		if err != nil {
			return nil, err
		}
		if listed.beyond(r.Created) {
			return nil, nil
		}
		if r.Metadata[metaRefund] == key {
			g.known.put(key, r.ID)
			return r, nil
		}
	}
	return nil, nil
}

func refundState(r *api.Refund) (string, error) {
	switch r.Status {
	case api.RefundStatusSucceeded:
		return r.ID, nil
	case api.RefundStatusFailed, api.RefundStatusCanceled:
		return "", payments.ErrNoRefund
	}
	return "", ErrUnknown
}
