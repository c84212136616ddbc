package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"voicetill/payments"
)

type bindingRow struct {
	Merchant string `db:"merchant_id"`
	ID       string `db:"id"`
	Account  string `db:"account_id"`
	Method   string `db:"method"`
	Ref      string `db:"ref"`
	Label    string `db:"label"`
	State    string `db:"state"`
	Begun    int64  `db:"begun_at_us"`
}

func (r bindingRow) binding() payments.Binding {
	return payments.Binding{ID: r.ID, Merchant: r.Merchant, Account: r.Account, Method: payments.Method(r.Method),
		Ref: r.Ref, Label: r.Label, State: r.State, Begun: fromMicros(r.Begun)}
}

// Bindings is part of payments.Wallet.
func (db *DB) Bindings(ctx context.Context, merchant, account string) ([]payments.Binding, error) {
	var rows []bindingRow
	err := db.all(ctx, &rows, `SELECT merchant_id, id, account_id, method, ref, label, state, begun_at_us FROM bindings
		WHERE merchant_id = ? AND account_id = ? ORDER BY begun_at_us, id`, merchant, account)
	list := make([]payments.Binding, len(rows))
	for i, r := range rows {
		list[i] = r.binding()
	}
	return list, err
}

// SaveBinding is part of payments.Wallet.
func (db *DB) SaveBinding(ctx context.Context, b payments.Binding) error {
	n, err := db.exec(ctx, `INSERT INTO bindings (merchant_id, id, account_id, method, ref, label, state, begun_at_us)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (merchant_id, id) DO UPDATE
		SET ref = excluded.ref, label = excluded.label, state = excluded.state
		WHERE bindings.account_id = excluded.account_id AND bindings.method = excluded.method AND bindings.state <> 'going'`,
		b.Merchant, b.ID, b.Account, b.Method, b.Ref, b.Label, b.State, micros(b.Begun))
	if err != nil {
		return fmt.Errorf("save binding %s: %w", b.ID, err)
	}
	if n == 0 && b.State != payments.BindingGoing {
		return payments.ErrNotBound // given up meanwhile
	}
	return nil
}

// DropBinding is part of payments.Wallet.
func (db *DB) DropBinding(ctx context.Context, b payments.Binding) error {
	_, err := db.exec(ctx, `DELETE FROM bindings WHERE merchant_id = ? AND id = ? AND account_id = ?`, b.Merchant, b.ID, b.Account)
	return err
}

// Preferred is part of payments.Wallet.
func (db *DB) Preferred(ctx context.Context, merchant, account string) (m payments.Method, err error) {
	err = db.get(ctx, &m, `SELECT method FROM preferred_methods WHERE merchant_id = ? AND account_id = ?`, merchant, account)
	return m, none(err, nil)
}

// Prefer is part of payments.Wallet.
func (db *DB) Prefer(ctx context.Context, merchant, account string, m payments.Method) error {
	_, err := db.exec(ctx, `INSERT INTO preferred_methods (merchant_id, account_id, method) VALUES (?, ?, ?)
		ON CONFLICT (merchant_id, account_id) DO UPDATE SET method = excluded.method`, merchant, account, m)
	return err
}

// methodsSetting is the place's setting that OfferedAt reads.
const methodsSetting = "methods"

// OfferedAt is part of payments.Wallet.
func (db *DB) OfferedAt(ctx context.Context, place string) (methods []payments.Method, err error) {
	_, err = db.PlaceSetting(ctx, place, methodsSetting, &methods)
	return methods, err
}

// SetOffered makes the methods those that a place takes; nil: all there are.
func (db *DB) SetOffered(ctx context.Context, place string, methods []payments.Method) error {
	return db.SetPlaceSetting(ctx, place, methodsSetting, methods)
}

// PlaceSetting reads the JSON that a place keeps under a name into v, and
// reports whether there is any.
func (db *DB) PlaceSetting(ctx context.Context, place, name string, v any) (set bool, err error) {
	var body string
	err = db.get(ctx, &body, `SELECT s.body FROM place_settings s
		JOIN places p ON p.merchant_id = s.merchant_id AND p.id = s.place_id WHERE p.id = ? AND s.name = ?`, place, name)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(body), v)
	}
	if err != nil {
		return false, fmt.Errorf("read setting %s of place %s: %w", name, place, err)
	}
	return true, nil
}

// SetPlaceSetting keeps v as JSON under a name; nil forgets it. ErrNoPlace.
func (db *DB) SetPlaceSetting(ctx context.Context, place, name string, v any) error {
	p, err := db.Place(ctx, place)
	if err != nil {
		return err
	}
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write setting %s of place %s: %w", name, place, err)
	}
	if string(body) == "null" {
		_, err = db.exec(ctx, `DELETE FROM place_settings WHERE merchant_id = ? AND place_id = ? AND name = ?`, p.Merchant, place, name)
		return err
	}
	_, err = db.exec(ctx, `INSERT INTO place_settings (merchant_id, place_id, name, body) VALUES (?, ?, ?, ?)
		ON CONFLICT (merchant_id, place_id, name) DO UPDATE SET body = excluded.body`, p.Merchant, place, name, string(body))
	return err
}
