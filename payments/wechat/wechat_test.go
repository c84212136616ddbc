package wechat_test

import (
	"crypto/rsa"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"voicetill/payments"
	"voicetill/payments/gatewaytest"
	"voicetill/payments/money"
	"voicetill/payments/wechat"
	"voicetill/payments/wechat/wechattest"
)

const (
	appID      = "wxd678efh567hg6787"
	merchantID = "1900007291"
	serial     = "3775B6A45ACD588826D15E583A95F5DD"
	apiV3      = "0123456789abcdef0123456789ABCDEF"
	notifyURL  = "https://till.example.com/v1/callbacks/wechat"
)

// keys are the merchant's, the platform's and the platform's next.
var keys = sync.OnceValue(func() []*rsa.PrivateKey { return gatewaytest.Keys(3) })

var noon = gatewaytest.Noon

// shop is a gateway, what it talks to, and what lies between.
type shop struct {
	gatewaytest.Shop
	*wechat.Gateway
	server *wechattest.Server
}

func newShop(t testing.TB, change func(*wechat.Config)) *shop {
	t.Helper()
	clock := gatewaytest.NewClock(noon)
	server, err := wechattest.New(wechattest.Merchant{AppID: appID, ID: merchantID, Serial: serial, Key: &keys()[0].PublicKey, APIv3: []byte(apiV3)},
		keys()[1], clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	s := &shop{Shop: gatewaytest.NewShop(clock, server), server: server}
	s.connect(t, change)
	return s
}

// connect makes the gateway over the line as it is.
func (s *shop) connect(t testing.TB, change func(*wechat.Config)) {
	t.Helper()
	c := config(s)
	if change != nil {
		change(&c)
	}
	var err error
	if s.Gateway, err = wechat.New(c); err != nil {
		t.Fatal(err)
	}
	s.Till.Gateway = s.Gateway
}

func config(s *shop) wechat.Config {
	return wechat.Config{AppID: appID, Merchant: merchantID, Serial: serial, Key: keys()[0], APIv3: []byte(apiV3),
		PublicKeyID: wechattest.PublicKeyID, PublicKey: &keys()[1].PublicKey, Notify: notifyURL, Client: s.Line.Client(),
		Now: s.Clock.Now, Wait: s.Clock.Wait}
}

// number is the order number of a key that is known to have one.
func number(key string) string {
	no, err := wechat.OutTradeNo(key)
	if err != nil {
		panic(err)
	}
	return no
}

func (s *shop) kept(key string) int64 { return s.server.Kept(number(key)) }

func TestPaymentCode(t *testing.T) {
	for name, tt := range map[string]struct {
		shopper wechattest.Shopper
		terse   bool
		want    error
		kept    int64
		takes   time.Duration
	}{
		"is paid at once":                               {kept: 1234},
		"is paid at once, and told by the query":        {terse: true, kept: 1234, takes: 5 * time.Second},
		"is paid after the password":                    {shopper: wechattest.Shopper{Types: 25 * time.Second}, kept: 1234, takes: 30 * time.Second},
		"is paid after the password, told by 202":       {shopper: wechattest.Shopper{Types: 25 * time.Second}, terse: true, kept: 1234, takes: 30 * time.Second},
		"is given up after 45 seconds of no password":   {shopper: wechattest.Shopper{Never: true}, want: wechat.ErrUnknown, takes: 50 * time.Second},
		"is given back when the password is late":       {shopper: wechattest.Shopper{Types: time.Minute}, want: wechat.ErrUnknown, takes: 50 * time.Second},
		"is refused for too little money":               {shopper: wechattest.Shopper{Refuse: "NOT_ENOUGH"}, want: payments.ErrNoCharge},
		"with an unknown refusal is found to be unpaid": {shopper: wechattest.Shopper{Refuse: "SOMETHING_NEW"}, want: payments.ErrNoCharge, takes: 15 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t, nil)
			s.server.Terse = tt.terse
			c := s.NewCharge(1234, s.server.Code(tt.shopper))
			ref, err := s.Charge(t.Context(), c)
			if !errors.Is(err, tt.want) || (ref == "") != (tt.want != nil) {
				t.Errorf("got %q, %v, want %v", ref, err, tt.want)
			}
			if took := s.Clock.Now().Sub(noon); took > tt.takes {
				t.Errorf("it took %s, want at most %s", took, tt.takes)
			}
			s.Clock.Wait(t.Context(), time.Hour)
			if errors.Is(err, wechat.ErrUnknown) {
				if err := s.Reverse(t.Context(), c.Key); err != nil {
					t.Error(err)
				}
			}
			if got := s.kept(c.Key); got != tt.kept {
				t.Errorf("WeChat Pay keeps %d, want %d", got, tt.kept)
			}
			again, err := s.Lookup(t.Context(), c.Key, c.Amount)
			if again != ref || ref == "" && !errors.Is(err, payments.ErrNoCharge) {
				t.Errorf("Lookup: got %q, %v, want %q, %v", again, err, ref, tt.want)
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
			return s.NewCharge(9, s.server.Code(wechattest.Shopper{Refuse: "NOT_ENOUGH"}))
		}, payments.DeclineFunds},
		"an old code": {func(s *shop) payments.Charge {
			code := s.server.Code(wechattest.Shopper{})
			_ = s.Clock.Wait(t.Context(), 2*time.Minute)
			return s.NewCharge(9, code)
		}, payments.DeclineExpired},
		"euros": {func(s *shop) payments.Charge {
			c := s.NewCharge(9, "")
			c.Amount.Currency = "EUR"
			return c
		}, payments.DeclineAmount},
	} {
		s := newShop(t, nil)
		_, err := s.Charge(t.Context(), tt.charge(s))
		var got *payments.DeclinedError
		if !errors.As(err, &got) || got.Reason != tt.want {
			t.Errorf("%s: got %v, want %s", name, err, tt.want)
		}
	}
}

