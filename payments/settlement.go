package payments

import (
	"context"
	"time"

	"voicetill/payments/money"
)

// Method is a way to pay.
type Method string

// Prepaid pays from the balance that a shopper keeps with us.
const Prepaid Method = "prepaid"

// Posting moves money between two accounts of the ledger. Amount is above zero.
type Posting struct {
	From   string       `json:"from"`
	To     string       `json:"to"`
	Amount money.Amount `json:"amount"`
}

// Settlement is all that one payment changes.
type Settlement struct {
	Key       string       `json:"key"`     // bill and attempt: "01J…/1"
	Receipt   string       `json:"receipt"` // id of the receipt to be
	Link      string       `json:"link"`    // unguessable, the receipt's address
	Pass      string       `json:"pass"`    // id of the exit pass to be; "": none
	Bill      Bill         `json:"bill"`
	Consent   string       `json:"consent"` // Bill.Consent, hex
	Account   string       `json:"account"` // id of who pays
	Method    Method       `json:"method"`
	Proven    string       `json:"proven"` // the proof's factor
	Buyer     Buyer        `json:"buyer,omitzero"`
	Postings  []Posting    `json:"postings"` // what Book writes
	StartedAt time.Time    `json:"started_at"`
	Title     string       `json:"title,omitempty"`     // see Charge
	Binding   string       `json:"binding,omitempty"`   // see Charge
	Return    string       `json:"return,omitempty"`    // see Charge
	Mandate   string       `json:"mandate,omitempty"`   // id, where Proven is ByMandate
	Confirmed string       `json:"confirmed,omitempty"` // id of the Confirmation that it uses
	Ceiling   money.Amount `json:"ceiling,omitzero"`    // of a TopUp: what the balance may hold
	Coded     bool         `json:"coded,omitempty"`     // charged by a code that was scanned, which is never stored
	State     string       `json:"-"`
	Tries     int          `json:"-"` // how often its outcome was asked for in vain
}

// States of a settlement.
const (
	Reserved  = "reserved"  // on its way to the gateway; the outcome is unknown
	Charged   = "charged"   // prepaid only: taken, not yet booked
	Booked    = "booked"    //
	Reversing = "reversing" // no longer to be booked, not yet known to be undone
	Released  = "released"  // nothing is kept; the bill can be paid again
)

// Bills keeps frozen carts. Each method is one transaction.
type Bills interface {
	// IssueBill stores b as the next version of its cart's bill, under the id
	// that the cart's first bill had, and returns it so. ErrBillPaid after the
	// sale, ErrBillPending during one.
	IssueBill(ctx context.Context, b Bill) (Bill, error)
	// VoidBill makes all versions of a bill unpayable until the cart is frozen
	// again. ErrBillPending during a sale, ErrBillPaid after it; an unknown bill
	// stays so.
	VoidBill(ctx context.Context, id string) error
	// BillOf is the id of a cart's bill, or ErrBillVoid where there is none.
	BillOf(ctx context.Context, merchant, cart string) (string, error)
	// CheckBill returns nil if that version can be paid at the time, else
	// ErrBillVoid, ErrBillExpired, ErrBillPending or ErrBillPaid.
	CheckBill(ctx context.Context, b Bill, at time.Time) error
	// BillByCart and BillByID find the last version of a bill, or return ErrBillVoid.
	BillByCart(ctx context.Context, merchant, cart string) (Bill, error)
	BillByID(ctx context.Context, id string) (Bill, error)
}

// Journal settles. Each method is one transaction.
type Journal interface {
	// Reserve checks the bill again (version, consent, expiry, sums and taxes,
	// and number, name, quantity, price, tax rate and stock of every line; of a
	// TopUp the balance's ceiling), takes the stock and marks the settlement
	// reserved. It returns *ChangedError with all differences, *CeilingError, what
	// CheckBill returns, ErrUnconfirmed where the place's rule asks for a
	// confirmation that the settlement does not use, ErrNoMandate or
	// *MandateLimitError for what its account holder has not allowed, and then has
	// changed nothing.
	Reserve(ctx context.Context, s Settlement) error
	// Book posts a charged settlement and issues its receipt. Booking the same
	// key again returns the first receipt. ErrNotReserved if there was no
	// Reserve, or a StartReverse or Release since.
	Book(ctx context.Context, key, ref string, at time.Time) (Receipt, error)
	// StartReverse makes sure that a reserved settlement is never booked, gives
	// the stock back and opens the bill again. Beginning twice is once.
	// ErrNotReserved for one that is charged, booked or released.
	StartReverse(ctx context.Context, key, reason string, at time.Time) error
	// Release ends a settlement of which nothing is kept, gives the stock back
	// and opens the bill again. Releasing twice is once; ErrNotReserved for a
	// settlement that was charged.
	Release(ctx context.Context, key, reason string, at time.Time) error
}

// Unsettled finds what is neither booked nor released. An unknown settlement
// is ErrNotReserved.
type Unsettled interface {
	// Pending are the settlements that are due for a try at a time, or whose try is
	// further than FarthestTry from it, oldest first.
	Pending(ctx context.Context, due time.Time) ([]Settlement, error)
	// PendingFor is the settlement of a bill that may yet be booked.
	PendingFor(ctx context.Context, bill string) (Settlement, error)
	// SettlementByKey is any settlement.
	SettlementByKey(ctx context.Context, key string) (Settlement, error)
	// Tried notes a try without outcome, what it said, and when to try again.
	Tried(ctx context.Context, key, trouble string, next time.Time) error
}

// Receipts finds receipts. An unknown one is ErrNoReceipt.
type Receipts interface {
	ReceiptByBill(ctx context.Context, bill string) (Receipt, error)
	ReceiptByLink(ctx context.Context, link string) (Receipt, error)
}

// Store is all that Service keeps.
type Store interface {
	Bills
	Journal
	Unsettled
	Refunds
	OpenRefunds
	Troubles
	Receipts
	Passes
	Gates
	Confirmations
	Mandates
	Visits
}
