package payments

import (
	"context"
	"errors"
	"fmt"
	"time"

	"voicetill/payments/money"
)

var (
	// ErrRefundTooMuch refuses to give back more than is left of a receipt.
	ErrRefundTooMuch = errors.New("more than is left of this receipt")
	// ErrRefundAsk refuses a refund that is not understood: a caller's fault.
	ErrRefundAsk = errors.New("the refund is not understood")
	// ErrRefundKey says that an idempotency key was used for another refund.
	ErrRefundKey = errors.New("this key was used for another refund")
	// ErrRefundPending says that a refund is under way and will be finished
	// without being asked for again.
	ErrRefundPending = errors.New("the refund is under way")
	// ErrRefundRaced says that another refund of the receipt was faster.
	ErrRefundRaced = errors.New("another refund of this receipt was begun")
)

// RefundAsk is what a merchant wants given back: lines, an amount, or neither
// for all that is left.
type RefundAsk struct {
	Key     string       // idempotency key of who asks, up to 100 bytes
	Lines   []RefundLine // of the receipt
	Amount  money.Amount // zero: not by amount
	Restock bool         // the goods go back to the shelf; with lines or all
	Reason  string       // printed on the receipt
	ByHand  bool         // the merchant has given it back in cash, not by the way it was paid
}

// all says whether everything that is left is asked for.
func (a RefundAsk) all() bool { return len(a.Lines) == 0 && a.Amount == money.Amount{} }

// RefundLine is a part of a receipt's line.
type RefundLine struct {
	Line  int   `json:"line"`  // as the receipt counts
	Milli int64 `json:"milli"` // thousandths; 0: all that is left
}

// Refunding is a refund under way and all that it changes.
type Refunding struct {
	Key      string       `json:"key"`    // at the gateway; also the id of the receipt to be
	Charge   string       `json:"charge"` // key of the settlement
	Nth      int          `json:"nth"`    // refund of that settlement, from 1
	Ref      string       `json:"ref"`    // the charge's reference
	Ask      string       `json:"ask"`    // the asker's key
	Digest   string       `json:"digest"` // of what was asked
	Method   Method       `json:"method"`
	Amount   money.Amount `json:"amount"`
	Charged  money.Amount `json:"charged"`
	Restock  []Good       `json:"restock,omitempty"` // what goes back to the shelf
	Postings []Posting    `json:"postings"`          // what FinishRefund writes
	Receipt  Receipt      `json:"receipt"`           // amounts below zero; No and Paid come with FinishRefund
	// Stray is a charge that succeeded after its settlement was released. Its
	// refund has no receipt, since there was no sale: StartRefund posts the money
	// from clearing to what the merchant owes, FinishRefund back again.
	Stray     bool      `json:"stray,omitempty"`
	StartedAt time.Time `json:"started_at"`
	Tries     int       `json:"-"`
	State     string    `json:"-"` // RefundOpen, RefundDone or RefundRefused
}

// Good is a quantity of an item in thousandths of its unit.
type Good struct {
	Item  string `json:"item"`
	Milli int64  `json:"milli"`
}

// States of a refund.
const (
	RefundOpen    = "open" // created or sent; its outcome is not known
	RefundDone    = "done"
	RefundRefused = "refused" // the gateway is certain that it gave nothing back
)

// Refundable is a sale, or a payment into a balance, and what of it was given
// back.
type Refundable struct {
	Receipt Receipt      // of the sale
	Charge  string       // key of its settlement
	Ref     string       // the charge's reference
	Count   int          // refunds begun so far, also those refused
	Earlier []Receipt    // refunds done or under way; amounts below zero
	Balance money.Amount // of a TopUp: what its payer's balance holds
}

// Refunds gives money back. Each method is one transaction.
type Refunds interface {
	// Refundable finds a merchant's sale by its receipt's number. ErrNoReceipt;
	// ErrRefundAsk for the receipt of a refund.
	Refundable(ctx context.Context, merchant string, no int64) (Refundable, error)
	// StartRefund stores a refund as open; Nth 0 is the next. ErrRefundRaced if
	// its Nth or its Ask is taken, ErrRefundTooMuch if it and the earlier ones exceed
	// the charge, or the balance that it is taken from. What is Held leaves the
	// balance now.
	StartRefund(ctx context.Context, r Refunding) error
	// FinishRefund books what the gateway gave back, issues the receipt, and
	// restocks. Finishing again returns the first receipt.
	FinishRefund(ctx context.Context, key, ref string, at time.Time) (Receipt, error)
	// RefuseRefund ends an open refund that gave nothing back. What was Held is on
	// the balance again.
	RefuseRefund(ctx context.Context, key, reason string, at time.Time) error
}

// OpenRefunds finds refunds that were begun. An unknown one is ErrNoRefund.
type OpenRefunds interface {
	// RefundAsked is the one that was begun under an asker's key.
	RefundAsked(ctx context.Context, merchant, ask string) (Refunding, error)
	RefundByKey(ctx context.Context, key string) (Refunding, error)
	// PendingRefunds are the open ones that are due for a try, or whose try is
	// further than FarthestTry away, oldest first.
	PendingRefunds(ctx context.Context, due time.Time) ([]Refunding, error)
	// RefundTried notes a try without outcome and when to try again.
	RefundTried(ctx context.Context, key, trouble string, next time.Time) error
}

