package store

import (
	"context"
	"fmt"

	"voicetill/payments"
	"voicetill/payments/money"
)

// Managed are the companies of a merchant whose manager an account is, by name.
func (db *DB) Managed(ctx context.Context, merchant, account string) (list []payments.CompanyState, err error) {
	err = db.view(ctx, func(t *tx) error {
		var ids []string
		err := t.all(&ids, `SELECT c.id FROM companies c
			JOIN company_members m ON m.merchant_id = c.merchant_id AND m.company_id = c.id
			WHERE c.merchant_id = ? AND m.account_id = ? AND m.manager = 1 ORDER BY c.name, c.id`, merchant, account)
		if err != nil {
			return fmt.Errorf("find companies of %s: %w", account, err)
		}
		list, err = t.companyStates(merchant, ids)
		return err
	})
	return list, err
}

func (t *tx) companyStates(merchant string, ids []string) ([]payments.CompanyState, error) {
	list := []payments.CompanyState{}
	for _, id := range ids {
		a, err := t.companyState(merchant, id)
		if err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return list, nil
}

func (t *tx) companyState(merchant, id string) (a payments.CompanyState, err error) {
	if a.Company, err = t.company(merchant, id); err != nil {
		return a, err
	}
	currency := a.Company.Limit.Currency
	var owed int64
	err = t.get(&owed, `SELECT COALESCE(-SUM(amount_minor), 0) FROM balances WHERE merchant_id = ? AND account = ? AND currency = ?`,
		merchant, payments.CompanyAccount(id), currency)
	if err != nil {
		return a, fmt.Errorf("find what company %s owes: %w", id, err)
	}
	a.Owed, a.Bills = money.Of(owed, currency), []payments.CompanyBillHead{}
	var row struct {
		Month  string `db:"month"`
		Total  int64  `db:"total_minor"`
		Issued int64  `db:"issued_at_us"`
		Due    int64  `db:"due_at_us"`
	}
	err = t.each(&row, func() error {
		h := payments.CompanyBillHead{Month: row.Month, Total: money.Of(row.Total, currency), Issued: fromMicros(row.Issued), Due: fromMicros(row.Due)}
		a.Bills = append(a.Bills, h)
		return nil
	}, `SELECT month, total_minor, issued_at_us, due_at_us FROM company_bills
		WHERE merchant_id = ? AND company_id = ? ORDER BY month DESC`, merchant, id)
	if err != nil {
		return a, fmt.Errorf("find bills of company %s: %w", id, err)
	}
	for i := range a.Bills {
		if a.Bills[i].Paid, err = t.receivedOf(merchant, id, a.Bills[i].Month, currency); err != nil {
			return a, err
		}
	}
	return a, nil
}

// ManagedBill is a bill of a company for its manager: ErrNoCompany for anybody
// else, ErrNothingBilled.
func (db *DB) ManagedBill(ctx context.Context, merchant, account, company, month string) (b payments.CompanyBill, err error) {
	err = db.view(ctx, func(t *tx) error {
		var manager int
		err := t.get(&manager, `SELECT manager FROM company_members WHERE merchant_id = ? AND company_id = ? AND account_id = ?`, merchant, company, account)
		if err := none(err, payments.ErrNoCompany); err != nil {
			return err
		}
		if manager != 1 {
			return payments.ErrNoCompany
		}
		b, err = t.companyBill(merchant, company, month)
		return err
	})
	return b, err
}

// CompanyStates are all companies of a merchant, by name, with their bills.
func (db *DB) CompanyStates(ctx context.Context, merchant string) (list []payments.CompanyState, err error) {
	err = db.view(ctx, func(t *tx) error {
		var ids []string
		if err := t.all(&ids, `SELECT id FROM companies WHERE merchant_id = ? ORDER BY name, id`, merchant); err != nil {
			return fmt.Errorf("find companies: %w", err)
		}
		var err error
		list, err = t.companyStates(merchant, ids)
		return err
	})
	return list, err
}

// Members are a company's, by account.
func (db *DB) Members(ctx context.Context, merchant, company string) ([]payments.Member, error) {
	c, err := db.Company(ctx, merchant, company)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		Account string `db:"account_id"`
		Once    *int64 `db:"once_minor"`
		Month   *int64 `db:"month_minor"`
		Manager int    `db:"manager"`
	}
	err = db.all(ctx, &rows, `SELECT account_id, once_minor, month_minor, manager FROM company_members
		WHERE merchant_id = ? AND company_id = ? ORDER BY account_id`, merchant, company)
	amount := func(minor *int64) *money.Amount {
		if minor == nil {
			return nil
		}
		return new(money.Of(*minor, c.Limit.Currency))
	}
	list := make([]payments.Member, len(rows))
	for i, r := range rows {
		list[i] = payments.Member{Company: company, Account: r.Account, Once: amount(r.Once), Month: amount(r.Month), Manager: r.Manager == 1}
	}
	return list, err
}

// CompanyBillOf is a bill that was made, or payments.ErrNothingBilled.
func (db *DB) CompanyBillOf(ctx context.Context, merchant, company, month string) (b payments.CompanyBill, err error) {
	err = db.view(ctx, func(t *tx) error {
		b, err = t.companyBill(merchant, company, month)
		return err
	})
	return b, err
}
