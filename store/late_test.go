package store_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"voicetill/payments"
	"voicetill/payments/other"
	"voicetill/payments/other/othertest"
	"voicetill/payments/stripe"
	"voicetill/payments/stripe/stripetest"

	api "github.com/stripe/stripe-go/v85"
)

// itself is the number of an order that has its key.
func itself(key string) (string, error) { return key, nil }

func withOther(t *testing.T, dsn string) *abroad {
	const path = "/v1/callbacks/other/paynow"
	a, secret := newAbroad(t, dsn), bytes.Repeat([]byte("s"), other.MinSecret)
	p := othertest.New(secret, a.clock.now, map[string]int64{"demo-ada": 10_000})
	p.Ask("demo-ada")
	a.provider, a.method, a.number, a.kept = p.Handler(), "paynow", itself, p.Kept
	a.scan = func(qr string) { p.Confirm(strings.TrimPrefix(qr, "othertest:"), true) }
	a.notice = func(key, _ string) *http.Request {
		body := `{"key":"` + key + `","status":"succeeded","ref":"r"}`
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
		r.Header.Set(other.SignatureHeader, other.SignRequest(secret, a.clock.now(), http.MethodPost, path, []byte(body)))
		return r
	}
	a.hears = func(settle func(context.Context, string) error) http.Handler {
		return other.Callback(secret, a.clock.now, slog.New(slog.DiscardHandler), settle)
	}
	a.gateway = func() payments.Gateway {
		g, err := other.New(other.Config{Name: "paynow", URL: "http://localhost", Secret: secret, Pause: time.Microsecond, Client: a.client(), Now: a.clock.now})
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	return a
}

func withStripe(t *testing.T, dsn string) *abroad {
	const secret = "whsec_late"
	front := stripetest.New(stripetest.Localstripe(t))
	server, transport := httptest.NewServer(front), &http.Transport{}
	t.Cleanup(func() { transport.CloseIdleConnections(); server.Close(); front.Close() })
	a := newAbroad(t, dsn)
	a.method, a.number = "card", itself
	a.kept = func(key string) int64 {
		all, err := front.Kept()
		if err != nil {
			t.Fatal(err)
		}
		return all[key]
	}
	a.scan = func(page string) {
		if err := front.Pay(page, "pm_card_visa"); err != nil {
			t.Fatal(err)
		}
	}
	a.notice = func(_, page string) *http.Request {
		e, err := front.Event(api.EventTypeCheckoutSessionCompleted, page, secret)
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodPost, "/v1/callbacks/stripe", bytes.NewReader(e.Payload))
		r.Header.Set("Stripe-Signature", e.Header)
		return r
	}
	a.gateway = func() payments.Gateway {
		g, err := stripe.New(stripe.Config{Key: "sk_test_123", URL: server.URL, Return: "https://till.example.com/", NoPause: true, Now: a.clock.now,
			Client: &http.Client{Transport: transport, Timeout: 10 * time.Second}})
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	a.hears = func(settle func(context.Context, string) error) http.Handler {
		return a.gateway().(*stripe.Gateway).Handler(stripe.Webhook{Secrets: []string{secret}, Log: slog.New(slog.DiscardHandler), Settle: settle})
	}
	return a
}

// The shopper pays when the till has given up, because it was told to or because
// the time was over, and cannot tell the provider so. The callback comes late,
// twice and to two nodes, while both look by themselves: what was taken goes back
// once, and no balance rises.
func TestALateSuccessGoesBackOnce(t *testing.T) {
	for name, open := range map[string]func(*testing.T, string) *abroad{"alipay": withAlipay, "wechat": withWeChat, "other": withOther, "stripe": withStripe} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, dsn string) {
				a := open(t, dsn)
				if err := a.SetTopUpLimits(t.Context(), "demo", payments.TopUpLimits{Least: eur(500), Most: eur(2000), Ceiling: eur(1_000_000)}); err != nil {
					t.Fatal(err)
				}
				for _, cancelled := range []bool{true, false} {
					a.goesBackOnce(t, cancelled)
				}
			})
		})
	}
}

func (a *abroad) goesBackOnce(t *testing.T, cancelled bool) {
	t.Helper()
	a.n++
	nodes := []*payments.Service{a.process(t, &mortal{}), a.process(t, &mortal{})}
	b, qr, err := a.begin(t, nodes[0], "")
	if err != nil {
		t.Fatal(err)
	}
	set, err := a.PendingFor(t.Context(), b.ID)
	if err != nil {
		t.Fatal(err)
	}
	number, err := a.number(set.Key)
	if err != nil {
		t.Fatal(err)
	}
	a.deaf = true
	if cancelled {
		if err := nodes[0].Cancel(t.Context(), b.ID); err != nil {
			t.Fatal(err)
		}
		a.scan(qr)
	} else {
		a.scan(qr)
		a.clock.add(a.gateway().(payments.Windowed).Window() + time.Second)
		if err := nodes[0].Recover(t.Context()); !errors.Is(err, errLost) {
			t.Fatal(err)
		}
	}
	if now, err := a.SettlementByKey(t.Context(), set.Key); err != nil || now.State != payments.Reversing || a.kept(number) != b.Total.Minor {
		t.Fatalf("cancelled: %t: %s, %v, the provider keeps %d: nothing is tried", cancelled, now.State, err, a.kept(number))
	}
	if status := a.told(t, nodes[0], set.Key, qr); status != http.StatusServiceUnavailable {
		t.Errorf("a callback that could not be followed is answered with %d", status)
	}
	a.deaf = false
	race(6, func(i int) error {
		if i < 4 {
			return nodes[i%2].Settle(t.Context(), set.Key)
		}
		return nodes[i%2].Recover(t.Context())
	})
	for range 3 {
		a.clock.add(15 * time.Minute)
		for _, node := range nodes {
			if err := node.Recover(t.Context()); err != nil {
				t.Error(err)
			}
		}
	}
	if status := a.told(t, nodes[1], set.Key, qr); status >= 300 {
		t.Errorf("a callback after all that is answered with %d", status)
	}
	if _, err := a.ReceiptByBill(t.Context(), b.ID); !errors.Is(err, payments.ErrNoReceipt) {
		t.Errorf("its receipt: %v", err)
	}
	if left := a.unsettled(t); len(left) > 0 || a.kept(number) != 0 {
		t.Errorf("cancelled: %t: the provider keeps %d, unsettled are %v", cancelled, a.kept(number), left)
	}
	if got := a.balance(t, ada); got != "200.00" {
		t.Errorf("Ada has %s", got)
	}
	a.audited(t)
}

// told delivers the provider's callback and returns the status of the answer.
func (a *abroad) told(t *testing.T, node *payments.Service, key, qr string) int {
	t.Helper()
	r := a.notice(key, qr)
	if r == nil {
		t.Fatal("there is no callback: nothing was paid")
	}
	heard := ""
	w := httptest.NewRecorder()
	a.hears(func(ctx context.Context, told string) error {
		heard = told
		return node.Settle(ctx, told)
	}).ServeHTTP(w, r)
	if heard != key {
		t.Errorf("the callback is of %q, want %q", heard, key)
	}
	return w.Code
}