const maxRaces = 8

// Refund gives back a merchant's sale, or what is left of a payment into a
// balance, whole or in part, by the way it was paid, and returns a receipt of its
// own. The same Key returns the first
// receipt. Errors are ErrNoReceipt, ErrRefundAsk, ErrRefundKey,
// ErrRefundTooMuch; ErrNoRefund, after which nothing was given back and a new
// Key is needed; and ErrRefundPending, after which Recover goes on.
func (s *Service) Refund(ctx context.Context, merchant string, receipt int64, ask RefundAsk) (Receipt, error) {
	if ask.Key == "" || len(ask.Key) > 100 || len(ask.Reason) > 200 {
		return Receipt{}, fmt.Errorf("%w: a key of 1 to 100 bytes is needed, a reason has at most 200", ErrRefundAsk)
	}
	digest := digest([]any{receipt, ask})
	for range maxRaces {
		r, err := s.asked(ctx, merchant, ask.Key, digest)
		if errors.Is(err, ErrNoRefund) {
			r, err = s.begin(ctx, merchant, receipt, ask, digest)
		}
		if err == nil {
			return s.giveBack(ctx, r)
		}
		if !errors.Is(err, ErrRefundRaced) {
			return Receipt{}, err
		}
	}
	return Receipt{}, ErrRefundRaced
}

// asked is the refund under a key, if it was for the same thing.
func (s *Service) asked(ctx context.Context, merchant, key, digest string) (Refunding, error) {
	r, err := s.store.RefundAsked(ctx, merchant, key)
	if err == nil && r.Digest != digest {
		err = ErrRefundKey
	}
	return r, err
}

// begin plans and stores a refund. What is too much may be because the same
// was asked for, or the balance fell, a moment ago: that is ErrRefundRaced.
func (s *Service) begin(ctx context.Context, merchant string, receipt int64, ask RefundAsk, digest string) (Refunding, error) {
	r, err := s.planned(ctx, merchant, receipt, ask)
	if err == nil {
		r.Digest = digest
		if err = s.store.StartRefund(ctx, r); errors.Is(err, ErrRefundTooMuch) && ask.all() {
			return r, ErrRefundRaced
		}
	}
	if errors.Is(err, ErrRefundTooMuch) {
		if _, found := s.store.RefundAsked(ctx, merchant, ask.Key); found == nil {
			return r, ErrRefundRaced
		}
	}
	return r, err
}

// Refundable is a merchant's sale and what of it was given back, or
// ErrNoReceipt.
func (s *Service) Refundable(ctx context.Context, merchant string, receipt int64) (Refundable, error) {
	return s.store.Refundable(ctx, merchant, receipt)
}

func (s *Service) planned(ctx context.Context, merchant string, receipt int64, ask RefundAsk) (Refunding, error) {
	from, err := s.store.Refundable(ctx, merchant, receipt)
	if err != nil {
		return Refunding{}, err
	}
	method := from.Receipt.Method
	if ask.ByHand {
		method = ByHand
	}
	g, err := s.gateway(method)
	if err != nil {
		return Refunding{}, fmt.Errorf("refund receipt %d: %w", receipt, err)
	}
	return from.plan(ask, method, g.Clearing(), s.stamp())
}

// giveBack asks the gateway, under the refund's own key, and books.
func (s *Service) giveBack(ctx context.Context, r Refunding) (Receipt, error) {
	switch r.State {
	case RefundDone:
		return s.store.FinishRefund(ctx, r.Key, "", s.stamp())
	case RefundRefused:
		return Receipt{}, ErrNoRefund
	}
	g, err := s.gateway(r.Method)
	if err != nil {
		return Receipt{}, s.refundUnknown(ctx, r, err)
	}
	ctx = context.WithoutCancel(ctx) // the money may be gone by then
	ask, done := context.WithTimeout(ctx, askLimit)
	defer done()
	ref, err := g.Refund(ask, r.request(s.now()))
	switch {
	case err == nil:
		s.log.Info("refunded", "key", r.Key, "charge", r.Charge, "amount", r.Amount.String())
		return s.store.FinishRefund(ctx, r.Key, ref, s.stamp())
	case errors.Is(err, ErrNoRefund):
		s.log.Warn("refund refused", "key", r.Key, "charge", r.Charge, "err", err)
		if kept := s.store.RefuseRefund(ctx, r.Key, err.Error(), s.stamp()); kept != nil {
			return Receipt{}, fmt.Errorf("%w: keep that refund %s is refused: %w", ErrRefundPending, r.Key, kept)
		}
		return Receipt{}, err
	}
	return Receipt{}, s.refundUnknown(ctx, r, err)
}

// refundUnknown notes a try without outcome.
func (s *Service) refundUnknown(ctx context.Context, r Refunding, cause error) error {
	note := s.store.RefundTried(context.WithoutCancel(ctx), r.Key, cause.Error(), s.now().Add(backoff(r.Tries)))
	return errors.Join(fmt.Errorf("%w: refund %s: %w", ErrRefundPending, r.Key, cause), note)
}

func (r Refunding) request(at time.Time) Refund {
	return Refund{Key: r.Key, Charge: r.Charge, Ref: r.Ref, Account: r.Receipt.Account, Merchant: r.Receipt.Merchant,
		Amount: r.Amount, Charged: r.Charged, Reason: r.Receipt.Reason, At: at}
}
