package stripe_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"voicetill/payments"
	"voicetill/payments/faultproxy"
	"voicetill/payments/shoptest"
	"voicetill/payments/stripe"
	"voicetill/payments/stripe/stripetest"
)

// batch is how many charges localstripe gets before it forgets them: it looks
// for each one among all.
const batch = 100

// howMany is the number of charges, which a nightly run sets to 10,000.
func howMany(t *testing.T) int {
	t.Helper()
	text := os.Getenv("VOICETILL_CHARGES")
	if text == "" {
		return 1000
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < batch {
		t.Fatalf("VOICETILL_CHARGES: %v, %d", err, n)
	}
	return n
}

// storm leaves two requests of three unharmed.
var storm = faultproxy.Rates{LoseRequest: 10, LoseReply: 10, Double: 5, Late: 8, BadGateway: 2}

// settle runs a batch of charges: seven of ten by a good card, one by a bad one,
// two on a page that is paid or left.
func settle(t *testing.T, front *stripetest.Front, handler http.Handler, seed uint64) (shoptest.Sum, map[faultproxy.Fault]int, error) {
	t.Helper()
	good, bad := saveCard(t, front, "4242424242424242"), saveCard(t, front, "4000000000000341")
	server := httptest.NewServer(handler)
	defer server.Close()
	proxy := faultproxy.New(server.URL, seed, storm)
	defer proxy.Close()
	line := httptest.NewServer(proxy)
	defer line.Close()
	transport := &http.Transport{MaxIdleConnsPerHost: 16}
	defer transport.CloseIdleConnections()
	kept := sync.OnceValues(front.Kept)
	sum, err := shoptest.Shop{Gateway: newGateway(t, line.URL, transport), Charges: batch, Workers: 8, Seed: seed,
		Make: func(i int, key string) payments.Charge {
			return chargeOf(key, [10]string{8: bad, 9: "", 7: "", 0: good, 1: good, 2: good, 3: good, 4: good, 5: good, 6: good}[i%10], int64(101+i))
		},
		Act: func(_ context.Context, c payments.Charge, h payments.Handoff) error {
			if c.Amount.Minor/10%2 == 0 {
				return nil // left
			}
			if err := front.Pay(h.URL, "pm_card_visa"); err != nil && !errors.Is(err, stripetest.ErrClosed) {
				return err
			}
			return nil
		},
		Flush: func() error { _, err := proxy.Flush(); return err },
		Kept:  func(key string) (int64, error) { all, err := kept(); return all[key], err },
	}.Run(t.Context())
	return sum, proxy.Counts(), err
}

func TestWhatIsKeptIsWhatIsBookedThroughAStorm(t *testing.T) {
	front := stripetest.New(stripetest.Localstripe(t))
	defer front.Close()
	var sum shoptest.Sum
	faults := map[faultproxy.Fault]int{}
	start := time.Now()
	for i := range howMany(t) / batch {
		if err := front.Reset(); err != nil {
			t.Fatal(err)
		}
		s, counts, err := settle(t, front, front, uint64(i))
		if err != nil {
			t.Fatal(err)
		}
		sum = sum.Plus(s)
		for f, n := range counts {
			faults[f] += n
		}
	}
	if n := howMany(t); sum.Booked < n/2 || sum.Reversed < n/100 || sum.Refunds < n/10 || sum.Handoffs < n/10 {
		t.Errorf("too little happened: %+v", sum)
	}
	t.Logf("%+v through %v in %s", sum, faults, time.Since(start).Round(time.Second))
}

// A reply that comes when nobody waits any more is not a new charge.
func TestAReplyThatComesTooLate(t *testing.T) {
	a := newAccount(t)
	proxy := faultproxy.New(a.url, 1, faultproxy.Rates{Slow: 100})
	defer proxy.Close()
	line := httptest.NewServer(proxy)
	defer line.Close()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	g, err := stripe.New(stripe.Config{Key: "sk_test_123", URL: line.URL, NoPause: true, Client: &http.Client{Transport: transport, Timeout: 500 * time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	c := chargeOf(newKey(), a.card, 250)
	if ref, err := g.Charge(t.Context(), c); !errors.Is(err, stripe.ErrUnknown) || errors.Is(err, payments.ErrNoCharge) {
		t.Errorf("got %q, %v, want %v", ref, err, stripe.ErrUnknown)
	}
	proxy.SetRates(faultproxy.Rates{})
	ref, err := g.Charge(t.Context(), c)
	if err != nil || ref == "" || a.kept(t, c.Key) != 250 {
		t.Errorf("again: got %q, %v, kept %d", ref, err, a.kept(t, c.Key))
	}
}

// The shop must notice a Stripe that does not keep its promises.
func TestTheStormFindsABrokenStripe(t *testing.T) {
	for name, breaks := range map[string]func(r *http.Request){
		"that forgets idempotency keys": func(r *http.Request) { r.Header.Del("Idempotency-Key") },
	} {
		t.Run(name, func(t *testing.T) {
			front := stripetest.New(stripetest.Localstripe(t))
			defer front.Close()
			sum, _, err := settle(t, front, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				breaks(r)
				front.ServeHTTP(w, r)
			}), 1)
			if !errors.Is(err, shoptest.ErrDiffers) {
				t.Errorf("got %+v, %v", sum, err)
			}
		})
	}
}
