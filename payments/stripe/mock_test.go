package stripe_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"voicetill/payments"
	"voicetill/payments/money"
	"voicetill/payments/stripe"
	"voicetill/payments/stripe/stripetest"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// recorder notes each request and its status.
type recorder struct {
	http.RoundTripper
	mu   sync.Mutex
	seen map[string]int
}

func (r *recorder) RoundTrip(q *http.Request) (*http.Response, error) {
	resp, err := r.RoundTripper.RoundTrip(q)
	if err != nil {
		return nil, err
	}
	var path []string
	for _, p := range strings.Split(q.URL.Path, "/") {
		if before, _, ok := strings.Cut(p, "_"); ok && len(before) < 5 && len(p) > 12 {
			p = before
		}
		path = append(path, p)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen[q.Method+" "+strings.Join(path, "/")] = resp.StatusCode
	return resp, nil
}

func newGateway(t *testing.T, url string, transport http.RoundTripper) *stripe.Gateway {
	t.Helper()
	g, err := stripe.New(stripe.Config{Key: "sk_test_123", URL: url, Return: "https://till.example.com/", NoPause: true,
		Client: &http.Client{Transport: transport, Timeout: 10 * time.Second}})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// stripe-mock is made from Stripe's own description of its API: it refuses a
// parameter that is unknown or of the wrong type, and answers with examples.
func TestStripeTakesEveryParameter(t *testing.T) {
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	r := &recorder{RoundTripper: transport, seen: map[string]int{}}
	g := newGateway(t, stripetest.Mock(t), r)
	ctx := t.Context()
	page := chargeOf(newKey(), "", 250)
	card := chargeOf(newKey(), "cus_123/pm_card_visa", 250)
	refund := payments.Refund{Key: newKey(), Charge: card.Key, Ref: "pi_123", Amount: money.Of(100, "EUR"), Charged: card.Amount}
	for name, call := range map[string]func() error{
		"page":             func() error { _, err := g.Charge(ctx, page); return err },
		"card":             func() error { _, err := g.Charge(ctx, card); return err },
		"look up page":     func() error { _, err := g.Lookup(ctx, page.Key, page.Amount); return err },
		"look up card":     func() error { _, err := g.Lookup(ctx, card.Key, card.Amount); return err },
		"look up unknown":  func() error { _, err := g.Lookup(ctx, newKey(), card.Amount); return err },
		"reverse page":     func() error { return g.Reverse(ctx, page.Key) },
		"reverse card":     func() error { return g.Reverse(ctx, card.Key) },
		"reverse unknown":  func() error { return g.Reverse(ctx, newKey()) },
		"refund":           func() error { _, err := g.Refund(ctx, refund); return err },
		"look up refund":   func() error { _, err := g.LookupRefund(ctx, refund.Key); return err },
		"look up refund 2": func() error { _, err := g.LookupRefund(ctx, newKey()); return err },
		"bind":             func() error { _, err := g.Bind(ctx, newKey(), "anna", "demo", "https://till.example.com/"); return err },
		"bound":            func() error { _, _, err := g.Bound(ctx, newKey()); return err },
		"unbind":           func() error { return g.Unbind(ctx, "cus_123/pm_card_visa") },
	} {
		err := call()
		if err != nil && strings.Contains(err.Error(), "invalid_request_error") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for request, status := range r.seen {
		if status != http.StatusOK {
			t.Errorf("%s: status %d", request, status)
		}
	}
	want := []string{"DELETE /v1/customers/cus", "GET /v1/checkout/sessions", "GET /v1/payment_intents", "GET /v1/refunds",
		"POST /v1/checkout/sessions", "POST /v1/payment_intents", "POST /v1/refunds"}
	got := slices.Sorted(maps.Keys(r.seen))
	for _, w := range want {
		if !slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, w) }) {
			t.Errorf("%s was never asked; got %q", w, got)
		}
	}
	t.Log(got)
}

// The mock must be able to refuse.
func TestStripeMockRefusesWhatIsWrong(t *testing.T) {
	url := stripetest.Mock(t)
	for name, body := range map[string]string{
		"an unknown parameter": "amount=100&currency=eur&colour=red",
		"a mistyped one":       "amount=much&currency=eur",
	} {
		r, err := http.NewRequest(http.MethodPost, url+"/v1/payment_intents", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer sk_test_123")
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: got %s", name, fmt.Sprint(resp.StatusCode))
		}
	}
}
