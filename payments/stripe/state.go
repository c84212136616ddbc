package stripe

import (
	"strings"
	"time"

	"voicetill/payments"

	"github.com/oklog/ulid/v2"
	api "github.com/stripe/stripe-go/v85"
)

// attempt is what Stripe has of one key: a PaymentIntent for a saved card, or a
// Checkout Session. Neither: nothing.
type attempt struct {
	intent  *api.PaymentIntent
	session *api.CheckoutSession
}

// paying is the PaymentIntent, of a page too, or nil.
func (a attempt) paying() *api.PaymentIntent {
	if a.session != nil {
		return a.session.PaymentIntent
	}
	return a.intent
}

// stateOf is how a charge stands, as payments.Gateway wants it told.
func stateOf(a attempt) (ref string, err error) {
	if s := a.session; s != nil {
		switch s.Status {
		case api.CheckoutSessionStatusExpired:
			return "", payments.ErrNoCharge
		case api.CheckoutSessionStatusOpen:
			return "", ErrUnknown
		}
	}
	intent := a.paying()
	if intent == nil {
		return "", ErrUnknown
	}
	switch intent.Status {
	case api.PaymentIntentStatusSucceeded:
		if isGivenBack(intent) {
			return "", payments.ErrNoCharge
		}
		return intent.ID, nil
	case api.PaymentIntentStatusCanceled:
		return "", payments.ErrNoCharge
	case api.PaymentIntentStatusRequiresPaymentMethod:
		return "", lastDecline(intent)
	}
	return "", ErrUnknown
}

// isGivenBack reports whether all of a charge was refunded. It needs
// latest_charge expanded.
func isGivenBack(intent *api.PaymentIntent) bool {
	return intent.LatestCharge != nil && intent.LatestCharge.Refunded
}

// timeOf is when a key was made: the last of its ULIDs says.
func timeOf(key string) (time.Time, bool) {
	id, err := ulid.ParseStrict(key[strings.LastIndex(key, "/")+1:])
	if err != nil {
		return time.Time{}, false
	}
	return id.Timestamp().UTC(), true
}

// expiry of a page is the same whenever its key is used. nil: Stripe's day.
func expiry(key string) *int64 {
	made, ok := timeOf(key)
	if !ok {
		return nil
	}
	return api.Int64(made.Add(pageLife).Unix())
}

// replayed reports whether Stripe repeated its first answer, which may be out
// of date.
func replayed(r *api.APIResponse) bool {
	return r != nil && r.Header.Get("Idempotent-Replayed") == "true"
}

func cards() []*string { return []*string{api.String("card")} }

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
