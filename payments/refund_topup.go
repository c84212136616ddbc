package payments

import (
	"fmt"
	"time"

	"voicetill/payments/money"
)

// planTopUp works out how a payment into a balance is given back: no more than
// is still there.
func (f Refundable) planTopUp(ask RefundAsk, method Method, clearing string, at time.Time) (Refunding, error) {
	paid := f.Receipt
	amount, left := ask.Amount, f.Left()
	switch {
	case len(ask.Lines) > 0 || ask.Restock:
		return Refunding{}, fmt.Errorf("%w: a payment into a balance has no lines and no goods", ErrRefundAsk)
	case ask.all():
		amount = left
	case amount.Currency != paid.Currency || amount.Minor <= 0:
		return Refunding{}, fmt.Errorf("%w: %s is not an amount of %s above zero", ErrRefundAsk, amount, paid.Currency)
	}
	if amount.Minor <= 0 || amount.Minor > left.Minor {
		return Refunding{}, fmt.Errorf("%w: %s of it is still on the balance", ErrRefundTooMuch, left)
	}
	key := newID(at)
	return Refunding{
		Key: key, Charge: f.Charge, Nth: f.Count + 1, Ref: f.Ref, Ask: ask.Key, Method: method,
		Amount: amount, Charged: paid.Total, StartedAt: at, State: RefundOpen,
		Postings: []Posting{{From: OwedAccount(paid.Merchant), To: clearing, Amount: amount}},
		Receipt: Receipt{
			ID: key, Kind: TopUp, Merchant: paid.Merchant, Place: paid.Place, Payee: paid.Payee, Bill: paid.Bill, Version: paid.Version,
			Account: paid.Account, Buyer: paid.Buyer, Currency: paid.Currency, Lines: []Line{}, Tax: []Tax{}, Total: money.Of(-amount.Minor, paid.Currency),
			Method: method, Proven: ProvenMerchant, Link: newLink(), RefundOf: paid.No, Reason: ask.Reason,
		},
	}, nil
}

// Held is what StartRefund takes off the shopper's balance, so that it cannot be
// spent while it goes back; none for the refund of a sale. RefuseRefund moves it
// back.
func (r Refunding) Held() []Posting {
	if r.Receipt.Kind != TopUp || r.Stray {
		return nil
	}
	return []Posting{{From: ShopperAccount(r.Receipt.Account), To: OwedAccount(r.Receipt.Merchant), Amount: r.Amount}}
}

// Returned is Held the other way round.
func (r Refunding) Returned() (postings []Posting) {
	for _, p := range r.Held() {
		postings = append(postings, Posting{From: p.To, To: p.From, Amount: p.Amount})
	}
	return postings
}
