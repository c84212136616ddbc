package payments

import (
	"context"
	"errors"
	"fmt"
	"time"

	"voicetill/payments/money"
)

// Trouble is a charge or a refund that is not settled yet, or that a machine
// cannot settle.
type Trouble struct {
	Key     string
	Kind    string // "charge" or "refund"
	State   string // of the settlement or refund
	Place   string
	Bill    string
	Receipt int64 // number of the sale's receipt; 0: there is none
	Stray   bool  // taken for no sale
	Method  Method
	Amount  money.Amount
	Since   time.Time
	Tries   int
	Trouble string    // what the last try said
	Next    time.Time // when it is tried again; zero: never
	Todo    string    // one of the Todo constants
}

// What a merchant can do about a Trouble.
const (
	TodoWait     = "wait"      // nothing: the shopper or the provider may still answer
	TodoReversed = "reversing" // nothing: the bill is free, the charge is undone as soon as the provider answers
	TodoRefund   = "refunding" // nothing: it is sent again until the provider answers
	TodoByHand   = "by_hand"   // the provider refuses the refund: give it by hand, and say so
	TodoMethod   = "method"    // the till was started without this way to pay: configure it again
)

// Troubles lists for the merchant. Each method is one transaction.
type Troubles interface {
	// Troubles are a merchant's charges and refunds begun before a time, or later
	// than Ahead after it, that are not settled, and refused refunds not dismissed;
	// oldest first, without Todo.
	Troubles(ctx context.Context, merchant string, before time.Time) ([]Trouble, error)
	// DismissRefund takes a refused refund off the list. ErrNoRefund for one that
	// is not refused.
	DismissRefund(ctx context.Context, merchant, key string, at time.Time) error
}

// Unsettled is what a merchant should know of: all that is longer under way than
// a payment takes, and what no machine can settle. Oldest first.
func (s *Service) Unsettled(ctx context.Context, merchant string) ([]Trouble, error) {
	list, err := s.store.Troubles(ctx, merchant, s.now().Add(-Patience))
	for i := range list {
		list[i].Todo = s.todo(list[i])
	}
	return list, err
}

func (s *Service) todo(t Trouble) string {
	_, err := s.gateway(t.Method)
	switch {
	case t.State == RefundRefused:
		return TodoByHand
	case err != nil:
		return TodoMethod
	case t.Kind == "refund":
		return TodoRefund
	case t.State == Reversing:
		return TodoReversed
	}
	return TodoWait
}

// Retry tries one of a merchant's settlements or refunds again, now. It returns
// ErrNotReserved for a key that is none of the merchant's, and what was in the
// way otherwise.
func (s *Service) Retry(ctx context.Context, merchant, key string) error {
	set, err := s.store.SettlementByKey(ctx, key)
	owner := set.Bill.Merchant
	if errors.Is(err, ErrNotReserved) {
		var r Refunding
		r, err = s.store.RefundByKey(ctx, key)
		owner = r.Receipt.Merchant
	}
	if err != nil || owner != merchant {
		return errors.Join(ErrNotReserved, err)
	}
	return s.Settle(ctx, key)
}

// CloseRefund ends a refund that its provider refuses: the merchant has given
// the money by hand, which is booked with a receipt of its own, or it is not
// owed, and only taken off the list. ErrNoRefund for one that is not refused;
// ErrRefundAsk for money that was taken for no sale, and so is always owed.
func (s *Service) CloseRefund(ctx context.Context, merchant, key string, given bool) error {
	r, err := s.store.RefundByKey(ctx, key)
	if err != nil {
		return err
	}
	if r.Receipt.Merchant != merchant || r.State != RefundRefused {
		return ErrNoRefund
	}
	if !given && r.Stray {
		return fmt.Errorf("%w: this was taken for no sale, and is owed", ErrRefundAsk)
	}
	if given {
		if err := s.giveByHand(ctx, r); err != nil {
			return err
		}
	}
	return s.store.DismissRefund(ctx, merchant, key, s.stamp())
}

// giveByHand books a refused refund as given by hand, once.
func (s *Service) giveByHand(ctx context.Context, r Refunding) error {
	ask := "hand/" + r.Key
	again, err := s.store.RefundAsked(ctx, r.Receipt.Merchant, ask)
	if errors.Is(err, ErrNoRefund) {
		again = r.byHand(ask, s.stamp())
		err = s.store.StartRefund(ctx, again)
	}
	if err != nil {
		return err
	}
	_, err = s.giveBack(ctx, again)
	return err
}

// byHand is the same refund in cash.
func (r Refunding) byHand(ask string, at time.Time) Refunding {
	h := r
	h.Key, h.Ask, h.Nth, h.Method, h.State, h.StartedAt = newID(at), ask, 0, ByHand, RefundOpen, at
	h.Receipt.ID, h.Receipt.Link, h.Receipt.Method = h.Key, newLink(), ByHand
	h.Postings = nil // of a payment into a balance: what StartRefund holds anew
	for _, p := range r.Postings {
		h.Postings = append(h.Postings, Posting{From: p.From, To: hand{}.Clearing(), Amount: p.Amount})
	}
	return h
}
