package stripe

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"voicetill/payments"

	api "github.com/stripe/stripe-go/v85"
	"github.com/stripe/stripe-go/v85/webhook"
)

// Webhook is what receives Stripe's events.
type Webhook struct {
	Secrets    []string // of the endpoint; two while one is replaced by the other
	AnyVersion bool     // tests: take events of another version of the API
	Settle     func(ctx context.Context, key string) error
	Log        *slog.Logger
}

// maxEvent is the size in bytes that no event exceeds.
const maxEvent = 1 << 20

// object is what a PaymentIntent and a Checkout Session have in common.
type object struct {
	ID       string            `json:"id"`
	Metadata map[string]string `json:"metadata"`
}

// Handler answers Stripe's events. An event is never believed beyond its key:
// Settle asks Stripe how the charge stands, so that events may come twice, late
// and in any order. 503 makes Stripe send it again.
func (g *Gateway) Handler(h Webhook) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxEvent))
		if err != nil {
			http.Error(w, "the body is too large or broken", http.StatusBadRequest)
			return
		}
		event, err := h.read(body, r.Header.Get("Stripe-Signature"))
		if err != nil {
			h.Log.Warn("an event of Stripe's was refused", "err", err, "version", api.APIVersion)
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		key := g.keyOf(event)
		if key == "" {
			return // not about a payment of this till
		}
		switch err := h.Settle(r.Context(), key); {
		case errors.Is(err, payments.ErrNotReserved):
			h.Log.Warn("an event of Stripe's is about no payment of this till", "key", key)
		case errors.Is(err, payments.ErrForeign):
			h.Log.Warn("an event of Stripe's was refused", "err", err)
			http.Error(w, payments.ErrForeign.Error(), http.StatusForbidden)
		case err != nil:
			h.Log.Warn("an event of Stripe's settled nothing", "key", key, "event", event.Type, "err", err)
			http.Error(w, "not settled yet", http.StatusServiceUnavailable)
		}
	})
}

var (
	// errFuture refuses what stripe-go takes: it looks only for what is too old.
	errFuture = errors.New("timestamp lies in the future, beyond the tolerance")
	// errAccount refuses what a platform is told of those who sell through it.
	errAccount = errors.New("the event is of another account")
)

// read checks the signature with each secret, its time and the account.
func (h Webhook) read(body []byte, signature string) (event api.Event, err error) {
	err = webhook.ErrNotSigned
	for _, secret := range h.Secrets {
		event, err = webhook.ConstructEventWithOptions(body, signature, secret,
			webhook.ConstructEventOptions{IgnoreAPIVersionMismatch: h.AnyVersion})
		if !errors.Is(err, webhook.ErrNoValidSignature) {
			break
		}
	}
	switch {
	case err != nil:
		return event, err
	case early(signature):
		return event, errFuture
	case event.Account != "":
		return event, errAccount
	}
	return event, nil
}

// early reports whether a good signature was made for a time that is still to
// come.
func early(signature string) bool {
	for part := range strings.SplitSeq(signature, ",") {
		if at, ok := strings.CutPrefix(part, "t="); ok {
			seconds, err := strconv.ParseInt(at, 10, 64)
			if err != nil || time.Until(time.Unix(seconds, 0)) > webhook.DefaultTolerance {
				return true
			}
		}
	}
	return false
}

// keyOf is the key of a charge or a refund that an event may have finished, or
// "". The id of a charge that it names need not be searched for.
func (g *Gateway) keyOf(e api.Event) string {
	var o object
	if e.Data == nil || json.Unmarshal(e.Data.Raw, &o) != nil {
		return ""
	}
	use := o.Metadata[metaUse]
	switch e.Type {
	case api.EventTypePaymentIntentSucceeded, api.EventTypePaymentIntentCanceled, api.EventTypePaymentIntentPaymentFailed:
		if use != useCard {
			return "" // of a page, the session tells
		}
	case api.EventTypeCheckoutSessionCompleted, api.EventTypeCheckoutSessionExpired:
		if use != usePage {
			return ""
		}
	case api.EventTypeRefundUpdated, api.EventTypeRefundFailed:
		if key := o.Metadata[metaRefund]; !strings.HasPrefix(key, reversal) {
			return key
		}
		return ""
	default:
		return ""
	}
	if key := o.Metadata[metaKey]; key != "" && o.ID != "" {
		g.known.put(key, o.ID)
		return key
	}
	return ""
}
