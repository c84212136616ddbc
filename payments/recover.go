package payments

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Patience is how long a settlement or refund is left to the call that began
// it before Recover takes it for one that a crash left behind.
const Patience = 15 * time.Second

// atOnce is how many settlements Recover works on at a time, so that one silent
// provider does not hold up the others.
const atOnce = 8

// Recover finishes what a crash or a silent gateway left behind and what is due
// for a try: what was charged is booked, what certainly was not is released,
// what stays unknown for longer than its gateway's window is reversed, refunds
// are sent again, and what staff has approved while its shopper's link was down
// is paid. What cannot be told yet is part of the error, and
// tried again after a growing pause.
func (s *Service) Recover(ctx context.Context) error {
	pending, err := s.store.Pending(ctx, s.now())
	if err != nil {
		return fmt.Errorf("find pending settlements: %w", err)
	}
	refunds, err := s.store.PendingRefunds(ctx, s.now())
	if err != nil {
		return fmt.Errorf("find pending refunds: %w", err)
	}
	approved, err := s.store.ApprovedConfirmations(ctx, s.now().Add(-Patience))
	if err != nil {
		return fmt.Errorf("find approved payments: %w", err)
	}
	var work []func() error
	for _, c := range approved {
		work = append(work, func() error { return s.finishConfirmed(ctx, c) })
	}
	for _, set := range pending {
		work = append(work, func() error { return s.finish(ctx, set) })
	}
	for _, r := range refunds {
		work = append(work, func() error { return s.goOn(ctx, r) })
	}
	return together(work)
}

func together(work []func() error) error {
	var wg sync.WaitGroup
	errs, free := make([]error, len(work)), make(chan struct{}, atOnce)
	for i, do := range work {
		free <- struct{}{}
		wg.Go(func() {
			defer func() { <-free }()
			errs[i] = do()
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// finish books, releases or reverses one settlement, or notes that it cannot.
func (s *Service) finish(ctx context.Context, set Settlement) error {
	g, err := s.gateway(set.Method)
	if err != nil {
		return s.unknown(ctx, set, windowOf(set, nil), fmt.Errorf("settlement %s: %w", set.Key, err))
	}
	if set.State == Reversing {
		return s.reverse(ctx, set, g)
	}
	ask, done := context.WithTimeout(ctx, askLimit)
	ref, err := g.Lookup(ask, set.Key, set.Bill.Total)
	done()
	switch {
	case err == nil:
		s.log.Info("payment recovered", "key", set.Key, "bill", set.Bill.ID)
		if _, err = s.book(ctx, set, g, ref); errors.Is(err, ErrLate) {
			err = nil
		}
		return err
	case errors.Is(err, ErrNoCharge):
		s.log.Info("payment released", "key", set.Key, "bill", set.Bill.ID)
		return ignoreSettled(s.store.Release(ctx, set.Key, "never charged", s.now()))
	case set.age(s.now()) >= windowOf(set, g):
		s.log.Warn("payment is given up", "key", set.Key, "bill", set.Bill.ID, "err", err)
		return s.giveUp(ctx, set, g, "its outcome stayed unknown")
	}
	return s.unknown(ctx, set, windowOf(set, g), fmt.Errorf("look up charge %s: %w", set.Key, err))
}

// giveUp makes sure that a settlement is never booked, and undoes its charge.
func (s *Service) giveUp(ctx context.Context, set Settlement, g Gateway, reason string) error {
	if err := s.store.StartReverse(ctx, set.Key, reason, s.now()); err != nil {
		return ignoreSettled(err)
	}
	set.State, set.Tries = Reversing, 0
	return s.reverse(ctx, set, g)
}

// reverse undoes a charge that can no longer be booked.
func (s *Service) reverse(ctx context.Context, set Settlement, g Gateway) error {
	ask, done := context.WithTimeout(ctx, askLimit)
	defer done()
	if err := g.Reverse(ask, set.Key); err != nil {
		return s.unknown(ctx, set, windowOf(set, g), fmt.Errorf("reverse charge %s: %w", set.Key, err))
	}
	s.log.Info("payment reversed", "key", set.Key, "bill", set.Bill.ID)
	return ignoreSettled(s.store.Release(ctx, set.Key, "reversed", s.now()))
}

// unknown notes a try without outcome.
func (s *Service) unknown(ctx context.Context, set Settlement, window time.Duration, cause error) error {
	next := s.now().Add(pause(set, window, s.now()))
	return errors.Join(cause, s.store.Tried(context.WithoutCancel(ctx), set.Key, cause.Error(), next))
}

// ignoreSettled forgives that somebody else was faster.
func ignoreSettled(err error) error {
	if errors.Is(err, ErrNotReserved) {
		return nil
	}
	return err
}

// goOn finishes an open refund. A stray one first asks whether the charge still
// stands, since it may have been reversed after all.
func (s *Service) goOn(ctx context.Context, r Refunding) error {
	if g, err := s.gateway(r.Method); err == nil && r.Stray && r.State == RefundOpen {
		_, err := g.Lookup(ctx, r.Charge, r.Charged)
		if errors.Is(err, ErrNoCharge) {
			_, err := s.store.FinishRefund(ctx, r.Key, "reversed", s.stamp()) // which gave it back
			return err
		}
		if err != nil {
			return s.refundUnknown(ctx, r, fmt.Errorf("look up stray charge %s: %w", r.Charge, err))
		}
	}
	_, err := s.giveBack(ctx, r)
	if errors.Is(err, ErrNoRefund) {
		return nil // the merchant's list has it
	}
	return err
}

// late sees to a charge that succeeded although its settlement can no longer be
// booked: the goods may be somebody else's by now. It goes back.
func (s *Service) late(ctx context.Context, set Settlement, g Gateway, ref string) error {
	now, err := s.store.SettlementByKey(ctx, set.Key)
	if err != nil {
		return fmt.Errorf("find late charge %s: %w", set.Key, err)
	}
	if now.State == Reversing {
		return s.reverse(ctx, now, g)
	}
	r := Refunding{
		Key: newID(s.now()), Charge: set.Key, Nth: 1, Ref: ref, Ask: "late/" + set.Key, Method: set.Method,
		Amount: set.Bill.Total, Charged: set.Bill.Total, Stray: true, State: RefundOpen, StartedAt: s.stamp(),
		Postings: []Posting{{From: OwedAccount(set.Bill.Merchant), To: g.Clearing(), Amount: set.Bill.Total}},
		Receipt:  Receipt{Merchant: set.Bill.Merchant, Place: set.Bill.Place, Bill: set.Bill.ID, Account: set.Account},
	}
	err = s.store.StartRefund(ctx, r)
	if errors.Is(err, ErrRefundRaced) {
		return nil // it is being given back already
	}
	if err != nil {
		return fmt.Errorf("give back late charge %s: %w", set.Key, err)
	}
	s.log.Warn("a late charge is given back", "key", set.Key, "bill", set.Bill.ID)
	return s.goOn(ctx, r)
}
