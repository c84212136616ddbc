package payments

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Patience is how long a settlement may be pending before Recover takes it for
// one that a crash left behind.
const Patience = 15 * time.Second

// Recover finishes what a crash left pending: what was charged is booked, what
// certainly was not is released. What a gateway cannot tell yet stays pending,
// and is part of the error. Call it at start and from time to time.
func (s *Service) Recover(ctx context.Context) error {
	pending, err := s.store.Pending(ctx, s.now().Add(-Patience))
	if err != nil {
		return fmt.Errorf("find pending settlements: %w", err)
	}
	var failed []error
	for _, set := range pending {
		if err := s.finish(ctx, set); err != nil {
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

// finish books or releases one settlement.
func (s *Service) finish(ctx context.Context, set Settlement) error {
	gateway, ok := s.gateways[set.Method]
	if !ok {
		return fmt.Errorf("settlement %s: there is no gateway for %q", set.Key, set.Method)
	}
	ref, err := gateway.Lookup(ctx, set.Key)
	if errors.Is(err, ErrNoCharge) {
		s.log.Info("payment released", "key", set.Key, "bill", set.Bill.ID)
		return ignoreSettled(s.store.Release(ctx, set.Key, "found pending, never charged", s.now()))
	}
	if err != nil {
		return fmt.Errorf("look up charge %s: %w", set.Key, err)
	}
	s.log.Info("payment recovered", "key", set.Key, "bill", set.Bill.ID)
	_, err = s.book(ctx, set.Key, ref)
	return err
}

// ignoreSettled forgives that somebody else was faster.
func ignoreSettled(err error) error {
	if errors.Is(err, ErrNotReserved) {
		return nil
	}
	return err
}

// ReceiptFor returns the receipt of a bill, with its pass, booking a charge
// that a crash left unbooked. ErrNoReceipt if the bill is not paid.
func (s *Service) ReceiptFor(ctx context.Context, billID string) (Receipt, error) {
	if err := s.bookCharged(ctx, billID); err != nil {
		return Receipt{}, err
	}
	r, err := s.store.ReceiptByBill(ctx, billID)
	if err != nil {
		return Receipt{}, err
	}
	return s.withPass(r)
}

// bookCharged books the pending settlement of a bill if its charge went
// through, and otherwise leaves it to its owner or to Recover.
func (s *Service) bookCharged(ctx context.Context, billID string) error {
	set, err := s.store.PendingFor(ctx, billID)
	if errors.Is(err, ErrNotReserved) {
		return nil
	}
	if err != nil {
		return err
	}
	gateway, ok := s.gateways[set.Method]
	if !ok {
		return fmt.Errorf("settlement %s: there is no gateway for %q", set.Key, set.Method)
	}
	ref, err := gateway.Lookup(ctx, set.Key)
	if errors.Is(err, ErrNoCharge) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look up charge %s: %w", set.Key, err)
	}
	_, err = s.book(ctx, set.Key, ref)
	return err
}

// ReceiptByLink returns the receipt whose address ends in link, with its pass,
// or ErrNoReceipt.
func (s *Service) ReceiptByLink(ctx context.Context, link string) (Receipt, error) {
	r, err := s.store.ReceiptByLink(ctx, link)
	if err != nil {
		return Receipt{}, err
	}
	return s.withPass(r)
}
