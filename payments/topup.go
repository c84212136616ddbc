package payments

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"

	"voicetill/payments/money"

	"github.com/oklog/ulid/v2"
)

// Kind is what a bill is for.
type Kind string

const (
	Sale  Kind = ""      // goods of the shelf
	TopUp Kind = "topup" // its payer's prepaid balance: no lines, no tax, no exit pass
)

var (
	// ErrTopUpAmount refuses a payment into a balance that is too small or too big.
	ErrTopUpAmount = errors.New("this amount cannot be paid in")
	// ErrCeiling refuses one that would raise the balance over its ceiling.
	ErrCeiling = errors.New("the balance would hold too much")
	// ErrTopUpKey refuses a key that does not name a payment.
	ErrTopUpKey = errors.New("paying in needs a key of 8 to 100 bytes")
)

// TopUpLimits bound what shoppers pay into their balances by themselves.
type TopUpLimits struct {
	Least   money.Amount // at a time
	Most    money.Amount // at a time
	Ceiling money.Amount // of a balance, with what is on its way into it
}

// DefaultTopUpLimits are 5, 200 and 500 units of the currency, or hundreds of
// units where it has no smaller ones.
func DefaultTopUpLimits(c money.Currency) TopUpLimits {
	scale := int64(100)
	for range max(c.Digits()-2, 0) {
		scale *= 10
	}
	return TopUpLimits{Least: money.Of(5*scale, c), Most: money.Of(200*scale, c), Ceiling: money.Of(500*scale, c)}
}

// Valid says whether the limits leave something to pay in.
func (l TopUpLimits) Valid() bool {
	return l.Least.Minor > 0 && l.Least.Minor <= l.Most.Minor && l.Most.Minor <= l.Ceiling.Minor
}

// CeilingError is an ErrCeiling with its figures: nothing was charged.
type CeilingError struct{ Have, Ceiling money.Amount } // Have with what is on its way

func (e *CeilingError) Error() string {
	return fmt.Sprintf("the balance holds %s, with what is on its way, and may hold %s", e.Have, e.Ceiling)
}

func (e *CeilingError) Unwrap() error { return ErrCeiling }

// TopUpAsk is what a shopper wants to pay into the own balance.
type TopUpAsk struct {
	Key      string // names the payment: it is made once
	Merchant string
	Place    string
	Payee    string
	Amount   money.Amount
}

// TopUpWays is how balances are topped up at a place.
type TopUpWays struct {
	Methods []Method // none: shoppers cannot do it by themselves
	Limits  TopUpLimits
}

// TopUpWays finds them. What a balance or a company pays by is no way to pay in.
func (s *Service) TopUpWays(ctx context.Context, place string, c money.Currency) (w TopUpWays, err error) {
	all, err := s.Offers(ctx, place, c)
	if err != nil {
		return w, err
	}
	w.Methods = []Method{}
	for _, m := range all {
		if m != Prepaid && m != Invoice {
			w.Methods = append(w.Methods, m)
		}
	}
	w.Limits = DefaultTopUpLimits(c)
	if s.wallet != nil {
		w.Limits, err = s.wallet.TopUpLimits(ctx, place, c)
	}
	return w, err
}

// TopUp pays into the balance of who proves to be p, like a sale without goods:
// once per key, however often it is called. Besides the errors of Pay it
// returns ErrTopUpKey, ErrTopUpAmount, ErrCeiling and ErrOtherTopUp. The bill
// is returned with all errors that leave a payment under way.
func (s *Service) TopUp(ctx context.Context, ask TopUpAsk, p Payer) (Bill, Receipt, error) {
	w, err := s.TopUpWays(ctx, ask.Place, ask.Amount.Currency)
	if err != nil {
		return Bill{}, Receipt{}, err
	}
	switch l := w.Limits; {
	case len(w.Methods) == 0:
		return Bill{}, Receipt{}, ErrNotOffered
	case len(ask.Key) < 8 || len(ask.Key) > 100:
		return Bill{}, Receipt{}, ErrTopUpKey
	case ask.Amount.Minor < l.Least.Minor || ask.Amount.Minor > l.Most.Minor:
		return Bill{}, Receipt{}, fmt.Errorf("%w: it is %s to %s at a time", ErrTopUpAmount, l.Least, l.Most)
	}
	b, err := s.freezeTopUp(ctx, ask)
	if err != nil {
		return Bill{}, Receipt{}, err
	}
	p.ceiling = w.Limits.Ceiling
	r, err := s.Pay(ctx, b, p)
	return b, r, err
}

// freezeTopUp makes the bill of a key, or finds the one that is being paid.
func (s *Service) freezeTopUp(ctx context.Context, ask TopUpAsk) (Bill, error) {
	now, cart := s.stamp(), "topup/"+ask.Key
	b, err := s.store.IssueBill(ctx, Bill{
		ID: ulid.Make().String(), Kind: TopUp, Merchant: ask.Merchant, Place: ask.Place, Cart: cart, Payee: ask.Payee,
		Currency: ask.Amount.Currency, Lines: []Line{}, Tax: []Tax{}, Total: ask.Amount,
		Issued: now, Expires: now.Add(BillLife), Nonce: rand.Text(),
	})
	if !errors.Is(err, ErrBillPaid) && !errors.Is(err, ErrBillPending) {
		return b, err
	}
	if b, err = s.store.BillByCart(ctx, ask.Merchant, cart); err == nil && b.Total != ask.Amount {
		err = ErrOtherTopUp
	}
	return b, err
}

// TopUpBill is the bill of a payment into a balance, for who has its Nonce.
// ErrNoReceipt for anybody else.
func (s *Service) TopUpBill(ctx context.Context, id, nonce string) (Bill, error) {
	b, err := s.store.BillByID(ctx, id)
	if err == nil && (b.Kind != TopUp || subtle.ConstantTimeCompare([]byte(b.Nonce), []byte(nonce)) != 1) {
		err = ErrBillVoid
	}
	if errors.Is(err, ErrBillVoid) {
		err = ErrNoReceipt
	}
	return b, err
}

// topUpPostings are clearing → the payer's balance.
func topUpPostings(b Bill, clearing, account string) []Posting {
	return []Posting{{From: clearing, To: ShopperAccount(account), Amount: b.Total}}
}

// checkTopUp is Bill.Check of a payment into a balance.
func (b Bill) checkTopUp() error {
	if len(b.Lines) > 0 || len(b.Tax) > 0 || b.Total.Minor <= 0 || b.Total.Currency != b.Currency {
		return fmt.Errorf("%w: a payment into a balance has an amount and nothing else", ErrOrder)
	}
	return nil
}
