package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"voicetill/catalog"
)

// CatalogVersion names the catalogue of a place: it changes with every
// ReplaceCatalog and not with sales. ErrNoPlace for an unknown place.
func (db *DB) CatalogVersion(ctx context.Context, place string) (string, error) {
	var v int64
	err := db.get(ctx, &v, `SELECT catalog_version FROM places WHERE id = ?`, place)
	return strconv.FormatInt(v, 10), none(err, ErrNoPlace)
}

// Catalog returns what a place sells, in the catalogue's order, with the stock
// of now, and the version's name. ErrNoPlace for an unknown place.
func (db *DB) Catalog(ctx context.Context, place string) (version string, items []catalog.Item, err error) {
	var rows []struct {
		Body  string `db:"body"`
		Milli *int64 `db:"qty_milli"`
	}
	err = db.view(ctx, func(t *tx) error {
		var v int64
		if err := t.get(&v, `SELECT catalog_version FROM places WHERE id = ?`, place); err != nil {
			return none(err, ErrNoPlace)
		}
		version = strconv.FormatInt(v, 10)
		rows = nil
		return t.all(&rows, `SELECT i.body, s.qty_milli FROM items i
			LEFT JOIN stock s ON s.merchant_id = i.merchant_id AND s.place_id = i.place_id AND s.number = i.number
			WHERE i.place_id = ? AND i.retired = 0
			AND i.merchant_id = (SELECT merchant_id FROM places WHERE id = ?) ORDER BY i.pos`, place, place)
	})
	if err != nil {
		return "", nil, err
	}
	items = make([]catalog.Item, len(rows))
	for i, r := range rows {
		if items[i], err = readItem(r.Body, r.Milli); err != nil {
			return "", nil, err
		}
	}
	return version, items, nil
}

func readItem(body string, milli *int64) (it catalog.Item, err error) {
	if err := json.Unmarshal([]byte(body), &it); err != nil {
		return it, fmt.Errorf("read stored item: %w", err)
	}
	if milli != nil {
		q := catalog.Qty(*milli)
		it.Stock = &q
	}
	return it, nil
}

// ErrSameNumber refuses a catalogue in which two items have one number.
var ErrSameNumber = errors.New("two items have the same number")

// ReplaceCatalog makes items the whole catalogue of a place, or changes
// nothing. Items that are missing are retired; a Stock that is set becomes the
// level, through a movement. It returns the new version's name, or ErrNoPlace.
func (db *DB) ReplaceCatalog(ctx context.Context, place string, items []catalog.Item) (version string, err error) {
	err = db.tx(ctx, func(t *tx) error {
		var p struct {
			Merchant string `db:"merchant_id"`
			Version  int64  `db:"catalog_version"`
		}
		err := t.get(&p, `UPDATE places SET catalog_version = catalog_version + 1 WHERE id = ?
			RETURNING merchant_id, catalog_version`, place)
		if err != nil {
			return none(err, ErrNoPlace)
		}
		version = strconv.FormatInt(p.Version, 10)
		s := shelf{tx: t, merchant: p.Merchant, place: place}
		if err := s.replace(items); err != nil {
			return fmt.Errorf("replace catalogue of %s: %w", place, err)
		}
		return s.level(items, version, micros(db.now()))
	})
	return version, err
}

// shelf is one place's items within a transaction that holds the place's row.
type shelf struct {
	*tx
	merchant, place string
}

func (s shelf) replace(items []catalog.Item) error {
	_, err := s.exec(`UPDATE items SET retired = 1 WHERE merchant_id = ? AND place_id = ?`, s.merchant, s.place)
	if err != nil {
		return err
	}
	upsert, err := s.PreparexContext(s.ctx, s.Rebind(`INSERT INTO items (merchant_id, place_id, number, pos, retired, body, shown)
		VALUES (?, ?, ?, ?, 0, ?, ?) ON CONFLICT (merchant_id, place_id, number)
		DO UPDATE SET pos = excluded.pos, retired = 0, body = excluded.body, shown = excluded.shown WHERE items.retired = 1`))
	if err != nil {
		return err
	}
	defer upsert.Close()
	for pos, it := range items {
		it.Stock = nil
		body, err := json.Marshal(it)
		if err != nil {
			return fmt.Errorf("item %s: %w", it.Number, err)
		}
		r, err := upsert.ExecContext(s.ctx, s.merchant, s.place, it.Number, pos, string(body), it.Shown)
		if err != nil {
			return fmt.Errorf("item %s: %w", it.Number, err)
		}
		if n, err := r.RowsAffected(); err != nil || n != 1 {
			return errors.Join(fmt.Errorf("%w: %s", ErrSameNumber, it.Number), err)
		}
	}
	return nil
}
