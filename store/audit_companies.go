package store

import (
	"maps"
	"slices"
	"strings"

	"voicetill/payments"
	"voicetill/payments/money"
)

// companies compares what companies were charged with the ledger, and their bills
// with what is on them and what was paid of them.
func (a *auditor) companies() error {
	if err := a.companyCharges(); err != nil {
		return err
	}
	return a.companyBills()
}

// companyCharges are each moved by one entry, and nothing else is.
func (a *auditor) companyCharges() error {
	moved := map[string]movedEntry{}
	for id, m := range a.moved {
		key, charge := strings.CutPrefix(id, "charge/")
		_, reversed := a.moved["reverse/"+key]
		if charge && strings.HasPrefix(m.from, "company:") && !reversed || strings.HasPrefix(id, "refund/") && strings.HasPrefix(m.into, "company:") {
			moved[id] = m
		}
	}
	var row struct {
		ID       string         `db:"id"`
		Company  string         `db:"company_id"`
		Account  string         `db:"account_id"`
		Charge   string         `db:"charge_id"`
		Minor    int64          `db:"amount_minor"`
		Currency money.Currency `db:"currency"`
		At       int64          `db:"at_us"`
		Month    *string        `db:"month"`
		Billed   int            `db:"billed"`
		Body     *string        `db:"body"`     // of the settlement
		Refunded *string        `db:"refunded"` // settlement of the refund
	}
	err := a.each(&row, func() error {
		entry, sign := "charge/"+row.ID, int64(1)
		if row.ID != row.Charge {
			entry, sign = "refund/"+row.ID, -1
		}
		m, ok := moved[entry]
		delete(moved, entry)
		account := m.from
		if sign < 0 {
			account = m.into
		}
		switch {
		case m.minor != sign*row.Minor, ok && account != payments.CompanyAccount(row.Company):
			a.complain("company %s: charge %s is over %d minor units, entry %d moved %d of %s", row.Company, row.ID, row.Minor, m.seq, sign*m.minor, account)
		case row.Month != nil && row.Billed != 1:
			a.complain("company %s: charge %s is on a bill of %s, which there is not", row.Company, row.ID, *row.Month)
		case row.Body == nil, sign < 0 && (row.Refunded == nil || *row.Refunded != row.Charge), ok && m.at != row.At:
			a.complain("company %s: charge %s is of no settlement, or of another time", row.Company, row.ID)
		default:
			s, err := settlementRow{Bill: row.Charge, Body: *row.Body}.settlement()
			if err != nil {
				return err
			}
			if s.Account != row.Account || s.Binding != row.Company || s.Bill.Currency != row.Currency {
				a.complain("company %s: charge %s of %s is not what was settled", row.Company, row.ID, row.Account)
			}
		}
		return nil
	}, `SELECT c.id, c.company_id, c.account_id, c.charge_id, c.amount_minor, c.currency, c.at_us, c.month, s.body, f.settlement_id AS refunded, (SELECT COUNT(*) FROM company_bills b
		WHERE b.merchant_id = c.merchant_id AND b.company_id = c.company_id AND b.month = c.month) AS billed
		FROM company_charges c LEFT JOIN settlements s ON s.merchant_id = c.merchant_id AND s.id = c.charge_id
		LEFT JOIN refunds f ON f.merchant_id = c.merchant_id AND f.id = c.id
		WHERE c.merchant_id = ? ORDER BY c.at_us, c.id`, a.merchant.ID)
	for _, id := range slices.SortedFunc(maps.Keys(moved), func(x, y string) int { return int(moved[x].seq - moved[y].seq) }) {
		a.complain("entry %d (%s) moves %d minor units of a company, which are not noted", moved[id].seq, id, moved[id].minor)
	}
	return err
}

// companyBills are each the sum of their charges, paid by entries up to it.
func (a *auditor) companyBills() error {
	paid := map[string]int64{} // by the bill's entry
	for id, m := range a.moved {
		if part := strings.SplitN(id, "/", 4); len(part) > 2 && part[0] == "invoice" {
			paid[invoiceEntry(part[1], part[2])] += m.minor
		}
	}
	var row struct {
		Company string `db:"company_id"`
		Month   string `db:"month"`
		Minor   int64  `db:"total_minor"`
		Charged int64  `db:"charged"`
		Paid    *int64 `db:"paid_at_us"`
		Body    string `db:"body"`
	}
	return a.each(&row, func() error {
		b, err := readCompanyBill(row.Body, row.Company, row.Month)
		if err != nil {
			return err
		}
		received := paid[invoiceEntry(row.Company, row.Month)]
		total := func(minor int64) money.Amount { return money.Of(minor, b.Currency) }
		switch {
		case row.Minor != row.Charged, b.Total.Minor != row.Minor, b.Check() != nil:
			a.complain("company %s: the bill of %s is over %s, it says %s, what is on it makes %s", row.Company, row.Month,
				total(row.Minor), b.Total, total(row.Charged))
		case received > max(row.Minor, 0), (row.Paid != nil) != (received == row.Minor && row.Minor > 0):
			a.complain("company %s: of the bill of %s over %s %s are paid, and it is marked otherwise", row.Company, row.Month,
				total(row.Minor), total(received))
		}
		return nil
	}, `SELECT b.company_id, b.month, b.total_minor, b.paid_at_us, b.body, (SELECT COALESCE(SUM(c.amount_minor), 0) FROM company_charges c
		WHERE c.merchant_id = b.merchant_id AND c.company_id = b.company_id AND c.month = b.month) AS charged
		FROM company_bills b WHERE b.merchant_id = ? ORDER BY b.issued_at_us, b.company_id, b.month`, a.merchant.ID)
}
