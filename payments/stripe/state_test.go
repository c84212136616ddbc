package stripe_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"voicetill/payments"
	"voicetill/payments/money"
	"voicetill/payments/stripe"
	"voicetill/payments/stripe/stripetest"

	"github.com/oklog/ulid/v2"
)

func newKey() string { return ulid.Make().String() + "/" + ulid.Make().String() }

func chargeOf(key, binding string, minor int64) payments.Charge {
	return payments.Charge{Key: key, Account: "anna", Merchant: "demo", Amount: money.Of(minor, "EUR"), At: time.Now(),
		Title: "Demo Shop", Binding: binding}
}

// account is one at Stripe: localstripe behind what it lacks.
type account struct {
	*stripetest.Front
	url  string
	card string // a binding of a good card
}

func newAccount(t *testing.T) account {
	t.Helper()
	front := stripetest.New(stripetest.Localstripe(t))
	server := httptest.NewServer(front)
	t.Cleanup(func() { server.Close(); front.Close() })
	return account{front, server.URL, saveCard(t, front, "4242424242424242")}
}

func saveCard(t *testing.T, front *stripetest.Front, number string) string {
	t.Helper()
	customer, method, err := front.SaveCard(number)
	if err != nil {
		t.Fatal(err)
	}
	return customer + "/" + method
}

// gateway has no memory of what another did.
func (a account) gateway(t *testing.T) *stripe.Gateway {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return newGateway(t, a.url, transport)
}

func (a account) kept(t *testing.T, key string) int64 {
	t.Helper()
	all, err := a.Kept()
	if err != nil {
		t.Fatal(err)
	}
	return all[key]
}

