package stripe_test

import (
	"net/http"
	"testing"
	"time"

	"voicetill/payments"
	"voicetill/payments/stripe"

	"github.com/oklog/ulid/v2"
)

// keyOf is made by a clock that is wrong by so much.
func keyOf(wrong time.Duration) string {
	return ulid.Make().String() + "/" + ulid.MustNew(ulid.Timestamp(time.Now().Add(wrong)), ulid.DefaultEntropy()).String()
}

// by is a gateway whose clock is wrong by so much.
func (a account) by(t *testing.T, wrong time.Duration) *stripe.Gateway {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	g, err := stripe.New(stripe.Config{Key: "sk_test_123", URL: a.url, Return: "https://till.example.com/", NoPause: true,
		Client: &http.Client{Transport: transport, Timeout: 10 * time.Second}, Now: func() time.Time { return time.Now().Add(wrong) }})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// A till's clock was wrong when it charged, nobody heard the answer, and then the
// clock was set: what is reversed is given back, and not taken for what never came.
func TestAReversalAfterTheClockWasSet(t *testing.T) {
	a := newAccount(t)
	for name, tt := range map[string]struct {
		wrong  time.Duration
		forget bool // Stripe does, since a day has passed, too
	}{
		"ahead":                          {wrong: 24 * time.Hour},
		"behind":                         {wrong: -48 * time.Hour},
		"ahead, and a day has passed":    {24 * time.Hour, true},
		"never wrong, but a day of dark": {0, true},
	} {
		wrong := tt.wrong
		c := chargeOf(keyOf(wrong), a.card, 250)
		if _, err := a.by(t, wrong).Charge(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		if kept := a.kept(t, c.Key); kept != 250 {
			t.Fatalf("%s: Stripe keeps %d: nothing is tried", name, kept)
		}
		if tt.forget {
			a.Forget()
		}
		if err := a.gateway(t).Reverse(t.Context(), c.Key); err != nil || a.kept(t, c.Key) != 0 {
			t.Errorf("%s: got %v, Stripe keeps %d", name, err, a.kept(t, c.Key))
		}
	}
}

// A refund of which nobody heard is asked for again when Stripe has forgotten its
// key, by whatever clock: it is not made twice.
func TestARefundIsAskedForAgainWhenItsKeyIsForgotten(t *testing.T) {
	a := newAccount(t)
	for name, wrong := range map[string]time.Duration{"right": 0, "ahead": 24 * time.Hour, "behind": -48 * time.Hour} {
		c := chargeOf(newKey(), a.card, 250)
		ref := mustCharge(t, a, c)
		r := payments.Refund{Key: keyOf(wrong), Charge: c.Key, Ref: ref, Amount: c.Amount, Charged: c.Amount}
		r.Amount.Minor = 100
		first, err := a.by(t, wrong).Refund(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		a.Forget()
		again, err := a.by(t, 25*time.Hour).Refund(t.Context(), r)
		if err != nil || again != first || a.kept(t, c.Key) != 150 {
			t.Errorf("%s: got %q, then %q, %v, Stripe keeps %d", name, first, again, err, a.kept(t, c.Key))
		}
	}
}
