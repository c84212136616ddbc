package payments

import (
	"context"
	"time"

	"voicetill/payments/money"
)

// Charge asks a gateway for money.
type Charge struct {
	Key      string // idempotency key
	Account  string // who pays
	Merchant string
	Place    string
	Amount   money.Amount
	At       time.Time
	Title    string // for the shopper's statement: the payee's name and the bill
	Binding  string // what Binder.Bound returned for the payer, or ""
	Code     string // payment code that the till scanned from the shopper's app, or ""
	Return   string // address of the till's page that a provider's page leads back to, or ""
}

// Handoff is what a shopper does outside the till to finish a charge or a
// binding: open a provider's page, or scan a code with the provider's app.
type Handoff struct {
	URL     string    `json:"url,omitempty"`
	QR      string    `json:"qr,omitempty"` // text of the code to show
	Expires time.Time `json:"expires"`
}

// HandoffError is what Charge returns when the shopper has to act first. The
// outcome is unknown until Lookup or a callback tells it; the same key returns
// the same Handoff as long as it can be used.
type HandoffError struct{ Handoff Handoff }

func (e *HandoffError) Error() string { return "the shopper has to act at the provider" }

// Refund asks a gateway to give back a charge or a part of it.
type Refund struct {
	Key      string       // idempotency key: 26 letters and digits, never used for a charge
	Charge   string       // the charge's Key
	Ref      string       // the charge's reference
	Account  string       // who paid
	Merchant string       //
	Amount   money.Amount // above zero, with earlier refunds at most Charged
	Charged  money.Amount // what the charge was over
	Reason   string       // a few words for the shopper, or ""
	At       time.Time
}

// Gateway moves the shopper's money. The store makes sure that a refund never
// exceeds its charge; a gateway makes each key happen at most once.
type Gateway interface {
	// Charge takes the money once per key and returns the gateway's reference;
	// the same key again returns the first reference. It never reverses by itself:
	// what is given up is written down first, so that whoever comes after a crash
	// does not book what is on its way back. *LowBalanceError and
	// ErrNoCharge are definite: nothing was and will be taken. After any other
	// error the outcome is unknown.
	Charge(ctx context.Context, c Charge) (ref string, err error)
	// Lookup returns the reference of a charge made under the key, ErrNoCharge
	// if it is certain that there is none and none is on its way. Any other
	// error leaves the outcome unknown, also that the shopper has not finished,
	// and ErrAmount: a charge over anything but want, as far as the provider tells
	// amounts, is never booked, and reversed in the end.
	Lookup(ctx context.Context, key string, want money.Amount) (ref string, err error)
	// Reverse cancels a charge whose outcome is unknown, and gives back what it
	// took. After nil nothing was or will be kept under the key, though it was
	// never charged or is reversed already. After an error the outcome is still
	// unknown: it is called again until it returns nil.
	Reverse(ctx context.Context, key string) error
	// Refund gives money back once per key and returns the gateway's reference;
	// the same key again returns the first reference. ErrNoRefund is definite:
	// nothing was and will be given back. After any other error the outcome is
	// unknown, and the same key is tried again.
	Refund(ctx context.Context, r Refund) (ref string, err error)
	// Clearing is the ledger account that holds what was charged until it is
	// booked: "clearing:" and the provider's name. It falls below zero by what
	// a provider owes until its payout.
	Clearing() string
}

// Windowed is a Gateway whose shoppers take longer than ReverseAfter, as with a
// page or a QR code.
type Windowed interface {
	// Window is how long after its start a charge may stay unknown before it is
	// reversed.
	Window() time.Duration
}

// ReverseAfter is how long a charge may stay unknown before it is reversed,
// unless its gateway is Windowed. A charge by a scanned code has no longer: its
// shopper stands at the till.
const ReverseAfter = time.Minute

// Binder is a Gateway whose method is bound to an account once, on the
// provider's page, and charged later without it.
type Binder interface {
	// Bind begins a binding, once per key.
	Bind(ctx context.Context, key, account, merchant, back string) (Handoff, error)
	// Bound returns what to charge by, and a label for its owner such as
	// "Visa …4242". ErrNotBound if it is not finished or was refused.
	Bound(ctx context.Context, key string) (binding, label string, err error)
	// Unbind forgets a binding at the provider. Unbinding twice is once.
	Unbind(ctx context.Context, binding string) error
}
