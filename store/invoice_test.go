package store_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"voicetill/payments"
	"voicetill/payments/money"
)

// office is a till that bills a company with two members.
func office(t *testing.T, dsn string, limit int64) (*till, string) {
	t.Helper()
	s := newTill(t, dsn)
	key, err := s.PassKey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.service = s.serviceOf(s.DB, key)
	id, err := s.SaveCompany(t.Context(), payments.Company{Merchant: "demo", Name: "Acme", Limit: money.Of(limit, "EUR"), DueDays: 14})
	if err != nil {
		t.Fatal(err)
	}
	s.member(t, payments.Member{Company: id, Account: "demo-ada"})
	s.member(t, payments.Member{Company: id, Account: "demo-ben"})
	return s, id
}

// serviceOf takes balances and invoices, and keeps what it does in a store.
func (s *till) serviceOf(keep payments.Store, key ed25519.PrivateKey) *payments.Service {
	return payments.New(payments.Config{Store: keep, Wallet: s.DB, Verifier: s.verifier, PassKey: key, Now: s.clock.now, Log: slog.New(slog.DiscardHandler),
		Gateways: map[payments.Method]payments.Gateway{payments.Prepaid: s.Prepaid(), payments.Invoice: s.Invoices()}})
}

func (s *till) member(t *testing.T, m payments.Member) {
	t.Helper()
	if err := s.AddMember(t.Context(), "demo", m); err != nil {
		t.Fatal(err)
	}
}

func onAccount(account, password string) payments.Payer {
	p := payer(account, password)
	p.Method = payments.Invoice
	return p
}

func (s *till) companyOwes(t *testing.T, company string) string {
	t.Helper()
	a, err := s.Owed(t.Context(), "demo", company)
	if err != nil {
		t.Fatal(err)
	}
	return a.Decimal()
}

func TestACompanyIsChargedWithinItsLimits(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s, acme := office(t, dsn, 10_00)
		s.member(t, payments.Member{Company: acme, Account: "demo-ada", Once: new(money.Of(8_00, "EUR")), Month: new(money.Of(9_00, "EUR"))})
		buy := func(cart string, milk int64) error {
			_, err := s.service.Pay(t.Context(), s.freeze(t, cart, line(t, 1, "1203", milk*1000)), onAccount(ada, adaPassword))
			return err
		}
		for _, c := range []struct {
			cart string
			milk int64
			over string
			left string
		}{
			{"over one purchase's limit", 4, payments.LimitOnce, "8.00"},
			{"within all", 2, "", ""},
			{"over the month's limit", 2, payments.LimitMonth, "4.02"},
			{"within again", 1, "", ""},
		} {
			err := buy(c.cart, c.milk)
			var over *payments.LimitError
			switch {
			case c.over == "" && err != nil:
				t.Errorf("%s: %v", c.cart, err)
			case c.over != "" && (!errors.As(err, &over) || over.What != c.over || over.Left.Decimal() != c.left):
				t.Errorf("%s: got %v, want over %s with %s left", c.cart, err, c.over, c.left)
			}
		}
		if got := s.companyOwes(t, acme); got != "7.47" {
			t.Errorf("owed: got %s", got)
		}
		s.clock.add(8 * 24 * time.Hour) // next month: the member's limit is fresh, the company's is not
		var over *payments.LimitError
		if err := buy("next month", 2); !errors.As(err, &over) || over.What != payments.LimitCompany || over.Left.Decimal() != "2.53" {
			t.Errorf("next month: got %v", err)
		}
		if err := s.DropMember(t.Context(), "demo", payments.Member{Company: acme, Account: "demo-ada"}); err != nil {
			t.Fatal(err)
		}
		if err := buy("no member any more", 1); !errors.Is(err, payments.ErrNotBound) {
			t.Errorf("no member any more: got %v", err)
		}
		if got := s.stock(t, "1203"); got != "37" {
			t.Errorf("stock: got %s", got)
		}
		s.audited(t)
	})
}

// TestRacingMembersKeepToTheLimit: ten purchases of 2.49 at once by two members
// of a company that may owe 10.00: four go through.
func TestRacingMembersKeepToTheLimit(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s, acme := office(t, dsn, 10_00)
		var wg sync.WaitGroup
		errs := make([]error, 10)
		for i := range errs {
			b := s.freeze(t, "cart"+string(rune('a'+i)), line(t, 1, "1203", 1000))
			p := onAccount(ada, adaPassword)
			if i%2 == 1 {
				p = onAccount(ben, benPassword)
			}
			wg.Go(func() { _, errs[i] = s.service.Pay(context.WithoutCancel(t.Context()), b, p) })
		}
		wg.Wait()
		paid := 0
		for _, err := range errs {
			var over *payments.LimitError
			switch {
			case err == nil:
				paid++
			case !errors.As(err, &over):
				t.Errorf("got %v", err)
			}
		}
		if got := s.companyOwes(t, acme); paid != 4 || got != "9.96" {
			t.Errorf("%d paid, %s owed", paid, got)
		}
		s.audited(t)
	})
}

func TestAMonthIsBilledOnceAndPaidOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s, acme := office(t, dsn, 100_00)
		first, err := s.service.Pay(t.Context(), s.freeze(t, "1", line(t, 1, "1203", 3000), line(t, 2, "7001", 1000)), onAccount(ada, adaPassword))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.service.Pay(t.Context(), s.freeze(t, "2", line(t, 1, "1203", 1000)), onAccount(ben, benPassword)); err != nil {
			t.Fatal(err)
		}
		s.clock.add(time.Second)
		if _, err := s.service.Refund(t.Context(), "demo", first.No, payments.RefundAsk{Key: "broken", Lines: []payments.RefundLine{{Line: 1, Milli: 1000}}}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.BillCompany(t.Context(), "demo", acme, "2026-11"); !errors.Is(err, payments.ErrMonthRuns) {
			t.Errorf("a month that runs: got %v", err)
		}
		s.clock.add(8 * 24 * time.Hour)
		if _, err := s.service.Pay(t.Context(), s.freeze(t, "3", line(t, 1, "1203", 1000)), onAccount(ada, adaPassword)); err != nil {
			t.Fatal(err)
		}
		b, err := s.BillCompany(t.Context(), "demo", acme, "2026-11")
		if err != nil {
			t.Fatal(err)
		}
		if len(b.Receipts) != 3 || b.Total.Decimal() != "12.47" || b.Receipts[2].Total.Decimal() != "-2.49" || len(b.Tax) != 2 || b.Due.Sub(b.Issued) != 14*24*time.Hour {
			t.Errorf("got %+v", b)
		}
		sum := b.Currency.Zero()
		for _, x := range b.Tax {
			sum.Minor += x.Net.Minor + x.Tax.Minor
		}
		if sum != b.Total {
			t.Errorf("tax and net add up to %s of %s", sum, b.Total)
		}
		again, err := s.BillCompany(t.Context(), "demo", acme, "2026-11")
		if err != nil || len(again.Receipts) != 3 || again.Total != b.Total || !again.Issued.Equal(b.Issued) {
			t.Errorf("again: got %+v, %v", again, err)
		}
		if err := s.PayCompanyBill(t.Context(), "demo", acme, "2026-11", "k", money.Of(b.Total.Minor+1, "EUR")); !errors.Is(err, payments.ErrOtherAmount) {
			t.Errorf("another amount: got %v", err)
		}
		part := money.Of(100, "EUR")
		for range 2 {
			if err := s.PayCompanyBill(t.Context(), "demo", acme, "2026-11", "part", part); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.PayCompanyBill(t.Context(), "demo", acme, "2026-11", "part", money.Of(200, "EUR")); !errors.Is(err, payments.ErrBillKey) {
			t.Errorf("another amount under the key: got %v", err)
		}
		if b, err = s.CompanyBillOf(t.Context(), "demo", acme, "2026-11"); err != nil || b.Received != part || b.Paid != nil {
			t.Errorf("in part: %+v, %v", b, err)
		}
		rest := money.Of(b.Total.Minor-part.Minor, "EUR")
		errs := race(3, func(i int) error {
			return s.PayCompanyBill(t.Context(), "demo", acme, "2026-11", fmt.Sprint("rest ", i), rest)
		})
		if refused := count(errs, payments.ErrOtherAmount); refused != 2 {
			t.Errorf("of three who pay the rest %d were refused: %v", refused, errs)
		}
		if b, err = s.CompanyBillOf(t.Context(), "demo", acme, "2026-11"); err != nil || b.Received != b.Total || b.Paid == nil {
			t.Errorf("in full: %+v, %v", b, err)
		}
		if got := s.companyOwes(t, acme); got != "2.49" {
			t.Errorf("owed: got %s, want December's milk", got)
		}
		s.clock.add(31 * 24 * time.Hour)
		if b, err = s.BillCompany(t.Context(), "demo", acme, "2026-12"); err != nil || len(b.Receipts) != 1 || b.Total.Decimal() != "2.49" {
			t.Errorf("December: got %+v, %v", b, err)
		}
		s.audited(t)
	})
}
