package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"voicetill/payments/deliver"
)

// TakeDelivery is part of deliver.Outbox. The update is guarded by what was
// read, so that of two nodes one goes away and looks again.
func (db *DB) TakeDelivery(ctx context.Context, kind deliver.Kind, to string, at time.Time, lend time.Duration) (d deliver.Delivery, err error) {
	err = db.tx(ctx, func(t *tx) error {
		for {
			d, err = t.dueDelivery(kind, to, at)
			if err != nil {
				return err
			}
			n, err := t.exec(`UPDATE deliveries SET tries = tries + 1, next_at_us = ?
				WHERE merchant_id = ? AND id = ? AND state = 'waiting' AND tries = ?`, micros(at.Add(lend)), d.Merchant, d.ID, d.Tries)
			if err != nil {
				return fmt.Errorf("lend delivery %s: %w", d.ID, err)
			}
			if n == 1 {
				d.Tries++
				return nil
			}
		}
	})
	return d, err
}

func (t *tx) dueDelivery(kind deliver.Kind, to string, at time.Time) (deliver.Delivery, error) {
	var row struct {
		Merchant string `db:"merchant_id"`
		ID       string `db:"id"`
		Receipt  string `db:"receipt_id"`
		Link     string `db:"link"`
		To       string `db:"recipient"`
		Nth      int    `db:"nth"`
		Tries    int    `db:"tries"`
		Created  int64  `db:"created_at_us"`
	}
	err := t.get(&row, `SELECT d.merchant_id, d.id, d.receipt_id, COALESCE(r.link, '') AS link, d.recipient, d.nth, d.tries, d.created_at_us
		FROM deliveries d LEFT JOIN receipts r ON r.merchant_id = d.merchant_id AND r.id = d.receipt_id
		WHERE d.state = 'waiting' AND d.kind = ? AND (d.next_at_us <= ? OR d.next_at_us > ?) AND (? = '' OR d.recipient = ?)
		ORDER BY d.next_at_us, d.id LIMIT 1`, kind, micros(at), micros(at.Add(deliver.Farthest)), to, to)
	if errors.Is(err, sql.ErrNoRows) {
		return deliver.Delivery{}, deliver.ErrNothingDue
	}
	return deliver.Delivery{ID: row.ID, Merchant: row.Merchant, Receipt: row.Receipt, Link: row.Link, Kind: kind, To: row.To,
		Nth: row.Nth, Tries: row.Tries, Created: fromMicros(row.Created)}, err
}

// Delivered is part of deliver.Outbox. Delivering what another node delivered
// meanwhile is no error.
func (db *DB) Delivered(ctx context.Context, d deliver.Delivery, at time.Time) error {
	_, err := db.exec(ctx, `UPDATE deliveries SET state = 'sent', trouble = '', finished_at_us = ?
		WHERE merchant_id = ? AND id = ? AND state = 'waiting'`, micros(at), d.Merchant, d.ID)
	return err
}

// NotDelivered is part of deliver.Outbox. Another node's later try rules.
func (db *DB) NotDelivered(ctx context.Context, d deliver.Delivery, trouble string, at, next time.Time) error {
	state, finished := deliver.Waiting, (*int64)(nil)
	if next.IsZero() {
		us := micros(at)
		state, finished, next = deliver.GivenUp, &us, at
	}
	_, err := db.exec(ctx, `UPDATE deliveries SET state = ?, trouble = ?, next_at_us = ?, finished_at_us = ?
		WHERE merchant_id = ? AND id = ? AND state = 'waiting' AND tries = ?`,
		state, clip(trouble, maxTrouble), micros(next), finished, d.Merchant, d.ID, d.Tries)
	return err
}

const maxTrouble = 300 // characters of what went wrong

func clip(s string, most int) string {
	runes := []rune(s)
	return string(runes[:min(len(runes), most)])
}
