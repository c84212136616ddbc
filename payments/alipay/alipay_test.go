package alipay_test

import (
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"

	"voicetill/payments"
	"voicetill/payments/alipay"
	"voicetill/payments/alipay/alipaytest"
	"voicetill/payments/gatewaytest"
	"voicetill/payments/money"
)

const (
	appID     = "2021000122671080"
	sellerID  = "2088102175794899"
	notifyURL = "https://till.example.com/v1/callbacks/alipay"
)

// keys are the application's and Alipay's.
// They are short, so that thousands of payments sign fast.
var keys = sync.OnceValue(func() (k [2]*rsa.PrivateKey) {
	for i := range k {
		var err error
		if k[i], err = rsa.GenerateKey(rand.Reader, 1024); err != nil {
			panic(err)
		}
	}
	return k
})

var noon = time.Date(2026, 5, 20, 4, 0, 0, 0, time.UTC)

// shop is a gateway, what it talks to, and what lies between.
type shop struct {
	*alipay.Gateway
	clock  *gatewaytest.Clock
	server *alipaytest.Server
	line   *gatewaytest.Line
	till   *gatewaytest.Till
}

func newShop(t testing.TB, seed uint64, rates gatewaytest.Rates) *shop {
	t.Helper()
	clock := gatewaytest.NewClock(noon)
	server := alipaytest.New(alipaytest.App{ID: appID, Seller: sellerID, Key: &keys()[0].PublicKey}, keys()[1], clock.Now)
	s := &shop{clock: clock, server: server, line: gatewaytest.NewLine(server, seed, rates)}
	var err error
	s.Gateway, err = alipay.New(alipay.Config{AppID: appID, Seller: sellerID, Key: keys()[0], AlipayKey: &keys()[1].PublicKey, Notify: notifyURL,
		Client: s.line.Client(), Now: clock.Now, Wait: clock.Wait})
	if err != nil {
		t.Fatal(err)
	}
	s.till = &gatewaytest.Till{Gateway: s.Gateway, Clock: clock}
	return s
}

// number is the order number of a key that is known to have one.
func number(key string) string {
	no, err := alipay.OutTradeNo(key)
	if err != nil {
		panic(err)
	}
	return no
}

func (s *shop) charge(minor int64, code string) payments.Charge {
	return payments.Charge{Key: s.till.Begin(), Account: "a1", Merchant: "m1", Amount: money.Of(minor, "CNY"), At: s.clock.Now(),
		Title: "街角小店 bill 7", Code: code}
}

func (s *shop) kept(key string) int64 { return s.server.Kept(number(key)) }

func TestPaymentCode(t *testing.T) {
	for name, tt := range map[string]struct {
		shopper alipaytest.Shopper
		want    error
		kept    int64
		takes   time.Duration
	}{
		"is paid at once":                                             {kept: 1234},
		"is paid after the password":                                  {shopper: alipaytest.Shopper{Types: 25 * time.Second}, kept: 1234, takes: 28 * time.Second},
		"is cancelled after a minute":                                 {shopper: alipaytest.Shopper{Never: true}, want: payments.ErrNoCharge, takes: time.Minute},
		"is not paid when the password is late":                       {shopper: alipaytest.Shopper{Types: 2 * time.Minute}, want: payments.ErrNoCharge, takes: time.Minute},
		"is refused for too little money":                             {shopper: alipaytest.Shopper{Refuse: "ACQ.BUYER_BALANCE_NOT_ENOUGH"}, want: payments.ErrNoCharge},
		"with an unknown refusal is sent again, and found to be used": {shopper: alipaytest.Shopper{Refuse: "ACQ.SOMETHING_NEW"}, want: alipay.ErrUnknown, takes: time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t, 1, gatewaytest.Rates{})
			c := s.charge(1234, s.server.Code(tt.shopper))
			ref, err := s.Charge(t.Context(), c)
			if !errors.Is(err, tt.want) || (ref == "") != (tt.want != nil) {
				t.Errorf("got %q, %v, want %v", ref, err, tt.want)
			}
			if took := s.clock.Now().Sub(noon); took > tt.takes {
				t.Errorf("it took %s, want at most %s", took, tt.takes)
			}
			s.clock.Wait(t.Context(), time.Hour)
			if got := s.kept(c.Key); got != tt.kept {
				t.Errorf("Alipay keeps %d, want %d", got, tt.kept)
			}
			again, err := s.Lookup(t.Context(), c.Key)
			if again != ref || ref == "" && !errors.Is(err, payments.ErrNoCharge) {
				t.Errorf("Lookup: got %q, %v, want %q", again, err, ref)
			}
		})
	}
}

