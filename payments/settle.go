package payments

import (
	"context"
	"errors"
	"fmt"
)

// Settle finishes one settlement or refund now, if it can: a provider's
// callback calls it with the key that it names, and so does a merchant who does
// not want to wait for the next try. The gateway is asked, whatever the
// callback says, and telling twice, too early or out of order does no harm: a
// charge that succeeded is booked, or given back where its settlement was given
// up; an unknown outcome stays so, which is no error for a handoff that the
// shopper has not finished. It returns ErrNotReserved for a key that was never
// one.
func (s *Service) Settle(ctx context.Context, key string) error {
	set, err := s.store.SettlementByKey(ctx, key)
	if errors.Is(err, ErrNotReserved) {
		return s.settleRefund(ctx, key)
	}
	if err != nil {
		return err
	}
	switch {
	case set.State == Booked:
		return nil
	case set.State == Released:
		return s.settleReleased(ctx, set)
	case set.State == Reserved && set.age(s.now()) < Patience:
		return s.bookIfCharged(ctx, set) // whoever began it may still be charging
	}
	return s.finish(ctx, set)
}

// SettleBy is Settle for the callback of one provider: ErrForeign for a
// settlement or refund of another, which is left alone, since a key of one
// merchant's provider says nothing about the bills of others.
func (s *Service) SettleBy(ctx context.Context, method Method, key string) error {
	of, err := s.methodOf(ctx, key)
	if err != nil {
		return err
	}
	if of != method {
		return fmt.Errorf("%w: %s is paid by %s", ErrForeign, key, of)
	}
	return s.Settle(ctx, key)
}

// methodOf is by what way a settlement or refund goes, ErrNotReserved if there
// is none.
func (s *Service) methodOf(ctx context.Context, key string) (Method, error) {
	set, err := s.store.SettlementByKey(ctx, key)
	if !errors.Is(err, ErrNotReserved) {
		return set.Method, err
	}
	r, err := s.store.RefundByKey(ctx, key)
	if errors.Is(err, ErrNoRefund) {
		err = ErrNotReserved
	}
	return r.Method, err
}

// settleReleased looks whether a settlement that was given up succeeded after
// all, and gives the money back.
func (s *Service) settleReleased(ctx context.Context, set Settlement) error {
	g, err := s.gateway(set.Method)
	if err != nil {
		return err
	}
	ref, err := g.Lookup(ctx, set.Key, set.Bill.Total)
	if errors.Is(err, ErrNoCharge) {
		return nil
	}
	if errors.Is(err, ErrAmount) { // all of it, whatever it is
		if err = g.Reverse(ctx, set.Key); err != nil {
			return fmt.Errorf("reverse late charge %s: %w", set.Key, err)
		}
		return nil
	}
	if err != nil {
		return fmt.Errorf("look up charge %s: %w", set.Key, err)
	}
	return s.late(ctx, set, g, ref)
}

func (s *Service) settleRefund(ctx context.Context, key string) error {
	r, err := s.store.RefundByKey(ctx, key)
	if errors.Is(err, ErrNoRefund) {
		return ErrNotReserved
	}
	if err != nil || r.State != RefundOpen {
		return err
	}
	return s.goOn(ctx, r)
}

// bookIfCharged books a settlement if its charge went through, and otherwise
// leaves it to whoever began it or to Recover.
func (s *Service) bookIfCharged(ctx context.Context, set Settlement) error {
	g, err := s.gateway(set.Method)
	if err != nil {
		return fmt.Errorf("settlement %s: %w", set.Key, err)
	}
	ref, err := g.Lookup(ctx, set.Key, set.Bill.Total)
	if errors.Is(err, ErrNoCharge) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look up charge %s: %w", set.Key, err)
	}
	if _, err = s.book(ctx, set, g, ref); errors.Is(err, ErrLate) {
		err = nil
	}
	return err
}

// Cancel gives up the payment of a bill that its shopper does not want to
// finish. The bill can be paid again at once, by whatever way; what the given
// up charge took or may yet take goes back. ErrBillPaid if it succeeded first;
// nil if nothing is under way.
func (s *Service) Cancel(ctx context.Context, billID string) error {
	if err := s.store.WithdrawConfirmation(ctx, billID); err != nil {
		return fmt.Errorf("withdraw bill %s from staff: %w", billID, err)
	}
	set, err := s.store.PendingFor(ctx, billID)
	if errors.Is(err, ErrNotReserved) {
		if _, err := s.store.ReceiptByBill(ctx, billID); err == nil {
			return ErrBillPaid
		}
		return nil
	}
	if err != nil {
		return err
	}
	g, err := s.gateway(set.Method)
	if err != nil {
		return err
	}
	if ref, err := g.Lookup(ctx, set.Key, set.Bill.Total); err == nil {
		_, err = s.book(ctx, set, g, ref)
		return errors.Join(ErrBillPaid, err)
	}
	if err := s.store.StartReverse(ctx, set.Key, "cancelled by the shopper", s.now()); err != nil {
		return ignoreSettled(err)
	}
	set.State, set.Tries = Reversing, 0
	if err := s.reverse(ctx, set, g); err != nil {
		s.log.Warn("a cancelled payment is still being reversed", "key", set.Key, "err", err)
	}
	return nil
}

// ReceiptFor returns the receipt of a bill, with its pass, booking a charge
// that a crash left unbooked or that a provider's page has finished.
// ErrNoReceipt if the bill is not paid.
func (s *Service) ReceiptFor(ctx context.Context, billID string) (Receipt, error) {
	set, err := s.store.PendingFor(ctx, billID)
	if err == nil {
		err = s.bookIfCharged(ctx, set)
	}
	if err != nil && !errors.Is(err, ErrNotReserved) {
		return Receipt{}, err
	}
	r, err := s.store.ReceiptByBill(ctx, billID)
	if err != nil {
		return Receipt{}, err
	}
	return s.withPass(r)
}

// ReceiptByLink returns the receipt whose address ends in link, with its pass
// if it is of a sale, or ErrNoReceipt.
func (s *Service) ReceiptByLink(ctx context.Context, link string) (Receipt, error) {
	r, err := s.store.ReceiptByLink(ctx, link)
	if err != nil {
		return r, err
	}
	return s.withPass(r)
}
