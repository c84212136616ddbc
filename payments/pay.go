package payments

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"voicetill/accounts"
	"voicetill/payments/money"
)

// Payer is who pays a bill, and how.
type Payer struct {
	Account  string // id, number or e-mail
	Proof    accounts.Proof
	Terminal string // where the proof was typed: a session, address or terminal id
	Method   Method // "": the account's preferred one, else the first that is offered
	Buyer    Buyer
	Binding  string // see Charge; found by Pay
	Mandate  string // id, in the place of a proof; found by PayByMandate
	Code     string // see Charge; never stored
	Return   string // see Charge

	ceiling money.Amount // of the balance that is paid into
}

// Pay settles the bill that the shopper confirmed and returns its receipt with
// an exit pass. The bill is charged once however often and wherever Pay is
// called: paying it again from the same account returns the first receipt, goes
// on with what was begun, or, by another method, gives that up first.
//
// It returns ErrBillVoid, ErrBillExpired or ErrBillPending before the proof is
// looked at; accounts.ErrWrongProof and *accounts.LockedError; *ChangedError
// and *LowBalanceError, ErrNoCharge, ErrNotOffered and ErrNotBound, after which nothing is charged and the
// bill is open. *HandoffError says what the shopper has to do first; the bill is
// booked when a callback, ReceiptFor or Resolve finds that it is done.
// *UnconfirmedError says that staff has to confirm the payment: then Confirmed
// goes on with it. ErrLate
// says that the charge came too late and is given back. After any other error
// the outcome is unknown until Recover tells it.
func (s *Service) Pay(ctx context.Context, b Bill, p Payer) (Receipt, error) {
	err := s.store.CheckBill(ctx, b, s.now())
	if err != nil && !errors.Is(err, ErrBillPaid) && !errors.Is(err, ErrBillPending) {
		return Receipt{}, err
	}
	account, err := s.verifier.Verify(ctx, p.Terminal, p.Account, p.Proof)
	if err != nil {
		return Receipt{}, err
	}
	p.Account = account.ID
	return s.pay(ctx, b, p)
}

// gateway finds the one of a method.
func (s *Service) gateway(m Method) (Gateway, error) {
	if m == ByHand {
		return hand{}, nil
	}
	g, ok := s.gateways[m]
	if !ok {
		return nil, fmt.Errorf("%w: %q", ErrNoMethod, m)
	}
	return g, nil
}

// earlier returns the receipt of a bill that this account has paid or begun to
// pay already, going on with what was begun. ErrBillVoid if another account
// has paid, ErrBillPending if another is paying, ErrNoReceipt if the bill is
// open.
func (s *Service) earlier(ctx context.Context, b Bill, p Payer) (Receipt, error) {
	set, err := s.store.PendingFor(ctx, b.ID)
	mine := err == nil && set.Account == p.Account && set.Consent == b.Consent()
	switch {
	case mine && set.Method == p.Method:
		if set.Coded && p.Code == "" { // it was used up, or is gone with who scanned it
			return s.Progress(ctx, b.ID, true)
		}
		g, err := s.gateway(set.Method)
		if err != nil {
			return Receipt{}, err
		}
		return s.settle(ctx, set, g, p.Code) // under its own key: what was done is done once
	case mine:
		if err = s.Cancel(ctx, b.ID); errors.Is(err, ErrBillPaid) {
			err = nil
		}
	case err == nil && set.age(s.now()) < Patience:
		return Receipt{}, ErrBillPending
	case err == nil:
		if err = s.finish(ctx, set); err != nil {
			err = fmt.Errorf("%w: %w", ErrBillPending, err)
		}
	case errors.Is(err, ErrNotReserved):
		err = nil
	}
	if err != nil {
		return Receipt{}, err
	}
	r, err := s.store.ReceiptByBill(ctx, b.ID)
	if err != nil {
		return Receipt{}, err
	}
	if r.Account != p.Account || r.Version != b.Version {
		return Receipt{}, ErrBillVoid
	}
	return s.withPass(r)
}

