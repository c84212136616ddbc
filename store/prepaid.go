package store

import (
	"context"
	"errors"
	"fmt"

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
		return t.enter(c.Merchant, ref, postings, c.At)
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

// Reverse is part of payments.Gateway. A settlement that is neither charged nor
// booked can never be charged afterwards.
func (p *Prepaid) Reverse(ctx context.Context, key string) error {
	return p.db.tx(ctx, func(t *tx) error {
		row, s, err := t.holdSettlement(key)
		switch {
		case errors.Is(err, payments.ErrNotReserved):
			return nil
		case err != nil:
			return err
		case row.State == payments.Released, row.State == payments.Reversing:
			return nil
		case row.State == payments.Reserved:
			return t.startReverse(row, s, "reversed", p.db.now())
		case row.State == payments.Charged:
			return p.uncharge(t, row, s)
		}
		return fmt.Errorf("reverse %s: it is booked", key)
	})
}

// uncharge gives back what was charged and not booked.
func (p *Prepaid) uncharge(t *tx, row settlementRow, s payments.Settlement) error {
	_, err := t.exec(`UPDATE settlements SET state = 'reserved' WHERE merchant_id = ? AND id = ? AND state = 'charged'`, row.Merchant, s.Key)
	if err != nil {
		return err
	}
	if err := t.startReverse(row, s, "reversed", p.db.now()); err != nil || s.Bill.Total.Minor == 0 {
		return err
	}
	postings := []payments.Posting{{From: p.Clearing(), To: payments.ShopperAccount(s.Account), Amount: s.Bill.Total}}
	return t.enter(row.Merchant, "reverse/"+s.Key, postings, p.db.now())
}

// Refund is part of payments.Gateway. The reference is the ledger entry's id.
func (p *Prepaid) Refund(ctx context.Context, r payments.Refund) (string, error) {
	ref := "refund/" + r.Key
	postings := []payments.Posting{{From: p.Clearing(), To: payments.ShopperAccount(r.Account), Amount: r.Amount}}
	err := p.db.tx(ctx, func(t *tx) error { return t.enter(r.Merchant, ref, postings, r.At) })
	if isTaken(err) {
		err = nil
	}
	return ref, err
}

// LookupRefund is part of payments.Gateway.
func (p *Prepaid) LookupRefund(ctx context.Context, key string) (string, error) {
	ref, found := "refund/"+key, 0
	err := p.db.get(ctx, &found, `SELECT 1 FROM refunds r JOIN entries e ON e.merchant_id = r.merchant_id AND e.id = ?
		WHERE r.id = ?`, ref, key)
	return ref, none(err, payments.ErrNoRefund)
}
