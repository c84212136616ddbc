package payments

import (
	"context"
	"errors"
	"fmt"

	"voicetill/accounts"

	"github.com/oklog/ulid/v2"
)

// start reserves, charges and books a bill that was proved; where staff has to
// confirm it first, it asks them and returns *UnconfirmedError.
func (s *Service) start(ctx context.Context, b Bill, p Payer, g Gateway) (Receipt, error) {
	set, err := s.settlement(b, p, g)
	if err != nil {
		return Receipt{}, err
	}
	err = s.reserve(ctx, &set)
	switch {
	case errors.Is(err, ErrBillPaid), errors.Is(err, ErrBillPending):
		return s.earlier(ctx, b, p)
	case errors.Is(err, ErrUnconfirmed):
		return Receipt{}, s.askStaff(ctx, set)
	case err != nil:
		return Receipt{}, err
	}
	return s.settle(ctx, set, g, p.Code)
}

// reserve looks for staff's confirmation where the place's rule asks for one.
func (s *Service) reserve(ctx context.Context, set *Settlement) error {
	err := s.store.Reserve(ctx, *set)
	if !errors.Is(err, ErrUnconfirmed) {
		return err
	}
	c, lookErr := s.store.ConfirmationOf(ctx, set.Bill.ID)
	if lookErr != nil && !errors.Is(lookErr, ErrNoConfirmation) {
		return fmt.Errorf("find confirmation of bill %s: %w", set.Bill.ID, lookErr)
	}
	if c.State != ConfirmApproved && c.State != ConfirmUsed {
		return err
	}
	set.Confirmed = c.ID
	return s.store.Reserve(ctx, *set)
}

// askStaff keeps a payment that waits for staff, and returns *UnconfirmedError.
func (s *Service) askStaff(ctx context.Context, set Settlement) error {
	now := s.stamp()
	c := Confirmation{ID: ulid.Make().String(), Bill: set.Bill, Account: set.Account, Method: set.Method, Proven: set.Proven,
		Buyer: set.Buyer, Return: set.Return, Coded: set.Coded, Mandate: set.Mandate, Asked: now, Expires: now.Add(ConfirmWithin), State: ConfirmWaiting}
	if set.Bill.Expires.Before(c.Expires) {
		c.Expires = set.Bill.Expires
	}
	c, err := s.store.AskConfirmation(ctx, c)
	if err != nil {
		return fmt.Errorf("ask staff about bill %s: %w", set.Bill.ID, err)
	}
	return &UnconfirmedError{c}
}

// Confirmed goes on with the payment of a bill that waits for staff: once it is
// approved it is paid as Pay would, with Pay's errors, however often and wherever
// Confirmed is called. Before, it returns *UnconfirmedError; *RefusedError,
// ErrConfirmLate, ErrBillVoid and ErrCodeAgain otherwise, after which nothing is
// charged.
func (s *Service) Confirmed(ctx context.Context, billID string) (Receipt, error) {
	c, err := s.store.ConfirmationOf(ctx, billID)
	if err != nil {
		return Receipt{}, err
	}
	switch {
	case c.State == ConfirmUsed:
		return s.Progress(ctx, billID, true)
	case c.State == ConfirmRefused:
		return Receipt{}, &RefusedError{c.Reason}
	case c.State == ConfirmVoid:
		return Receipt{}, ErrBillVoid
	case !s.now().Before(c.Expires):
		return Receipt{}, ErrConfirmLate
	case c.State == ConfirmWaiting:
		return Receipt{}, &UnconfirmedError{c}
	case c.Coded:
		return Receipt{}, ErrCodeAgain
	}
	return s.payConfirmed(ctx, c)
}

// payConfirmed pays with the proof of before.
func (s *Service) payConfirmed(ctx context.Context, c Confirmation) (Receipt, error) {
	p := Payer{Account: c.Account, Method: c.Method, Proof: accounts.Proof{Factor: c.Proven}, Buyer: c.Buyer, Mandate: c.Mandate, Return: c.Return}
	return s.pay(ctx, c.Bill, p)
}

// Decide approves or refuses a payment that waits for staff, once: ErrDecided
// says that somebody else was faster. ErrConfirmVoid, ErrConfirmLate and
// ErrNoConfirmation. The payment goes on where its shopper waits, or else by
// Recover.
func (s *Service) Decide(ctx context.Context, d Decision) error {
	d.At = s.stamp()
	_, err := s.store.DecideConfirmation(ctx, d)
	return err
}

// WaitingForStaff are a place's payments that staff is to confirm, oldest first.
func (s *Service) WaitingForStaff(ctx context.Context, place string) ([]Confirmation, error) {
	return s.store.WaitingConfirmations(ctx, place, s.now())
}

// finishConfirmed pays what was approved while its shopper's link was down. What
// cannot be paid is given up: the shopper is asked anew.
func (s *Service) finishConfirmed(ctx context.Context, c Confirmation) error {
	_, err := s.Confirmed(ctx, c.Bill.ID)
	var changed *ChangedError
	var handoff *HandoffError
	var limit *MandateLimitError
	switch {
	case err == nil, errors.As(err, &handoff), errors.Is(err, ErrNoCharge), errors.Is(err, ErrConfirmLate), errors.Is(err, ErrCodeAgain):
		return nil
	case errors.As(err, &changed), errors.As(err, &limit), errors.Is(err, ErrNoMandate), errors.Is(err, ErrBillVoid), errors.Is(err, ErrBillExpired), errors.Is(err, ErrNotOffered), errors.Is(err, ErrNotBound):
		return s.store.WithdrawConfirmation(ctx, c.Bill.ID)
	}
	return fmt.Errorf("pay confirmed bill %s: %w", c.Bill.ID, err)
}
