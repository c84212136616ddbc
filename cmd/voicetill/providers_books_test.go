package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"voicetill/accounts"
	"voicetill/catalog"
	"voicetill/payments"
	"voicetill/payments/faultproxy"
	"voicetill/payments/money"
	"voicetill/payments/other"
	"voicetill/payments/other/othertest"
	"voicetill/payments/stripe"
	"voicetill/payments/stripe/stripetest"
	"voicetill/store"
)

// stormy is a till whose provider is behind a line that loses, doubles and
// delays. Its clock can be put forward.
type stormy struct {
	db    *store.DB
	till  *payments.Service
	proxy *faultproxy.Proxy
	payer payments.Payer
	ahead atomic.Int64
	kept  func() (int64, error) // minor units that the provider has
}

func (s *stormy) now() time.Time { return time.Now().Add(time.Duration(s.ahead.Load())) }

// open makes the till, with a gateway to the proxy's address.
func (s *stormy) open(t *testing.T, upstream http.Handler, gateway func(url string, c *http.Client) (payments.Gateway, error)) {
	t.Helper()
	server := httptest.NewServer(upstream)
	t.Cleanup(server.Close)
	s.proxy = faultproxy.New(server.URL, 1, faultproxy.Rates{LoseRequest: 30, LoseReply: 25, Double: 5, Late: 15, BadGateway: 5})
	t.Cleanup(s.proxy.Close)
	front := httptest.NewServer(s.proxy)
	t.Cleanup(front.Close)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	g, err := gateway(front.URL, &http.Client{Transport: transport, Timeout: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	if s.db, err = store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "till.db")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.db.Close() })
	milk := catalog.Item{Number: "1203", Name: "oat milk", Price: money.Of(249, "EUR"), Unit: catalog.Each, TaxBP: 700}
	if err := s.db.SeedDemo(t.Context(), []catalog.Item{milk}); err != nil {
		t.Fatal(err)
	}
	key, err := s.db.PassKey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.till = payments.New(payments.Config{Store: s.db, Verifier: &accounts.Verifier{Book: s.db, Now: s.now}, PassKey: key, Now: s.now,
		Log: slog.New(slog.DiscardHandler), Gateways: map[payments.Method]payments.Gateway{s.payer.Method: g}})
}

// buy freezes a bill and pays it, every other time again after an error. It
// returns the bill's id.
func (s *stormy) buy(t *testing.T, i int) string {
	price := money.Of(249, "EUR")
	total, err := price.Times(int64(1+i%5) * 1000)
	if err != nil {
		t.Error(err)
	}
	line := payments.Line{Line: 1, Item: "1203", Name: "oat milk", Milli: int64(1+i%5) * 1000, Unit: catalog.Each, Price: price, Total: total, TaxBP: 700}
	b, err := s.till.Freeze(t.Context(), payments.Order{Cart: fmt.Sprintf("cart %d", i), Merchant: "demo", Place: "demo", Payee: "Demo Shop",
		Currency: "EUR", Lines: []payments.Line{line}})
	if err != nil {
		t.Error(err)
		return ""
	}
	for range 1 + i%2 {
		if _, err := s.till.Pay(t.Context(), b, s.payer); err == nil {
			break
		}
	}
	return b.ID
}

// topUp pays into the shopper's balance, every other time again after an error.
// It returns the bill's id.
func (s *stormy) topUp(t *testing.T, i int) (bill string) {
	ask := payments.TopUpAsk{Key: fmt.Sprintf("top up %d", i), Merchant: "demo", Place: "demo", Payee: "Demo Shop", Amount: money.Of(int64(500+i), "EUR")}
	for range 1 + i%2 {
		b, _, err := s.till.TopUp(t.Context(), ask, s.payer)
		if bill = b.ID; err == nil {
			break
		}
	}
	return bill
}

func (s *stormy) balance(t *testing.T) int64 {
	t.Helper()
	b, err := s.db.Balance(t.Context(), "demo", "demo-ada", "EUR")
	if err != nil {
		t.Fatal(err)
	}
	return b.Minor
}

