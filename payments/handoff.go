package payments

import (
	"context"
	"errors"
)

// Progress is how a payment stands that the shopper finishes outside the till:
// its receipt once it is booked, ErrBillPending while it is under way,
// ErrNoReceipt if nothing was or will be kept. With ask the provider is asked
// first; that it does not know, or does not answer, is no error.
func (s *Service) Progress(ctx context.Context, billID string, ask bool) (Receipt, error) {
	set, err := s.store.PendingFor(ctx, billID)
	if err == nil && ask {
		if err := s.Settle(ctx, set.Key); err != nil {
			s.log.Debug("a payment is still under way", "key", set.Key, "err", err)
		}
		_, err = s.store.PendingFor(ctx, billID)
	}
	switch {
	case err == nil:
		return Receipt{}, ErrBillPending
	case !errors.Is(err, ErrNotReserved):
		return Receipt{}, err
	}
	r, err := s.store.ReceiptByBill(ctx, billID)
	if err != nil {
		return Receipt{}, err
	}
	return s.withPass(r)
}
