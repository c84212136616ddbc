package payments

import (
	"context"
	"errors"
	"slices"
	"time"
)

// ConfirmWithin is how long a payment waits for staff at most; its bill may
// expire before.
const ConfirmWithin = 5 * time.Minute

// ConfirmRule says which payments of a place staff confirms, after the shopper's
// proof and before anything is reserved. The zero rule asks for none.
type ConfirmRule struct {
	Always bool     `json:"always,omitempty"`
	From   int64    `json:"from,omitempty"`  // a total in minor units of the place's currency; 0: no amount asks for it
	Age    bool     `json:"age,omitempty"`   // anything that has a minimum age
	Items  []string `json:"items,omitempty"` // numbers of items that ask for it
}

// maxRuleItems bounds the items that a rule names.
const maxRuleItems = 1000

// ErrConfirmRule refuses a rule that means nothing.
var ErrConfirmRule = errors.New("a rule for confirmations has an amount of zero or more, and at most 1000 item numbers, none of them empty")

// Valid returns ErrConfirmRule where the rule means nothing.
func (r ConfirmRule) Valid() error {
	if r.From < 0 || len(r.Items) > maxRuleItems || slices.Contains(r.Items, "") {
		return ErrConfirmRule
	}
	return nil
}

// Asks reports whether staff confirms the payment of a bill. What a shopper pays
// into the own balance buys nothing: nobody has to look at it.
func (r ConfirmRule) Asks(b Bill) bool {
	if b.Kind == TopUp {
		return false
	}
	if r.Always || r.From > 0 && b.Total.Minor >= r.From {
		return true
	}
	return slices.ContainsFunc(b.Lines, func(l Line) bool {
		return r.Age && l.MinAge > 0 || slices.Contains(r.Items, l.Item)
	})
}

// States of a Confirmation.
const (
	ConfirmWaiting  = "waiting"  // for staff
	ConfirmApproved = "approved" // not yet used
	ConfirmRefused  = "refused"
	ConfirmVoid     = "void" // the bill changed, or its shopper went back
	ConfirmUsed     = "used" // by a settlement
)

// Confirmation is a payment that its shopper has proved and that staff is to
// confirm. Nothing is reserved or charged meanwhile.
type Confirmation struct {
	ID      string    `json:"id"`
	Bill    Bill      `json:"bill"`
	Account string    `json:"account"` // id of who pays
	Method  Method    `json:"method"`
	Proven  string    `json:"proven"` // the proof's factor
	Buyer   Buyer     `json:"buyer,omitzero"`
	Return  string    `json:"return,omitempty"`  // see Charge
	Mandate string    `json:"mandate,omitempty"` // id, where Proven is ByMandate
	Coded   bool      `json:"coded,omitempty"`   // paid by a scanned code, which is never stored: it is scanned again
	Asked   time.Time `json:"asked"`
	Expires time.Time `json:"expires"`
	State   string    `json:"-"`
	Reason  string    `json:"-"` // of a refusal, for the shopper
	Who     string    `json:"-"` // of staff
}

// Decision is what staff says to a Confirmation.
type Decision struct {
	ID      string
	Place   string
	Approve bool
	Reason  string // of a refusal
	Who     string
	At      time.Time
}

var (
	// ErrUnconfirmed says that staff has to confirm a payment first.
	ErrUnconfirmed = errors.New("staff has to confirm this payment first")
	// ErrNoConfirmation says that nothing of the kind waits for staff.
	ErrNoConfirmation = errors.New("no such payment waits for a confirmation")
	// ErrDecided says that somebody else of the staff was faster.
	ErrDecided = errors.New("this payment was decided already")
	// ErrConfirmVoid says that a payment's bill was changed or left while it
	// waited for staff.
	ErrConfirmVoid = errors.New("the bill was changed or left meanwhile: there is nothing to confirm any more")
	// ErrConfirmLate says that staff did not confirm a payment in time. Nothing was
	// charged.
	ErrConfirmLate = errors.New("the payment was not confirmed in time")
	// ErrCodeAgain says that staff has confirmed a payment whose code has to be
	// scanned again, since it was not stored.
	ErrCodeAgain = errors.New("the payment is confirmed: its code has to be scanned again")
)

// UnconfirmedError says that a payment waits for staff. It is an ErrUnconfirmed.
type UnconfirmedError struct{ Confirmation Confirmation }

func (e *UnconfirmedError) Error() string { return ErrUnconfirmed.Error() }
func (e *UnconfirmedError) Unwrap() error { return ErrUnconfirmed }

// RefusedError says that staff has refused a payment. Nothing was charged.
type RefusedError struct{ Reason string }

func (e *RefusedError) Error() string { return "staff has refused the payment: " + e.Reason }

// Confirmations keeps what waits for staff. Each method is one transaction.
type Confirmations interface {
	// AskConfirmation keeps c and voids the bill's earlier ones. Where one of the
	// same consent and account is waiting or approved, that one is returned.
	AskConfirmation(ctx context.Context, c Confirmation) (Confirmation, error)
	// ConfirmationOf is a bill's latest, or ErrNoConfirmation.
	ConfirmationOf(ctx context.Context, bill string) (Confirmation, error)
	// DecideConfirmation approves or refuses once. ErrDecided, ErrConfirmVoid,
	// ErrConfirmLate, ErrNoConfirmation.
	DecideConfirmation(ctx context.Context, d Decision) (Confirmation, error)
	// WithdrawConfirmation voids what is not used of a bill's.
	WithdrawConfirmation(ctx context.Context, bill string) error
	// WaitingConfirmations are a place's at a time, oldest first.
	WaitingConfirmations(ctx context.Context, place string, at time.Time) ([]Confirmation, error)
	// ApprovedConfirmations were approved before a time and nobody has used them.
	ApprovedConfirmations(ctx context.Context, before time.Time) ([]Confirmation, error)
}