// settle puts the clock forward until nothing is open any more.
func (s *stormy) settle(t *testing.T) {
	t.Helper()
	for range 100 {
		s.ahead.Add(int64(time.Hour))
		if _, err := s.proxy.Flush(); err != nil {
			t.Fatal(err)
		}
		_ = s.till.Recover(t.Context()) // what it cannot tell yet stays pending
		pending, err := s.db.Pending(t.Context(), s.now().Add(24*time.Hour))
		refunds, err2 := s.db.PendingRefunds(t.Context(), s.now().Add(24*time.Hour))
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		if len(pending)+len(refunds) == 0 {
			return
		}
	}
	t.Fatal("some payments were never settled")
}

// run sells, tops up at every fourth time, refunds every third sale in part, and compares the books.
func (s *stormy) run(t *testing.T, sales int) {
	t.Helper()
	bills, before := make([]string, sales), s.balance(t)
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := w; i < sales; i += 4 {
				if i/4%4 == 3 { // each worker does both
					bills[i] = s.topUp(t, i)
					continue
				}
				bills[i] = s.buy(t, i)
			}
		})
	}
	wg.Wait()
	s.settle(t)
	var captured, refunded, paidIn int64
	booked := 0
	for i, bill := range bills {
		r, err := s.db.ReceiptByBill(t.Context(), bill)
		if errors.Is(err, payments.ErrNoReceipt) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		captured += r.Total.Minor
		booked++
		if r.Kind == payments.TopUp {
			paidIn += r.Total.Minor
			continue
		}
		if booked%3 == 0 {
			refunded += 100
			ask := payments.RefundAsk{Key: fmt.Sprint("refund ", i), Amount: money.Of(100, "EUR")}
			if _, err := s.till.Refund(t.Context(), "demo", r.No, ask); err != nil && !errors.Is(err, payments.ErrRefundPending) {
				t.Error(err)
			}
		}
	}
	s.settle(t)
	kept, err := s.kept()
	audit, err2 := s.db.Audit(t.Context())
	if err := errors.Join(err, err2); err != nil || kept != captured-refunded || len(audit.Problems) > 0 || booked < sales/2 || audit.Refunds == 0 {
		t.Errorf("the provider kept %d, %d were booked in %d sales and %d refunded in %d, %q, %v", kept, captured, booked, refunded, audit.Refunds, audit.Problems, err)
	}
	if rose := s.balance(t) - before; rose != paidIn || paidIn == 0 {
		t.Errorf("the balance rose by %d, receipts of top-ups say %d", rose, paidIn)
	}
	t.Logf("%d of %d sales booked, %d captured, of that %d into a balance, %d refunded, through %v", booked, sales, captured, paidIn, refunded, s.proxy.Counts())
}

func demoPayer(m payments.Method) payments.Payer {
	return payments.Payer{Account: "1001", Terminal: "test", Method: m, Proof: accounts.Proof{Factor: accounts.Password, Secret: "till-demo-1"}}
}

// The ledger, receipts and audit agree with what a provider of the contract has
// kept, when all is settled.
func TestTheBooksAgreeWithAnotherProvider(t *testing.T) {
	t.Parallel()
	const funds = 1 << 40
	secret := []byte("a secret of thirty-two bytes....")
	p := othertest.New(secret, time.Now, map[string]int64{"demo-ada": funds})
	s := &stormy{payer: demoPayer("paynow"), kept: func() (int64, error) { return funds - p.Funds("demo-ada"), nil }}
	s.open(t, p.Handler(), func(url string, c *http.Client) (payments.Gateway, error) {
		return other.New(other.Config{Name: "paynow", URL: url, Secret: secret, Client: c, Pause: time.Microsecond})
	})
	s.run(t, 60)
}

// The same with saved cards at Stripe.
func TestTheBooksAgreeWithStripe(t *testing.T) {
	t.Parallel()
	front := stripetest.New(stripetest.Localstripe(t))
	t.Cleanup(front.Close)
	customer, method, err := front.SaveCard("4242424242424242")
	if err != nil {
		t.Fatal(err)
	}
	s := &stormy{payer: demoPayer("card")}
	s.payer.Binding = customer + "/" + method
	s.kept = func() (sum int64, err error) {
		all, err := front.Kept()
		for _, minor := range all {
			sum += minor
		}
		return sum, err
	}
	s.open(t, front, func(url string, c *http.Client) (payments.Gateway, error) {
		return stripe.New(stripe.Config{Key: "sk_test_123", URL: url, Client: c, NoPause: true})
	})
	s.run(t, 60)
}
