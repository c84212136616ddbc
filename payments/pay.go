package payments

import (
	"context"
	"errors"
	"fmt"
	"time"

	"voicetill/accounts"

	"github.com/oklog/ulid/v2"
)

// Payer is who pays a bill, and how.
type Payer struct {
	Account  string // id, number or e-mail
	Proof    accounts.Proof
	Terminal string // where the proof was typed: a session, address or terminal id
	Method   Method // "": Prepaid
	Buyer    Buyer
}

// Pay settles the bill that the shopper confirmed and returns its receipt with
// an exit pass. The bill is charged once however often and wherever Pay is
// called: paying it again from the same account returns the first receipt.
//
// It returns ErrBillVoid, ErrBillExpired or ErrBillPending before the proof is
// looked at; accounts.ErrWrongProof and *accounts.LockedError; *ChangedError
// and *LowBalanceError, after which nothing is charged and the bill is open.
// After any other error the outcome is unknown until Recover has run.
func (s *Service) Pay(ctx context.Context, b Bill, p Payer) (Receipt, error) {
	if p.Method == "" {
		p.Method = Prepaid
	}
	gateway, ok := s.gateways[p.Method]
	if !ok {
		return Receipt{}, fmt.Errorf("there is no gateway for %q", p.Method)
	}
	err := s.store.CheckBill(ctx, b, s.now())
	if err != nil && !errors.Is(err, ErrBillPaid) && !errors.Is(err, ErrBillPending) {
		return Receipt{}, err
	}
	account, err := s.verifier.Verify(ctx, p.Terminal, p.Account, p.Proof)
	if err != nil {
		return Receipt{}, err
	}
	r, err := s.earlier(ctx, b, account.ID)
	if !errors.Is(err, ErrNoReceipt) {
		return r, err
	}
	set, err := s.settlement(b, account.ID, p, gateway)
	if err != nil {
		return Receipt{}, err
	}
	err = s.store.Reserve(ctx, set)
	if errors.Is(err, ErrBillPaid) || errors.Is(err, ErrBillPending) {
		return s.earlier(ctx, b, account.ID)
	}
	if err != nil {
		return Receipt{}, err
	}
	return s.settle(ctx, set, gateway)
}

// earlier returns the receipt of a bill that this account has paid or begun to
// pay already, going on with what was begun. ErrBillVoid if another account
// has paid, ErrBillPending if another is paying, ErrNoReceipt if the bill is
// open.
func (s *Service) earlier(ctx context.Context, b Bill, account string) (Receipt, error) {
	set, err := s.store.PendingFor(ctx, b.ID)
	switch {
	case err == nil && set.Account == account && set.Consent == b.Consent():
		return s.resume(ctx, set)
	case err == nil && s.now().Sub(set.StartedAt) < Patience:
		return Receipt{}, ErrBillPending
	case err == nil:
		err = s.finish(ctx, set)
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
	if r.Account != account || r.Version != b.Version {
		return Receipt{}, ErrBillVoid
	}
	return s.withPass(r)
}

// resume goes on with a settlement under its own key, so that gateway and
// journal do once what was done before.
func (s *Service) resume(ctx context.Context, set Settlement) (Receipt, error) {
	gateway, ok := s.gateways[set.Method]
	if !ok {
		return Receipt{}, fmt.Errorf("there is no gateway for %q", set.Method)
	}
	return s.settle(ctx, set, gateway)
}

func (s *Service) settlement(b Bill, account string, p Payer, g Gateway) (Settlement, error) {
	postings, err := salePostings(b, g.Clearing())
	if err != nil {
		return Settlement{}, err
	}
	id := ulid.Make().String()
	return Settlement{
		Key: b.ID + "/" + id, Receipt: id, Link: newLink(), Pass: ulid.Make().String(),
		Bill: b, Consent: b.Consent(), Account: account, Method: p.Method, Proven: p.Proof.Factor,
		Buyer: p.Buyer, Postings: postings, StartedAt: s.now().UTC().Truncate(time.Microsecond),
	}, nil
}

func (s *Service) settle(ctx context.Context, set Settlement, g Gateway) (Receipt, error) {
	ref, err := g.Charge(ctx, Charge{Key: set.Key, Account: set.Account, Merchant: set.Bill.Merchant, Amount: set.Bill.Total, At: s.now()})
	if err != nil {
		return Receipt{}, s.refused(ctx, set, err)
	}
	return s.book(ctx, set.Key, ref)
}

// refused releases a settlement after a definite refusal and returns the cause.
func (s *Service) refused(ctx context.Context, set Settlement, cause error) error {
	var low *LowBalanceError
	if !errors.As(cause, &low) && !errors.Is(cause, ErrNoCharge) {
		return fmt.Errorf("charge %s: %w", set.Key, cause)
	}
	if err := s.store.Release(ctx, set.Key, cause.Error(), s.now()); err != nil {
		return fmt.Errorf("release after %w: %w", cause, err)
	}
	return cause
}

func (s *Service) book(ctx context.Context, key, ref string) (Receipt, error) {
	r, err := s.store.Book(ctx, key, ref, s.now().UTC().Truncate(time.Microsecond))
	if err != nil {
		return Receipt{}, fmt.Errorf("book %s: %w", key, err)
	}
	return s.withPass(r)
}
