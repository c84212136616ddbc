package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"voicetill/payments"
	"voicetill/payments/money"
)

// Statement is what happened to a shopper's balance with a merchant from a time
// until another, and the receipts paid in other ways.
func (db *DB) Statement(ctx context.Context, merchant, account string, c money.Currency, from, to time.Time) (s payments.Statement, err error) {
	err = db.view(ctx, func(t *tx) error {
		s = payments.Statement{Account: account, Merchant: merchant, From: from, To: to, Currency: c, Rows: []payments.StatementRow{}}
		ledger := payments.ShopperAccount(account)
		var opening int64
		err := t.get(&opening, `SELECT COALESCE(SUM(CASE WHEN p.to_account = ? THEN p.amount_minor ELSE -p.amount_minor END), 0)
			FROM postings p JOIN entries e ON e.merchant_id = p.merchant_id AND e.seq = p.seq
			WHERE p.merchant_id = ? AND (p.from_account = ? OR p.to_account = ?) AND p.currency = ? AND e.at_us < ?`,
			ledger, merchant, ledger, ledger, c, micros(from))
		if err != nil {
			return fmt.Errorf("find the opening balance of %s: %w", account, err)
		}
		s.Opening = money.Of(opening, c)
		if err := t.movements(&s, ledger); err != nil {
			return err
		}
		if err := t.elsewhere(&s); err != nil {
			return err
		}
		s.Balance()
		return nil
	})
	return s, err
}

// movements reads those of a balance.
func (t *tx) movements(s *payments.Statement, ledger string) error {
	var row struct {
		ID    string `db:"id"`
		At    int64  `db:"at_us"`
		To    string `db:"to_account"`
		Minor int64  `db:"amount_minor"`
	}
	var ids []string
	err := t.each(&row, func() error {
		x := payments.StatementRow{At: fromMicros(row.At), Amount: money.Of(row.Minor, s.Currency)}
		if row.To != ledger {
			x.Amount.Minor = -row.Minor
		}
		kind, key, _ := strings.Cut(row.ID, "/")
		x.What = map[string]string{"topup": payments.MovedTopUp, "book": payments.MovedTopUp, "charge": payments.MovedPurchase,
			"reverse": payments.MovedBack, "refund": payments.MovedRefund,
			"hold": payments.MovedOut, "rehold": payments.MovedOut, "free": payments.MovedOutBack}[kind]
		if x.What == "" {
			x.What = payments.MovedOther
		}
		receipt := ""
		if kind == "book" || kind == "charge" || kind == "refund" || kind == "hold" {
			receipt = key[strings.LastIndexByte(key, '/')+1:] // a settlement's key ends in its receipt's id, a refund's is it
		}
		s.Rows, ids = append(s.Rows, x), append(ids, receipt)
		return nil
	}, `SELECT e.id, e.at_us, p.to_account, p.amount_minor FROM postings p
		JOIN entries e ON e.merchant_id = p.merchant_id AND e.seq = p.seq
		WHERE p.merchant_id = ? AND (p.from_account = ? OR p.to_account = ?) AND p.currency = ? AND e.at_us >= ? AND e.at_us < ?
		ORDER BY e.seq, p.n`, s.Merchant, ledger, ledger, s.Currency, micros(s.From), micros(s.To))
	if err != nil {
		return fmt.Errorf("find what moved the balance of %s: %w", s.Account, err)
	}
	for i, id := range ids {
		if err := t.receiptOf(&s.Rows[i], s.Merchant, id); err != nil {
			return err
		}
	}
	return nil
}

// receiptOf completes a row by its receipt, if it has one.
func (t *tx) receiptOf(row *payments.StatementRow, merchant, id string) error {
	if id == "" {
		return nil
	}
	var bodies []string
	if err := t.all(&bodies, `SELECT body FROM receipts WHERE merchant_id = ? AND id = ?`, merchant, id); err != nil {
		return fmt.Errorf("find receipt %s: %w", id, err)
	}
	for _, body := range bodies {
		r, err := readReceipt(body)
		if err != nil {
			return err
		}
		row.Receipt, row.Method = r.No, r.Method
	}
	return nil
}

// elsewhere adds the receipts that the account paid, or bought, without its
// balance.
func (t *tx) elsewhere(s *payments.Statement) error {
	var bodies []string
	err := t.all(&bodies, `SELECT r.body FROM receipt_holders h
		JOIN receipts r ON r.merchant_id = h.merchant_id AND r.id = h.receipt_id
		WHERE h.account_id = ? AND h.merchant_id = ? AND r.currency = ? AND h.paid_at_us >= ? AND h.paid_at_us < ?
		ORDER BY h.paid_at_us, h.receipt_id`, s.Account, s.Merchant, s.Currency, micros(s.From), micros(s.To))
	if err != nil {
		return fmt.Errorf("find receipts of %s: %w", s.Account, err)
	}
	told := map[int64]bool{}
	for _, row := range s.Rows {
		told[row.Receipt] = true
	}
	for _, body := range bodies {
		r, err := readReceipt(body)
		if err != nil {
			return err
		}
		if !told[r.No] {
			s.Rows = append(s.Rows, payments.StatementRow{At: r.Paid, What: payments.PaidElsewhere, Receipt: r.No, Method: r.Method, Amount: r.Total})
		}
	}
	slices.SortStableFunc(s.Rows, func(a, b payments.StatementRow) int { return a.At.Compare(b.At) })
	return nil
}
