package gatewaytest

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// Callback makes what receives a provider's callbacks.
type Callback func(log *slog.Logger, settle func(ctx context.Context, key string) error) http.Handler

// Refused proves that a callback is refused with a status and a reason, that the
// reason is logged and nothing secret, and that nothing is settled.
func (c Callback) Refused(t testing.TB, name string, r *http.Request, status int, reason string, secrets ...string) {
	t.Helper()
	var told strings.Builder
	w := httptest.NewRecorder()
	c(slog.New(slog.NewTextHandler(&told, nil)), func(_ context.Context, key string) error {
		t.Errorf("%s: it settled %s", name, key)
		return nil
	}).ServeHTTP(w, r)
	if w.Code != status || !strings.Contains(w.Body.String(), reason) {
		t.Errorf("%s: got %d %q, want %d and %q", name, w.Code, w.Body, status, reason)
	}
	if !strings.Contains(told.String(), reason) {
		t.Errorf("%s: logged %q, want %q", name, told.String(), reason)
	}
	for i, secret := range secrets {
		if secret == "" {
			t.Fatal(fmt.Sprint("secret ", i, " is none: nothing is tried"))
		}
		if strings.Contains(told.String(), secret) || strings.Contains(w.Body.String(), secret) {
			t.Errorf("%s: secret %d is logged or answered", name, i)
		}
	}
}
