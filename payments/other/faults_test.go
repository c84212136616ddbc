package other_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"testing"
	"time"

	"voicetill/payments"
	"voicetill/payments/faultproxy"
	"voicetill/payments/other"
	"voicetill/payments/other/othertest"
	"voicetill/payments/shoptest"
)

// howMany is the number of charges, which a nightly run sets to 10,000 or more.
func howMany(t *testing.T) int {
	t.Helper()
	text := os.Getenv("VOICETILL_CHARGES")
	if text == "" {
		return 1000
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("VOICETILL_CHARGES: %v", err)
	}
	return n
}

// storm leaves a request in three unharmed.
var storm = faultproxy.Rates{LoseRequest: 20, LoseReply: 20, Double: 10, Late: 12, BadGateway: 5}

// settle runs a shop of charges against a provider behind a bad network.
func settle(t *testing.T, charges int, p *othertest.Provider, handler http.Handler) (shoptest.Sum, map[faultproxy.Fault]int, error) {
	t.Helper()
	server := httptest.NewServer(handler)
	defer server.Close()
	proxy := faultproxy.New(server.URL, 1, storm)
	defer proxy.Close()
	front := httptest.NewServer(proxy)
	defer front.Close()
	sum, err := shoptest.Shop{Gateway: gateway(t, front.URL), Charges: charges, Workers: 8, Seed: 1,
		Make: func(i int, key string) payments.Charge {
			payer := "anna"
			if i%10 == 9 {
				payer = "ben" // who can pay none
			}
			return chargeOf(key, payer, int64(101+i%900))
		},
		Flush: func() error { _, err := proxy.Flush(); return err },
		Kept:  func(key string) (int64, error) { return p.Kept(key), nil },
	}.Run(t.Context())
	return sum, proxy.Counts(), err
}

func TestWhatIsKeptIsWhatIsBookedThroughAStorm(t *testing.T) {
	n := howMany(t)
	const funds = 1 << 40
	p := othertest.New(secret, time.Now, map[string]int64{"anna": funds, "ben": 100})
	sum, faults, err := settle(t, n, p, p.Handler())
	if err != nil {
		t.Fatal(err)
	}
	if p.Funds("anna") != funds-sum.Captured+sum.Refunded {
		t.Errorf("anna has paid %d, booked are %d - %d", funds-p.Funds("anna"), sum.Captured, sum.Refunded)
	}
	if p.Funds("ben") != 100 || sum.Booked < n/2 || sum.Reversed < n/100 || sum.Refunds < n/10 {
		t.Errorf("got %+v, ben has %d", sum, p.Funds("ben"))
	}
	t.Logf("%+v through %v", sum, faults)
}

// The shop must notice a provider that takes money twice, or keeps it.
func TestTheStormFindsBrokenProviders(t *testing.T) {
	for name, flaw := range map[string]othertest.Flaw{
		"reverses nothing":                  othertest.ReversesNothing(),
		"refunds again":                     othertest.RefundsAgain(),
		"says none has come, and it has":    othertest.Answers(http.MethodPost, "/v1/charges", other.Succeeded, other.Declined),
		"says it was taken, and it was not": othertest.Answers(http.MethodPost, "/v1/charges", other.Declined, other.Succeeded),
	} {
		t.Run(name, func(t *testing.T) {
			p := othertest.New(secret, time.Now, map[string]int64{"anna": 1 << 40})
			sum, _, err := settle(t, 300, p, othertest.Tamper(p.Handler(), secret, flaw))
			if !errors.Is(err, shoptest.ErrDiffers) {
				t.Errorf("got %+v, %v", sum, err)
			}
		})
	}
}
