package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"voicetill/accounts"
	"voicetill/checkout"
)

// ErrNoMove says that a code moves nothing: unknown, taken, or too old.
var ErrNoMove = errors.New("this code was used already or is too old")

// OfferMove makes a code by which a conversation may be moved once, until a
// time. It takes the place of the conversation's earlier codes. It returns
// checkout.ErrNoSession for an unknown one.
func (db *DB) OfferMove(ctx context.Context, session string, until time.Time) (code string, err error) {
	code, hash := accounts.NewToken()
	err = db.tx(ctx, func(t *tx) error {
		if _, err := t.exec(`DELETE FROM moves WHERE session_id = ? AND taken_at_us IS NULL`, session); err != nil {
			return fmt.Errorf("end earlier moves: %w", err)
		}
		n, err := t.exec(`INSERT INTO moves (merchant_id, hash, session_id, expires_at_us)
			SELECT merchant_id, CAST(? AS TEXT), id, CAST(? AS BIGINT) FROM sessions WHERE id = ?`, hash, micros(until), session)
		if err == nil && n == 0 {
			err = checkout.ErrNoSession
		}
		return err
	})
	return code, err
}

// TakeMove gives the conversation that a code moves a new id, with its replies
// and what was heard in it. The old id ends in the same transaction. It returns
// ErrNoMove, also for a conversation that is no longer shopping.
func (db *DB) TakeMove(ctx context.Context, code, newID string) (s checkout.Session, err error) {
	err = db.tx(ctx, func(t *tx) error {
		now := micros(db.now())
		var old string
		err := t.get(&old, `UPDATE moves SET taken_at_us = ? WHERE hash = ? AND taken_at_us IS NULL AND expires_at_us > ?
			RETURNING session_id`, now, accounts.TokenHash(code), now)
		if err != nil {
			return none(err, ErrNoMove)
		}
		var row sessionRow
		err = t.get(&row, `UPDATE sessions SET id = ?, version = version + 1 WHERE id = ? AND state IN (?, ?)
			RETURNING id, place_id, version, state, data, updated_at_us`, newID, old, checkout.Shopping, checkout.Choosing)
		if err != nil {
			return none(err, ErrNoMove)
		}
		for _, table := range []string{"replies", "heard", "staff_calls"} {
			if _, err := t.exec(`UPDATE `+table+` SET session_id = ? WHERE session_id = ?`, newID, old); err != nil {
				return fmt.Errorf("move %s: %w", table, err)
			}
		}
		s = row.session()
		return nil
	})
	return s, err
}

// MoveTaken says whether a conversation was moved away from this id.
func (db *DB) MoveTaken(ctx context.Context, session string) (bool, error) {
	var n int64
	err := db.get(ctx, &n, `SELECT COUNT(*) FROM moves WHERE session_id = ? AND taken_at_us IS NOT NULL`, session)
	return n > 0, err
}
