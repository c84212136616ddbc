package payments

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"voicetill/payments/money"
)

// BankAccount is the ledger account of what providers have paid out to a
// merchant's bank: below zero by that much, as what one has is.
func BankAccount(merchant string) string { return "merchant:" + merchant + ":bank" }

// FeesAccount is the ledger account of what providers have kept for themselves:
// below zero by that much.
func FeesAccount(merchant string) string { return "merchant:" + merchant + ":fees" }

// ClearingOf is the ledger account of what a provider has charged.
func ClearingOf(provider string) string { return "clearing:" + provider }

var (
	// ErrPayout refuses a payout that does not add up or has no name.
	ErrPayout = errors.New("the payout is not understood")
	// ErrOtherPayout says that a payout of another amount was booked under the id.
	ErrOtherPayout = errors.New("a payout of this id was booked with another amount")
	// ErrNoProvider says that nothing was ever charged by a provider.
	ErrNoProvider = errors.New("no payment went through this provider")
)

// Payout is what a provider has paid to the merchant's bank.
type Payout struct {
	Provider string // as in its clearing account: "stripe", "wechat"
	ID       string // the provider's
	Paid     time.Time
	Amount   money.Amount // that reached the bank; below zero: the provider took it from there
	Fee      money.Amount // that the provider kept; below zero: it gave some back
	Items    []PayoutItem // what it was made of; none: it was not told
}

// PayoutItem is one transaction in a payout.
type PayoutItem struct {
	ID    string       // the provider's, of the transaction
	Refs  []string     // by which our books may know it: references, or our key
	Kind  string       // the provider's word: charge, refund, fee, …
	Gross money.Amount // below zero: given back
	Fee   money.Amount
}

const maxPayoutText = 100 // bytes of an id

// Check returns ErrPayout with what is wrong.
func (p Payout) Check() error {
	switch {
	case p.Provider == "" || strings.ContainsAny(p.Provider, ": /") || p.ID == "" || len(p.Provider)+len(p.ID) > maxPayoutText:
		return fmt.Errorf("%w: it needs a provider and an id, together of at most %d bytes", ErrPayout, maxPayoutText)
	case !p.Amount.Currency.Valid() || p.Amount.Currency != p.Fee.Currency:
		return fmt.Errorf("%w: amount and fee are in one currency", ErrPayout)
	case p.Amount.Minor == 0 && p.Fee.Minor == 0:
		return fmt.Errorf("%w: payout %s is over nothing", ErrPayout, p.ID)
	case p.Paid.IsZero():
		return fmt.Errorf("%w: payout %s has no day", ErrPayout, p.ID)
	}
	if len(p.Items) == 0 {
		return nil
	}
	net, fee := p.Amount.Currency.Zero(), p.Amount.Currency.Zero()
	for _, i := range p.Items {
		if i.Gross.Currency != net.Currency || i.Fee.Currency != net.Currency {
			return fmt.Errorf("%w: payout %s: transaction %s is in another currency", ErrPayout, p.ID, i.ID)
		}
		net.Minor += i.Gross.Minor - i.Fee.Minor
		fee.Minor += i.Fee.Minor
	}
	if net != p.Amount || fee != p.Fee {
		return fmt.Errorf("%w: payout %s is over %s with fees of %s, its transactions make %s and %s", ErrPayout, p.ID, p.Amount, p.Fee, net, fee)
	}
	return nil
}

// Entry is the id of a payout's ledger entry.
func (p Payout) Entry() string { return "payout/" + p.Provider + "/" + p.ID }

// Postings are bank and fees → clearing, and the other way round for what is
// below zero: clearing rises to zero as the provider pays.
func (p Payout) Postings(merchant string) (list []Posting) {
	for _, part := range []struct {
		account string
		amount  money.Amount
	}{{BankAccount(merchant), p.Amount}, {FeesAccount(merchant), p.Fee}} {
		posting := Posting{From: part.account, To: ClearingOf(p.Provider), Amount: part.amount}
		if part.amount.Minor < 0 {
			posting.From, posting.To, posting.Amount.Minor = posting.To, posting.From, -part.amount.Minor
		}
		if posting.Amount.Minor != 0 {
			list = append(list, posting)
		}
	}
	return list
}

// AccountBalance is what one account of a ledger holds.
type AccountBalance struct {
	Account string
	Balance money.Amount
}

// Reconciliation compares a provider's payouts with the books.
type Reconciliation struct {
	Provider string
	Since    time.Time
	Owed     money.Amount // by the provider, as the ledger has it: charged, less refunds, payouts and fees
	Open     []OwnItem    // ours that are in no payout, oldest first
	OpenSum  money.Amount // of Open
	Unknown  []TheirItem  // the provider's that our books do not have
	Differ   []TheirItem  // that have another amount there
	Twice    []TheirItem  // in more than one payout
	Untold   money.Amount // of payouts that told no transactions, fees included
	Rest     money.Amount // of Owed that is neither Open nor explained by the lists: zero where all is told
}

// OwnItem is a charge or refund as our books have it.
type OwnItem struct {
	Key    string // of the settlement or refund
	Ref    string // the provider's reference
	Kind   string // "charge", "refund"
	Amount money.Amount
	At     time.Time
}

// TheirItem is a transaction of a payout, and what our books say of it.
type TheirItem struct {
	Payout string
	PayoutItem
	Own money.Amount // with Differ
}