func TestQRCode(t *testing.T) {
	s := newShop(t, nil)
	c := s.NewCharge(500, "")
	hand := s.Handoff(t, c)
	if again := s.Handoff(t, c); again != hand {
		t.Errorf("the same key again: got %+v, want %+v", again, hand)
	}
	if want := noon.Add(wechat.QRLife); !hand.Expires.Equal(want) {
		t.Errorf("got expiry %s, want %s", hand.Expires, want)
	}
	if _, err := s.Lookup(t.Context(), c.Key, c.Amount); !errors.Is(err, wechat.ErrUnknown) {
		t.Errorf("before the scan: got %v, want ErrUnknown", err)
	}
	if err := s.server.Scan(hand.QR); err != nil {
		t.Fatal(err)
	}
	ref, err := s.Lookup(t.Context(), c.Key, c.Amount)
	if ref == "" || err != nil {
		t.Fatalf("after the scan: got %q, %v", ref, err)
	}
	if again, err := s.Charge(t.Context(), c); again != ref || err != nil {
		t.Errorf("the same key once paid: got %q, %v, want %q", again, err, ref)
	}
}

func TestReverse(t *testing.T) {
	for name, tt := range map[string]struct {
		act  func(s *shop, qr string) error
		wait time.Duration
		want error // of the first call
	}{
		"an unpaid order is closed":                {wait: time.Minute},
		"within 15 seconds it is refused":          {wait: 14 * time.Second, want: wechat.ErrUnknown},
		"an expired order is over":                 {wait: time.Hour},
		"a paid order is refunded":                 {act: func(s *shop, qr string) error { return s.server.Scan(qr) }, wait: time.Minute, want: wechat.ErrUnknown},
		"a paid order is refunded when it expired": {act: func(s *shop, qr string) error { return s.server.Scan(qr) }, wait: time.Hour, want: wechat.ErrUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t, nil)
			s.server.RefundTakes = time.Minute
			c := s.NewCharge(500, "")
			hand := s.Handoff(t, c)
			if tt.act != nil {
				if err := tt.act(s, hand.QR); err != nil {
					t.Fatal(err)
				}
			}
			s.Clock.Wait(t.Context(), tt.wait)
			if err := s.Reverse(t.Context(), c.Key); !errors.Is(err, tt.want) || err != nil && tt.want == nil {
				t.Fatalf("got %v, want %v", err, tt.want)
			}
			for range 2 { // once more is nothing more
				s.Clock.Wait(t.Context(), time.Minute)
				if err := s.Reverse(t.Context(), c.Key); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.server.Scan(hand.QR); err == nil {
				t.Error("the code can still be paid")
			}
			if _, err := s.Lookup(t.Context(), c.Key, c.Amount); !errors.Is(err, payments.ErrNoCharge) || s.kept(c.Key) != 0 {
				t.Errorf("got %v, %d kept", err, s.kept(c.Key))
			}
		})
	}
}

