package gatewaytest

import (
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"

	"voicetill/payments"
	"voicetill/payments/money"
)

// Noon in Beijing, when a Shop opens.
var Noon = time.Date(2026, 5, 20, 4, 0, 0, 0, time.UTC)

// Keys are n RSA keys. They are short, so that thousands of payments sign fast.
func Keys(n int) []*rsa.PrivateKey {
	keys := make([]*rsa.PrivateKey, n)
	for i := range keys {
		var err error
		if keys[i], err = rsa.GenerateKey(rand.Reader, 1024); err != nil {
			panic(err)
		}
	}
	return keys
}

// Shop is a till that sells in renminbi through a gateway, over a line.
type Shop struct {
	Clock *Clock
	Line  *Line
	Till  *Till // its Gateway is to be set
}

// NewShop opens one whose provider is a handler, on a good line.
func NewShop(clock *Clock, provider http.Handler) Shop {
	return Shop{Clock: clock, Line: NewLine(provider, 1, Rates{}), Till: &Till{Clock: clock}}
}

// NewCharge is one by a payment code or, with "", by a QR code.
func (s Shop) NewCharge(fen int64, code string) payments.Charge {
	return payments.Charge{Key: s.Till.Begin(), Account: "a1", Merchant: "m1", Amount: money.Of(fen, "CNY"), At: s.Clock.Now(),
		Title: "街角小店 bill 7", Code: code}
}

// NewID is a refund's key.
func (s Shop) NewID() string {
	return ulid.MustNew(ulid.Timestamp(s.Clock.Now()), ulid.DefaultEntropy()).String()
}

// Handoff charges, and returns the code that the shopper has to scan.
func (s Shop) Handoff(t testing.TB, c payments.Charge) payments.Handoff {
	t.Helper()
	_, err := s.Till.Gateway.Charge(t.Context(), c)
	var hand *payments.HandoffError
	if !errors.As(err, &hand) {
		t.Fatalf("got %v, want a handoff", err)
	}
	return hand.Handoff
}

// RefusesOtherMoney proves that nothing but renminbi above zero is charged.
func (s Shop) RefusesOtherMoney(t testing.TB) {
	t.Helper()
	for _, a := range []money.Amount{money.Of(100, "EUR"), money.Of(0, "CNY"), money.Of(-5, "CNY")} {
		c := s.NewCharge(1, "")
		c.Amount = a
		if _, err := s.Till.Gateway.Charge(t.Context(), c); !errors.Is(err, payments.ErrNoCharge) {
			t.Errorf("%s: got %v, want ErrNoCharge", a, err)
		}
	}
}

// RefusesRefunds proves that nothing is given back that was not charged, or is
// more than is left of it.
func (s Shop) RefusesRefunds(t testing.TB, c payments.Charge, left int64) {
	t.Helper()
	for name, r := range map[string]payments.Refund{
		"more than is left":       {Charge: c.Key, Amount: money.Of(left+1, "CNY")},
		"more than was charged":   {Charge: c.Key, Amount: money.Of(c.Amount.Minor+1, "CNY")},
		"of an unknown charge":    {Charge: s.Till.Begin(), Amount: money.Of(1, "CNY")},
		"in another currency":     {Charge: c.Key, Amount: money.Of(1, "EUR")},
		"of a key with no number": {Charge: "x", Amount: money.Of(1, "CNY")},
	} {
		r.Key, r.Charged = s.NewID(), c.Amount
		if _, err := s.Till.Gateway.Refund(t.Context(), r); !errors.Is(err, payments.ErrNoRefund) {
			t.Errorf("%s: got %v, want ErrNoRefund", name, err)
		}
	}
}

// Spoiled proves that a paid order is no charge, and none that was not made, as
// long as its provider tells of it what cannot be; unknown is the adapter's error.
// Then that it is found, and can be reversed.
func (s Shop) Spoiled(t testing.TB, c payments.Charge, unknown error, spoil func(change func(answer map[string]any)), changes map[string]func(map[string]any)) {
	t.Helper()
	g := s.Till.Gateway
	for name, change := range changes {
		spoil(change)
		ref, err := g.Lookup(t.Context(), c.Key, c.Amount)
		if ref != "" || !errors.Is(err, unknown) && !errors.Is(err, payments.ErrAmount) || errors.Is(err, payments.ErrNoCharge) {
			t.Errorf("%s: got %q, %v", name, ref, err)
		}
	}
	spoil(nil)
	if ref, err := g.Lookup(t.Context(), c.Key, c.Amount); ref == "" || err != nil {
		t.Errorf("as it is: got %q, %v", ref, err)
	}
	for _, want := range []money.Amount{money.Of(c.Amount.Minor+1, c.Amount.Currency), money.Of(c.Amount.Minor-1, c.Amount.Currency), money.Of(c.Amount.Minor, "EUR")} {
		if ref, err := g.Lookup(t.Context(), c.Key, want); ref != "" || !errors.Is(err, payments.ErrAmount) {
			t.Errorf("%s was asked for: got %q, %v", want, ref, err)
		}
	}
	_ = s.Clock.Wait(t.Context(), time.Minute)
	if err := s.Till.Gateway.Reverse(t.Context(), c.Key); err != nil {
		t.Errorf("it cannot be reversed: %v", err)
	}
}
