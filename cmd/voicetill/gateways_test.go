package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"voicetill/payments"
	"voicetill/payments/other"
	"voicetill/payments/stripe"
)

func openGateways(f gatewayFlags) (*gateways, error) {
	g := &gateways{by: map[payments.Method]payments.Gateway{payments.Prepaid: nil}, callbacks: map[string]http.Handler{},
		settle: func(context.Context, payments.Method, string) error { return nil }, log: slog.New(slog.DiscardHandler)}
	return g, f.open(g)
}

// secretFile writes a file of a test.
func secretFile(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestGatewaysThatAreOpened(t *testing.T) {
	key, secret := secretFile(t, "sk_test_123\n"), secretFile(t, "a secret of thirty-two bytes....\n")
	g, err := openGateways(gatewayFlags{publicURL: "https://till.example.com", stripeKey: key, stripeWebhook: secretFile(t, "whsec_1\nwhsec_2\n"),
		providers: []string{"paynow=https://pay.example.com/till," + secret, "tap=http://localhost:9000," + secret + ",10m"}})
	if err != nil {
		t.Fatal(err)
	}
	for method, want := range map[payments.Method]string{"card": "clearing:stripe", "paynow": "clearing:paynow", "tap": "clearing:tap"} {
		if g.by[method] == nil || g.by[method].Clearing() != want {
			t.Errorf("%s: got %v, want %s", method, g.by[method], want)
		}
	}
	if w, ok := g.by["tap"].(payments.Windowed); !ok || w.Window().Minutes() != 10 {
		t.Errorf("tap: got %v", w)
	}
	for _, name := range []string{"stripe", "other/paynow", "other/tap"} {
		w := httptest.NewRecorder()
		g.callbacks[name].ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/v1/callbacks/"+name, strings.NewReader("{}")))
		if w.Code != http.StatusBadRequest && w.Code != http.StatusUnauthorized {
			t.Errorf("%s: an unsigned callback was answered %d", name, w.Code)
		}
	}
}

func TestGatewaysThatCannotBe(t *testing.T) {
	const sesame = "open-sesame-open-sesame-open-sesame"
	key, secret := secretFile(t, "sk_test_123"), secretFile(t, sesame)
	for name, tt := range map[string]struct {
		flags gatewayFlags
		want  error
	}{
		"no address":               {gatewayFlags{providers: []string{"paynow"}}, errProvider},
		"no secret":                {gatewayFlags{providers: []string{"paynow=https://pay.example.com"}}, errProvider},
		"a secret that is not":     {gatewayFlags{providers: []string{"paynow=https://pay.example.com,/no/such/file"}}, os.ErrNotExist},
		"a short secret":           {gatewayFlags{providers: []string{"paynow=https://pay.example.com," + secretFile(t, "short")}}, other.ErrConfig},
		"plain http abroad":        {gatewayFlags{providers: []string{"paynow=http://pay.example.com," + secret}}, other.ErrConfig},
		"the name of another":      {gatewayFlags{providers: []string{"card=https://pay.example.com," + secret}}, errTaken},
		"a name twice":             {gatewayFlags{providers: slices.Repeat([]string{"paynow=https://pay.example.com," + secret}, 2)}, errTaken},
		"an empty key of Stripe's": {gatewayFlags{publicURL: "https://till.example.com", stripeKey: secretFile(t, "\n")}, errSecretFile},
		"a public key of Stripe's": {gatewayFlags{publicURL: "https://till.example.com", stripeKey: secretFile(t, "pk_test_"+sesame)}, stripe.ErrConfig},
		"no page to return to":     {gatewayFlags{stripeKey: key}, errPublic},
		"a webhook without a key":  {gatewayFlags{stripeWebhook: secret}, errWebhook},
	} {
		_, err := openGateways(tt.flags)
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", name, err, tt.want)
		}
		if err != nil && strings.Contains(err.Error(), sesame) {
			t.Errorf("%s: the error tells a secret: %v", name, err)
		}
	}
}

func TestServeReadsTheFlagsOfProviders(t *testing.T) {
	f, err := readServeFlags([]string{"--public-url", "https://till.example.com", "--stripe-key-file", "key", "--provider", "a=b,c", "--provider", "d=e,f"})
	if err != nil {
		t.Fatal(err)
	}
	if f.gateways.publicURL != "https://till.example.com" || f.gateways.stripeKey != "key" || !slices.Equal(f.gateways.providers, []string{"a=b,c", "d=e,f"}) {
		t.Errorf("got %+v", f.gateways)
	}
}
