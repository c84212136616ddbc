package store

import (
	"context"
	"slices"
	"time"

	"voicetill/payments"
)

// troubleRow is what settlements and refunds have in common.
type troubleRow struct {
	State   string `db:"state"`
	Tries   int    `db:"tries"`
	Trouble string `db:"trouble"`
	Since   int64  `db:"started_at_us"`
	Next    int64  `db:"next_at_us"`
	Body    string `db:"body"`
}

const selectTrouble = `SELECT state, tries, trouble, started_at_us, next_at_us, body FROM `

func (r troubleRow) trouble(kind string) payments.Trouble {
	t := payments.Trouble{Kind: kind, State: r.State, Tries: r.Tries, Trouble: r.Trouble, Since: fromMicros(r.Since)}
	if r.State != payments.RefundRefused {
		t.Next = fromMicros(r.Next)
	}
	return t
}

// Troubles is part of payments.Troubles.
func (db *DB) Troubles(ctx context.Context, merchant string, before time.Time) (list []payments.Trouble, err error) {
	err = db.view(ctx, func(t *tx) error {
		charges, err := t.troubledCharges(merchant, before)
		if err != nil {
			return err
		}
		refunds, err := t.troubledRefunds(merchant, before)
		list = append(charges, refunds...)
		return err
	})
	slices.SortStableFunc(list, func(a, b payments.Trouble) int { return a.Since.Compare(b.Since) })
	return list, err
}

func (t *tx) troubledCharges(merchant string, before time.Time) (list []payments.Trouble, err error) {
	var row troubleRow
	err = t.each(&row, func() error {
		s, err := settlementRow{Body: row.Body}.settlement()
		if err != nil {
			return err
		}
		x := row.trouble("charge")
		x.Key, x.Place, x.Bill, x.Method, x.Amount = s.Key, s.Bill.Place, s.Bill.ID, s.Method, s.Bill.Total
		list = append(list, x)
		return nil
	}, selectTrouble+`settlements WHERE merchant_id = ? AND (started_at_us <= ? OR started_at_us > ?) AND state IN ('reserved', 'charged', 'reversing')`,
		merchant, micros(before), micros(before.Add(payments.Ahead)))
	return list, err
}

func (t *tx) troubledRefunds(merchant string, before time.Time) (list []payments.Trouble, err error) {
	var row troubleRow
	err = t.each(&row, func() error {
		r, err := refundRow{Body: row.Body}.refund()
		if err != nil {
			return err
		}
		x := row.trouble("refund")
		x.Key, x.Place, x.Bill, x.Method, x.Amount = r.Key, r.Receipt.Place, r.Receipt.Bill, r.Method, r.Amount
		x.Receipt, x.Stray = r.Receipt.RefundOf, r.Stray
		list = append(list, x)
		return nil
	}, selectTrouble+`refunds WHERE merchant_id = ? AND dismissed_at_us IS NULL AND (state = 'refused' OR state = 'open' AND (started_at_us <= ? OR started_at_us > ?))`,
		merchant, micros(before), micros(before.Add(payments.Ahead)))
	return list, err
}

// DismissRefund is part of payments.Troubles.
func (db *DB) DismissRefund(ctx context.Context, merchant, key string, at time.Time) error {
	n, err := db.exec(ctx, `UPDATE refunds SET dismissed_at_us = ? WHERE merchant_id = ? AND id = ? AND state = 'refused'`,
		micros(at), merchant, key)
	if err == nil && n != 1 {
		return payments.ErrNoRefund
	}
	return err
}
