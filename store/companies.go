package store

import (
	"context"
	"fmt"

	"voicetill/payments"
	"voicetill/payments/money"

	"github.com/oklog/ulid/v2"
)

type companyRow struct {
	Merchant string         `db:"merchant_id"`
	ID       string         `db:"id"`
	Name     string         `db:"name"`
	Email    string         `db:"email"`
	Currency money.Currency `db:"currency"`
	Limit    int64          `db:"limit_minor"`
	DueDays  int            `db:"due_days"`
}

// SaveCompany adds a company, or changes the one with its id, and returns the
// id. Its address stays as it was where KeepEmail says so. Limits count from the next charge on.
func (db *DB) SaveCompany(ctx context.Context, c payments.Company) (string, error) {
	if c.Name == "" || c.Limit.Minor <= 0 || !c.Limit.Currency.Valid() || c.DueDays < 0 {
		return "", payments.ErrCompany
	}
	if c.ID == "" {
		c.ID = ulid.Make().String()
	}
	n, err := db.exec(ctx, `INSERT INTO companies (merchant_id, id, name, email, currency, limit_minor, due_days) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (merchant_id, id) DO UPDATE SET name = excluded.name, email = CASE WHEN ? = 1 THEN companies.email ELSE excluded.email END,
		limit_minor = excluded.limit_minor, due_days = excluded.due_days WHERE companies.currency = excluded.currency`,
		c.Merchant, c.ID, c.Name, c.Email, c.Limit.Currency, c.Limit.Minor, c.DueDays, flag(c.KeepEmail))
	if err != nil {
		return "", fmt.Errorf("save company %s: %w", c.ID, err)
	}
	if n == 0 {
		return "", fmt.Errorf("company %s is billed in another currency: %w", c.ID, payments.ErrCompany)
	}
	return c.ID, nil
}

// Company returns one, or ErrNoCompany.
func (db *DB) Company(ctx context.Context, merchant, id string) (c payments.Company, err error) {
	err = db.view(ctx, func(t *tx) error {
		c, err = t.company(merchant, id)
		return err
	})
	return c, err
}

func (t *tx) company(merchant, id string) (payments.Company, error) {
	var r companyRow
	err := t.get(&r, `SELECT merchant_id, id, name, email, currency, limit_minor, due_days FROM companies
		WHERE merchant_id = ? AND id = ?`, merchant, id)
	return payments.Company{ID: r.ID, Merchant: r.Merchant, Name: r.Name, Email: r.Email,
		Limit: money.Of(r.Limit, r.Currency), DueDays: r.DueDays}, none(err, payments.ErrNoCompany)
}

// AddMember lets an account charge a company, or changes its limits: the
// company becomes one of the account's ways to pay.
func (db *DB) AddMember(ctx context.Context, merchant string, m payments.Member) error {
	return db.tx(ctx, func(t *tx) error {
		c, err := t.company(merchant, m.Company)
		if err != nil {
			return err
		}
		_, err = t.exec(`INSERT INTO company_members (merchant_id, company_id, account_id, once_minor, month_minor, manager) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (merchant_id, company_id, account_id) DO UPDATE SET once_minor = excluded.once_minor, month_minor = excluded.month_minor,
			manager = excluded.manager`,
			merchant, m.Company, m.Account, minorOf(m.Once), minorOf(m.Month), flag(m.Manager))
		if err != nil {
			return fmt.Errorf("add member of company %s: %w", m.Company, err)
		}
		_, err = t.exec(`INSERT INTO bindings (merchant_id, id, account_id, method, ref, label, state, begun_at_us) VALUES (?, ?, ?, ?, ?, ?, 'bound', ?)
			ON CONFLICT (merchant_id, id) DO UPDATE SET label = excluded.label`,
			merchant, memberBinding(m), m.Account, payments.Invoice, m.Company, c.Name, micros(db.now()))
		return err
	})
}

func memberBinding(m payments.Member) string { return m.Company + "/" + m.Account }

func minorOf(a *money.Amount) *int64 {
	if a == nil {
		return nil
	}
	return &a.Minor
}

// DropMember ends a membership: nothing is charged by it from now on. Dropping
// twice is once.
func (db *DB) DropMember(ctx context.Context, merchant string, m payments.Member) error {
	return db.tx(ctx, func(t *tx) error {
		_, err := t.exec(`DELETE FROM company_members WHERE merchant_id = ? AND company_id = ? AND account_id = ?`, merchant, m.Company, m.Account)
		if err != nil {
			return err
		}
		_, err = t.exec(`DELETE FROM bindings WHERE merchant_id = ? AND id = ?`, merchant, memberBinding(m))
		return err
	})
}

// Owed is what a company owes: charged, not yet paid.
func (db *DB) Owed(ctx context.Context, merchant, company string) (money.Amount, error) {
	c, err := db.Company(ctx, merchant, company)
	if err != nil {
		return money.Amount{}, err
	}
	var minor int64
	err = db.get(ctx, &minor, `SELECT COALESCE(-SUM(amount_minor), 0) FROM balances WHERE merchant_id = ? AND account = ? AND currency = ?`,
		merchant, payments.CompanyAccount(company), c.Limit.Currency)
	return money.Of(minor, c.Limit.Currency), err
}
