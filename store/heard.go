package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/oklog/ulid/v2"
)

// HeardLine is one utterance as it was understood. It is personal: shown to
// the shopper of the session alone, and kept for a short time.
type HeardLine struct {
	At       time.Time       `json:"at"`
	Text     string          `json:"text"`
	Commands json.RawMessage `json:"commands"` // JSON array of checkout.Command
}

// SaveHeard keeps a line with its session. An unknown session keeps nothing.
func (db *DB) SaveHeard(ctx context.Context, session string, h HeardLine) error {
	_, err := db.exec(ctx, `INSERT INTO heard (merchant_id, id, session_id, at_us, said, commands)
		SELECT merchant_id, CAST(? AS TEXT), id, CAST(? AS BIGINT), CAST(? AS TEXT), CAST(? AS TEXT) FROM sessions WHERE id = ?`,
		ulid.Make().String(), micros(h.At), h.Text, string(h.Commands), session)
	if err != nil {
		return fmt.Errorf("keep what was heard: %w", err)
	}
	return nil
}

// Heard are a session's lines, oldest first.
func (db *DB) Heard(ctx context.Context, session string) ([]HeardLine, error) {
	var rows []struct {
		At       int64  `db:"at_us"`
		Said     string `db:"said"`
		Commands string `db:"commands"`
	}
	err := db.all(ctx, &rows, `SELECT at_us, said, commands FROM heard WHERE session_id = ? ORDER BY at_us, id`, session)
	lines := make([]HeardLine, len(rows))
	for i, r := range rows {
		lines[i] = HeardLine{fromMicros(r.At), r.Said, json.RawMessage(r.Commands)}
	}
	return lines, err
}

// DeleteHeard forgets what was heard in a session.
func (db *DB) DeleteHeard(ctx context.Context, session string) error {
	_, err := db.exec(ctx, `DELETE FROM heard WHERE session_id = ?`, session)
	return err
}
