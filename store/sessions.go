package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"voicetill/checkout"
)

type sessionRow struct {
	ID      string `db:"id"`
	Place   string `db:"place_id"`
	Version int64  `db:"version"`
	State   string `db:"state"`
	Data    string `db:"data"`
	Updated int64  `db:"updated_at_us"`
}

func (r sessionRow) session() checkout.Session {
	return checkout.Session{ID: r.ID, Place: r.Place, Version: r.Version, State: checkout.State(r.State),
		Data: []byte(r.Data), UpdatedAt: fromMicros(r.Updated)}
}

const selectSession = `SELECT id, place_id, version, state, data, updated_at_us FROM sessions`

// CreateSession is part of checkout.Keeper. ErrNoPlace for an unknown place.
func (db *DB) CreateSession(ctx context.Context, s checkout.Session) error {
	n, err := db.exec(ctx, `INSERT INTO sessions (merchant_id, id, place_id, version, state, data, updated_at_us)
		SELECT merchant_id, CAST(? AS TEXT), id, 1, CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS BIGINT) FROM places WHERE id = ?`,
		s.ID, s.State, string(s.Data), micros(s.UpdatedAt), s.Place)
	if err != nil {
		return fmt.Errorf("create session: %w", err)
	}
	if n == 0 {
		return ErrNoPlace
	}
	return nil
}

// LoadSession is part of checkout.Keeper.
func (db *DB) LoadSession(ctx context.Context, id string) (checkout.Session, error) {
	var row sessionRow
	err := db.get(ctx, &row, selectSession+` WHERE id = ?`, id)
	return row.session(), none(err, checkout.ErrNoSession)
}

// SaveSession is part of checkout.Keeper.
func (db *DB) SaveSession(ctx context.Context, s checkout.Session, commandID string, reply []byte) error {
	return db.tx(ctx, func(t *tx) error {
		var merchant string
		err := t.get(&merchant, `UPDATE sessions SET version = ?, state = ?, data = ?, updated_at_us = ?
			WHERE id = ? AND version = ? RETURNING merchant_id`,
			s.Version, s.State, string(s.Data), micros(s.UpdatedAt), s.ID, s.Version-1)
		if errors.Is(err, sql.ErrNoRows) {
			return t.whyNotSaved(s.ID)
		}
		if err != nil {
			return fmt.Errorf("save session: %w", err)
		}
		if commandID == "" {
			return nil
		}
		_, err = t.exec(`INSERT INTO replies (merchant_id, session_id, command_id, body, at_us) VALUES (?, ?, ?, ?, ?)`,
			merchant, s.ID, commandID, string(reply), micros(s.UpdatedAt))
		if isTaken(err) {
			return checkout.ErrStale
		}
		return err
	})
}

func (t *tx) whyNotSaved(id string) error {
	var version int64
	if err := t.get(&version, `SELECT version FROM sessions WHERE id = ?`, id); err != nil {
		return none(err, checkout.ErrNoSession)
	}
	return checkout.ErrStale
}

// StoredReply is part of checkout.Keeper.
func (db *DB) StoredReply(ctx context.Context, session, commandID string) ([]byte, error) {
	var body string
	err := db.get(ctx, &body, `SELECT body FROM replies WHERE session_id = ? AND command_id = ?`, session, commandID)
	return []byte(body), none(err, checkout.ErrNoReply)
}

// Sessions are a place's conversations that were touched since a time, the
// latest first: the merchant's live view.
func (db *DB) Sessions(ctx context.Context, place string, since time.Time) ([]checkout.Session, error) {
	var rows []sessionRow
	err := db.all(ctx, &rows, selectSession+` WHERE merchant_id = (SELECT merchant_id FROM places WHERE id = ?)
		AND place_id = ? AND updated_at_us >= ? ORDER BY updated_at_us DESC`, place, place, micros(since))
	sessions := make([]checkout.Session, len(rows))
	for i, r := range rows {
		sessions[i] = r.session()
	}
	return sessions, err
}
