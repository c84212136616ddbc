package stripe

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"voicetill/payments"
	"voicetill/payments/money"

	"github.com/oklog/ulid/v2"
	api "github.com/stripe/stripe-go/v85"
)

func TestAmountsAsStripeCountsThem(t *testing.T) {
	for name, tt := range map[string]struct {
		amount money.Amount
		want   int64 // 0: refused
	}{
		"euros":                           {money.Of(249, "EUR"), 249},
		"yen, which have no parts":        {money.Of(500, "JPY"), 500},
		"króna, in hundredths":            {money.Of(500, "ISK"), 50_000},
		"Uganda shillings, in hundredths": {money.Of(500, "UGX"), 50_000},
		"dinars of three decimals":        {money.Of(1230, "KWD"), 1230},
		"dinars with a last decimal":      {money.Of(1234, "KWD"), 0},
		"nothing":                         {money.Of(0, "EUR"), 0},
		"less than nothing":               {money.Of(-1, "EUR"), 0},
		"more than Stripe takes":          {money.Of(100_000_000_00, "EUR"), 0},
	} {
		got, err := minorOf(tt.amount)
		var declined *payments.DeclinedError
		refused := errors.As(err, &declined) && declined.Reason == payments.DeclineAmount
		if got != tt.want || refused != (tt.want == 0) {
			t.Errorf("%s: got %d, %v, want %d", name, got, err, tt.want)
		}
	}
}

// Where Stripe counts whole units, ISO 4217 does too: the till's minor units
// need no change (docs.stripe.com/currencies#zero-decimal).
func TestCurrenciesWithoutParts(t *testing.T) {
	for _, c := range []money.Currency{"BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"} {
		if c.Digits() != 0 {
			t.Errorf("%s has %d decimals here", c, c.Digits())
		}
	}
}

func TestWhatErrorsMean(t *testing.T) {
	for name, tt := range map[string]struct {
		err  error
		want payments.Decline // "": the outcome is open
	}{
		"no money":                        {&api.Error{HTTPStatusCode: 402, Type: api.ErrorTypeCard, Code: "card_declined", DeclineCode: api.DeclineCodeInsufficientFunds}, payments.DeclineFunds},
		"expired":                         {&api.Error{HTTPStatusCode: 402, Type: api.ErrorTypeCard, Code: "expired_card"}, payments.DeclineExpired},
		"the owner is wanted":             {&api.Error{HTTPStatusCode: 402, Type: api.ErrorTypeCard, Code: "authentication_required", DeclineCode: "authentication_required"}, payments.DeclineConfirm},
		"stolen, which is told to nobody": {&api.Error{HTTPStatusCode: 402, Type: api.ErrorTypeCard, Code: "card_declined", DeclineCode: api.DeclineCodeStolenCard}, payments.DeclineMethod},
		"too small":                       {&api.Error{HTTPStatusCode: 400, Type: api.ErrorTypeInvalidRequest, Code: api.ErrorCodeAmountTooSmall}, payments.DeclineAmount},
		"a card that is gone":             {&api.Error{HTTPStatusCode: 404, Type: api.ErrorTypeInvalidRequest, Code: api.ErrorCodeResourceMissing}, payments.DeclineMethod},
		"the key was used":                {&api.Error{HTTPStatusCode: 400, Type: api.ErrorTypeIdempotency}, ""},
		"the key is being used":           {&api.Error{HTTPStatusCode: 409, Type: api.ErrorTypeIdempotency, Code: api.ErrorCodeIdempotencyKeyInUse}, ""},
		"our key is refused":              {&api.Error{HTTPStatusCode: 401, Type: api.ErrorTypeInvalidRequest}, ""},
		"too many requests":               {&api.Error{HTTPStatusCode: 429, Type: api.ErrorTypeInvalidRequest}, ""},
		"Stripe's own fault":              {&api.Error{HTTPStatusCode: 500, Type: api.ErrorTypeAPI}, ""},
		"no reply":                        {errors.New("EOF"), ""},
	} {
		err := declineOf(fmt.Errorf("charge: %w", tt.err))
		var declined *payments.DeclinedError
		if got := errors.As(err, &declined); got != (tt.want != "") || got && declined.Reason != tt.want {
			t.Errorf("%s: got %v, want %q", name, err, tt.want)
		}
	}
}

