package stripe_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"voicetill/payments"
	"voicetill/payments/faultproxy"
	"voicetill/payments/money"
	"voicetill/payments/stripe"

	api "github.com/stripe/stripe-go/v85"
	"github.com/stripe/stripe-go/v85/webhook"
)

const endpointSecret = "whsec_test"

var discard = slog.New(slog.DiscardHandler)

// post sends an event to a handler and returns the status.
func post(h http.Handler, body []byte, signature string) int {
	r := httptest.NewRequest(http.MethodPost, "/v1/callbacks/stripe", bytes.NewReader(body))
	r.Header.Set("Stripe-Signature", signature)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code
}

func event(kind, version, meta string) []byte {
	return []byte(fmt.Sprintf(`{"id":"evt_1","object":"event","api_version":%q,"type":%q,"data":{"object":{"id":"pi_1","metadata":{%s}}}}`, version, kind, meta))
}

func signed(body []byte, secret string, at time.Time) string {
	return webhook.GenerateTestSignedPayload(&webhook.UnsignedPayload{Payload: body, Secret: secret, Timestamp: at}).Header
}

func TestEvents(t *testing.T) {
	const card, page = `"voicetill_key":"k","voicetill_use":"card"`, `"voicetill_key":"k","voicetill_use":"page"`
	now := time.Now()
	good := event("payment_intent.succeeded", api.APIVersion, card)
	for name, tt := range map[string]struct {
		body      []byte
		signature string
		settle    error
		want      int
		told      string
	}{
		"a charge succeeded":           {good, signed(good, endpointSecret, now), nil, 200, "k"},
		"signed with the new secret":   {good, signed(good, "whsec_new", now), nil, 200, "k"},
		"not settled yet":              {good, signed(good, endpointSecret, now), stripe.ErrUnknown, 503, "k"},
		"of no payment here":           {good, signed(good, endpointSecret, now), payments.ErrNotReserved, 200, "k"},
		"299 seconds old":              {good, signed(good, endpointSecret, now.Add(-299*time.Second)), nil, 200, "k"},
		"301 seconds old":              {good, signed(good, endpointSecret, now.Add(-301*time.Second)), nil, 400, ""},
		"290 seconds to come":          {good, signed(good, endpointSecret, now.Add(290*time.Second)), nil, 200, "k"},
		"an hour to come":              {good, signed(good, endpointSecret, now.Add(time.Hour)), nil, 400, ""},
		"of another way to pay":        {good, signed(good, endpointSecret, now), payments.ErrForeign, 403, "k"},
		"of another account":           {bytes.Replace(good, []byte(`{`), []byte(`{"account":"acct_2",`), 1), "", nil, 400, ""},
		"signed by another":            {good, signed(good, "whsec_other", now), nil, 400, ""},
		"signed for another body":      {good, signed([]byte("{}"), endpointSecret, now), nil, 400, ""},
		"not signed":                   {good, "", nil, 400, ""},
		"a header that is none":        {good, "t=x,v1=y", nil, 400, ""},
		"another version of the API":   {event("payment_intent.succeeded", "2019-01-01", card), "", nil, 400, ""},
		"a page was paid":              {event("checkout.session.completed", api.APIVersion, page), "", nil, 200, "k"},
		"a page has expired":           {event("checkout.session.expired", api.APIVersion, page), "", nil, 200, "k"},
		"a card was refused on a page": {event("payment_intent.payment_failed", api.APIVersion, page), "", nil, 200, ""},
		"a card was saved":             {event("checkout.session.completed", api.APIVersion, `"voicetill_key":"k","voicetill_use":"bind"`), "", nil, 200, ""},
		"a fence":                      {event("payment_intent.canceled", api.APIVersion, `"voicetill_fence":"k"`), "", nil, 200, ""},
		"a refund":                     {event("refund.updated", api.APIVersion, `"voicetill_refund":"r"`), "", nil, 200, "r"},
		"a reversal's refund":          {event("refund.updated", api.APIVersion, `"voicetill_refund":"reverse/k"`), "", nil, 200, ""},
		"of another program":           {event("payment_intent.succeeded", api.APIVersion, ``), "", nil, 200, ""},
		"of another kind":              {event("customer.created", api.APIVersion, card), "", nil, 200, ""},
		"more than is accepted":        {bytes.Repeat([]byte(" "), 2<<20), "", nil, 400, ""},
	} {
		if tt.signature == "" && name != "not signed" {
			tt.signature = signed(tt.body, endpointSecret, now)
		}
		told := ""
		h := newGateway(t, "http://localhost:1", http.DefaultTransport).Handler(stripe.Webhook{Secrets: []string{"whsec_new", endpointSecret},
			Log: discard, Settle: func(_ context.Context, key string) error { told = key; return tt.settle }})
		if got := post(h, tt.body, tt.signature); got != tt.want || told != tt.told {
			t.Errorf("%s: got %d, told %q, want %d, %q", name, got, told, tt.want, tt.told)
		}
	}
}

