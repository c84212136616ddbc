package alipay_test

import (
	"crypto/rsa"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

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
var keys = sync.OnceValue(func() []*rsa.PrivateKey { return gatewaytest.Keys(3) })

var noon = gatewaytest.Noon

// shop is a gateway, what it talks to, and what lies between.
type shop struct {
	gatewaytest.Shop
	*alipay.Gateway
	server *alipaytest.Server
}

func newShop(t testing.TB) *shop {
	t.Helper()
	clock := gatewaytest.NewClock(noon)
	server := alipaytest.New(alipaytest.App{ID: appID, Seller: sellerID, Key: &keys()[0].PublicKey}, keys()[1], clock.Now)
	s := &shop{Shop: gatewaytest.NewShop(clock, server), server: server}
	s.connect(t)
	return s
}

// connect makes the gateway over the line as it is.
func (s *shop) connect(t testing.TB) {
	t.Helper()
	var err error
	s.Gateway, err = alipay.New(alipay.Config{AppID: appID, Seller: sellerID, Key: keys()[0], AlipayKey: &keys()[1].PublicKey, Notify: notifyURL,
		Client: s.Line.Client(), Now: s.Clock.Now, Wait: s.Clock.Wait})
	if err != nil {
		t.Fatal(err)
	}
	s.Till.Gateway = s.Gateway
}

// number is the order number of a key that is known to have one.
func number(key string) string {
	no, err := alipay.OutTradeNo(key)
	if err != nil {
		panic(err)
	}
	return no
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
		"is given up after a minute":                                  {shopper: alipaytest.Shopper{Never: true}, want: alipay.ErrUnknown, takes: time.Minute},
		"is not paid when the password is late":                       {shopper: alipaytest.Shopper{Types: 2 * time.Minute}, want: alipay.ErrUnknown, takes: time.Minute},
		"is refused for too little money":                             {shopper: alipaytest.Shopper{Refuse: "ACQ.BUYER_BALANCE_NOT_ENOUGH"}, want: payments.ErrNoCharge},
		"with an unknown refusal is sent again, and found to be used": {shopper: alipaytest.Shopper{Refuse: "ACQ.SOMETHING_NEW"}, want: alipay.ErrUnknown, takes: time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t)
			c := s.NewCharge(1234, s.server.Code(tt.shopper))
			ref, err := s.Charge(t.Context(), c)
			if !errors.Is(err, tt.want) || (ref == "") != (tt.want != nil) {
				t.Errorf("got %q, %v, want %v", ref, err, tt.want)
			}
			if took := s.Clock.Now().Sub(noon); took > tt.takes {
				t.Errorf("it took %s, want at most %s", took, tt.takes)
			}
			s.Clock.Wait(t.Context(), time.Hour)
			if errors.Is(err, alipay.ErrUnknown) {
				if err := s.Reverse(t.Context(), c.Key); err != nil {
					t.Error(err)
				}
			}
			if got := s.kept(c.Key); got != tt.kept {
				t.Errorf("Alipay keeps %d, want %d", got, tt.kept)
			}
			again, err := s.Lookup(t.Context(), c.Key, c.Amount)
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
			return s.NewCharge(9, s.server.Code(alipaytest.Shopper{Refuse: "ACQ.BUYER_BALANCE_NOT_ENOUGH"}))
		}, payments.DeclineFunds},
		"an old code": {func(s *shop) payments.Charge {
			code := s.server.Code(alipaytest.Shopper{})
			_ = s.Clock.Wait(t.Context(), 2*time.Minute)
			return s.NewCharge(9, code)
		}, payments.DeclineExpired},
		"euros": {func(s *shop) payments.Charge {
			c := s.NewCharge(9, "")
			c.Amount.Currency = "EUR"
			return c
		}, payments.DeclineAmount},
	} {
		s := newShop(t)
		_, err := s.Charge(t.Context(), tt.charge(s))
		var got *payments.DeclinedError
		if !errors.As(err, &got) || got.Reason != tt.want {
			t.Errorf("%s: got %v, want %s", name, err, tt.want)
		}
	}
}

