package store

import (
	"context"
	"errors"
	"fmt"

	"voicetill/payments"
)

// What the gateways have in common whose money is in this database's ledger:
// prepaid balances and companies' invoices. Since they and the journal share the
// database, a charge and a release exclude each other.

// charge marks a reserved settlement as charged and moves the money, once. The
// reference is the ledger entry's id.
func (db *DB) charge(ctx context.Context, c payments.Charge, take func(t *tx, ref string) error) (ref string, err error) {
	ref = "charge/" + c.Key
	err = db.tx(ctx, func(t *tx) error {
		n, err := t.exec(`UPDATE settlements SET state = 'charged', ref = ?
			WHERE merchant_id = ? AND id = ? AND state = 'reserved'`, ref, c.Merchant, c.Key)
		if err != nil {
			return err
		}
		if n == 0 {
			return t.charged(c.Key)
		}
		return take(t, ref)
	})
	return ref, err
}

// chargeOf is the reference of a charge, or ErrNoCharge.
func (db *DB) chargeOf(ctx context.Context, key string) (string, error) {
	err := db.view(ctx, func(t *tx) error { return t.charged(key) })
	return "charge/" + key, err
}

// charged returns nil for a settlement that was charged, else ErrNoCharge.
func (t *tx) charged(key string) error {
	var state string
	err := t.get(&state, `SELECT state FROM settlements WHERE id = ?`, key)
	if err := none(err, payments.ErrNoCharge); err != nil {
		return err
	}
	if state == "charged" || state == "booked" {
		return nil
	}
	return payments.ErrNoCharge
}

// reverse makes sure that a settlement which is not booked can never be charged
// afterwards. giveBack moves the money of one that was charged, unless it was
// nothing; it enters the postings under the reference.
func (db *DB) reverse(ctx context.Context, key string, giveBack func(t *tx, merchant, ref string, s payments.Settlement) error) error {
	return db.tx(ctx, func(t *tx) error {
		row, s, err := t.holdSettlement(key)
		switch {
		case errors.Is(err, payments.ErrNotReserved):
			return nil
		case err != nil:
			return err
		case row.State == payments.Released, row.State == payments.Reversing:
			return nil
		case row.State == payments.Reserved:
			return t.startReverse(row, s, "reversed", db.now())
		case row.State != payments.Charged:
			return fmt.Errorf("reverse %s: it is booked", key)
		}
		_, err = t.exec(`UPDATE settlements SET state = 'reserved' WHERE merchant_id = ? AND id = ? AND state = 'charged'`, row.Merchant, s.Key)
		if err != nil {
			return err
		}
		if err := t.startReverse(row, s, "reversed", db.now()); err != nil || s.Bill.Total.Minor == 0 {
			return err
		}
		return giveBack(t, row.Merchant, "reverse/"+s.Key, s)
	})
}
