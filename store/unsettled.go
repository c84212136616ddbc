package store

import (
	"context"
	"time"

	"voicetill/payments"
)

// PendingFor is part of payments.Unsettled.
func (db *DB) PendingFor(ctx context.Context, bill string) (payments.Settlement, error) {
	var row settlementRow
	err := db.get(ctx, &row, selectSettlement+` WHERE bill_id = ? AND state IN ('reserved', 'charged')`, bill)
	if err != nil {
		return payments.Settlement{}, none(err, payments.ErrNotReserved)
	}
	return row.settlement()
}

// SettlementByKey is part of payments.Unsettled.
func (db *DB) SettlementByKey(ctx context.Context, key string) (payments.Settlement, error) {
	var row settlementRow
	if err := db.get(ctx, &row, selectSettlement+` WHERE id = ?`, key); err != nil {
		return payments.Settlement{}, none(err, payments.ErrNotReserved)
	}
	return row.settlement()
}

// Pending is part of payments.Unsettled.
func (db *DB) Pending(ctx context.Context, due time.Time) ([]payments.Settlement, error) {
	var rows []settlementRow
	err := db.all(ctx, &rows, selectSettlement+` WHERE (next_at_us <= ? OR next_at_us > ?) AND state IN ('reserved', 'charged', 'reversing')
		ORDER BY started_at_us, id`, micros(due), micros(due.Add(payments.FarthestTry)))
	if err != nil {
		return nil, err
	}
	pending := make([]payments.Settlement, len(rows))
	for i, r := range rows {
		if pending[i], err = r.settlement(); err != nil {
			return nil, err
		}
	}
	return pending, nil
}

// Tried is part of payments.Unsettled. A settlement that was finished meanwhile
// stays as it is.
func (db *DB) Tried(ctx context.Context, key, trouble string, next time.Time) error {
	_, err := db.exec(ctx, `UPDATE settlements SET tries = tries + 1, trouble = ?, next_at_us = ?
		WHERE id = ? AND state IN ('reserved', 'charged', 'reversing')`, trouble, micros(next), key)
	return err
}
