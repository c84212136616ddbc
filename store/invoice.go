package store

import (
	"context"
	"fmt"
	"time"

	"voicetill/payments"
	"voicetill/payments/money"
)

// Invoices charges companies, whose members' purchases are billed by the month.
// A charge's Binding is the company's id.
type Invoices struct{ db *DB }

// Invoices is the gateway of payments.Invoice.
func (db *DB) Invoices() *Invoices { return &Invoices{db} }

// Clearing is part of payments.Gateway.
func (g *Invoices) Clearing() string { return "clearing:invoice" }

// UsedAt is part of payments.Local: a place whose merchant bills no company has
// no use for invoices.
func (g *Invoices) UsedAt(ctx context.Context, place string) (bool, error) {
	var n int
	err := g.db.get(ctx, &n, `SELECT COUNT(*) FROM companies c JOIN places p ON p.merchant_id = c.merchant_id
		WHERE p.id = ? AND c.currency = p.currency`, place)
	return n > 0, err
}

// Charge is part of payments.Gateway. The limits of company and member are
// checked in the transaction that charges: *payments.LimitError.
func (g *Invoices) Charge(ctx context.Context, c payments.Charge) (string, error) {
	return g.db.charge(ctx, c, func(t *tx, ref string) error {
		if err := g.db.chargeCompany(t, c); err != nil || c.Amount.Minor == 0 {
			return err
		}
		postings := []payments.Posting{{From: payments.CompanyAccount(c.Binding), To: g.Clearing(), Amount: c.Amount}}
		return t.enter(c.Merchant, ref, postings, c.At)
	})
}

// chargeCompany notes the charge if it is within all limits. It takes the
// company's row first, so that charges of one company queue up.
func (db *DB) chargeCompany(t *tx, c payments.Charge) error {
	var co struct {
		Currency money.Currency `db:"currency"`
		Limit    int64          `db:"limit_minor"`
		Once     *int64         `db:"once_minor"`
		Month    *int64         `db:"month_minor"`
	}
	if _, err := t.exec(`UPDATE companies SET name = name WHERE merchant_id = ? AND id = ?`, c.Merchant, c.Binding); err != nil {
		return fmt.Errorf("hold company %s: %w", c.Binding, err)
	}
	err := t.get(&co, `SELECT c.currency, c.limit_minor, m.once_minor, m.month_minor FROM companies c
		JOIN company_members m ON m.merchant_id = c.merchant_id AND m.company_id = c.id
		WHERE c.merchant_id = ? AND c.id = ? AND m.account_id = ? AND c.currency = ?`, c.Merchant, c.Binding, c.Account, c.Amount.Currency)
	if err != nil {
		return none(err, fmt.Errorf("%s is no member of company %s in %s: %w", c.Account, c.Binding, c.Amount.Currency, payments.ErrNoCharge))
	}
	zone, err := db.zoneIn(t, c.Place)
	if err != nil {
		return err
	}
	var owed, month int64
	err = t.get(&owed, `SELECT COALESCE(-SUM(amount_minor), 0) FROM balances WHERE merchant_id = ? AND account = ? AND currency = ?`,
		c.Merchant, payments.CompanyAccount(c.Binding), co.Currency)
	if err != nil {
		return err
	}
	err = t.get(&month, `SELECT COALESCE(SUM(amount_minor), 0) FROM company_charges
		WHERE merchant_id = ? AND company_id = ? AND account_id = ? AND at_us >= ?`, c.Merchant, c.Binding, c.Account, micros(payments.MonthStart(c.At, zone)))
	if err != nil {
		return err
	}
	for _, l := range []struct {
		what string
		most *int64
		used int64
	}{{payments.LimitOnce, co.Once, 0}, {payments.LimitMonth, co.Month, month}, {payments.LimitCompany, &co.Limit, owed}} {
		if l.most != nil && c.Amount.Minor > *l.most-l.used {
			return &payments.LimitError{What: l.what, Need: c.Amount, Left: money.Of(max(*l.most-l.used, 0), co.Currency)}
		}
	}
	return t.noteCompany(c.Merchant, c.Key, c.Binding, c.Account, c.Key, c.Amount, c.At)
}

func (t *tx) noteCompany(merchant, id, company, account, charge string, a money.Amount, at time.Time) error {
	_, err := t.exec(`INSERT INTO company_charges (merchant_id, id, company_id, account_id, charge_id, amount_minor, currency, at_us)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, merchant, id, company, account, charge, a.Minor, a.Currency, micros(at))
	if err != nil {
		return fmt.Errorf("note charge of company %s: %w", company, err)
	}
	return nil
}

// Lookup is part of payments.Gateway. The charge is of the settlement's own bill.
func (g *Invoices) Lookup(ctx context.Context, key string, _ money.Amount) (string, error) {
	return g.db.chargeOf(ctx, key)
}

// Reverse is part of payments.Gateway.
func (g *Invoices) Reverse(ctx context.Context, key string) error {
	return g.db.reverse(ctx, key, func(t *tx, merchant, ref string, s payments.Settlement) error {
		n, err := t.exec(`DELETE FROM company_charges WHERE merchant_id = ? AND id = ? AND month IS NULL`, merchant, s.Key)
		if err != nil {
			return err
		}
		if n != 1 {
			return fmt.Errorf("reverse %s: its charge is billed or missing", s.Key)
		}
		postings := []payments.Posting{{From: g.Clearing(), To: payments.CompanyAccount(s.Binding), Amount: s.Bill.Total}}
		return t.enter(merchant, ref, postings, g.db.now())
	})
}

// Refund is part of payments.Gateway: the company owes less. The reference is
// the ledger entry's id.
func (g *Invoices) Refund(ctx context.Context, r payments.Refund) (string, error) {
	ref := "refund/" + r.Key
	err := g.db.tx(ctx, func(t *tx) error {
		var of struct {
			Company string `db:"company_id"`
			Account string `db:"account_id"`
		}
		err := t.get(&of, `SELECT company_id, account_id FROM company_charges WHERE merchant_id = ? AND id = ?`, r.Merchant, r.Charge)
		if err != nil {
			return none(err, fmt.Errorf("charge %s is none of a company: %w", r.Charge, payments.ErrNoRefund))
		}
		back := r.Amount
		back.Minor = -back.Minor
		if err := t.noteCompany(r.Merchant, r.Key, of.Company, of.Account, r.Charge, back, r.At); err != nil {
			return err
		}
		postings := []payments.Posting{{From: g.Clearing(), To: payments.CompanyAccount(of.Company), Amount: r.Amount}}
		return t.enter(r.Merchant, ref, postings, r.At)
	})
	if isTaken(err) {
		err = nil
	}
	return ref, err
}
