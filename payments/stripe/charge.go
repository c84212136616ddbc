package stripe

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"voicetill/payments"
	"voicetill/payments/money"

	api "github.com/stripe/stripe-go/v85"
)

// Metadata of what is made at Stripe. Of a fence only metaFence names the key,
// so that nobody takes it for a charge.
const (
	metaKey    = "voicetill_key"
	metaUse    = "voicetill_use"
	metaFence  = "voicetill_fence"
	metaRefund = "voicetill_refund"

	useCard = "card" // a PaymentIntent for a saved card
	usePage = "page" // a Checkout Session, and its PaymentIntent
	useBind = "bind" // a Checkout Session that saves a card
)

// pageLife is how long after its key was made a page can be used. Stripe wants
// 30 minutes at least, and Reverse closes it before.
const pageLife = 40 * time.Minute

// Charge is part of payments.Gateway. With a binding the saved card is charged;
// a bank that wants its owner to confirm declines it with DeclineConfirm.
// Without one the shopper is handed to Stripe's page.
func (g *Gateway) Charge(ctx context.Context, c payments.Charge) (string, error) {
	amount, err := minorOf(c.Amount)
	if err != nil {
		return "", err
	}
	if made, ok := timeOf(c.Key); ok && g.c.Now().Sub(made) > keysLast {
		return g.Lookup(ctx, c.Key, c.Amount)
	}
	if c.Binding != "" {
		return g.chargeCard(ctx, c, amount)
	}
	return g.chargePage(ctx, c, amount)
}

func (g *Gateway) chargeCard(ctx context.Context, c payments.Charge, amount int64) (string, error) {
	customer, method, ok := strings.Cut(c.Binding, "/")
	if !ok {
		return "", &payments.DeclinedError{Reason: payments.DeclineMethod, Code: "not a binding"}
	}
	p := &api.PaymentIntentCreateParams{Amount: &amount, Currency: currencyOf(c.Amount), Customer: &customer, PaymentMethod: &method,
		PaymentMethodTypes: cards(), Confirm: api.Bool(true), OffSession: api.Bool(true), Description: optional(c.Title),
		Metadata: map[string]string{metaKey: c.Key, metaUse: useCard}}
	p.SetIdempotencyKey(c.Key)
	p.AddExpand("latest_charge")
	intent, err := g.api.V1PaymentIntents.Create(ctx, p)
	if err != nil {
		return g.notCharged(ctx, c.Key, err)
	}
	g.known.put(c.Key, intent.ID)
	if replayed(intent.LastResponse) {
		return g.charged(ctx, c.Key)
	}
	if intent.Status == api.PaymentIntentStatusRequiresAction {
		return "", g.declineAction(ctx, intent)
	}
	return stateOf(attempt{intent: intent})
}

// declineAction gives up a charge that its bank wants confirmed: nobody who
// could is there.
func (g *Gateway) declineAction(ctx context.Context, intent *api.PaymentIntent) error {
	if _, err := g.api.V1PaymentIntents.Cancel(ctx, intent.ID, nil); err != nil {
		return unknown("cancel", intent.ID, err)
	}
	return &payments.DeclinedError{Reason: payments.DeclineConfirm, Code: string(api.DeclineCodeAuthenticationRequired)}
}

func (g *Gateway) chargePage(ctx context.Context, c payments.Charge, amount int64) (string, error) {
	back := cmp.Or(c.Return, g.c.Return)
	if back == "" {
		return "", &payments.DeclinedError{Reason: payments.DeclineMethod, Code: "no page to return to"}
	}
	meta := map[string]string{metaKey: c.Key, metaUse: usePage}
	title := cmp.Or(c.Title, "Purchase")
	p := &api.CheckoutSessionCreateParams{Mode: api.String(string(api.CheckoutSessionModePayment)), PaymentMethodTypes: cards(),
		SuccessURL: &back, CancelURL: &back, ClientReferenceID: &c.Key, Metadata: meta, ExpiresAt: expiry(c.Key),
		PaymentIntentData: &api.CheckoutSessionCreatePaymentIntentDataParams{Metadata: meta, Description: &title},
		LineItems: []*api.CheckoutSessionCreateLineItemParams{{Quantity: api.Int64(1),
			PriceData: &api.CheckoutSessionCreateLineItemPriceDataParams{Currency: currencyOf(c.Amount), UnitAmount: &amount,
				ProductData: &api.CheckoutSessionCreateLineItemPriceDataProductDataParams{Name: &title}}}}}
	p.SetIdempotencyKey(c.Key)
	session, err := g.api.V1CheckoutSessions.Create(ctx, p)
	if err != nil {
		return g.notCharged(ctx, c.Key, err)
	}
	g.known.put(c.Key, session.ID)
	if replayed(session.LastResponse) {
		return g.charged(ctx, c.Key)
	}
	return handOff(attempt{session: session})
}

// notCharged is what an error of the first request means. What leaves the
// outcome open is looked up at once.
func (g *Gateway) notCharged(ctx context.Context, key string, cause error) (string, error) {
	if declined := declineOf(cause); declined != nil {
		return "", declined
	}
	ref, err := g.charged(ctx, key)
	if errors.Is(err, ErrUnknown) {
		return "", unknown("charge", key, cause)
	}
	return ref, err
}

// charged is Lookup, but a page that is still open is a handoff.
func (g *Gateway) charged(ctx context.Context, key string) (string, error) {
	a, err := g.find(ctx, key)
	if err != nil {
		return "", unknown("look up", key, err)
	}
	return handOff(a)
}

func handOff(a attempt) (string, error) {
	s := a.session
	if s != nil && s.Status == api.CheckoutSessionStatusOpen && s.URL != "" {
		return "", &payments.HandoffError{Handoff: payments.Handoff{URL: s.URL, Expires: time.Unix(s.ExpiresAt, 0).UTC()}}
	}
	return stateOf(a)
}

// Lookup is part of payments.Gateway. A key of which Stripe has nothing may be
// on its way there, so that only Reverse makes certain.
func (g *Gateway) Lookup(ctx context.Context, key string, want money.Amount) (string, error) {
	a, err := g.find(ctx, key)
	if err != nil {
		return "", unknown("look up", key, err)
	}
	ref, err := stateOf(a)
	if err != nil {
		return "", err
	}
	minor, err := minorOf(want)
	if p := a.paying(); err != nil || p.Amount != minor || string(p.Currency) != *currencyOf(want) {
		return "", fmt.Errorf("%w: %s over %s was paid with %d %s", payments.ErrAmount, p.ID, want, p.Amount, p.Currency)
	}
	return ref, nil
}
