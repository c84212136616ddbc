package stripe

import (
	"context"
	"fmt"
	"strings"
	"time"

	"voicetill/payments"

	api "github.com/stripe/stripe-go/v85"
)

// Bind is part of payments.Binder: Stripe's page saves a card for a Customer of
// its own. The account's name is not told to Stripe.
func (g *Gateway) Bind(ctx context.Context, key, _, _, back string) (payments.Handoff, error) {
	meta := map[string]string{metaKey: key, metaUse: useBind}
	p := &api.CheckoutSessionCreateParams{Mode: api.String(string(api.CheckoutSessionModeSetup)), PaymentMethodTypes: cards(),
		CustomerCreation: api.String("always"), SuccessURL: &back, CancelURL: &back, ClientReferenceID: &key, Metadata: meta,
		ExpiresAt: expiry(key), SetupIntentData: &api.CheckoutSessionCreateSetupIntentDataParams{Metadata: meta}}
	p.SetIdempotencyKey(key)
	session, err := g.api.V1CheckoutSessions.Create(ctx, p)
	if err == nil && replayed(session.LastResponse) {
		session, err = g.session(ctx, session.ID)
	}
	if err != nil {
		return payments.Handoff{}, fmt.Errorf("begin to save a card: %w", err)
	}
	g.known.put(key, session.ID)
	if session.Status == api.CheckoutSessionStatusExpired {
		return payments.Handoff{}, fmt.Errorf("begin to save a card: %w: the page has expired", payments.ErrNotBound)
	}
	return payments.Handoff{URL: session.URL, Expires: time.Unix(session.ExpiresAt, 0).UTC()}, nil
}

// Bound is part of payments.Binder. A binding is "cus_…/pm_…".
func (g *Gateway) Bound(ctx context.Context, key string) (binding, label string, err error) {
	a, err := g.find(ctx, key)
	if err != nil {
		return "", "", fmt.Errorf("look for a saved card: %w", err)
	}
	s := a.session
	if s == nil || s.SetupIntent == nil || s.SetupIntent.Status != api.SetupIntentStatusSucceeded || s.Customer == nil || s.SetupIntent.PaymentMethod == nil {
		return "", "", payments.ErrNotBound
	}
	method := s.SetupIntent.PaymentMethod
	return s.Customer.ID + "/" + method.ID, labelOf(method), nil
}

// labelOf is what the owner knows a card by.
func labelOf(m *api.PaymentMethod) string {
	if m.Card == nil {
		return "card"
	}
	brand := string(m.Card.Brand)
	if brand == "" {
		brand = "card"
	}
	return strings.ToUpper(brand[:1]) + brand[1:] + " …" + m.Card.Last4
}

// Unbind is part of payments.Binder: the Customer is deleted with its card.
func (g *Gateway) Unbind(ctx context.Context, binding string) error {
	customer, _, _ := strings.Cut(binding, "/")
	_, err := g.api.V1Customers.Delete(ctx, customer, nil)
	if err != nil && !isMissing(err) {
		return fmt.Errorf("forget a saved card: %w", err)
	}
	return nil
}
