package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"voicetill/payments"
	"voicetill/payments/deliver"

	"github.com/oklog/ulid/v2"
)

// addDeliveries gives a new receipt to its holders, and puts into the outbox
// what goes out by itself: a mail to each, and paper where the place has its
// kiosk print.
func (t *tx) addDeliveries(r payments.Receipt) error {
	for _, account := range r.Holders() {
		_, err := t.exec(`INSERT INTO receipt_holders (merchant_id, receipt_id, account_id, paid_at_us) VALUES (?, ?, ?, ?)`,
			r.Merchant, r.ID, account, micros(r.Paid))
		if err != nil {
			return fmt.Errorf("give receipt %d to %s: %w", r.No, account, err)
		}
		if err := t.post(r, deliver.Mail, account, 1, r.Paid); err != nil {
			return err
		}
	}
	if r.Buyer.Client != payments.Kiosk || r.RefundOf != 0 {
		return nil
	}
	var print Printing
	if err := t.get(&print, `SELECT print FROM places WHERE id = ?`, r.Place); err != nil {
		return fmt.Errorf("find whether place %s prints: %w", r.Place, err)
	}
	if print != PrintAlways {
		return nil
	}
	return t.post(r, deliver.Print, r.Place, 1, r.Paid)
}

func (t *tx) post(r payments.Receipt, kind deliver.Kind, to string, nth int, at time.Time) error {
	_, err := t.exec(`INSERT INTO deliveries (merchant_id, id, receipt_id, kind, recipient, nth, state, tries, trouble, created_at_us, next_at_us)
		VALUES (?, ?, ?, ?, ?, ?, 'waiting', 0, '', ?, ?)`,
		r.Merchant, ulid.Make().String(), r.ID, kind, to, nth, micros(at), micros(at))
	if err != nil {
		return fmt.Errorf("post receipt %d: %w", r.No, err)
	}
	return nil
}

// ErrSentOften refuses to deliver a receipt once more for now.
var ErrSentOften = errors.New("the receipt was delivered often enough for now")

// knownSent is for how long it is known at least who had a receipt.
const knownSent = 31 * day

// Resend puts a receipt into the outbox once more: a copy for each recipient
// who had it before, or where that is not known any more, an original for who
// had not. It returns ErrSentOften, and
// posts nothing, if a recipient was to have it as often as most since a time.
func (db *DB) Resend(ctx context.Context, r payments.Receipt, kind deliver.Kind, to []string, at, since time.Time, most int) error {
	return db.tx(ctx, func(t *tx) error {
		// The receipt's row is held, so that requests of one moment are counted.
		n, err := t.exec(`UPDATE receipts SET place_id = place_id WHERE merchant_id = ? AND no = ?`, r.Merchant, r.No)
		if err != nil {
			return fmt.Errorf("hold receipt %d: %w", r.No, err)
		}
		if n != 1 {
			return payments.ErrNoReceipt
		}
		for _, one := range to {
			var had struct {
				Last   int `db:"last"`
				Lately int `db:"lately"`
			}
			err := t.get(&had, `SELECT COALESCE(MAX(nth), 0) AS last, COALESCE(SUM(CASE WHEN created_at_us >= ? THEN 1 ELSE 0 END), 0) AS lately
				FROM deliveries WHERE merchant_id = ? AND receipt_id = ? AND kind = ? AND recipient = ?`, micros(since), r.Merchant, r.ID, kind, one)
			if err != nil {
				return fmt.Errorf("count deliveries of receipt %d: %w", r.No, err)
			}
			if had.Lately >= most {
				return ErrSentOften
			}
			if r.Paid.Before(at.Add(-knownSent)) { // what went out may be purged: it was the original
				had.Last = max(had.Last, 1)
			}
			if err := t.post(r, kind, one, had.Last+1, at); err != nil {
				return err
			}
		}
		return nil
	})
}

// Deliveries are those of a receipt, oldest first.
func (db *DB) Deliveries(ctx context.Context, merchant, receipt string) ([]deliver.Status, error) {
	var rows []struct {
		Kind    deliver.Kind `db:"kind"`
		Nth     int          `db:"nth"`
		State   string       `db:"state"`
		Tries   int          `db:"tries"`
		Trouble string       `db:"trouble"`
		Created int64        `db:"created_at_us"`
	}
	err := db.all(ctx, &rows, `SELECT kind, nth, state, tries, trouble, created_at_us FROM deliveries
		WHERE merchant_id = ? AND receipt_id = ? ORDER BY created_at_us, id`, merchant, receipt)
	list := make([]deliver.Status, len(rows))
	for i, r := range rows {
		list[i] = deliver.Status{Kind: r.Kind, Nth: r.Nth, State: r.State, Tries: r.Tries, Trouble: r.Trouble, Created: fromMicros(r.Created)}
	}
	return list, err
}
