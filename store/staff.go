package store

import (
	"context"
	"errors"
	"time"

	"github.com/oklog/ulid/v2"
)

// ErrNoCall says that a place has no such open call.
var ErrNoCall = errors.New("no such call for staff")

// StaffCall is a shopper who asked for somebody.
type StaffCall struct {
	ID      string     `json:"id"`
	Place   string     `json:"place"`
	Session string     `json:"-"`    // unguessable resume token: not for screens
	From    string     `json:"from"` // kind of client: phone, kiosk
	Reason  string     `json:"reason"`
	At      time.Time  `json:"at"`
	Done    *time.Time `json:"done,omitempty"`
}

// CallStaff stores a call and returns its id. A session that has an open call
// already gets that one's.
func (db *DB) CallStaff(ctx context.Context, place, session, from, reason string) (id string, err error) {
	err = db.tx(ctx, func(t *tx) error {
		var merchant string
		if err := t.get(&merchant, `UPDATE places SET name = name WHERE id = ? RETURNING merchant_id`, place); err != nil {
			return none(err, ErrNoPlace)
		}
		var open []string
		err := t.all(&open, `SELECT id FROM staff_calls WHERE merchant_id = ? AND place_id = ? AND session_id = ? AND done_at_us IS NULL`,
			merchant, place, session)
		if err != nil {
			return err
		}
		if len(open) > 0 {
			id = open[0]
			return nil
		}
		id = ulid.Make().String()
		_, err = t.exec(`INSERT INTO staff_calls (merchant_id, id, place_id, session_id, caller, reason, at_us) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			merchant, id, place, session, from, reason, micros(db.now()))
		return err
	})
	return id, err
}

// StaffCalls are a place's open calls, oldest first.
func (db *DB) StaffCalls(ctx context.Context, place string) ([]StaffCall, error) {
	var rows []struct {
		ID      string `db:"id"`
		Session string `db:"session_id"`
		From    string `db:"caller"`
		Reason  string `db:"reason"`
		At      int64  `db:"at_us"`
	}
	err := db.all(ctx, &rows, `SELECT id, session_id, caller, reason, at_us FROM staff_calls
		WHERE merchant_id = (SELECT merchant_id FROM places WHERE id = ?) AND place_id = ? AND done_at_us IS NULL ORDER BY id`, place, place)
	calls := make([]StaffCall, len(rows))
	for i, r := range rows {
		calls[i] = StaffCall{ID: r.ID, Place: place, Session: r.Session, From: r.From, Reason: r.Reason, At: fromMicros(r.At)}
	}
	return calls, err
}

// StaffCallDone closes a place's call, or returns ErrNoCall.
func (db *DB) StaffCallDone(ctx context.Context, place, id string) error {
	n, err := db.exec(ctx, `UPDATE staff_calls SET done_at_us = ? WHERE place_id = ? AND id = ? AND done_at_us IS NULL`,
		micros(db.now()), place, id)
	if err == nil && n == 0 {
		return ErrNoCall
	}
	return err
}
