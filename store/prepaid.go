package store

import (
	"context"

	"voicetill/payments"
)

// Prepaid pays from the balances in this database's ledger. Since it and the
// journal share the database, a charge and a release exclude each other.
type Prepaid struct{ db *DB }

// Prepaid is the gateway of payments.Prepaid.
func (db *DB) Prepaid() *Prepaid { return &Prepaid{db} }

// Clearing is part of payments.Gateway.
func (p *Prepaid) Clearing() string { return "clearing:prepaid" }

// Charge is part of payments.Gateway. The reference is the ledger entry's id.
func (p *Prepaid) Charge(ctx context.Context, c payments.Charge) (string, error) {
	ref := "charge/" + c.Key
	err := p.db.tx(ctx, func(t *tx) error {
		n, err := t.exec(`UPDATE settlements SET state = 'charged', ref = ?
			WHERE merchant_id = ? AND id = ? AND state = 'reserved'`, ref, c.Merchant, c.Key)
		if err != nil {
			return err
		}
		if n == 0 {
			return t.charged(c.Key)
		}
		if c.Amount.Minor == 0 {
			return nil
		}
		postings := []payments.Posting{{From: payments.ShopperAccount(c.Account), To: p.Clearing(), Amount: c.Amount}}
		if err := t.apply(c.Merchant, postings); err != nil {
			return err
		}
		return t.chain(c.Merchant, ref, bound{}, postings, c.At)
	})
	return ref, err
}

// Lookup is part of payments.Gateway.
func (p *Prepaid) Lookup(ctx context.Context, key string) (string, error) {
	err := p.db.view(ctx, func(t *tx) error { return t.charged(key) })
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
