package store

import (
	"context"
	"time"

	"voicetill/payments"
)

// SpendPass is part of payments.Passes.
func (db *DB) SpendPass(ctx context.Context, id, gate string, at time.Time) error {
	return db.tx(ctx, func(t *tx) error {
		n, err := t.exec(`UPDATE passes SET spent_at_us = ?, gate = ? WHERE id = ? AND spent_at_us IS NULL`, micros(at), gate, id)
		if err != nil || n == 1 {
			return err
		}
		return t.passSpent(id)
	})
}

// PassSpent is part of payments.Passes.
func (db *DB) PassSpent(ctx context.Context, id string) error {
	return db.view(ctx, func(t *tx) error { return t.passSpent(id) })
}

func (t *tx) passSpent(id string) error {
	var spent *int64
	if err := t.get(&spent, `SELECT spent_at_us FROM passes WHERE id = ?`, id); err != nil {
		return none(err, payments.ErrNoPass)
	}
	if spent != nil {
		return payments.ErrPassUsed
	}
	return nil
}
