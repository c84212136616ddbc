package other_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"voicetill/payments/gatewaytest"
	"voicetill/payments/other"
)

// A callback by a secret that is not shared books nothing, and the log says why.
func TestCallbacksByUnknownSecrets(t *testing.T) {
	noon := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	const path, body = "/v1/callbacks/other/paynow", `{"key":"bill/1","status":"succeeded","ref":"r"}`
	by := func(secret []byte, at time.Time, path string) string {
		return other.SignRequest(secret, at, http.MethodPost, path, []byte(body))
	}
	another := []byte(strings.Repeat("x", len(secret)))
	for name, tt := range map[string]struct{ signature, reason string }{
		"another secret":   {by(another, noon, path), "another secret"},
		"another provider": {by(secret, noon, path+"2"), "another message"},
		"an old signature": {by(secret, noon.Add(-time.Hour), path), "its time differs by more than 5m0s"},
		"a header of none": {"v1=abc", "Voicetill-Signature is missing, or not t=SECONDS,v1=HEX"},
	} {
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
		r.Header.Set(other.SignatureHeader, tt.signature)
		gatewaytest.Callback(func(log *slog.Logger, settle func(context.Context, string) error) http.Handler {
			return other.Callback(secret, func() time.Time { return noon }, log, settle)
		}).Refused(t, name, r, 401, tt.reason, string(secret), tt.signature, body)
	}
}
