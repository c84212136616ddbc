package payments

import (
	"context"
	"errors"
	"time"

	"voicetill/payments/money"
)

// States of a Visit.
const (
	VisitInside     = "inside"
	VisitCharging   = "charging" // to be paid by mandate, and no more by subscription
	VisitPaid       = "paid"
	VisitFree       = "free"       // it costs nothing
	VisitSubscribed = "subscribed" // it has used a subscription
)

// Visit is one stay behind a gate, or one passage.
type Visit struct {
	ID           string
	Merchant     string
	Place        string
	Key          string // that the gate's hardware gave it; the same again is the same visit
	Gate         string // where it began
	Account      string // who pays
	State        string
	Subscription string // id of what it used, or ""
	Receipt      string // id, or ""
	Entered      time.Time
	Left         time.Time // zero: has not come to the exit
	Told         bool      // of one to be entered: its account is told before anything is deducted
}

// Subscription is what is left of a Plan that was sold.
type Subscription struct {
	ID      string
	Place   string
	Receipt int64 // number
	Name    string
	Visits  int64 // 0: any number
	Used    int64
	Starts  time.Time
	Ends    time.Time // zero: never
	Ended   time.Time // given back; zero: not
}

// Usable reports whether the subscription has a visit left at a time.
func (s Subscription) Usable(at time.Time) bool {
	return s.Ended.IsZero() && (s.Ends.IsZero() || at.Before(s.Ends)) && (s.Visits == 0 || s.Used < s.Visits)
}

// Reasons of a VisitVerdict, besides PassGood for a visit that was paid.
const (
	VisitWelcome    = "welcome" // has entered, and pays at the exit
	VisitNothing    = "free of charge"
	VisitBySubs     = "subscription"
	VisitUnknown    = "not known here"       // no account has the plate or code
	VisitNotAllowed = "not allowed"          // its account has not allowed to deduct, or not any more
	VisitOverLimit  = "over the limit"       // that its account has set
	VisitLow        = "balance too low"      //
	VisitDeclined   = "declined"             // by the provider
	VisitPending    = "payment under way"    // ask again
	VisitStaff      = "staff has to confirm" // ask again
)

// VisitVerdict is what a gate does.
type VisitVerdict struct {
	Open    bool
	Reason  string
	Visit   Visit
	Total   money.Amount // of Receipt
	Receipt *Receipt     // of a visit that was paid
}

// VisitAsk is what a gate's hardware tells of a visit.
type VisitAsk struct {
	Merchant, Place, Payee string
	Currency               money.Currency
	Gate                   string
	Key                    string    // 1 to 100 bytes
	Token, Plate           string    // what was read; not needed for a visit that has entered
	Entered, Left          time.Time // zero: now
}

var (
	// ErrVisit refuses what a gate says of a visit: a caller's fault.
	ErrVisit = errors.New("a visit has a key of 1 to 100 bytes, does not end before it began or in the future, and does not last longer than a year")
	// ErrNoVisit says that no visit has the key, and nothing was read to begin one.
	ErrNoVisit = errors.New("no visit has this key: a plate or a code is needed")
	// ErrVisitOther says that a visit's key was used for another account.
	ErrVisitOther = errors.New("this visit's key belongs to another account")
)

// Visits keeps visits and subscriptions. Each method is one transaction.
type Visits interface {
	// EnterVisit keeps a visit, or returns the one of its key. Where its account
	// has a subscription, a visit of that is used, once. ErrVisitOther.
	EnterVisit(ctx context.Context, v Visit) (Visit, error)
	// VisitByKey returns ErrNoVisit for an unknown one.
	VisitByKey(ctx context.Context, merchant, place, key string) (Visit, error)
	// LeaveVisit notes the end of a visit, the latest before it is being paid, and
	// makes one that is inside VisitCharging, unless it can use a subscription.
	LeaveVisit(ctx context.Context, v Visit, at time.Time) (Visit, error)
	// FreeVisit ends one that is VisitCharging and costs nothing. One that costs
	// something ends as its bill is booked.
	FreeVisit(ctx context.Context, v Visit) error
	// HolderOf is the account whose subscription came with the receipt of a link,
	// or ErrNoMandate.
	HolderOf(ctx context.Context, merchant, link string) (account string, err error)
	// SubscriptionsOf are an account's with a merchant, newest first.
	SubscriptionsOf(ctx context.Context, merchant, account string) ([]Subscription, error)
	// VisitsOf are an account's latest with a merchant, newest first.
	VisitsOf(ctx context.Context, merchant, account string, limit int) ([]Visit, error)
	// Tariff is a place's, or ErrNoTariff.
	Tariff(ctx context.Context, place string) (Tariff, error)
}
