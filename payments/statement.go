package payments

import (
	"time"

	"voicetill/payments/money"
)

// What a StatementRow tells of.
const (
	MovedTopUp    = "topup"    // paid into the balance
	MovedPurchase = "purchase" // from the balance
	MovedBack     = "back"     // of a purchase that came to nothing
	MovedRefund   = "refund"   // into the balance
	MovedOut      = "out"      // of a top-up that is given back
	MovedOutBack  = "out_back" // of one that could not be given back
	MovedOther    = "other"
	PaidElsewhere = "elsewhere" // a receipt that did not touch the balance
)

// Statement is what happened to a shopper's prepaid balance with a merchant in
// a time, and the receipts that were paid in other ways.
type Statement struct {
	Account  string // id
	Merchant string
	From, To time.Time // To excluded
	Currency money.Currency
	Opening  money.Amount
	Closing  money.Amount
	Rows     []StatementRow // oldest first
}

// StatementRow is one movement, or one receipt paid elsewhere.
type StatementRow struct {
	At      time.Time
	What    string       // one of the constants above
	Receipt int64        // 0: none
	Method  Method       // "": at the desk
	Amount  money.Amount // into the balance; below zero: out of it. Of PaidElsewhere the receipt's total
	Balance money.Amount // after it; of PaidElsewhere as before
}

// MonthOf reads "2026-10" and returns its start and end in a zone; ok is false
// for what is no month.
func MonthOf(text string, zone *time.Location) (from, to time.Time, ok bool) {
	m, err := time.Parse("2006-01", text)
	return firstOf(m.Year(), m.Month(), 1, zone), firstOf(m.Year(), m.Month()+1, 1, zone), err == nil
}

// Balance works out what the balance was after each row, and in the end.
func (s *Statement) Balance() {
	s.Closing = s.Opening
	for i := range s.Rows {
		if s.Rows[i].What != PaidElsewhere {
			s.Closing.Minor += s.Rows[i].Amount.Minor
		}
		s.Rows[i].Balance = s.Closing
	}
}
