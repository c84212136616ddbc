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
		list = []payments.CompanyState{}
		for _, id := range ids {
			a, err := t.companyAccount(merchant, id)
			if err != nil {
				return err
			}
			list = append(list, a)
		}
		return nil
	})
	return list, err
}

func (t *tx) companyAccount(merchant, id string) (a payments.CompanyState, err error) {
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
		Paid   *int64 `db:"paid_at_us"`
	}
	err = t.each(&row, func() error {
		h := payments.CompanyBillHead{Month: row.Month, Total: money.Of(row.Total, currency), Paid: currency.Zero(), Issued: fromMicros(row.Issued), Due: fromMicros(row.Due)}
		if row.Paid != nil {
			h.Paid = h.Total
		}
		a.Bills = append(a.Bills, h)
		return nil
	}, `SELECT month, total_minor, issued_at_us, due_at_us, paid_at_us FROM company_bills
		WHERE merchant_id = ? AND company_id = ? ORDER BY month DESC`, merchant, id)
	return a, err
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