func TestQRCode(t *testing.T) {
	s := newShop(t)
	c := s.NewCharge(500, "")
	hand := s.Handoff(t, c)
	if again := s.Handoff(t, c); again != hand {
		t.Errorf("the same key again: got %+v, want %+v", again, hand)
	}
	if want := noon.Add(alipay.QRLife); !hand.Expires.Equal(want) {
		t.Errorf("got expiry %s, want %s", hand.Expires, want)
	}
	for _, pays := range []bool{false, true} {
		if _, err := s.Lookup(t.Context(), c.Key, c.Amount); !errors.Is(err, alipay.ErrUnknown) {
			t.Errorf("before the payment: got %v, want ErrUnknown", err)
		}
		if err := s.server.Scan(hand.QR, pays); err != nil {
			t.Fatal(err)
		}
	}
	ref, err := s.Lookup(t.Context(), c.Key, c.Amount)
	if ref == "" || err != nil {
		t.Fatalf("after the payment: got %q, %v", ref, err)
	}
	if again, err := s.Charge(t.Context(), c); again != ref || err != nil {
		t.Errorf("the same key once paid: got %q, %v, want %q", again, err, ref)
	}
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
			s := newShop(t)
			s.server.NoCancels = tt.noCancels
			if tt.again {
				s.server.RetryCancels = 100
			}
			c := s.NewCharge(500, "")
			hand := s.Handoff(t, c)
			if tt.scans {
				if err := s.server.Scan(hand.QR, tt.pays); err != nil {
					t.Fatal(err)
				}
			}
			s.Clock.Wait(t.Context(), tt.wait)
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
				s.Clock.Wait(t.Context(), 5*time.Minute)
				if err := s.Reverse(t.Context(), c.Key); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.server.Scan(hand.QR, true); err == nil {
				t.Error("the code can still be paid")
			}
			if _, err := s.Lookup(t.Context(), c.Key, c.Amount); !errors.Is(err, payments.ErrNoCharge) || s.kept(c.Key) != 0 {
				t.Errorf("got %v, %d kept", err, s.kept(c.Key))
			}
		})
	}
}

func TestRefund(t *testing.T) {
	s := newShop(t)
	s.server.RefundTakes = 5 * time.Minute
	c := s.NewCharge(1000, s.server.Code(alipaytest.Shopper{}))
	ref, err := s.Charge(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	part := payments.Refund{Key: s.NewID(), Charge: c.Key, Ref: ref, Amount: money.Of(305, "CNY"), Charged: c.Amount, Reason: "returned"}
	if _, err := s.Refund(t.Context(), part); !errors.Is(err, alipay.ErrUnknown) {
		t.Errorf("in process: got %v, want ErrUnknown", err)
	}
	s.Clock.Wait(t.Context(), 5*time.Minute)
	first, err := s.Refund(t.Context(), part)
	again, aerr := s.Refund(t.Context(), part)
	if first == "" || err != nil || again != first || aerr != nil || s.kept(c.Key) != 695 {
		t.Errorf("got %q, %v and %q, %v with %d kept", first, err, again, aerr, s.kept(c.Key))
	}
	if again, err := s.Lookup(t.Context(), c.Key, c.Amount); again != ref || err != nil {
		t.Errorf("the charge stands: got %q, %v, want %q", again, err, ref)
	}
	s.RefusesRefunds(t, c, 695)
}

func TestOtherMoneyIsRefused(t *testing.T) { newShop(t).RefusesOtherMoney(t) }

// A status that is not known, or another amount, is no payment and no refusal.
func TestAStatusOrAnAmountThatCannotBe(t *testing.T) {
	s := newShop(t)
	c := s.NewCharge(500, s.server.Code(alipaytest.Shopper{}))
	if _, err := s.Charge(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	s.Spoiled(t, c, alipay.ErrUnknown, func(change func(map[string]any)) { s.server.Spoil = change }, map[string]func(map[string]any){
		"a new status":      func(a map[string]any) { a["trade_status"] = "TRADE_PENDING" },
		"no status":         func(a map[string]any) { delete(a, "trade_status") },
		"more than asked":   func(a map[string]any) { a["total_amount"] = "5.01" },
		"less than asked":   func(a map[string]any) { a["total_amount"] = "0.05" },
		"what is no amount": func(a map[string]any) { a["total_amount"] = "five" },
		"another order":     func(a map[string]any) { a["out_trade_no"] = "another" },
		"no number of its":  func(a map[string]any) { a["trade_no"] = "" },
	})
}

var quiet = slog.New(slog.DiscardHandler)
