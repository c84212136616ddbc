package payments

import (
	"errors"
	"fmt"
	"time"

	"voicetill/payments/money"
)

var (
	// ErrNoCompany says that a merchant bills no such company.
	ErrNoCompany = errors.New("no such company")
	// ErrCompany refuses a company without a name, limit or currency.
	ErrCompany = errors.New("a company needs a name, a currency and a limit above zero")
	// ErrMonthRuns refuses to bill a month that is not over.
	ErrMonthRuns = errors.New("the month is not over: later purchases would be left out")
	// ErrNothingBilled says that a company has no bill of a month.
	ErrNothingBilled = errors.New("there is no bill of this month")
	// ErrOtherAmount refuses a payment of more than is left of a bill, or of nothing.
	ErrOtherAmount = errors.New("the amount is not above zero, or more than is left of the bill")
	// ErrBillKey says that a key was used for another payment of the bill.
	ErrBillKey = errors.New("this key was used for another payment of the bill")
)

// Company is billed by the month for what its members buy.
type Company struct {
	ID        string
	Merchant  string
	Name      string
	Email     string // where its bills go, or ""
	KeepEmail bool   // of one that is saved: Email says nothing, its address stays
	Limit     money.Amount
	DueDays   int // from a bill's issue
}

// Member is an account that may charge a company.
type Member struct {
	Company string
	Account string        // id
	Once    *money.Amount // limit of one purchase, nil: the company's alone
	Month   *money.Amount // limit of a calendar month by the clock of the place that sells, nil: likewise
	Manager bool          // sees the company's bills
}

// CompanyBill lists the receipts of a month. A receipt is on one bill only;
// refunds are on it with amounts below zero.
type CompanyBill struct {
	Company  string         `json:"company"`
	Name     string         `json:"name"`
	Month    string         `json:"month"` // 2026-10
	Currency money.Currency `json:"currency"`
	Issued   time.Time      `json:"issued"`
	Due      time.Time      `json:"due"`
	Receipts []CompanyLine  `json:"receipts"`
	Tax      []Tax          `json:"tax"` // by rate, lowest first
	Total    money.Amount   `json:"total"`
	Received money.Amount   `json:"received"`       // paid of it so far
	Paid     *time.Time     `json:"paid,omitempty"` // when it was all
}

// CompanyLine is one receipt on a CompanyBill.
type CompanyLine struct {
	No      int64        `json:"no"`
	Paid    time.Time    `json:"paid"`
	Place   string       `json:"place"`
	Account string       `json:"account"` // id of the member
	Tax     []Tax        `json:"tax"`
	Total   money.Amount `json:"total"`
}

// CompanyState is a company as its manager sees it, or its merchant.
type CompanyState struct {
	Company Company
	Owed    money.Amount
	Bills   []CompanyBillHead // latest first
}

// CompanyBillHead is a bill without its receipts.
type CompanyBillHead struct {
	Month  string
	Total  money.Amount
	Paid   money.Amount // so far
	Issued time.Time
	Due    time.Time
}

// Left is what is still to be paid of a bill; nothing of one below zero.
func (h CompanyBillHead) Left() money.Amount {
	return money.Of(max(h.Total.Minor-h.Paid.Minor, 0), h.Total.Currency)
}

// Add puts a receipt on the bill.
func (b *CompanyBill) Add(r Receipt, taxes map[int]Tax) (err error) {
	b.Receipts = append(b.Receipts, CompanyLine{No: r.No, Paid: r.Paid, Place: r.Place, Account: r.Account, Tax: r.Tax, Total: r.Total})
	if b.Total, err = b.Total.Add(r.Total); err != nil {
		return err
	}
	for _, x := range r.Tax {
		sum, there := taxes[x.RateBP]
		if !there {
			sum = Tax{RateBP: x.RateBP, Net: b.Currency.Zero(), Tax: b.Currency.Zero(), Gross: b.Currency.Zero()}
		}
		for _, pair := range []struct{ into, from *money.Amount }{{&sum.Net, &x.Net}, {&sum.Tax, &x.Tax}, {&sum.Gross, &x.Gross}} {
			if *pair.into, err = pair.into.Add(*pair.from); err != nil {
				return err
			}
		}
		taxes[x.RateBP] = sum
	}
	return nil
}

// Check returns ErrOrder for a bill over anything but its receipts.
func (b CompanyBill) Check() error {
	sum := b.Currency.Zero()
	for _, r := range b.Receipts {
		var err error
		if sum, err = sum.Add(r.Total); err != nil {
			return fmt.Errorf("%w: receipt %d: %w", ErrOrder, r.No, err)
		}
	}
	if sum != b.Total {
		return fmt.Errorf("%w: its receipts make %s", ErrOrder, sum)
	}
	return nil
}
