package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"voicetill/checkout"
)

// understoodSetting is kept with a place for each day, such as
// "understood/2026-11-27": counts, and never words.
const understoodSetting = "understood/"

// AddUnderstood adds to how a place's shoppers were understood on a day, written
// as 2026-11-27.
func (db *DB) AddUnderstood(ctx context.Context, place, day string, n checkout.Understood) error {
	return db.tx(ctx, func(t *tx) error {
		var merchant string
		if err := t.get(&merchant, `UPDATE places SET name = name WHERE id = ? RETURNING merchant_id`, place); err != nil {
			return none(err, ErrNoPlace)
		}
		name := understoodSetting + day
		var bodies []string
		err := t.all(&bodies, `SELECT body FROM place_settings WHERE merchant_id = ? AND place_id = ? AND name = ?`, merchant, place, name)
		if err != nil {
			return err
		}
		sum := n // n stays: the transaction may run again
		for _, b := range bodies {
			var before checkout.Understood
			if err := json.Unmarshal([]byte(b), &before); err != nil {
				return fmt.Errorf("read %s of place %s: %w", name, place, err)
			}
			sum = sum.Plus(before)
		}
		body, err := json.Marshal(sum)
		if err != nil {
			return err
		}
		_, err = t.exec(`INSERT INTO place_settings (merchant_id, place_id, name, body) VALUES (?, ?, ?, ?)
			ON CONFLICT (merchant_id, place_id, name) DO UPDATE SET body = excluded.body`, merchant, place, name, string(body))
		return err
	})
}

// Understood are the counts of a place by day, from a day to another, both
// included.
func (db *DB) Understood(ctx context.Context, place, from, to string) (map[string]checkout.Understood, error) {
	var rows []struct {
		Name string `db:"name"`
		Body string `db:"body"`
	}
	err := db.all(ctx, &rows, `SELECT name, body FROM place_settings
		WHERE merchant_id = (SELECT merchant_id FROM places WHERE id = ?) AND place_id = ? AND name >= ? AND name <= ?`,
		place, place, understoodSetting+from, understoodSetting+to)
	if err != nil {
		return nil, err
	}
	days := map[string]checkout.Understood{}
	for _, r := range rows {
		var n checkout.Understood
		if err := json.Unmarshal([]byte(r.Body), &n); err != nil {
			return nil, fmt.Errorf("read %s of place %s: %w", r.Name, place, err)
		}
		days[strings.TrimPrefix(r.Name, understoodSetting)] = n
	}
	return days, nil
}
