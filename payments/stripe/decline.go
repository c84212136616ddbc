package stripe

import (
	"cmp"
	"errors"
	"net/http"
	"strings"

	"voicetill/payments"
	"voicetill/payments/money"

	api "github.com/stripe/stripe-go/v85"
)

// reasons are what a decline code means for the shopper
// (docs.stripe.com/declines/codes). What is not here is DeclineMethod: it tells
// nothing of lost, stolen or suspected cards.
var reasons = map[string]payments.Decline{
	string(api.DeclineCodeInsufficientFunds):            payments.DeclineFunds,
	string(api.DeclineCodeCardVelocityExceeded):         payments.DeclineFunds,
	string(api.DeclineCodeWithdrawalCountLimitExceeded): payments.DeclineFunds,
	string(api.DeclineCodeExpiredCard):                  payments.DeclineExpired,
	string(api.DeclineCodeInvalidExpiryMonth):           payments.DeclineExpired,
	string(api.DeclineCodeInvalidExpiryYear):            payments.DeclineExpired,
	string(api.DeclineCodeAuthenticationRequired):       payments.DeclineConfirm,
	string(api.DeclineCodeInvalidAmount):                payments.DeclineAmount,
	string(api.DeclineCodeCurrencyNotSupported):         payments.DeclineAmount,
	string(api.ErrorCodeAmountTooSmall):                 payments.DeclineAmount,
	string(api.ErrorCodeAmountTooLarge):                 payments.DeclineAmount,
	string(api.DeclineCodeProcessingError):              payments.DeclineTrouble,
	string(api.DeclineCodeIssuerNotAvailable):           payments.DeclineTrouble,
	string(api.DeclineCodeTryAgainLater):                payments.DeclineTrouble,
	string(api.DeclineCodeReenterTransaction):           payments.DeclineTrouble,
}

// declineOf is what a definite refusal means, nil for an error that leaves the
// outcome open. A key that was used before makes no refusal.
func declineOf(err error) error {
	var e *api.Error
	if !errors.As(err, &e) || e.Type == api.ErrorTypeIdempotency {
		return nil
	}
	switch e.HTTPStatusCode {
	case http.StatusPaymentRequired, http.StatusBadRequest, http.StatusNotFound:
		return declined(e)
	}
	return nil
}

// lastDecline is why a PaymentIntent waits for another card.
func lastDecline(intent *api.PaymentIntent) error {
	if intent.LastPaymentError == nil {
		return payments.ErrNoCharge
	}
	return declined(intent.LastPaymentError)
}

func declined(e *api.Error) error {
	code := cmp.Or(string(e.DeclineCode), string(e.Code), string(e.Type))
	reason, ok := reasons[code]
	if !ok {
		reason, ok = reasons[string(e.Code)]
	}
	if !ok {
		reason = payments.DeclineMethod
	}
	return &payments.DeclinedError{Reason: reason, Code: code}
}

// minorOf is an amount as Stripe counts it (docs.stripe.com/currencies): ISK and
// UGX in hundredths though they have none, and three decimals with a last one
// of zero.
func minorOf(a money.Amount) (int64, error) {
	refused := &payments.DeclinedError{Reason: payments.DeclineAmount, Code: "amount " + a.String()}
	factor := int64(1)
	switch {
	case a.Minor <= 0, a.Minor > 99_999_999_99:
		return 0, refused
	case a.Currency == "ISK", a.Currency == "UGX":
		factor = 100
	case a.Currency.Digits() == 3 && a.Minor%10 != 0:
		return 0, refused
	}
	return a.Minor * factor, nil
}

// currencyOf is an amount's currency as Stripe writes it.
func currencyOf(a money.Amount) *string { return api.String(strings.ToLower(string(a.Currency))) }
