package stripe

import (
	"context"
	"errors"
	"fmt"

	api "github.com/stripe/stripe-go/v85"
)

// Reverse is part of payments.Gateway. What was taken is refunded, a page is
// closed, an unfinished charge cancelled. If Stripe has nothing of the key, the
// key is used up for something that takes no money, so that a charge which is
// still on its way is refused when it arrives; and since the key may tell a wrong
// time, or Stripe have forgotten it, all of the last days is looked through.
func (g *Gateway) Reverse(ctx context.Context, key string) error {
	a, err := g.find(ctx, key)
	if err != nil {
		return unknown("reverse", key, err)
	}
	if a == (attempt{}) {
		if err := g.fence(ctx, key); err != nil {
			return err
		}
		if a, err = g.findRecent(ctx, key); err != nil {
			return unknown("reverse", key, err)
		}
	}
	return g.undo(ctx, key, a)
}

// fence uses up an idempotency key: whoever comes later with another request
// under it gets an idempotency_error and makes nothing. So it is where somebody
// came before, and has been answered.
func (g *Gateway) fence(ctx context.Context, key string) error {
	p := &api.PaymentIntentCreateParams{Amount: api.Int64(100), Currency: api.String(string(api.CurrencyUSD)),
		PaymentMethodTypes: cards(), Metadata: map[string]string{metaFence: key}}
	p.SetIdempotencyKey(key)
	intent, err := g.api.V1PaymentIntents.Create(ctx, p)
	var e *api.Error
	switch {
	case errors.As(err, &e) && e.Type == api.ErrorTypeIdempotency && e.Code != api.ErrorCodeIdempotencyKeyInUse:
		return nil
	case err != nil:
		return unknown("fence", key, err)
	}
	// An intent that is not confirmed takes nothing, cancelled or not.
	_, _ = g.api.V1PaymentIntents.Cancel(ctx, intent.ID, nil)
	return nil
}

// undo leaves nothing kept of an attempt. Of a key whose request failed there
// is none.
func (g *Gateway) undo(ctx context.Context, key string, a attempt) error {
	if s := a.session; s != nil && s.Status == api.CheckoutSessionStatusOpen {
		closed, err := g.api.V1CheckoutSessions.Expire(ctx, s.ID, nil)
		if err != nil {
			return unknown("close the page of", key, err) // perhaps it was just paid
		}
		if closed.Status != api.CheckoutSessionStatusExpired {
			return unknown("close the page of", key, fmt.Errorf("it is %s", closed.Status))
		}
		return nil
	}
	intent := a.paying()
	if intent == nil || intent.Status == api.PaymentIntentStatusCanceled || isGivenBack(intent) {
		return nil
	}
	if intent.Status == api.PaymentIntentStatusSucceeded {
		return g.giveAllBack(ctx, key, intent)
	}
	if _, err := g.api.V1PaymentIntents.Cancel(ctx, intent.ID, nil); err != nil {
		return unknown("cancel", key, err) // perhaps it just succeeded
	}
	return nil
}

// reversal begins the key of a refund that is not one of the till's.
const reversal = "reverse/"

func (g *Gateway) giveAllBack(ctx context.Context, key string, intent *api.PaymentIntent) error {
	p := &api.RefundCreateParams{PaymentIntent: &intent.ID, Metadata: map[string]string{metaRefund: reversal + key}}
	p.SetIdempotencyKey(reversal + key)
	r, err := g.api.V1Refunds.Create(ctx, p)
	var e *api.Error
	if errors.As(err, &e) && e.Code == api.ErrorCodeChargeAlreadyRefunded {
		return nil
	}
	if err != nil {
		return unknown("give back", key, err)
	}
	if r.Status == api.RefundStatusFailed || r.Status == api.RefundStatusCanceled {
		return unknown("give back", key, fmt.Errorf("the refund is %s", r.Status))
	}
	return nil
}
