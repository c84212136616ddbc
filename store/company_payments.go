package store

import (
	"context"
	"fmt"
	"unicode/utf8"

	"voicetill/payments"
	"voicetill/payments/money"
)

// invoiceEntry begins the ids of the entries that pay a bill.
func invoiceEntry(company, month string) string { return "invoice/" + company + "/" + month }

// receivedOf is what was paid of a bill so far.
func (t *tx) receivedOf(merchant, company, month string, c money.Currency) (money.Amount, error) {
	var minor int64
	entry := invoiceEntry(company, month)
	err := t.get(&minor, `SELECT COALESCE(SUM(p.amount_minor), 0) FROM postings p
		JOIN entries e ON e.merchant_id = p.merchant_id AND e.seq = p.seq
		WHERE p.merchant_id = ? AND p.to_account = ? AND (e.id = ? OR SUBSTR(e.id, 1, CAST(? AS INTEGER)) = ?)`,
		merchant, payments.CompanyAccount(company), entry, utf8.RuneCountInString(entry)+1, entry+"/")
	if err != nil {
		return money.Amount{}, fmt.Errorf("find what company %s paid of %s: %w", company, month, err)
	}
	return money.Of(minor, c), nil
}

// PayCompanyBill books that a company has paid a bill, whole or in part, once
// per key: the same again is done already, another amount under the key is
// payments.ErrBillKey. ErrNothingBilled; ErrOtherAmount for more than is left. A
// bill of nothing or below is not paid: what it leaves is set off against later
// purchases.
func (db *DB) PayCompanyBill(ctx context.Context, merchant, company, month, key string, a money.Amount) error {
	return db.tx(ctx, func(t *tx) error {
		// Holding the company keeps two from paying the same rest.
		if _, err := t.exec(`UPDATE companies SET name = name WHERE merchant_id = ? AND id = ?`, merchant, company); err != nil {
			return err
		}
		b, err := t.companyBill(merchant, company, month)
		if err != nil {
			return err
		}
		entry := invoiceEntry(company, month) + "/" + key
		if known, err := t.paidBy(merchant, entry, a); known || err != nil {
			return err
		}
		left := b.Total.Minor - b.Received.Minor
		if a.Currency != b.Currency || a.Minor <= 0 || a.Minor > left {
			return fmt.Errorf("of bill %s of company %s %s of %s are paid: %w", month, company, b.Received, b.Total, payments.ErrOtherAmount)
		}
		now := db.now()
		if a.Minor == left {
			_, err := t.exec(`UPDATE company_bills SET paid_at_us = ? WHERE merchant_id = ? AND company_id = ? AND month = ?`, micros(now), merchant, company, month)
			if err != nil {
				return err
			}
		}
		postings := []payments.Posting{{From: payments.World, To: payments.CompanyAccount(company), Amount: a}}
		return t.enter(merchant, entry, postings, now)
	})
}

// paidBy reports whether an entry has booked the amount, or returns ErrBillKey
// where it was another.
func (t *tx) paidBy(merchant, entry string, a money.Amount) (bool, error) {
	var minor []int64
	err := t.all(&minor, `SELECT p.amount_minor FROM entries e JOIN postings p ON p.merchant_id = e.merchant_id AND p.seq = e.seq
		WHERE e.merchant_id = ? AND e.id = ?`, merchant, entry)
	if err != nil || len(minor) == 0 {
		return false, err
	}
	if minor[0] != a.Minor {
		return false, payments.ErrBillKey
	}
	return true, nil
}