func (s *Service) settlement(b Bill, p Payer, g Gateway) (Settlement, error) {
	postings, err := postingsOf(b, p, g.Clearing())
	if err != nil {
		return Settlement{}, err
	}
	id, pass := newID(s.now()), ""
	if b.Kind == Sale && !strings.HasPrefix(b.Cart, VisitCart("")) {
		pass = newID(s.now())
	}
	return Settlement{
		Key: b.ID + "/" + id, Receipt: id, Link: newLink(), Pass: pass, Ceiling: p.ceiling,
		Bill: b, Consent: b.Consent(), Account: p.Account, Method: p.Method, Proven: p.Proof.Factor,
		Buyer: p.Buyer, Mandate: p.Mandate, Postings: postings, StartedAt: s.stamp(), State: Reserved,
		Title: b.Payee + " " + b.ID, Binding: p.Binding, Return: p.Return, Coded: p.Code != "",
	}, nil
}

func postingsOf(b Bill, p Payer, clearing string) ([]Posting, error) {
	if b.Kind == TopUp {
		return topUpPostings(b, clearing, p.Account), nil
	}
	return salePostings(b, clearing)
}

// stamp is now as the store keeps it.
func (s *Service) stamp() time.Time { return s.now().UTC().Truncate(time.Microsecond) }

// settle charges and books. It goes on though the caller leaves, since the
// money may be taken by then.
func (s *Service) settle(ctx context.Context, set Settlement, g Gateway, code string) (Receipt, error) {
	ctx = context.WithoutCancel(ctx)
	ask, done := context.WithTimeout(ctx, askLimit)
	defer done()
	ref, err := g.Charge(ask, Charge{Key: set.Key, Account: set.Account, Merchant: set.Bill.Merchant, Place: set.Bill.Place, Amount: set.Bill.Total, At: s.now(),
		Title: set.Title, Binding: set.Binding, Code: code, Return: set.Return})
	if err != nil {
		return Receipt{}, s.notCharged(ctx, set, g, err)
	}
	r, err := s.book(ctx, set, g, ref)
	if err != nil && !errors.Is(err, ErrLate) {
		s.log.Warn("a payment is charged and not booked yet", "key", set.Key, "err", err)
	}
	return r, err
}

// notCharged releases a settlement after a definite refusal, or leaves it to
// Recover, and returns the cause.
func (s *Service) notCharged(ctx context.Context, set Settlement, g Gateway, cause error) error {
	var low *LowBalanceError
	var handoff *HandoffError
	if !errors.As(cause, &low) && !errors.Is(cause, ErrNoCharge) {
		if !errors.As(cause, &handoff) {
			s.log.Warn("the outcome of a payment is not known yet", "key", set.Key, "err", cause)
		}
		return s.unknown(ctx, set, windowOf(set, g), fmt.Errorf("charge %s: %w", set.Key, cause))
	}
	if err := s.store.Release(ctx, set.Key, cause.Error(), s.now()); err != nil {
		return fmt.Errorf("release after %w: %w", cause, err)
	}
	return cause
}

// book returns ErrLate for a charge that can no longer be booked, after seeing
// to it that it is given back.
func (s *Service) book(ctx context.Context, set Settlement, g Gateway, ref string) (Receipt, error) {
	r, err := s.store.Book(ctx, set.Key, ref, s.stamp())
	if errors.Is(err, ErrNotReserved) {
		if err := s.late(context.WithoutCancel(ctx), set, g, ref); err != nil {
			s.log.Warn("a late charge is not given back yet", "key", set.Key, "err", err)
		}
		return Receipt{}, ErrLate
	}
	if err != nil {
		return Receipt{}, fmt.Errorf("book %s: %w", set.Key, err)
	}
	return s.withPass(r)
}