func FuzzEvent(f *testing.F) {
	f.Add(event("payment_intent.succeeded", api.APIVersion, `"voicetill_key":"k","voicetill_use":"card"`))
	f.Add([]byte(`{"api_version":"` + api.APIVersion + `","type":"refund.updated","data":{"object":[]}}`))
	f.Add([]byte(`{"data":null}`))
	g, err := stripe.New(stripe.Config{Key: "sk_test_123", URL: "http://localhost:1"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		told := ""
		h := g.Handler(stripe.Webhook{Secrets: []string{endpointSecret}, Log: discard,
			Settle: func(_ context.Context, key string) error { told = key; return nil }})
		code := post(h, body, signed(body, endpointSecret, time.Now()))
		if code != 200 && code != 400 || told != "" && !json.Valid(body) {
			t.Errorf("%q: %d, told %q", body, code, told)
		}
		if unsigned := post(h, body, "t=1,v1=00"); unsigned != 400 {
			t.Errorf("unsigned: %d", unsigned)
		}
	})
}

// Events settle what a till forgot: localstripe signs and sends its own, over a
// line that doubles and loses some; those of pages come in reverse order.
func TestEventsSettleWhatTheTillForgot(t *testing.T) {
	a := newAccount(t)
	g := a.gateway(t)
	books := &ledger{booked: map[string]bool{}, asked: map[string]money.Amount{}, told: make(chan string, 1000)}
	till := httptest.NewServer(g.Handler(stripe.Webhook{Secrets: []string{endpointSecret}, AnyVersion: true, Log: discard,
		Settle: func(ctx context.Context, key string) error { return books.settle(ctx, g, key) }}))
	defer till.Close()
	line := faultproxy.New(till.URL, 3, faultproxy.Rates{Double: 50})
	defer line.Close()
	front := httptest.NewServer(line)
	defer front.Close()
	hook(t, a, front.URL+"/v1/callbacks/stripe")
	want := map[string]int64{}
	for i := range 20 {
		c := chargeOf(newKey(), a.card, int64(100+i))
		books.ask(c)
		mustCharge(t, a, c) // by a till that dies with what it heard
		want[c.Key] = c.Amount.Minor
	}
	var pages []string
	for i := range 20 {
		c := chargeOf(newKey(), "", int64(200+i))
		books.ask(c)
		page := mustHandOff(t, a, c)
		pay(t, a, page)
		pages, want[c.Key] = append(pages, page), c.Amount.Minor
	}
	for i := len(pages) - 1; i >= 0; i-- {
		e, err := a.Event(api.EventTypeCheckoutSessionCompleted, pages[i], endpointSecret)
		if err != nil {
			t.Fatal(err)
		}
		send(t, front.URL+"/v1/callbacks/stripe", e)
	}
	books.wait(t, len(want))
	books.mu.Lock()
	defer books.mu.Unlock()
	kept, err := a.Kept()
	if err != nil {
		t.Fatal(err)
	}
	for key, minor := range want {
		if !books.booked[key] || kept[key] != minor {
			t.Errorf("%s: booked %t, kept %d, want %d", key, books.booked[key], kept[key], minor)
		}
	}
	if line.Counts()[faultproxy.Double] < 5 {
		t.Errorf("too few were doubled: %v", line.Counts())
	}
}

// ledger books a key once.
type ledger struct {
	mu     sync.Mutex
	booked map[string]bool
	asked  map[string]money.Amount
	told   chan string // keys that were booked, each once
}

func (l *ledger) ask(c payments.Charge) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked[c.Key] = c.Amount
}

func (l *ledger) settle(ctx context.Context, g *stripe.Gateway, key string) error {
	l.mu.Lock()
	want := l.asked[key]
	l.mu.Unlock()
	ref, err := g.Lookup(ctx, key, want)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ok := l.booked[key]; !ok && ref != "" {
		l.booked[key] = true
		l.told <- key
	}
	return nil
}

func (l *ledger) wait(t *testing.T, n int) {
	t.Helper()
	for range n {
		select {
		case <-l.told:
		case <-time.After(30 * time.Second):
			t.Fatal("events are missing")
		}
	}
}

// hook tells localstripe where to send events.
func hook(t *testing.T, a account, url string) {
	t.Helper()
	if err := a.Hook(url, endpointSecret); err != nil {
		t.Fatal(err)
	}
}

func send(t *testing.T, url string, e *webhook.SignedPayload) {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, url, strings.NewReader(string(e.Payload)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Stripe-Signature", e.Header)
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("the event was answered %d", resp.StatusCode)
	}
}
