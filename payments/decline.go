package payments

// Decline is why a provider refused a charge, as far as the shopper can do
// something about it. A lost or stolen card is DeclineMethod: who holds it
// learns no more.
type Decline string

// Reasons of a DeclinedError.
const (
	DeclineFunds   Decline = "funds"   // too little money, or over a limit of the shopper's bank
	DeclineExpired Decline = "expired" // the card or the code is too old
	DeclineConfirm Decline = "confirm" // the bank wants the shopper to confirm on the provider's page
	DeclineAmount  Decline = "amount"  // the provider does not take this amount or currency
	DeclineTrouble Decline = "trouble" // the provider cannot do it now; trying again may help
	DeclineMethod  Decline = "method"  // any other: pay in another way
)

// DeclinedError says why nothing was charged and will not be: errors.Is finds
// ErrNoCharge in it.
type DeclinedError struct {
	Reason Decline
	Code   string // the provider's own word, for the log
}

func (e *DeclinedError) Error() string {
	return ErrNoCharge.Error() + ": declined: " + string(e.Reason) + " (" + e.Code + ")"
}

// Is makes it an ErrNoCharge.
func (e *DeclinedError) Is(target error) bool { return target == ErrNoCharge }
