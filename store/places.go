package store

import (
	"context"
	"errors"
	"fmt"

	"voicetill/payments/money"
)

// ErrNoPlace says that no place has the id.
var ErrNoPlace = errors.New("no such place")

// ErrPlaceTaken says that a place with the id is there.
var ErrPlaceTaken = errors.New("a place with this id exists already")

// Place is one shop of a merchant.
type Place struct {
	ID       string         `db:"id" json:"id"`
	Merchant string         `db:"merchant_id" json:"merchant"`
	Name     string         `db:"name" json:"name"`   // of the place
	Payee    string         `db:"payee" json:"payee"` // the merchant's name, as bills show it
	Currency money.Currency `db:"currency" json:"currency"`
	Demo     bool           `db:"demo" json:"demo"` // takes anonymous carts
	Zone     string         `db:"zone" json:"zone"` // IANA name of its time zone; "": the till's own
}

const selectPlace = `SELECT p.id, p.merchant_id, p.name, m.name AS payee, p.currency, p.demo = 1 AS demo, p.zone
	FROM places p JOIN merchants m ON m.id = p.merchant_id`

// Place returns the place, or ErrNoPlace.
func (db *DB) Place(ctx context.Context, id string) (Place, error) {
	var p Place
	err := db.get(ctx, &p, selectPlace+` WHERE p.id = ?`, id)
	return p, none(err, ErrNoPlace)
}

// Places are a merchant's places by id; an empty merchant is all of them.
func (db *DB) Places(ctx context.Context, merchant string) ([]Place, error) {
	places := []Place{}
	err := db.all(ctx, &places, selectPlace+` WHERE ? = '' OR p.merchant_id = ? ORDER BY p.id`, merchant, merchant)
	return places, err
}

// AddPlace adds a place, and its merchant under the payee's name if that is
// new. A place that is there already stays as it is.
func (db *DB) AddPlace(ctx context.Context, p Place) error {
	if !p.Currency.Valid() {
		return fmt.Errorf("place %s: %q is not a currency code", p.ID, p.Currency)
	}
	return db.tx(ctx, func(t *tx) error {
		_, err := t.addPlace(p)
		return err
	})
}

// addPlace returns how many places it added: none where one has the id.
func (t *tx) addPlace(p Place) (int64, error) {
	_, err := t.exec(`INSERT INTO merchants (id, name, demo, receipt_no, chain_seq, chain_hash)
		VALUES (?, ?, ?, 0, 0, '') ON CONFLICT DO NOTHING`, p.Merchant, p.Payee, flag(p.Demo))
	if err != nil {
		return 0, fmt.Errorf("add merchant %s: %w", p.Merchant, err)
	}
	n, err := t.exec(`INSERT INTO places (id, merchant_id, name, currency, demo, catalog_version)
		VALUES (?, ?, ?, ?, ?, 0) ON CONFLICT DO NOTHING`, p.ID, p.Merchant, p.Name, p.Currency, flag(p.Demo))
	if err != nil {
		return 0, fmt.Errorf("add place %s: %w", p.ID, err)
	}
	return n, nil
}
