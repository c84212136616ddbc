package store_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"voicetill/payments"
	"voicetill/payments/alipay"
	"voicetill/payments/alipay/alipaytest"
	"voicetill/payments/gatewaytest"
	"voicetill/payments/money"
	"voicetill/payments/wechat"
	"voicetill/payments/wechat/wechattest"
)

// abroad is a till whose balances are topped up in renminbi.
type abroad struct {
	*till
	*slowLine
	method  payments.Method
	gateway func() payments.Gateway // of a new process, which remembers nothing
	number  func(key string) (string, error)
	look    func(qr string) // the shopper looks at what is to be paid
	scan    func(qr string) // the shopper pays
	slow    func() string   // a payment code of who types the password for 70 seconds
	kept    func(number string) int64
	notice  func(key, qr string) *http.Request // the provider's callback of a paid order, as often as it is asked for
	hears   func(settle func(ctx context.Context, key string) error) http.Handler
	deaf    bool            // nothing can be asked of the provider, or given up
	charged map[string]bool // numbers of the orders of the story
	n       int
}

// noting notes what is charged.
type noting struct {
	payments.Gateway
	*abroad
}

func (n noting) Charge(ctx context.Context, c payments.Charge) (string, error) {
	no, err := n.number(c.Key)
	if err != nil {
		return "", err
	}
	n.charged[no] = true
	return n.Gateway.Charge(ctx, c)
}

func (n noting) Lookup(ctx context.Context, key string, want money.Amount) (string, error) {
	if n.deaf {
		return "", errLost
	}
	return n.Gateway.Lookup(ctx, key, want)
}

func (n noting) Reverse(ctx context.Context, key string) error {
	if n.deaf {
		return errLost
	}
	return n.Gateway.Reverse(ctx, key)
}

// slowLine keeps back requests that give up an order, so that they arrive late
// and their replies never.
type slowLine struct {
	provider http.Handler
	givesUp  func(*http.Request) bool
	holds    bool
	held     []*http.Request
}

func (l *slowLine) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !l.holds || !l.givesUp(r) {
		l.provider.ServeHTTP(w, r)
		return
	}
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	l.held = append(l.held, r)
	w.WriteHeader(http.StatusBadGateway)
}

// arrive ends the delay.
func (l *slowLine) arrive() {
	l.holds = false
	for _, r := range l.held {
		l.provider.ServeHTTP(httptest.NewRecorder(), r) // nobody hears the reply
	}
	l.held = nil
}

func (a *abroad) wait(ctx context.Context, d time.Duration) error {
	a.clock.add(d)
	return ctx.Err()
}

func (a *abroad) client() *http.Client {
	return gatewaytest.NewLine(a.slowLine, 1, gatewaytest.Rates{}).Client()
}

func newAbroad(t *testing.T, dsn string) *abroad {
	a := &abroad{till: newTill(t, dsn), slowLine: &slowLine{}, charged: map[string]bool{}}
	a.clock.add(time.Since(a.clock.now())) // keys tell the time of this machine
	return a
}

