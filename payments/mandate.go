package payments

import (
	"context"
	"errors"
	"fmt"
	"time"

	"voicetill/payments/money"
)

// ByMandate is what proves a payment that its account holder has allowed in
// advance: see Mandate.
const ByMandate = "mandate"

// LimitDay is the limit of a day by the clock of the place that deducts.
const LimitDay = "day"

// Mandate lets a merchant deduct from an account without a proof each time,
// within its limits. It is never changed: its holder revokes it and makes
// another.
type Mandate struct {
	ID       string
	Merchant string
	Account  string // whose it is
	Place    string // "": all places of the merchant
	Method   Method
	Once     money.Amount // of one purchase, above zero
	Day      money.Amount // of a day by the place's clock; zero: no limit of its own
	Month    money.Amount // of a calendar month by it; zero: likewise
	Plates   []string     // number plates that gates know the holder by
	Made     time.Time
	Until    time.Time // zero: until it is revoked
	Revoked  time.Time // zero: in force
}

// InForce reports whether the mandate can be used at a time.
func (m Mandate) InForce(at time.Time) bool {
	return m.Revoked.IsZero() && (m.Until.IsZero() || at.Before(m.Until))
}

// MandateUse is what was deducted so far.
type MandateUse struct {
	Today money.Amount // by the clock of a place
	Month money.Amount // of the calendar month by it
}

// Room returns *MandateLimitError for an amount that is over one of the limits.
func (m Mandate) Room(need money.Amount, used MandateUse) error {
	for _, l := range []struct {
		what       string
		most, used int64
	}{{LimitOnce, m.Once.Minor, 0}, {LimitDay, m.Day.Minor, used.Today.Minor}, {LimitMonth, m.Month.Minor, used.Month.Minor}} {
		if (l.what == LimitOnce || l.most > 0) && need.Minor > l.most-l.used {
			return &MandateLimitError{What: l.what, Need: need, Left: money.Of(max(l.most-l.used, 0), m.Once.Currency)}
		}
	}
	return nil
}

// MandateLimitError says that a purchase is more than its account holder has
// allowed without a proof. Nothing was charged.
type MandateLimitError struct {
	What string // LimitOnce, LimitDay or LimitMonth
	Need money.Amount
	Left money.Amount // below the limit, not below zero
}

func (e *MandateLimitError) Error() string {
	return fmt.Sprintf("more than the account holder has allowed (%s): %s needed, %s left", e.What, e.Need, e.Left)
}

var (
	// ErrNoMandate says that an account holder has allowed no such deduction, or
	// not any more. Nothing was charged.
	ErrNoMandate = errors.New("the account holder has not allowed this deduction, or not any more")
	// ErrMandate refuses a mandate that means nothing.
	ErrMandate = errors.New("a mandate has a limit of one purchase above zero, limits of a day and a month that are not below it, an end in the future, and a way to pay that works without its holder")
	// ErrPlate refuses a number plate that is none.
	ErrPlate = errors.New("a number plate is 2 to 12 letters and digits, at most 20 of them to a mandate")
	// ErrPlateTaken says that another mandate has the number plate.
	ErrPlateTaken = errors.New("this number plate belongs to another mandate at this merchant")
)

// MandateAsk looks for the mandate to deduct by.
type MandateAsk struct {
	Merchant, Place, Account string
	Currency                 money.Currency
	Method                   Method // "": any
	At                       time.Time
}

// Mandates keeps what account holders allow. Each method is one transaction.
type Mandates interface {
	// AddMandate adds one with its plates, and the hash of a token that gates know
	// its holder by. ErrPlateTaken.
	AddMandate(ctx context.Context, m Mandate, tokenHash string) error
	// MandatesOf are an account's with a merchant, newest first.
	MandatesOf(ctx context.Context, merchant, account string) ([]Mandate, error)
	// MandateUse is what was deducted by one on the day and in the month of a time,
	// by the clock of a place; "" is the till's own.
	MandateUse(ctx context.Context, m Mandate, place string, at time.Time) (MandateUse, error)
	// RevokeMandate ends one at once. ErrNoMandate where the account has none of
	// the id; revoking twice is once.
	RevokeMandate(ctx context.Context, merchant, account, id string, at time.Time) error
	// FindMandate is the newest in force that fits, one of the place before one of
	// all places, or ErrNoMandate.
	FindMandate(ctx context.Context, ask MandateAsk) (Mandate, error)
	// MandateByTag finds by plate or token's hash, in force or not, or ErrNoMandate.
	MandateByTag(ctx context.Context, merchant, tag string) (Mandate, error)
}
