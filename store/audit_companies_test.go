package store_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"voicetill/payments"
	"voicetill/payments/money"
)

// The books: two sales on a company's account and a refund of a part of the first,
// on the bill of November, of which 1.00 is paid; a sale in December.
func TestAuditNamesCompaniesOutOfOrder(t *testing.T) {
	tests := []struct{ name, spoil, want string }{
		{"a charge was lowered", `UPDATE company_charges SET amount_minor = 1 WHERE amount_minor = 498`, "is over 1 minor units, entry "},
		{"a charge was forgotten", `DELETE FROM company_charges WHERE amount_minor = 498`, "moves 498 minor units of a company, which are not noted"},
		{"a refund was forgotten", `DELETE FROM company_charges WHERE amount_minor < 0`, "moves 249 minor units of a company, which are not noted"},
		{"a charge was made to another company", `UPDATE company_charges SET company_id = 'x' WHERE amount_minor = 249`, "company x: charge "},
		{"a charge was made to another member", `UPDATE company_charges SET account_id = 'demo-ben' WHERE amount_minor = 249`, "of demo-ben is not what was settled"},
		{"a charge was moved to another month", `UPDATE company_charges SET at_us = at_us - 1 WHERE amount_minor = 249`, "is of no settlement, or of another time"},
		{"a refund was made of another charge", `UPDATE company_charges SET charge_id = (SELECT MAX(id) FROM settlements) WHERE amount_minor < 0`, "is of no settlement, or of another time"},
		{"a charge was invented", `INSERT INTO company_charges VALUES ('demo', 'x', 'y', 'demo-ada', 'x', 249, 'EUR', 0, NULL)`, "company y: charge x is over 249 minor units, entry 0 moved 0"},
		{"a charge was taken off its bill", `UPDATE company_charges SET month = NULL WHERE amount_minor = 498`, "the bill of 2026-11 is over 9.96 EUR, it says 9.96 EUR, what is on it makes 4.98 EUR"},
		{"a charge is on no bill", `UPDATE company_charges SET month = '2026-10' WHERE amount_minor = 249`, "is on a bill of 2026-10, which there is not"},
		{"a bill was lowered", `UPDATE company_bills SET total_minor = 1`, "the bill of 2026-11 is over 0.01 EUR, it says 9.96 EUR"},
		{"a bill's receipts were changed", `UPDATE company_bills SET body = REPLACE(body, '498', '497')`, "the bill of 2026-11 is over 9.96 EUR"},
		{"a bill was called paid", `UPDATE company_bills SET paid_at_us = 1`, "of the bill of 2026-11 over 9.96 EUR 1.00 EUR are paid, and it is marked otherwise"},
	}
	onBoth(t, func(t *testing.T, dsn string) {
		s, acme := office(t, dsn, 100_00)
		first := s.paysOnAccount(t, "cart 1", 3000)
		s.clock.add(time.Second)
		s.paysOnAccount(t, "cart 2", 2000)
		if _, err := s.service.Refund(t.Context(), "demo", first.No, payments.RefundAsk{Key: "1", Amount: money.Of(249, "EUR")}); err != nil {
			t.Fatal(err)
		}
		s.clock.add(10 * 24 * time.Hour)
		if _, err := s.BillCompany(t.Context(), "demo", acme, "2026-11"); err != nil {
			t.Fatal(err)
		}
		if err := s.PayCompanyBill(t.Context(), "demo", acme, "2026-11", "1", money.Of(100, "EUR")); err != nil {
			t.Fatal(err)
		}
		s.paysOnAccount(t, "cart 3", 1000)
		s.audited(t)
		spoiled := spoiler(t, dsn)
		for _, tt := range tests {
			a := spoiled(tt.spoil)
			if len(a.Problems) == 0 || !strings.Contains(a.Problems[0], tt.want) {
				t.Errorf("%s: got %q, want %q first", tt.name, a.Problems, tt.want)
			}
		}
	})
}

func (s *till) paysOnAccount(t *testing.T, cart string, milli int64) payments.Receipt {
	t.Helper()
	r, err := s.service.Pay(t.Context(), s.freeze(t, cart, line(t, 1, "1203", milli)), onAccount(ada, adaPassword))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// unbooked dies between the charge and its booking.
type unbooked struct{ payments.Store }

func (unbooked) Book(context.Context, string, string, time.Time) (payments.Receipt, error) {
	return payments.Receipt{}, errDied
}

// What a company was charged and is not booked yet is on its way in the company's
// clearing, not in that of the balances.
func TestBooksAreInOrderBetweenAnInvoicesChargeAndItsBooking(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s, _ := office(t, dsn, 100_00)
		key, err := s.PassKey(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		dies := s.serviceOf(unbooked{s.DB}, key)
		b := s.freeze(t, "cart 1", line(t, 1, "1203", 3000))
		if _, err := dies.Pay(t.Context(), b, onAccount(ada, adaPassword)); !errors.Is(err, errDied) {
			t.Fatal(err)
		}
		s.audited(t)
		if a := spoiler(t, dsn)(`UPDATE balances SET amount_minor = amount_minor + 1 WHERE account = 'clearing:invoice'`); len(a.Problems) == 0 {
			t.Error("the clearing of invoices is not looked at")
		}
		s.clock.add(time.Minute)
		if err := s.service.Recover(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.audited(t)
	})
}
