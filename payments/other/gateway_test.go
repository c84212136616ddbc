package other_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"voicetill/payments"
	"voicetill/payments/money"
	"voicetill/payments/other"
	"voicetill/payments/other/othertest"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var secret = []byte("a secret of thirty-two bytes....")

// provider is an othertest.Provider on the network, with a gateway to it.
func provider(t *testing.T) (*othertest.Provider, *other.Gateway) {
	t.Helper()
	p := othertest.New(secret, time.Now, map[string]int64{"anna": 10_000, "ben": 100})
	server := httptest.NewServer(p.Handler())
	t.Cleanup(server.Close)
	return p, gateway(t, server.URL)
}

func gateway(t *testing.T, url string) *other.Gateway {
	t.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	t.Cleanup(transport.CloseIdleConnections)
	g, err := other.New(other.Config{Name: "paynow", URL: url, Secret: secret, Pause: time.Microsecond,
		Client: &http.Client{Transport: transport, Timeout: 10 * time.Second}})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func chargeOf(key, payer string, minor int64) payments.Charge {
	return payments.Charge{Key: key, Account: payer, Merchant: "demo", Amount: money.Of(minor, "EUR"), At: time.Now(), Title: "Demo Shop"}
}

func TestAChargeAndItsRefund(t *testing.T) {
	p, g := provider(t)
	ctx := t.Context()
	ref, err := g.Charge(ctx, chargeOf("bill/1", "anna", 250))
	if err != nil || ref == "" {
		t.Fatalf("got %q, %v", ref, err)
	}
	later := chargeOf("bill/1", "anna", 250)
	later.At = later.At.Add(time.Minute)
	if again, err := g.Charge(ctx, later); err != nil || again != ref {
		t.Errorf("again: got %q, %v, want %q", again, err, ref)
	}
	if found, err := g.Lookup(ctx, "bill/1", money.Of(250, "EUR")); err != nil || found != ref {
		t.Errorf("looked up: got %q, %v, want %q", found, err, ref)
	}
	back := payments.Refund{Key: "R1", Charge: "bill/1", Ref: ref, Amount: money.Of(100, "EUR"), Charged: money.Of(250, "EUR")}
	if _, err := g.Refund(ctx, back); err != nil {
		t.Fatal(err)
	}
	back.Key, back.Amount = "R2", money.Of(151, "EUR")
	if ref, err := g.Refund(ctx, back); !errors.Is(err, payments.ErrNoRefund) {
		t.Errorf("more than is left: got %q, %v", ref, err)
	}
	if kept := p.Kept("bill/1"); kept != 150 {
		t.Errorf("kept %d, want 150", kept)
	}
}

func TestRefusalsAreDefinite(t *testing.T) {
	p, g := provider(t)
	ctx := t.Context()
	var low *payments.LowBalanceError
	if _, err := g.Charge(ctx, chargeOf("bill/2", "ben", 250)); !errors.As(err, &low) || low.Have != money.Of(100, "EUR") {
		t.Errorf("got %v, want a low balance of 1.00", err)
	}
	if _, err := g.Lookup(ctx, "bill/2", money.Of(250, "EUR")); !errors.Is(err, payments.ErrNoCharge) {
		t.Errorf("looked up: got %v, want %v", err, payments.ErrNoCharge)
	}
	if _, err := g.Lookup(ctx, "bill/3", money.Of(250, "EUR")); !errors.Is(err, other.ErrUnknown) {
		t.Errorf("a key that may be on its way: got %v, want %v", err, other.ErrUnknown)
	}
	if err := g.Reverse(ctx, "bill/3"); err != nil {
		t.Error(err)
	}
	if ref, err := g.Charge(ctx, chargeOf("bill/3", "anna", 250)); !errors.Is(err, payments.ErrNoCharge) || p.Funds("anna") != 10_000 {
		t.Errorf("after its reversal: got %q, %v", ref, err)
	}
}

func TestAShopperConfirmsAtTheProvider(t *testing.T) {
	for name, tt := range map[string]struct {
		yes  bool
		want error
	}{"yes": {true, nil}, "no": {false, payments.ErrNoCharge}} {
		t.Run(name, func(t *testing.T) {
			p, g := provider(t)
			p.Ask("anna")
			var told []string
			var outcome error
			till := httptest.NewServer(other.Callback(secret, time.Now, discard, func(ctx context.Context, key string) error {
				told = append(told, key)
				_, outcome = g.Lookup(ctx, key, money.Of(250, "EUR"))
				return nil
			}))
			defer till.Close()
			var handoff *payments.HandoffError
			for range 2 {
				if _, err := g.Charge(t.Context(), chargeOf("bill/4", "anna", 250)); !errors.As(err, &handoff) || handoff.Handoff.QR != "othertest:bill/4" {
					t.Fatalf("got %v, want a code to scan", err)
				}
			}
			if _, err := g.Lookup(t.Context(), "bill/4", money.Of(250, "EUR")); !errors.Is(err, other.ErrUnknown) {
				t.Errorf("before: got %v, want %v", err, other.ErrUnknown)
			}
			p.Confirm("bill/4", tt.yes)
			for range 2 {
				if err := p.Tell(t.Context(), till.Client(), till.URL+"/v1/callbacks/other/paynow?x=1", "bill/4"); err != nil {
					t.Fatal(err)
				}
			}
			if len(told) != 2 || !errors.Is(outcome, tt.want) {
				t.Errorf("told %q, got %v, want %v", told, outcome, tt.want)
			}
		})
	}
}

func TestConfigsThatAreNone(t *testing.T) {
	good := other.Config{Name: "paynow", URL: "https://pay.example.com/till", Secret: secret}
	if _, err := other.New(good); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*other.Config){
		"no name":               func(c *other.Config) { c.Name = "" },
		"a name with a slash":   func(c *other.Config) { c.Name = "pay/now" },
		"no address":            func(c *other.Config) { c.URL = "" },
		"an address of no host": func(c *other.Config) { c.URL = "https:///till" },
		"plain http abroad":     func(c *other.Config) { c.URL = "http://pay.example.com" },
		"a query":               func(c *other.Config) { c.URL += "?a=b" },
		"a password":            func(c *other.Config) { c.URL = "https://a:b@pay.example.com" },
		"a short secret":        func(c *other.Config) { c.Secret = c.Secret[1:] },
		"a negative window":     func(c *other.Config) { c.Window = -1 },
	} {
		c := good
		change(&c)
		if _, err := other.New(c); !errors.Is(err, other.ErrConfig) {
			t.Errorf("%s: got %v, want %v", name, err, other.ErrConfig)
		}
	}
}
