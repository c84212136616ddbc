// Package other is the HTTP contract by which a third party's way to pay
// becomes one of the till's: docs/payments.md describes it, Gateway speaks it,
// othertest has a server to copy from, and conform tries any server.
package other

import (
	"time"

	"voicetill/payments"
)

// Version is in every path, so that a provider can serve two contracts.
const Version = "v1"

// ChargeRequest is the body of POST /v1/charges. The same key always comes with
// the same payer, merchant, amount and currency.
type ChargeRequest struct {
	Key         string `json:"key"` // idempotency key, also in the header
	Payer       string `json:"payer"`
	Merchant    string `json:"merchant"`
	AmountMinor int64  `json:"amount_minor"`         // in the currency's smallest unit
	Currency    string `json:"currency"`             // ISO 4217
	AtUS        int64  `json:"at_us"`                // microseconds since 1970, UTC; later when asked again
	Title       string `json:"title,omitempty"`      // for the payer's statement
	Code        string `json:"code,omitempty"`       // that the till scanned from the payer's app
	Return      string `json:"return_url,omitempty"` // where a page of the provider leads back to
}

// Same reports whether r asks for the same charge as an earlier request.
func (r ChargeRequest) Same(earlier ChargeRequest) bool {
	return r.Key == earlier.Key && r.Payer == earlier.Payer && r.Merchant == earlier.Merchant &&
		r.AmountMinor == earlier.AmountMinor && r.Currency == earlier.Currency
}

// RefundRequest is the body of POST /v1/refunds. The same key always comes with
// the same charge, amount and currency.
type RefundRequest struct {
	Key         string `json:"key"`    // idempotency key, never that of a charge
	Charge      string `json:"charge"` // the charge's key
	AmountMinor int64  `json:"amount_minor"`
	Currency    string `json:"currency"`
	Reason      string `json:"reason,omitempty"`
}

// Same reports whether r asks for the same refund as an earlier request.
func (r RefundRequest) Same(earlier RefundRequest) bool {
	r.Reason = earlier.Reason
	return r == earlier
}

// Status is how a charge or a refund stands. None but Pending can change,
// except that a charge which Succeeded can become Reversed.
type Status string

// What a provider answers.
const (
	Succeeded Status = "succeeded"
	Declined  Status = "declined" // and will never succeed under its key
	Pending   Status = "pending"  // the payer or the provider has not finished
	Reversed  Status = "reversed" // nothing is kept, and nothing will be taken
	None      Status = "none"     // no such key has arrived; it may be on its way
)

// State is the body of every reply and of every callback.
type State struct {
	Key    string `json:"key"`
	Status Status `json:"status"`
	Ref    string `json:"ref,omitempty"` // the provider's, when Succeeded
	// What a charge that Succeeded was over; where it is told, it has to be what was
	// asked for.
	AmountMinor *int64 `json:"amount_minor,omitempty"`
	Currency    string `json:"currency,omitempty"`

	Reason    payments.Decline  `json:"reason,omitempty"`     // when Declined
	HaveMinor *int64            `json:"have_minor,omitempty"` // Declined for too little money: what there is
	Handoff   *payments.Handoff `json:"handoff,omitempty"`    // Pending: what the payer has to open or scan
}

// Headers of the contract.
const (
	SignatureHeader = "Voicetill-Signature"
	KeyHeader       = "Idempotency-Key"
)

// Tolerance is how far the clocks of till and provider may be apart, and how
// old a signature may be.
const Tolerance = 300 * time.Second

// MaxBody is the size in bytes that no body exceeds.
const MaxBody = 64 << 10

// MinSecret is the length in bytes that a shared secret has at least.
const MinSecret = 32
