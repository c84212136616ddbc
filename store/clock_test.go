package store_test

import (
	"errors"
	"testing"
	"time"

	"voicetill/payments"
	"voicetill/payments/deliver/delivertest"
)

// unknownFor lets time pass, as long as serve's resolver waits between two looks,
// until a payment is booked or can never be any more, and returns how long that took.
func (s *cardTill) unknownFor(t *testing.T, key string) (took time.Duration) {
	t.Helper()
	const tick = 2 * time.Second
	for ; took < time.Hour; took += tick {
		set, err := s.SettlementByKey(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		if set.State != payments.Reserved {
			return took
		}
		s.clock.add(tick)
		_ = s.service.Recover(t.Context()) // which says that it is unknown
	}
	t.Fatal("a payment stays unknown")
	return took
}

// A payment is reserved and sent, its outcome is unknown, and the clock is set by a
// day: nothing is lost or doubled, or unknown for longer than the provider's window.
// So is its refund.
func TestAClockThatIsSet(t *testing.T) {
	for name, jump := range map[string]time.Duration{"forwards": 24 * time.Hour, "backwards": -24 * time.Hour} {
		for what, tt := range map[string]struct {
			fault  string // of the charge
			paid   bool   // the shopper pays at the provider's page
			silent bool   // the provider, until the window is over
			sold   bool
		}{
			"the reply is lost":          {fault: lostAfter, sold: true},
			"the charge is lost":         {fault: lostBefore},
			"the charge arrives late":    {fault: delayed},
			"the shopper pays":           {fault: handedOff, paid: true, sold: true},
			"the shopper leaves":         {fault: handedOff},
			"the provider never answers": {fault: lostAfter, silent: true},
		} {
			t.Run(name+", "+what, func(t *testing.T) {
				onBoth(t, func(t *testing.T, dsn string) {
					s := newCardTill(t, dsn)
					s.card.fault = func(op string) string { return map[string]string{"charge": tt.fault}[op] }
					b := s.freeze(t, "cart", line(t, 1, "7001", 1000))
					if _, err := s.service.Pay(t.Context(), b, byCard()); err == nil {
						t.Fatal("the outcome is known: nothing is tried")
					}
					set, err := s.PendingFor(t.Context(), b.ID)
					if err != nil {
						t.Fatal(err)
					}
					s.clock.add(jump)
					s.card.heal()
					if tt.silent {
						s.card.fault = func(string) string { return lostBefore }
					}
					if tt.paid {
						s.card.finish()
					}
					if list, err := s.service.Unsettled(t.Context(), "demo"); err != nil || len(list) != 1 {
						t.Errorf("the merchant sees %+v, %v", list, err)
					}
					if took := s.unknownFor(t, set.Key); took > s.card.window+10*time.Second {
						t.Errorf("it was unknown for %v, the window is %v", took, s.card.window)
					}
					s.card.heal()
					if err := s.arrive(t, s.service); err != nil {
						t.Error(err)
					}
					s.settleAll(t)
					sold, stock := 0, "1"
					if tt.sold {
						sold, stock = 1, "0"
					}
					if a := s.proven(t); a.Receipts != sold || s.stock(t, "7001") != stock {
						t.Errorf("got %d receipts, %s cakes", a.Receipts, s.stock(t, "7001"))
					}
					if tt.sold {
						s.givesBackWhileTheClockIsSet(t, jump)
					}
				})
			})
		}
	}
}

func (s *cardTill) givesBackWhileTheClockIsSet(t *testing.T, jump time.Duration) {
	t.Helper()
	s.card.fault = func(op string) string { return map[string]string{"refund": lostAfter}[op] }
	if _, err := s.service.Refund(t.Context(), "demo", 1, payments.RefundAsk{Key: "back", Restock: true}); !errors.Is(err, errLost) && !errors.Is(err, payments.ErrRefundPending) {
		t.Fatalf("got %v: nothing is tried", err)
	}
	s.clock.add(jump)
	s.settleAll(t)
	if a := s.proven(t); a.Receipts != 2 || s.stock(t, "7001") != "1" {
		t.Errorf("given back: %d receipts, %s cakes", a.Receipts, s.stock(t, "7001"))
	}
	for bill, kept := range s.card.kept() {
		if kept != 0 {
			t.Errorf("bill %s: the provider keeps %d", bill, kept)
		}
	}
}

// A receipt that was written by a clock which was ahead goes out as soon as the
// clock is right.
func TestALetterAfterTheClockWasSetBack(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		o := delivertest.OpenOffice(t, delivertest.StartTLS)
		w := s.mailer(t, o)
		s.clock.add(24 * time.Hour)
		s.sell(t, payer(ada, adaPassword))
		s.clock.add(-24 * time.Hour)
		for _, want := range []int{1, 0} {
			if n, err := w.Deliver(t.Context()); n != want || err != nil {
				t.Errorf("got %d letters, %v, want %d", n, err, want)
			}
		}
	})
}

// Who was let out by a clock that was ahead is not let out once more, hours later.
func TestAReleaseOfAClockThatWasAhead(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		exit := payments.Gate{Place: "demo", Name: "north"}
		releases := func() int {
			t.Helper()
			news, err := s.service.SyncGate(t.Context(), exit, nil, s.clock.now())
			if err != nil {
				t.Fatal(err)
			}
			return len(news.Releases)
		}
		release := func() {
			t.Helper()
			if err := s.service.ReleaseGate(t.Context(), exit, "clerk", "the pass is lost"); err != nil {
				t.Fatal(err)
			}
		}
		s.clock.add(24 * time.Hour)
		release()
		s.clock.add(-24 * time.Hour)
		if n := releases(); n != 0 {
			t.Errorf("%d releases of tomorrow", n)
		}
		release()
		if n := releases(); n != 1 {
			t.Errorf("%d releases of now, want one", n)
		}
	})
}