func TestACard(t *testing.T) {
	a := newAccount(t)
	t.Run("is charged once per key, by any node", func(t *testing.T) {
		c := chargeOf(newKey(), a.card, 250)
		ref, err := a.gateway(t).Charge(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		again, err := a.gateway(t).Charge(t.Context(), c)
		found, err2 := a.gateway(t).Lookup(t.Context(), c.Key, c.Amount)
		if err := errors.Join(err, err2); err != nil || again != ref || found != ref || a.kept(t, c.Key) != 250 {
			t.Errorf("got %q, again %q, found %q, %v, kept %d", ref, again, found, err, a.kept(t, c.Key))
		}
	})
	t.Run("that has no money is declined, and stays so", func(t *testing.T) {
		c := chargeOf(newKey(), saveCard(t, a.Front, "4000000000000341"), 250)
		var declined *payments.DeclinedError
		for range 2 {
			if _, err := a.gateway(t).Charge(t.Context(), c); !errors.As(err, &declined) || declined.Reason != payments.DeclineMethod {
				t.Errorf("got %v, want a decline", err)
			}
		}
		if _, err := a.gateway(t).Lookup(t.Context(), c.Key, c.Amount); !errors.Is(err, payments.ErrNoCharge) {
			t.Errorf("looked up: got %v", err)
		}
	})
	t.Run("whose bank wants its owner is declined for that", func(t *testing.T) {
		c := chargeOf(newKey(), saveCard(t, a.Front, "4000002760003184"), 250)
		var declined *payments.DeclinedError
		if _, err := a.gateway(t).Charge(t.Context(), c); !errors.As(err, &declined) || declined.Reason != payments.DeclineConfirm {
			t.Errorf("got %v, want %s", err, payments.DeclineConfirm)
		}
		if _, err := a.gateway(t).Lookup(t.Context(), c.Key, c.Amount); !errors.Is(err, payments.ErrNoCharge) {
			t.Errorf("looked up: got %v", err)
		}
	})
	t.Run("that was forgotten is declined", func(t *testing.T) {
		binding := saveCard(t, a.Front, "4242424242424242")
		for range 2 {
			if err := a.gateway(t).Unbind(t.Context(), binding); err != nil {
				t.Error(err)
			}
		}
		if _, err := a.gateway(t).Charge(t.Context(), chargeOf(newKey(), binding, 250)); !errors.Is(err, payments.ErrNoCharge) {
			t.Errorf("got %v, want %v", err, payments.ErrNoCharge)
		}
	})
}

func TestReversals(t *testing.T) {
	a := newAccount(t)
	for name, charge := range map[string]func(t *testing.T, c payments.Charge){
		"of what was taken":        func(t *testing.T, c payments.Charge) { mustCharge(t, a, c) },
		"of what never came":       func(*testing.T, payments.Charge) {},
		"of a page that was left":  func(t *testing.T, c payments.Charge) { mustHandOff(t, a, c) },
		"of a page that was paid":  func(t *testing.T, c payments.Charge) { pay(t, a, mustHandOff(t, a, c)) },
		"of a page that was tried": func(t *testing.T, c payments.Charge) { _ = a.Pay(mustHandOff(t, a, c), "pm_card_chargeCustomerFail") },
	} {
		t.Run(name, func(t *testing.T) {
			c := chargeOf(newKey(), a.card, 250)
			if len(name) > 10 && name[:9] == "of a page" {
				c.Binding = ""
			}
			charge(t, c)
			for range 2 {
				if err := a.gateway(t).Reverse(t.Context(), c.Key); err != nil {
					t.Fatal(err)
				}
			}
			ref, err := a.gateway(t).Charge(t.Context(), c) // that was on its way, or asked again
			if err == nil || a.kept(t, c.Key) != 0 {
				t.Errorf("after the reversal: got %q, %v, kept %d", ref, err, a.kept(t, c.Key))
			}
			var handoff *payments.HandoffError
			if errors.As(err, &handoff) {
				t.Errorf("after the reversal there is a page: %v", handoff)
			}
		})
	}
}

func mustCharge(t *testing.T, a account, c payments.Charge) string {
	t.Helper()
	ref, err := a.gateway(t).Charge(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// mustHandOff returns the address of the page.
func mustHandOff(t *testing.T, a account, c payments.Charge) string {
	t.Helper()
	_, err := a.gateway(t).Charge(t.Context(), c)
	var handoff *payments.HandoffError
	if !errors.As(err, &handoff) || handoff.Handoff.URL == "" || time.Until(handoff.Handoff.Expires) < 30*time.Minute {
		t.Fatalf("got %v, want a page", err)
	}
	return handoff.Handoff.URL
}

func pay(t *testing.T, a account, page string) {
	t.Helper()
	if err := a.Pay(page, "pm_card_visa"); err != nil {
		t.Fatal(err)
	}
}

func TestAPage(t *testing.T) {
	a := newAccount(t)
	c := chargeOf(newKey(), "", 250)
	first, second := mustHandOff(t, a, c), mustHandOff(t, a, c)
	if first != second {
		t.Errorf("one key has two pages: %s and %s", first, second)
	}
	if _, err := a.gateway(t).Lookup(t.Context(), c.Key, c.Amount); !errors.Is(err, stripe.ErrUnknown) || errors.Is(err, payments.ErrNoCharge) {
		t.Errorf("before it is paid: got %v", err)
	}
	if err := a.Pay(first, "pm_card_chargeCustomerFail"); err == nil {
		t.Error("a bad card paid")
	}
	if _, err := a.gateway(t).Lookup(t.Context(), c.Key, c.Amount); !errors.Is(err, stripe.ErrUnknown) {
		t.Errorf("after a bad card: got %v", err)
	}
	pay(t, a, first)
	ref, err := a.gateway(t).Lookup(t.Context(), c.Key, c.Amount)
	again, err2 := a.gateway(t).Charge(t.Context(), c)
	if err := errors.Join(err, err2); err != nil || ref == "" || again != ref || a.kept(t, c.Key) != 250 {
		t.Errorf("got %q, again %q, %v, kept %d", ref, again, err, a.kept(t, c.Key))
	}
}

func TestRefunds(t *testing.T) {
	a := newAccount(t)
	c := chargeOf(newKey(), a.card, 250)
	r := payments.Refund{Key: ulid.Make().String(), Charge: c.Key, Ref: mustCharge(t, a, c), Amount: money.Of(100, "EUR"), Charged: c.Amount}
	if _, err := a.gateway(t).LookupRefund(t.Context(), r.Key); !errors.Is(err, stripe.ErrUnknown) {
		t.Errorf("before: got %v", err)
	}
	ref, err := a.gateway(t).Refund(t.Context(), r)
	again, err2 := a.gateway(t).Refund(t.Context(), r)
	found, err3 := a.gateway(t).LookupRefund(t.Context(), r.Key)
	if err := errors.Join(err, err2, err3); err != nil || again != ref || found != ref || a.kept(t, c.Key) != 150 {
		t.Errorf("got %q, again %q, found %q, %v, kept %d", ref, again, found, err, a.kept(t, c.Key))
	}
	r.Key, r.Ref = ulid.Make().String(), ""
	if _, err := a.gateway(t).Refund(t.Context(), r); err != nil || a.kept(t, c.Key) != 50 {
		t.Errorf("without a reference: %v, kept %d", err, a.kept(t, c.Key))
	}
	r.Key, r.Ref = ulid.Make().String(), "pi_there_is_none"
	if _, err := a.gateway(t).Refund(t.Context(), r); !errors.Is(err, payments.ErrNoRefund) {
		t.Errorf("of no charge: got %v", err)
	}
}

func TestACardIsSavedAndCharged(t *testing.T) {
	a := newAccount(t)
	key := newKey()
	h, err := a.gateway(t).Bind(t.Context(), key, "anna", "demo", "https://till.example.com/account")
	again, err2 := a.gateway(t).Bind(t.Context(), key, "anna", "demo", "https://till.example.com/account")
	if err := errors.Join(err, err2); err != nil || h != again || h.URL == "" {
		t.Fatalf("got %+v and %+v, %v", h, again, err)
	}
	if _, _, err := a.gateway(t).Bound(t.Context(), key); !errors.Is(err, payments.ErrNotBound) {
		t.Errorf("before: got %v", err)
	}
	if err := a.Save(h.URL, "4242424242424242"); err != nil {
		t.Fatal(err)
	}
	binding, label, err := a.gateway(t).Bound(t.Context(), key)
	if err != nil || label != "Visa …4242" {
		t.Fatalf("got %q, %q, %v", binding, label, err)
	}
	mustCharge(t, a, chargeOf(newKey(), binding, 250))
	if _, _, err := a.gateway(t).Bound(t.Context(), newKey()); !errors.Is(err, payments.ErrNotBound) {
		t.Errorf("a key that was never bound: got %v", err)
	}
}

func TestAnotherAmountIsNoCharge(t *testing.T) {
	a := newAccount(t)
	g, c := a.gateway(t), chargeOf(newKey(), a.card, 250)
	ref, err := g.Charge(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if found, err := a.gateway(t).Lookup(t.Context(), c.Key, c.Amount); err != nil || found != ref {
		t.Errorf("got %q, %v, want %q", found, err, ref)
	}
	for _, want := range []money.Amount{money.Of(251, "EUR"), money.Of(25, "EUR"), money.Of(250, "USD"), money.Of(0, "EUR")} {
		if found, err := g.Lookup(t.Context(), c.Key, want); found != "" || !errors.Is(err, payments.ErrAmount) {
			t.Errorf("%s was asked for: got %q, %v", want, found, err)
		}
	}
}
