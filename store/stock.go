package store

import (
	"context"
	"errors"
	"fmt"

	"voicetill/catalog"

	"github.com/oklog/ulid/v2"
)

// Level is how much of an item is on the shelf.
type Level struct {
	Item  string       `json:"item"`
	Name  string       `json:"name"`
	Unit  string       `json:"unit"`
	Stock *catalog.Qty `json:"-"` // nil: not counted
}

// StockLevels are the levels of what a place sells, in the catalogue's order.
func (db *DB) StockLevels(ctx context.Context, place string) ([]Level, error) {
	_, items, err := db.Catalog(ctx, place)
	levels := make([]Level, len(items))
	for i, it := range items {
		levels[i] = Level{Item: it.Number, Name: it.Name, Unit: it.Unit, Stock: it.Stock}
	}
	return levels, err
}

// Stock is the level of each item of a place that is counted, by number.
func (db *DB) Stock(ctx context.Context, place string) (map[string]catalog.Qty, error) {
	var rows []struct {
		Number string `db:"number"`
		Milli  int64  `db:"qty_milli"`
	}
	err := db.all(ctx, &rows, `SELECT number, qty_milli FROM stock
		WHERE merchant_id = (SELECT merchant_id FROM places WHERE id = ?) AND place_id = ?`, place, place)
	levels := make(map[string]catalog.Qty, len(rows))
	for _, r := range rows {
		levels[r.Number] = catalog.Qty(r.Milli)
	}
	return levels, err
}

// SetStock makes q the level of an item of a place, through a movement; nil ends
// its counting. ErrNoPlace, or catalog.ErrNoItem for what is not sold there.
func (db *DB) SetStock(ctx context.Context, place, number string, q *catalog.Qty) error {
	return db.tx(ctx, func(t *tx) error {
		s := shelf{tx: t, place: place}
		if err := t.get(&s.merchant, `UPDATE places SET name = name WHERE id = ? RETURNING merchant_id`, place); err != nil {
			return none(err, ErrNoPlace)
		}
		var found int
		err := t.get(&found, `SELECT 1 FROM items WHERE merchant_id = ? AND place_id = ? AND number = ? AND retired = 0`,
			s.merchant, place, number)
		if err != nil {
			return none(err, catalog.ErrNoItem)
		}
		return s.level([]catalog.Item{{Number: number, Stock: q}}, "by hand", micros(db.now()))
	})
}

// ErrNotCounted says that the stock of an item is not counted.
var ErrNotCounted = errors.New("the item's stock is not counted")

// level sets the stock of each item to its Stock, through movements.
func (s shelf) level(items []catalog.Item, version string, atMicros int64) error {
	var rows []struct {
		Number string `db:"number"`
		Milli  int64  `db:"qty_milli"`
	}
	err := s.all(&rows, `SELECT number, qty_milli FROM stock WHERE merchant_id = ? AND place_id = ?`, s.merchant, s.place)
	if err != nil {
		return err
	}
	have := make(map[string]int64, len(rows))
	for _, r := range rows {
		have[r.Number] = r.Milli
	}
	for _, it := range items {
		old, counted := have[it.Number]
		switch {
		case it.Stock == nil && counted:
			err = s.uncount(it.Number, old, version, atMicros)
		case it.Stock != nil && (!counted || int64(*it.Stock) != old):
			err = s.move(it.Number, int64(*it.Stock)-old, "catalog", version, atMicros)
		}
		if err != nil {
			return fmt.Errorf("stock of item %s: %w", it.Number, err)
		}
	}
	return nil
}

// move changes the stock of an item, which may be new, by milli thousandths.
func (s shelf) move(number string, milli int64, reason, ref string, atMicros int64) error {
	_, err := s.exec(`INSERT INTO stock (merchant_id, place_id, number, qty_milli) VALUES (?, ?, ?, ?)
		ON CONFLICT (merchant_id, place_id, number) DO UPDATE SET qty_milli = stock.qty_milli + ?`,
		s.merchant, s.place, number, max(milli, 0), milli)
	if err != nil {
		return err
	}
	return s.record(number, milli, reason, ref, atMicros)
}

// uncount ends the counting of an item that has old thousandths left.
func (s shelf) uncount(number string, old int64, version string, atMicros int64) error {
	_, err := s.exec(`DELETE FROM stock WHERE merchant_id = ? AND place_id = ? AND number = ?`, s.merchant, s.place, number)
	if err != nil {
		return err
	}
	return s.record(number, -old, "catalog", version, atMicros)
}

// take takes milli thousandths off a counted item. short is true if there are
// only have of them; nothing is taken then. ErrNotCounted if it is not counted.
func (s shelf) take(number string, milli int64, key string, atMicros int64) (have int64, short bool, err error) {
	n, err := s.exec(`UPDATE stock SET qty_milli = qty_milli - ?
		WHERE merchant_id = ? AND place_id = ? AND number = ? AND qty_milli >= ?`, milli, s.merchant, s.place, number, milli)
	if err != nil {
		return 0, false, err
	}
	if n == 1 {
		return 0, false, s.record(number, -milli, "sale", key, atMicros)
	}
	err = s.get(&have, `SELECT qty_milli FROM stock WHERE merchant_id = ? AND place_id = ? AND number = ?`,
		s.merchant, s.place, number)
	return have, err == nil, none(err, ErrNotCounted)
}

func (s shelf) record(number string, milli int64, reason, ref string, atMicros int64) error {
	_, err := s.exec(`INSERT INTO stock_moves (merchant_id, id, place_id, number, qty_milli, reason, ref, at_us)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, s.merchant, ulid.Make().String(), s.place, number, milli, reason, ref, atMicros)
	return err
}

// putBack returns what a settlement holds, once however often it is called. An
// item that is no longer counted stays so.
func (s shelf) putBack(key string, atMicros int64) error {
	var taken []struct {
		Number string `db:"number"`
		Milli  int64  `db:"qty_milli"`
	}
	err := s.all(&taken, `SELECT number, -SUM(qty_milli) AS qty_milli FROM stock_moves
		WHERE merchant_id = ? AND place_id = ? AND reason IN ('sale', 'release') AND ref = ?
		GROUP BY number HAVING SUM(qty_milli) < 0 ORDER BY number`, s.merchant, s.place, key)
	if err != nil {
		return err
	}
	for _, m := range taken {
		if err := s.put(m.Number, m.Milli, "release", key, atMicros); err != nil {
			return err
		}
	}
	return nil
}

// put puts milli thousandths of an item on the shelf. An item that is not
// counted stays so.
func (s shelf) put(number string, milli int64, reason, ref string, atMicros int64) error {
	n, err := s.exec(`UPDATE stock SET qty_milli = qty_milli + ? WHERE merchant_id = ? AND place_id = ? AND number = ?`,
		milli, s.merchant, s.place, number)
	if err != nil || n == 0 {
		return err
	}
	return s.record(number, milli, reason, ref, atMicros)
}