func TestAnOrderThatNeverArrived(t *testing.T) {
	s := newShop(t, nil)
	key := s.Till.Begin()
	for _, tt := range []struct {
		after time.Duration
		want  error
	}{{time.Minute, wechat.ErrUnknown}, {5 * time.Minute, wechat.ErrUnknown}, {7 * time.Minute, payments.ErrNoCharge}} {
		s.Clock.Wait(t.Context(), noon.Add(tt.after).Sub(s.Clock.Now()))
		_, err := s.Lookup(t.Context(), key, money.Of(500, "CNY"))
		rerr := s.Reverse(t.Context(), key)
		if !errors.Is(err, tt.want) || (rerr == nil) != (tt.want == payments.ErrNoCharge) {
			t.Errorf("after %s: got %v and %v, want %v", tt.after, err, rerr, tt.want)
		}
	}
}

func TestRefund(t *testing.T) {
	s := newShop(t, nil)
	s.server.RefundTakes = 5 * time.Minute
	c := s.NewCharge(1000, s.server.Code(wechattest.Shopper{}))
	ref, err := s.Charge(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	part := payments.Refund{Key: s.NewID(), Charge: c.Key, Ref: ref, Amount: money.Of(300, "CNY"), Charged: c.Amount}
	if _, err := s.Refund(t.Context(), part); !errors.Is(err, wechat.ErrUnknown) {
		t.Errorf("in process: got %v, want ErrUnknown", err)
	}
	s.Clock.Wait(t.Context(), 5*time.Minute)
	first, err := s.Refund(t.Context(), part)
	again, aerr := s.Refund(t.Context(), part)
	if first == "" || err != nil || again != first || aerr != nil || s.kept(c.Key) != 700 {
		t.Errorf("got %q, %v and %q, %v with %d kept", first, err, again, aerr, s.kept(c.Key))
	}
	if again, err := s.Lookup(t.Context(), c.Key, c.Amount); again != ref || err != nil {
		t.Errorf("the charge stands: got %q, %v, want %q", again, err, ref)
	}
	s.RefusesRefunds(t, c, 700)
}

func TestOtherMoneyIsRefused(t *testing.T) { newShop(t, nil).RefusesOtherMoney(t) }

// A status that is not known, or another amount, is no payment and no refusal.
func TestAStatusOrAnAmountThatCannotBe(t *testing.T) {
	s := newShop(t, nil)
	c := s.NewCharge(500, s.server.Code(wechattest.Shopper{}))
	if _, err := s.Charge(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	s.Spoiled(t, c, wechat.ErrUnknown, func(change func(map[string]any)) { s.server.Spoil = change }, map[string]func(map[string]any){
		"a new status":     func(a map[string]any) { a["trade_state"] = "PENDING" },
		"no status":        func(a map[string]any) { delete(a, "trade_state") },
		"more than asked":  func(a map[string]any) { a["amount"] = map[string]any{"total": 501, "currency": "CNY"} },
		"another currency": func(a map[string]any) { a["amount"] = map[string]any{"total": 500, "currency": "HKD"} },
		"another order":    func(a map[string]any) { a["out_trade_no"] = "another" },
		"another merchant": func(a map[string]any) { a["mchid"] = "1" },
		"no number of its": func(a map[string]any) { a["transaction_id"] = "" },
	})
}

var quiet = slog.New(slog.DiscardHandler)