func withAlipay(t *testing.T, dsn string) *abroad {
	a, keys := newAbroad(t, dsn), gatewaytest.Keys(2)
	server := alipaytest.New(alipaytest.App{ID: "1", Seller: "2088", Key: &keys[0].PublicKey}, keys[1], a.clock.now)
	a.provider, a.method, a.number, a.kept = server, "alipay", alipay.OutTradeNo, server.Kept
	a.givesUp = func(r *http.Request) bool { return r.URL.Query().Get("method") == "alipay.trade.cancel" }
	a.look = func(qr string) { _ = server.Scan(qr, false) }
	a.scan = func(qr string) { _ = server.Scan(qr, true) }
	a.slow = func() string { return server.Code(alipaytest.Shopper{Types: 70 * time.Second}) }
	a.notice = func(key, _ string) *http.Request { return server.Again(strings.ReplaceAll(key, "/", "_")) }
	a.hears = func(settle func(context.Context, string) error) http.Handler {
		return a.gateway().(*alipay.Gateway).Callback(slog.New(slog.DiscardHandler), settle)
	}
	a.gateway = func() payments.Gateway {
		g, err := alipay.New(alipay.Config{AppID: "1", Seller: "2088", Key: keys[0], AlipayKey: &keys[1].PublicKey, Notify: "https://till.example/v1/callbacks/alipay",
			Client: a.client(), Now: a.clock.now, Wait: a.wait})
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	return a
}

func withWeChat(t *testing.T, dsn string) *abroad {
	a, keys, secret := newAbroad(t, dsn), gatewaytest.Keys(2), bytes.Repeat([]byte("k"), 32)
	server, err := wechattest.New(wechattest.Merchant{AppID: "wx1", ID: "1900", Serial: "AB", Key: &keys[0].PublicKey, APIv3: secret}, keys[1], a.clock.now)
	if err != nil {
		t.Fatal(err)
	}
	a.provider, a.method, a.number, a.kept = server, "wechat", wechat.OutTradeNo, server.Kept
	a.givesUp = func(r *http.Request) bool {
		return strings.HasSuffix(r.URL.Path, "/close") || strings.HasSuffix(r.URL.Path, "/reverse")
	}
	a.look = func(string) {}
	a.scan = func(qr string) { _ = server.Scan(qr) }
	a.slow = func() string { return server.Code(wechattest.Shopper{Types: 70 * time.Second}) }
	a.notice = func(key, _ string) *http.Request {
		no, err := wechat.OutTradeNo(key)
		if err != nil {
			t.Fatal(err)
		}
		return server.Again(no)
	}
	a.hears = func(settle func(context.Context, string) error) http.Handler {
		return a.gateway().(*wechat.Gateway).Callback(slog.New(slog.DiscardHandler), settle)
	}
	a.gateway = func() payments.Gateway {
		g, err := wechat.New(wechat.Config{AppID: "wx1", Merchant: "1900", Serial: "AB", Key: keys[0], APIv3: secret, PublicKeyID: wechattest.PublicKeyID,
			PublicKey: &keys[1].PublicKey, Notify: "https://till.example/v1/callbacks/wechat", Client: a.client(), Now: a.clock.now, Wait: a.wait})
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	return a
}

// process is a new one, which dies as told.
func (a *abroad) process(t *testing.T, m *mortal) *payments.Service {
	t.Helper()
	key, err := a.PassKey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	g := a.gateway()
	return payments.New(payments.Config{Store: mortalStore{a.DB, m}, Wallet: a.DB, Verifier: a.verifier, PassKey: key, Now: a.clock.now,
		Log: slog.New(slog.DiscardHandler), Gateways: map[payments.Method]payments.Gateway{a.method: mortalGateway{noting{g, a}, m, g.(payments.Windowed).Window()}}})
}

// begin tops up in renminbi, by a payment code or a QR code.
func (a *abroad) begin(t *testing.T, node *payments.Service, code string) (b payments.Bill, qr string, err error) {
	t.Helper()
	p := payer(ada, adaPassword)
	p.Method, p.Code = a.method, code
	ask := topUpOf(fmt.Sprint("in renminbi ", a.n), 0)
	ask.Amount = money.Of(2000, "CNY")
	b, _, err = node.TopUp(t.Context(), ask, p)
	var hand *payments.HandoffError
	if errors.As(err, &hand) {
		return b, cmp.Or(hand.Handoff.QR, hand.Handoff.URL), nil
	}
	return b, "", err
}

// ways are how an order comes to be given up while its shopper pays.
var ways = map[string]func(t *testing.T, a *abroad, node *payments.Service) error{
	"a QR code that is paid while its reversal is on its way": func(t *testing.T, a *abroad, node *payments.Service) error {
		b, qr, err := a.begin(t, node, "")
		if err != nil {
			return err
		}
		a.look(qr)
		set, err := a.PendingFor(t.Context(), b.ID)
		if err != nil {
			return err
		}
		a.clock.add(4 * time.Minute)
		_ = node.Recover(t.Context()) // it is not answered
		a.scan(qr)
		_ = node.Settle(t.Context(), set.Key)
		return nil
	},
	"a payment code whose shopper types too long": func(t *testing.T, a *abroad, node *payments.Service) error {
		if _, _, err := a.begin(t, node, a.slow()); err == nil {
			t.Error("it is paid at once")
		}
		a.clock.add(25 * time.Second)
		_ = node.Recover(t.Context())
		return nil
	},
}

// A process that has given up an order may die before it knows whether that
// arrived. Whoever comes after it books nothing that goes back.
func TestAReversalOutlivesItsProcess(t *testing.T) {
	for name, open := range map[string]func(*testing.T, string) *abroad{"alipay": withAlipay, "wechat": withWeChat} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, dsn string) {
				a := open(t, dsn)
				if err := a.SetTopUpLimits(t.Context(), "demo", payments.TopUpLimits{Least: eur(500), Most: eur(2000), Ceiling: eur(1_000_000)}); err != nil {
					t.Fatal(err)
				}
				for way, tell := range ways {
					steps := 0
					for at := 1; a.diesOn(t, way, tell, at, false); at++ {
						a.diesOn(t, way, tell, at, true)
						steps++
					}
					if steps < 4 {
						t.Errorf("%s: it has %d steps", way, steps)
					}
				}
			})
		})
	}
}

