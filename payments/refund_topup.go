package payments

import (
	"fmt"
	"time"
)

// planTopUp works out how a payment into a balance is given back: no more than
// is still there.
func (f Refundable) planTopUp(ask RefundAsk, method Method, clearing string, at time.Time) (Refunding, error) {
	paid := f.Receipt
	amount, left := ask.Amount, f.Left()
	if len(ask.Lines) > 0 || ask.Restock {
		return Refunding{}, fmt.Errorf("%w: a payment into a balance has no lines and no goods", ErrRefundAsk)
	}
	if err := ask.check(paid.Currency); err != nil {
		return Refunding{}, err
	}
	if ask.all() {
		amount = left
	}
	if amount.Minor <= 0 || amount.Minor > left.Minor {
		return Refunding{}, fmt.Errorf("%w: %s of it is still on the balance", ErrRefundTooMuch, left)
	}
	r := f.refunding(ask, method, amount, at)
	r.Postings = []Posting{{From: OwedAccount(paid.Merchant), To: clearing, Amount: amount}}
	r.Receipt.Lines, r.Receipt.Tax = []Line{}, []Tax{}
	return r, nil
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
