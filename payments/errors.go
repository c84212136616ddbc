package payments

import (
	"errors"
	"fmt"
	"strings"

	"voicetill/payments/money"
)

var (
	// ErrBillVoid says that the cart changed since, a newer version exists, or
	// somebody else paid the bill.
	ErrBillVoid = errors.New("the bill is no longer valid")
	// ErrBillExpired says that the bill was not paid in time.
	ErrBillExpired = errors.New("the bill has expired")
	// ErrBillPaid says that a cart whose bill is paid cannot be frozen again.
	ErrBillPaid = errors.New("the bill has been paid")
	// ErrBillPending says that a payment of the bill is under way.
	ErrBillPending = errors.New("a payment of this bill is under way")
	// ErrNoReceipt says that there is no receipt (yet).
	ErrNoReceipt = errors.New("no such receipt")
	// ErrNoBooks says that the database does not answer, or is not the one that was
	// opened any more. What had begun may have been done: the same key asks again.
	ErrNoBooks = errors.New("the till cannot reach its books")
	// ErrNotReserved says that a settlement is not (or no longer) reserved.
	ErrNotReserved = errors.New("the settlement is not reserved")
	// ErrForeign says that a provider has told of a payment that goes through
	// another one.
	ErrForeign = errors.New("the callback is about a payment of another provider")
	// ErrNoCharge says that a gateway is certain that nothing was charged under
	// a key, and will not be.
	ErrNoCharge = errors.New("nothing was charged")
	// ErrAmount says that a provider has charged something else than it was asked
	// for.
	ErrAmount = errors.New("the provider has charged another amount than it was asked for")
	// ErrOtherTopUp says that a key was used for another account or amount.
	ErrOtherTopUp = errors.New("this key was used for another payment into a balance")
	// ErrNotBound says that a way to pay is not bound to an account, or not yet.
	ErrNotBound = errors.New("this way to pay is not bound to the account")
	// ErrLate says that a charge succeeded after its bill was given up. It is
	// given back; the bill can be paid again.
	ErrLate = errors.New("the payment came too late and is given back")
	// ErrNoMethod says that this till does not know a way to pay.
	ErrNoMethod = errors.New("this till has no such way to pay")
	// ErrNoRefund says that a gateway is certain that nothing was given back
	// under a key, and will not be.
	ErrNoRefund = errors.New("nothing was refunded")
	// ErrNoPass says that an exit pass was never issued here.
	ErrNoPass = errors.New("no such exit pass")
	// ErrPassUsed says that an exit pass was spent before.
	ErrPassUsed = errors.New("the exit pass is already used")
	// ErrPassCancelled says that another pass was issued in a pass's stead.
	ErrPassCancelled = errors.New("the exit pass was cancelled")
	// ErrReissues says that a receipt's pass was issued anew too often, or its
	// shopper came too late for it.
	ErrReissues = errors.New("this exit pass cannot be issued anew any more: please ask staff")
	// ErrOtherGates refuses a pass for gates that the cancelled one did not name:
	// that one might still open a gate which has not heard of it.
	ErrOtherGates = errors.New("a new exit pass can only be for gates that the old one named")
	// ErrGateName refuses a name that a pass could not carry.
	ErrGateName = errors.New("a gate's name is 1 to 40 small letters, digits and hyphens")
)

// What differs between a bill and the shelf.
const (
	PriceChanged = "price"    // Was, Now
	TaxChanged   = "tax"      // TaxBP
	NameChanged  = "name"     // Named
	NotWhole     = "quantity" // Want: what is counted is sold in whole pieces
	StockShort   = "stock"    // Want, Have
	Gone         = "gone"     // no longer sold, or not with this unit or option
)

// Change is one difference between a bill's line and the shelf.
type Change struct {
	Line       int // the bill's line, 1 is the first
	Item, Name string
	What       string
	Was, Now   money.Amount // per unit
	TaxBP      int          // the shelf's rate in hundredths of a percent
	Named      string       // the shelf's name
	Want, Have int64        // thousandths of the unit, the whole bill's
}

// ChangedError lists all that changed since a bill was frozen. Nothing was
// charged or taken.
type ChangedError struct{ Changes []Change }

func (e *ChangedError) Error() string {
	parts := make([]string, len(e.Changes))
	for i, c := range e.Changes {
		parts[i] = fmt.Sprintf("%s of item %s", c.What, c.Item)
	}
	return "changed since the bill: " + strings.Join(parts, ", ")
}

// LowBalanceError says that a prepaid balance does not cover a bill. Nothing
// was charged.
type LowBalanceError struct{ Need, Have money.Amount }

func (e *LowBalanceError) Error() string {
	return fmt.Sprintf("the balance is too low: %s needed, %s there", e.Need, e.Have)
}
