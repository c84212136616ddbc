package store

import (
	"context"

	"voicetill/payments"
	"voicetill/payments/money"
)

// Prepaid pays from the balances in this database's ledger.
type Prepaid struct{ db *DB }

// Prepaid is the gateway of payments.Prepaid.
func (db *DB) Prepaid() *Prepaid { return &Prepaid{db} }

// Clearing is part of payments.Gateway.
func (p *Prepaid) Clearing() string { return "clearing:prepaid" }

// Charge is part of payments.Gateway.
func (p *Prepaid) Charge(ctx context.Context, c payments.Charge) (string, error) {
	return p.db.charge(ctx, c, func(t *tx, ref string) error {
		if c.Amount.Minor == 0 {
			return nil
		}
		postings := []payments.Posting{{From: payments.ShopperAccount(c.Account), To: p.Clearing(), Amount: c.Amount}}
		return t.enter(c.Merchant, ref, postings, c.At)
	})
}

// Lookup is part of payments.Gateway. The charge is of the settlement's own bill.
func (p *Prepaid) Lookup(ctx context.Context, key string, _ money.Amount) (string, error) {
	return p.db.chargeOf(ctx, key)
}

// Reverse is part of payments.Gateway.
func (p *Prepaid) Reverse(ctx context.Context, key string) error {
	return p.db.reverse(ctx, key, func(t *tx, merchant, ref string, s payments.Settlement) error {
		postings := []payments.Posting{{From: p.Clearing(), To: payments.ShopperAccount(s.Account), Amount: s.Bill.Total}}
		return t.enter(merchant, ref, postings, p.db.now())
	})
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
