package other

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"voicetill/payments"
	"voicetill/payments/money"
)

var (
	// ErrUnknown says that the provider cannot tell the outcome yet.
	ErrUnknown = errors.New("the provider does not know the outcome yet")
	// ErrReply says that a reply does not follow the contract.
	ErrReply = errors.New("the provider's reply does not follow the contract")
)

// Gateway pays through a provider that follows the contract. It is safe for
// concurrent use.
type Gateway struct{ c Config }

var (
	_ payments.Gateway  = (*Gateway)(nil)
	_ payments.Windowed = (*Gateway)(nil)
)

// Clearing is part of payments.Gateway.
func (g *Gateway) Clearing() string { return "clearing:" + g.c.Name }

// Window is part of payments.Windowed.
func (g *Gateway) Window() time.Duration { return g.c.Window }

// Charge is part of payments.Gateway.
func (g *Gateway) Charge(ctx context.Context, c payments.Charge) (string, error) {
	s, err := g.call(ctx, http.MethodPost, "/charges", c.Key, ChargeRequest{Key: c.Key, Payer: c.Account, Merchant: c.Merchant,
		AmountMinor: c.Amount.Minor, Currency: string(c.Amount.Currency), AtUS: c.At.UnixMicro(),
		Title: c.Title, Code: c.Code, Return: c.Return})
	if err != nil {
		return "", err
	}
	switch {
	case s.Status == Declined && s.HaveMinor != nil:
		return "", &payments.LowBalanceError{Need: c.Amount, Have: money.Of(*s.HaveMinor, c.Amount.Currency)}
	case s.Status == Pending && s.Handoff != nil:
		return "", &payments.HandoffError{Handoff: *s.Handoff}
	}
	return s.over(c.Amount)
}

// Lookup is part of payments.Gateway. A key that the provider does not know may
// be on its way to it, so that only Reverse makes certain.
func (g *Gateway) Lookup(ctx context.Context, key string, want money.Amount) (string, error) {
	s, err := g.call(ctx, http.MethodGet, "/charges/"+url.PathEscape(key), key, nil)
	if err != nil {
		return "", err
	}
	return s.over(want)
}

// over is charged, if it was over the amount asked for.
func (s State) over(want money.Amount) (string, error) {
	ref, err := s.charged()
	if err == nil && (s.AmountMinor != nil && *s.AmountMinor != want.Minor || s.Currency != "" && s.Currency != string(want.Currency)) {
		return "", fmt.Errorf("%w: charge %s over %s", payments.ErrAmount, s.Key, want)
	}
	return ref, err
}

// Reverse is part of payments.Gateway.
func (g *Gateway) Reverse(ctx context.Context, key string) error {
	s, err := g.call(ctx, http.MethodPost, "/charges/"+url.PathEscape(key)+"/reverse", key, struct{}{})
	if err != nil {
		return err
	}
	if s.Status != Reversed && s.Status != Declined {
		return fmt.Errorf("reverse %s: %w", key, ErrUnknown)
	}
	return nil
}

// Refund is part of payments.Gateway.
func (g *Gateway) Refund(ctx context.Context, r payments.Refund) (string, error) {
	s, err := g.call(ctx, http.MethodPost, "/refunds", r.Key, RefundRequest{Key: r.Key, Charge: r.Charge,
		AmountMinor: r.Amount.Minor, Currency: string(r.Amount.Currency), Reason: r.Reason})
	if err != nil {
		return "", err
	}
	return s.outcome(payments.ErrNoRefund)
}

// charged is outcome, with the provider's reason if it gave one of ours.
func (s State) charged() (string, error) {
	if s.Status == Declined && s.Reason != "" {
		return "", &payments.DeclinedError{Reason: reason(s.Reason), Code: string(s.Reason)}
	}
	return s.outcome(payments.ErrNoCharge)
}

// reason is one that the till can say.
func reason(r payments.Decline) payments.Decline {
	switch r {
	case payments.DeclineFunds, payments.DeclineExpired, payments.DeclineConfirm, payments.DeclineAmount, payments.DeclineTrouble:
		return r
	}
	return payments.DeclineMethod
}

// outcome is the reference, or what a definite refusal is called.
func (s State) outcome(refused error) (string, error) {
	switch {
	case s.Status == Succeeded && s.Ref != "":
		return s.Ref, nil
	case s.Status == Declined, s.Status == Reversed:
		return "", refused
	case s.Status == Pending, s.Status == None:
		return "", ErrUnknown
	}
	return "", ErrReply
}
