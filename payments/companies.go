package payments

import (
	"fmt"

	"voicetill/payments/money"
)

// CompanyAccount is the ledger account of a company that is billed by the
// month: it is below zero by what the company owes.
func CompanyAccount(company string) string { return "company:" + company + ":owed" }

// What a LimitError is over.
const (
	LimitCompany = "company" // what a company may owe
	LimitOnce    = "once"    // of one purchase
	LimitMonth   = "month"   // of a calendar month
)

// LimitError says that a charge would be over a limit. Nothing was charged: it
// is an ErrNoCharge.
type LimitError struct {
	What string       // LimitCompany, LimitOnce or LimitMonth
	Need money.Amount // of the charge
	Left money.Amount // below the limit, not below zero
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("over the limit (%s): %s needed, %s left", e.What, e.Need, e.Left)
}

func (e *LimitError) Unwrap() error { return ErrNoCharge }