// diesOn tells one way until its process dies at a step, lets another go on, and
// compares what the provider keeps with the balance. false: it did not die.
func (a *abroad) diesOn(t *testing.T, way string, tell func(*testing.T, *abroad, *payments.Service) error, at int, after bool) bool {
	t.Helper()
	a.n++
	a.holds, a.charged = true, map[string]bool{}
	m := &mortal{at: at, after: after}
	err := tell(t, a, a.process(t, m))
	if !m.died() && err != nil {
		t.Fatalf("%s without a crash: %v", way, err)
	}
	keys := a.unsettled(t)
	next := a.process(t, &mortal{})
	a.clock.add(payments.Patience)
	for _, key := range keys {
		_ = next.Settle(t.Context(), key) // the provider's callback
		_, _ = next.ReceiptFor(t.Context(), billOf(key))
	}
	a.arrive()
	for range 20 {
		a.clock.add(5 * time.Minute)
		_ = a.process(t, &mortal{}).Recover(t.Context())
	}
	if left := a.unsettled(t); len(left) > 0 {
		t.Errorf("still unsettled: %v", left)
	}
	a.agrees(t)
	a.audited(t)
	if t.Failed() {
		t.Fatalf("%s: died at step %d, after it: %v", way, at, after)
	}
	return m.died()
}

func (a *abroad) unsettled(t *testing.T) (keys []string) {
	t.Helper()
	pending, err := a.Pending(t.Context(), a.clock.now().AddDate(0, 0, 1))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range pending {
		keys = append(keys, s.Key)
	}
	return keys
}

// agrees compares the last top-up's receipt with what the provider keeps.
func (a *abroad) agrees(t *testing.T) {
	t.Helper()
	b, err := a.BillByCart(t.Context(), "demo", fmt.Sprint("topup/in renminbi ", a.n))
	if errors.Is(err, payments.ErrBillVoid) {
		return
	}
	want := int64(0)
	if _, err := a.ReceiptByBill(t.Context(), b.ID); err == nil {
		want = b.Total.Minor
	}
	kept := int64(0)
	for no := range a.charged {
		kept += a.kept(no)
	}
	if kept != want {
		t.Errorf("the provider keeps %d, the receipts say %d", kept, want)
	}
}