func TestWhereAChargeStands(t *testing.T) {
	intent := func(s api.PaymentIntentStatus) *api.PaymentIntent { return &api.PaymentIntent{ID: "pi_1", Status: s} }
	refunded := intent(api.PaymentIntentStatusSucceeded)
	refunded.LatestCharge = &api.Charge{Refunded: true}
	page := func(s api.CheckoutSessionStatus, i *api.PaymentIntent) attempt {
		return attempt{session: &api.CheckoutSession{Status: s, PaymentIntent: i}}
	}
	for name, tt := range map[string]struct {
		a    attempt
		want error
	}{
		"nothing there":           {attempt{}, ErrUnknown},
		"succeeded":               {attempt{intent: intent(api.PaymentIntentStatusSucceeded)}, nil},
		"succeeded and reversed":  {attempt{intent: refunded}, payments.ErrNoCharge},
		"cancelled":               {attempt{intent: intent(api.PaymentIntentStatusCanceled)}, payments.ErrNoCharge},
		"declined":                {attempt{intent: intent(api.PaymentIntentStatusRequiresPaymentMethod)}, payments.ErrNoCharge},
		"under way":               {attempt{intent: intent(api.PaymentIntentStatusProcessing)}, ErrUnknown},
		"waiting for its owner":   {attempt{intent: intent(api.PaymentIntentStatusRequiresAction)}, ErrUnknown},
		"a page that is open":     {page(api.CheckoutSessionStatusOpen, nil), ErrUnknown},
		"a page, a card declined": {page(api.CheckoutSessionStatusOpen, intent(api.PaymentIntentStatusRequiresPaymentMethod)), ErrUnknown},
		"a page that was paid":    {page(api.CheckoutSessionStatusComplete, intent(api.PaymentIntentStatusSucceeded)), nil},
		"a page being paid":       {page(api.CheckoutSessionStatusComplete, intent(api.PaymentIntentStatusProcessing)), ErrUnknown},
		"a page that was left":    {page(api.CheckoutSessionStatusExpired, nil), payments.ErrNoCharge},
	} {
		ref, err := stateOf(tt.a)
		if !errors.Is(err, tt.want) || (err == nil) != (ref == "pi_1") {
			t.Errorf("%s: got %q, %v, want %v", name, ref, err, tt.want)
		}
	}
}

// After Stripe has forgotten an idempotency key, nothing is asked for under it.
func TestAnOldKeyIsOnlyLookedUp(t *testing.T) {
	at := time.Now().Add(-keysLast - time.Minute)
	key := "bill/" + ulid.MustNew(ulid.Timestamp(at), ulid.DefaultEntropy()).String()
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method+" "+r.URL.Path)
		_, _ = w.Write([]byte(`{"object": "list", "data": []}`))
	}))
	defer server.Close()
	g, err := New(Config{Key: "sk_test_1", URL: server.URL, Client: server.Client(), NoPause: true})
	if err != nil {
		t.Fatal(err)
	}
	_, err = g.Charge(t.Context(), payments.Charge{Key: key, Amount: money.Of(100, "EUR"), Binding: "cus_1/pm_1"})
	if want := []string{"GET /v1/payment_intents", "GET /v1/checkout/sessions"}; !errors.Is(err, ErrUnknown) || !slices.Equal(asked, want) {
		t.Errorf("got %v, asked %q, want %q", err, asked, want)
	}
	if got := expiry(key); *got != at.Truncate(time.Millisecond).Add(pageLife).Unix() {
		t.Errorf("the page expires at %d", *got)
	}
	if expiry("no ULID") != nil || around("no ULID") != nil {
		t.Error("a key that tells no time does")
	}
}

func TestMemoryForgetsTheOldest(t *testing.T) {
	m := newMemory()
	for i := range 3 * memorySize {
		m.put(fmt.Sprint(i), "pi")
	}
	if m.get("0") != "" || m.get(fmt.Sprint(3*memorySize-1)) != "pi" || m.get(fmt.Sprint(2*memorySize)) != "pi" || len(m.young)+len(m.old) > 2*memorySize {
		t.Errorf("%d and %d are kept", len(m.young), len(m.old))
	}
}

func TestKeysThatAreNone(t *testing.T) {
	for _, key := range []string{"", "pk_test_1", "whsec_1"} {
		if _, err := New(Config{Key: key}); !errors.Is(err, ErrConfig) {
			t.Errorf("%q: got %v", key, err)
		}
	}
}
