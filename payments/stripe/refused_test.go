package stripe_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"voicetill/payments/gatewaytest"
	"voicetill/payments/stripe"

	api "github.com/stripe/stripe-go/v85"
)

// An event by a secret that is not this endpoint's books nothing, and the log
// says why.
func TestEventsByUnknownSecrets(t *testing.T) {
	now := time.Now()
	body := event("payment_intent.succeeded", api.APIVersion, `"voicetill_key":"k","voicetill_use":"card"`)
	for name, tt := range map[string]struct{ signature, reason string }{
		"another endpoint's secret": {signed(body, "whsec_other", now), "no valid signature"},
		"an old signature":          {signed(body, endpointSecret, now.Add(-time.Hour)), "timestamp wasn't within tolerance"},
		"a signature of the future": {signed(body, endpointSecret, now.Add(time.Hour)), "timestamp lies in the future"},
		"for another event":         {signed([]byte("{}"), endpointSecret, now), "no valid signature"},
		"none":                      {"", "no Stripe-Signature header"},
	} {
		r := httptest.NewRequest(http.MethodPost, "/v1/callbacks/stripe", bytes.NewReader(body))
		secrets := []string{endpointSecret, string(body)}
		if tt.signature != "" {
			r.Header.Set("Stripe-Signature", tt.signature)
			secrets = append(secrets, tt.signature)
		}
		gatewaytest.Callback(func(log *slog.Logger, settle func(context.Context, string) error) http.Handler {
			return newGateway(t, "http://localhost:1", http.DefaultTransport).Handler(stripe.Webhook{Secrets: []string{endpointSecret}, Log: log, Settle: settle})
		}).Refused(t, name, r, 400, tt.reason, secrets...)
	}
}
