package store_test

import (
	"errors"
	"testing"
	"time"

	"voicetill/payments"
)

// Two merchants' providers serve one till. What one of them tells, rightly signed,
// of a bill that is paid by the other is refused, and neither asked for nor booked.
func TestACallbackOfAnotherMerchantsProvider(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newCardTill(t, dsn)
		s.card.fault = func(op string) string { return map[string]string{"charge": handedOff, "refund": lostAfter}[op] }
		b := s.freeze(t, "cart", line(t, 1, "1203", 1000))
		set := s.handOff(t, s.service, b)
		s.card.finish()
		s.clock.add(time.Minute)
		for _, by := range []payments.Method{"paynow", payments.Prepaid, ""} {
			if err := s.service.SettleBy(t.Context(), by, set.Key); !errors.Is(err, payments.ErrForeign) {
				t.Errorf("told by %q: got %v, want %v", by, err, payments.ErrForeign)
			}
		}
		if now, err := s.SettlementByKey(t.Context(), set.Key); err != nil || now.State != payments.Reserved || now.Tries != set.Tries {
			t.Errorf("afterwards it is %s after %d tries, %v", now.State, now.Tries, err)
		}
		if err := s.service.SettleBy(t.Context(), card, set.Key); err != nil {
			t.Error(err)
		}
		if a := s.proven(t); a.Receipts != 1 {
			t.Errorf("told by its own: %d receipts", a.Receipts)
		}
		_, err := s.service.Refund(t.Context(), "demo", 1, payments.RefundAsk{Key: "back"})
		open, err2 := s.PendingRefunds(t.Context(), s.clock.now().Add(time.Hour))
		if err2 != nil || len(open) != 1 {
			t.Fatalf("got %v, %d refunds are open, %v", err, len(open), err2)
		}
		if err := s.service.SettleBy(t.Context(), "paynow", open[0].Key); !errors.Is(err, payments.ErrForeign) {
			t.Errorf("a refund, told by another: got %v", err)
		}
		if err := s.service.SettleBy(t.Context(), card, open[0].Key); err != nil {
			t.Error(err)
		}
		if err := s.service.SettleBy(t.Context(), card, "none/1"); !errors.Is(err, payments.ErrNotReserved) {
			t.Errorf("of no payment: got %v", err)
		}
		if a := s.proven(t); a.Receipts != 2 {
			t.Errorf("given back: %d receipts", a.Receipts)
		}
	})
}
