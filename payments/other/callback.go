package other

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"voicetill/payments"
)

// Callback receives what a provider tells unasked. A callback is never
// believed beyond its key: settle asks the provider how the charge stands, so
// that callbacks may come twice, late and in any order. 204 says that it need
// not be sent again, 4xx that sending it again is in vain, 503 to try later.
func Callback(secret []byte, now func() time.Time, log *slog.Logger, settle func(ctx context.Context, key string) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBody))
		if err != nil {
			http.Error(w, "the body is too large or broken", http.StatusBadRequest)
			return
		}
		if err := CheckRequest(secret, now(), r.Header.Get(SignatureHeader), r.Method, r.URL.RequestURI(), body); err != nil {
			log.Warn("a callback was refused", "err", err)
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		var s State
		if err := json.Unmarshal(body, &s); err != nil || s.Key == "" {
			http.Error(w, "the body is not a state with a key", http.StatusBadRequest)
			return
		}
		err = settle(r.Context(), s.Key)
		if errors.Is(err, payments.ErrNotReserved) {
			log.Warn("a callback is about no payment of this till", "key", s.Key)
			http.Error(w, "there is no such key", http.StatusNotFound)
			return
		}
		if errors.Is(err, payments.ErrForeign) {
			log.Warn("a callback was refused", "err", err)
			http.Error(w, payments.ErrForeign.Error(), http.StatusForbidden)
			return
		}
		if err != nil {
			log.Warn("a callback changed nothing", "key", s.Key, "err", err)
			http.Error(w, "not settled yet", http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
}
