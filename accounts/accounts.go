// Package accounts knows who someone is and how they prove it.
package accounts

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Kind is what an account is for.
type Kind string

const (
	Shopper  Kind = "shopper"  // buys; has a prepaid balance
	Merchant Kind = "merchant" // runs the shops of one merchant
)

// Account is someone who can prove who they are.
type Account struct {
	ID       string `json:"id"`
	Number   string `json:"number,omitempty"` // what a shopper types or says: "1001"; may be empty
	Email    string `json:"email"`            // lower case; may be empty where there is a number
	Name     string `json:"name"`
	Kind     Kind   `json:"kind"`
	Merchant string `json:"merchant,omitempty"` // a merchant account's merchant
	Demo     bool   `json:"demo,omitempty"`     // has a published password
	Unproved bool   `json:"-"`                  // nobody has shown yet to read what is sent to Email
}

// Password is the Factor of a typed password.
const Password = "password"

var (
	// ErrNoAccount says that no account has the id, number or address.
	ErrNoAccount = errors.New("no such account")
	// ErrWrongProof says that the account is unknown or the proof does not fit;
	// which of the two is not told.
	ErrWrongProof = errors.New("the account or the password is wrong")
	// ErrNoToken says that an API token is unknown or was revoked.
	ErrNoToken = errors.New("no such token")
)

// LockedError says that an account takes no proof before Until, after too many
// wrong ones.
type LockedError struct {
	Until time.Time // zero: until an operator resets it
}

func (e *LockedError) Error() string {
	if e.Until.IsZero() {
		return "the account is locked until it is reset"
	}
	return fmt.Sprintf("the account is locked until %s", e.Until.UTC().Format(time.RFC3339))
}

// Try is what an account offers to check one proof against.
type Try struct {
	ID      string
	Account Account
	Factor  string
	Hash    string // PHC string as Hash makes it
}

// Verdict is what a Try came to.
type Verdict string

const (
	Right  Verdict = "right"
	Wrong  Verdict = "wrong"
	CutOff Verdict = "cut off" // nobody has found out, and nobody was told
)

// ErrChecking says that as many proofs of an account are being checked as may be
// at once: nothing was tried, and nothing counted.
var ErrChecking = errors.New("a password of this account is being checked just now: please try again in a moment")

// ErrTryOver says that a proof was checked for longer than TryLease.
var ErrTryOver = errors.New("checking the proof took too long: please try again")

// Book keeps accounts. Each method is one transaction.
type Book interface {
	// TakeTry finds an account by id, number or e-mail and takes one of the tries
	// that it has left, for TryLease at most, so that tries made at the same
	// moment cannot pass uncounted. It returns ErrNoAccount, or *LockedError when
	// Wait of the failures so far has not passed since the last one, ErrChecking
	// while as many tries are being checked as AtOnce allows.
	TakeTry(ctx context.Context, ref, factor string, at time.Time) (Try, error)
	// Judge ends a try. A wrong one counts as a failure, of the terminal too; a
	// right one forgives all, or is ErrTryOver where its lease has ended.
	Judge(ctx context.Context, t Try, v Verdict, terminal string, at time.Time) error
	// Proved forgives all failures: an operator unlocks.
	Proved(ctx context.Context, id, factor string) error
	// TerminalFailures are the wrong proofs typed at a terminal since a time.
	TerminalFailures(ctx context.Context, terminal string, since time.Time) (int, error)
	// TerminalFailed counts one.
	TerminalFailed(ctx context.Context, terminal string, at time.Time) error
}