func TestARefusalSaysWhatTheShopperCanDo(t *testing.T) {
	for name, tt := range map[string]struct {
		charge func(s *shop) payments.Charge
		want   payments.Decline
	}{
		"too little money": {func(s *shop) payments.Charge {
			return s.charge(9, s.server.Code(alipaytest.Shopper{Refuse: "ACQ.BUYER_BALANCE_NOT_ENOUGH"}))
		}, payments.DeclineFunds},
		"an old code": {func(s *shop) payments.Charge {
			code := s.server.Code(alipaytest.Shopper{})
			_ = s.clock.Wait(t.Context(), 2*time.Minute)
			return s.charge(9, code)
		}, payments.DeclineExpired},
		"no confirmation": {func(s *shop) payments.Charge { return s.charge(9, s.server.Code(alipaytest.Shopper{Never: true})) }, payments.DeclineTrouble},
		"euros": {func(s *shop) payments.Charge {
			c := s.charge(9, "")
			c.Amount.Currency = "EUR"
			return c
		}, payments.DeclineAmount},
	} {
		s := newShop(t, 1, gatewaytest.Rates{})
		_, err := s.Charge(t.Context(), tt.charge(s))
		var got *payments.DeclinedError
		if !errors.As(err, &got) || got.Reason != tt.want {
			t.Errorf("%s: got %v, want %s", name, err, tt.want)
		}
	}
}

// A reversal that was sent and not answered may still arrive: what is paid in
// the meantime must not be booked.
func TestNothingIsBookedWhileAReversalIsOnItsWay(t *testing.T) {
	s := newShop(t, 1, gatewaytest.Rates{})
	c := s.charge(500, "")
	hand := handoff(t, s, c)
	if err := s.server.Scan(hand.QR, false); err != nil {
		t.Fatal(err)
	}
	s.clock.Wait(t.Context(), time.Minute)
	good := s.line.Handler
	s.line.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("method") == "alipay.trade.cancel" {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		good.ServeHTTP(w, r)
	})
	if err := s.Reverse(t.Context(), c.Key); err == nil {
		t.Fatal("it counts as reversed")
	}
	if err := s.server.Scan(hand.QR, true); err != nil {
		t.Fatal(err)
	}
	for name, ask := range map[string]func() (string, error){
		"Lookup": func() (string, error) { return s.Lookup(t.Context(), c.Key) },
		"Charge": func() (string, error) { return s.Charge(t.Context(), c) },
	} {
		if ref, err := ask(); !errors.Is(err, alipay.ErrUnknown) {
			t.Errorf("%s: got %q, %v, want ErrUnknown", name, ref, err)
		}
	}
	s.line.Handler = good
	if err := s.Reverse(t.Context(), c.Key); err != nil || s.kept(c.Key) != 0 {
		t.Errorf("got %v, %d kept", err, s.kept(c.Key))
	}
	if _, err := s.Lookup(t.Context(), c.Key); !errors.Is(err, payments.ErrNoCharge) {
		t.Errorf("got %v, want ErrNoCharge", err)
	}
}

func TestQRCode(t *testing.T) {
	s := newShop(t, 1, gatewaytest.Rates{})
	c := s.charge(500, "")
	hand := handoff(t, s, c)
	if again := handoff(t, s, c); again != hand {
		t.Errorf("the same key again: got %+v, want %+v", again, hand)
	}
	if want := noon.Add(alipay.QRLife); !hand.Expires.Equal(want) {
		t.Errorf("got expiry %s, want %s", hand.Expires, want)
	}
	for _, pays := range []bool{false, true} {
		if _, err := s.Lookup(t.Context(), c.Key); !errors.Is(err, alipay.ErrUnknown) {
			t.Errorf("before the payment: got %v, want ErrUnknown", err)
		}
		if err := s.server.Scan(hand.QR, pays); err != nil {
			t.Fatal(err)
		}
	}
	ref, err := s.Lookup(t.Context(), c.Key)
	if ref == "" || err != nil {
		t.Fatalf("after the payment: got %q, %v", ref, err)
	}
	if again, err := s.Charge(t.Context(), c); again != ref || err != nil {
		t.Errorf("the same key once paid: got %q, %v, want %q", again, err, ref)
	}
}

func handoff(t *testing.T, s *shop, c payments.Charge) payments.Handoff {
	t.Helper()
	_, err := s.Charge(t.Context(), c)
	var hand *payments.HandoffError
	if !errors.As(err, &hand) {
		t.Fatalf("got %v, want a handoff", err)
	}
	return hand.Handoff
}

