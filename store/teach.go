package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"voicetill/catalog"
)

// TeachItem makes taught the respellings that an item of a place was taught, in
// the place of what was taught or worked out before, and returns the catalogue's
// new version. ErrNoPlace, or catalog.ErrNoItem for what is not sold there.
func (db *DB) TeachItem(ctx context.Context, place, number string, taught []string) (version string, err error) {
	return db.ChangeItem(ctx, place, number, func(it catalog.Item) (catalog.Item, error) {
		it.Taught, it.Respelled = taught, nil
		return it, nil
	})
}

// ChangeItem stores what change makes of an item of a place, but for its stock,
// and returns the catalogue's new version. ErrNoPlace, catalog.ErrNoItem for what
// is not sold there, or change's error; then nothing changes. change may run more
// than once.
func (db *DB) ChangeItem(ctx context.Context, place, number string, change func(catalog.Item) (catalog.Item, error)) (version string, err error) {
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
		var body string
		err = t.get(&body, `SELECT body FROM items WHERE merchant_id = ? AND place_id = ? AND number = ? AND retired = 0`,
			p.Merchant, place, number)
		if err != nil {
			return none(err, catalog.ErrNoItem)
		}
		item, err := readItem(body, nil)
		if err != nil {
			return err
		}
		if item, err = change(item); err != nil {
			return err
		}
		item.Stock = nil
		changed, err := json.Marshal(item)
		if err != nil {
			return fmt.Errorf("change item %s: %w", number, err)
		}
		n, err := t.exec(`UPDATE items SET body = ? WHERE merchant_id = ? AND place_id = ? AND number = ?`,
			string(changed), p.Merchant, place, number)
		if err != nil {
			return fmt.Errorf("change item %s: %w", number, err)
		}
		if n != 1 {
			return catalog.ErrNoItem
		}
		return nil
	})
	return version, err
}
