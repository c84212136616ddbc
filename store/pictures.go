package store

import (
	"context"
	"errors"
	"fmt"

	"voicetill/catalog"
)

// ErrNoPicture says that no item is shown with the picture.
var ErrNoPicture = errors.New("no such picture")

// SavePictures keeps pictures for the items of a place. ErrNoPlace for an
// unknown place.
func (db *DB) SavePictures(ctx context.Context, place string, pictures []catalog.Picture) error {
	return db.tx(ctx, func(t *tx) error {
		var merchant string
		if err := t.get(&merchant, `SELECT merchant_id FROM places WHERE id = ?`, place); err != nil {
			return none(err, ErrNoPlace)
		}
		for _, p := range pictures {
			_, err := t.exec(`INSERT INTO pictures (merchant_id, hash, body, made_at_us) VALUES (?, ?, ?, ?)
				ON CONFLICT (merchant_id, hash) DO UPDATE SET made_at_us = excluded.made_at_us`,
				merchant, p.Hash, p.JPEG, micros(db.now()))
			if err != nil {
				return fmt.Errorf("save picture %s: %w", p.Hash, err)
			}
		}
		return nil
	})
}

// Picture returns the JPEG with a hash, or ErrNoPicture.
func (db *DB) Picture(ctx context.Context, hash string) ([]byte, error) {
	var body []byte
	err := db.get(ctx, &body, `SELECT body FROM pictures WHERE hash = ? LIMIT 1`, hash)
	return body, none(err, ErrNoPicture)
}