func TestReverse(t *testing.T) {
	for name, tt := range map[string]struct {
		scans, pays, noCancels, again bool
		wait                          time.Duration
		want                          error // of the first call
	}{
		"a code that nobody scanned can be scanned until it expires": {wait: time.Minute, want: alipay.ErrUnknown},
		"a code that nobody scanned is over after its time":          {wait: time.Hour},
		"an unpaid trade is closed":                                  {scans: true, wait: time.Minute},
		"a cancel that has to be repeated is not done":               {scans: true, again: true, wait: time.Minute, want: alipay.ErrUnknown},
		"a paid trade is given back":                                 {scans: true, pays: true, wait: time.Minute},
		"a paid trade of yesterday is refunded":                      {scans: true, pays: true, noCancels: true, wait: time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t, 1, gatewaytest.Rates{})
			s.server.NoCancels = tt.noCancels
			if tt.again {
				s.server.RetryCancels = 100
			}
			c := s.charge(500, "")
			hand := handoff(t, s, c)
			if tt.scans {
				if err := s.server.Scan(hand.QR, tt.pays); err != nil {
					t.Fatal(err)
				}
			}
			s.clock.Wait(t.Context(), tt.wait)
			if err := s.Reverse(t.Context(), c.Key); !errors.Is(err, tt.want) || err != nil && tt.want == nil {
				t.Fatalf("got %v, want %v", err, tt.want)
			}
			if tt.again {
				s.server.RetryCancels = 0
				if err := s.server.Scan(hand.QR, true); err != nil {
					t.Fatalf("the trade is no longer open: %v", err)
				}
			}
			for range 2 { // once more is nothing more
				s.clock.Wait(t.Context(), 5*time.Minute)
				if err := s.Reverse(t.Context(), c.Key); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.server.Scan(hand.QR, true); err == nil {
				t.Error("the code can still be paid")
			}
			if _, err := s.Lookup(t.Context(), c.Key); !errors.Is(err, payments.ErrNoCharge) || s.kept(c.Key) != 0 {
				t.Errorf("got %v, %d kept", err, s.kept(c.Key))
			}
		})
	}
}

func TestRefund(t *testing.T) {
	s := newShop(t, 1, gatewaytest.Rates{})
	s.server.RefundTakes = 5 * time.Minute
	c := s.charge(1000, s.server.Code(alipaytest.Shopper{}))
	ref, err := s.Charge(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	part := payments.Refund{Key: newID(s), Charge: c.Key, Ref: ref, Amount: money.Of(305, "CNY"), Charged: c.Amount, Reason: "returned"}
	if _, err := s.Refund(t.Context(), part); !errors.Is(err, alipay.ErrUnknown) {
		t.Errorf("in process: got %v, want ErrUnknown", err)
	}
	s.clock.Wait(t.Context(), 5*time.Minute)
	first, err := s.Refund(t.Context(), part)
	found, ferr := s.LookupRefund(t.Context(), part.Key)
	if first == "" || err != nil || found != first || ferr != nil || s.kept(c.Key) != 695 {
		t.Errorf("got %q, %v and %q, %v with %d kept", first, err, found, ferr, s.kept(c.Key))
	}
	if again, err := s.Lookup(t.Context(), c.Key); again != ref || err != nil {
		t.Errorf("the charge stands: got %q, %v, want %q", again, err, ref)
	}
	for name, r := range map[string]payments.Refund{
		"more than is left":       {Key: newID(s), Charge: c.Key, Amount: money.Of(696, "CNY"), Charged: c.Amount},
		"more than was charged":   {Key: newID(s), Charge: c.Key, Amount: money.Of(1001, "CNY"), Charged: c.Amount},
		"of an unknown charge":    {Key: newID(s), Charge: s.till.Begin(), Amount: money.Of(1, "CNY"), Charged: c.Amount},
		"in another currency":     {Key: newID(s), Charge: c.Key, Amount: money.Of(1, "EUR"), Charged: c.Amount},
		"of a key with no number": {Key: newID(s), Charge: "x", Amount: money.Of(1, "CNY"), Charged: c.Amount},
	} {
		if _, err := s.Refund(t.Context(), r); !errors.Is(err, payments.ErrNoRefund) {
			t.Errorf("%s: got %v, want ErrNoRefund", name, err)
		}
	}
	if _, err := s.LookupRefund(t.Context(), newID(s)); !errors.Is(err, alipay.ErrUnknown) {
		t.Errorf("a refund of another process: got %v, want ErrUnknown", err)
	}
}

func newID(s *shop) string {
	return ulid.MustNew(ulid.Timestamp(s.clock.Now()), ulid.DefaultEntropy()).String()
}

func TestOtherMoneyIsRefused(t *testing.T) {
	s := newShop(t, 1, gatewaytest.Rates{})
	for _, a := range []money.Amount{money.Of(100, "EUR"), money.Of(0, "CNY"), money.Of(-5, "CNY")} {
		c := s.charge(1, "")
		c.Amount = a
		if _, err := s.Charge(t.Context(), c); !errors.Is(err, payments.ErrNoCharge) {
			t.Errorf("%s: got %v, want ErrNoCharge", a, err)
		}
	}
}

var quiet = slog.New(slog.DiscardHandler)
