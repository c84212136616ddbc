package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"voicetill/payments"
	"voicetill/payments/money"
)

// A story is what a process does until it dies.
type story struct {
	name string
	tell func(t *testing.T, s *cardTill, node *payments.Service) error
}

var stories = []story{
	{"a prepaid sale", func(t *testing.T, s *cardTill, node *payments.Service) error {
		_, err := node.Pay(t.Context(), s.freeze(t, s.cart(), line(t, 1, "1203", 3000)), payer(ada, adaPassword))
		return err
	}},
	{"a card sale", func(t *testing.T, s *cardTill, node *payments.Service) error {
		_, err := node.Pay(t.Context(), s.freeze(t, s.cart(), line(t, 1, "1203", 3000)), byCard())
		return err
	}},
	{"a card sale whose reply is lost, then recovered", func(t *testing.T, s *cardTill, node *payments.Service) error {
		s.card.fault = func(op string) string { return map[string]string{"charge": lostAfter}[op] }
		_, err := node.Pay(t.Context(), s.freeze(t, s.cart(), line(t, 1, "1203", 3000)), byCard())
		s.card.heal()
		if !errors.Is(err, errLost) {
			return err
		}
		s.clock.add(payments.Patience)
		return node.Recover(t.Context())
	}},
	{"a card sale that is declined", func(t *testing.T, s *cardTill, node *payments.Service) error {
		s.card.fault = func(op string) string { return map[string]string{"charge": refused}[op] }
		_, err := node.Pay(t.Context(), s.freeze(t, s.cart(), line(t, 1, "1203", 3000)), byCard())
		s.card.heal()
		if errors.Is(err, payments.ErrNoCharge) {
			return nil
		}
		return err
	}},
	{"a page that is left, and paid after all", func(t *testing.T, s *cardTill, node *payments.Service) error {
		s.card.fault = func(op string) string { return map[string]string{"charge": delayed}[op] }
		_, err := node.Pay(t.Context(), s.freeze(t, s.cart(), line(t, 1, "1203", 3000)), byCard())
		s.card.heal()
		if !errors.Is(err, errLost) {
			return err
		}
		s.clock.add(payments.Patience)
		if err := node.Recover(t.Context()); err != nil { // the provider denies it: released
			return err
		}
		return s.arrive(t, node)
	}},
	{"a sale that staff confirms", func(t *testing.T, s *cardTill, node *payments.Service) error {
		if err := s.SetConfirmRule(t.Context(), "demo", payments.ConfirmRule{Always: true}); err != nil {
			t.Fatal(err)
		}
		defer s.SetConfirmRule(t.Context(), "demo", payments.ConfirmRule{})
		b := s.freeze(t, s.cart(), line(t, 1, "1203", 3000))
		_, err := node.Pay(t.Context(), b, payer(ada, adaPassword))
		var waiting *payments.UnconfirmedError
		if !errors.As(err, &waiting) {
			return err
		}
		if err := node.Decide(t.Context(), payments.Decision{ID: waiting.Confirmation.ID, Place: "demo", Approve: true}); err != nil {
			return err
		}
		_, err = node.Confirmed(t.Context(), b.ID)
		return err
	}},
	{"a sale by mandate", func(t *testing.T, s *cardTill, node *payments.Service) error {
		m := payments.Mandate{Merchant: "demo", Account: "demo-ada", Method: payments.Prepaid, Once: money.Of(1000, "EUR")}
		if _, _, err := node.Allow(t.Context(), m, "demo", "kiosk 1", adaProof); err != nil {
			return err
		}
		_, err := node.PayByMandate(t.Context(), s.freeze(t, s.cart(), line(t, 1, "1203", 3000)), payments.Payer{Account: "demo-ada"})
		return err
	}},
	{"a stay that a gate charges until it opens", func(t *testing.T, s *cardTill, node *payments.Service) error {
		s.openCarPark(t)
		m := payments.Mandate{Merchant: "demo", Account: "demo-ada", Method: payments.Prepaid, Once: money.Of(1000, "EUR")}
		_, token, err := node.Allow(t.Context(), m, "demo", "kiosk 1", adaProof)
		if err != nil {
			return err
		}
		ask := visitAsk(s.cart())
		ask.Token, ask.Left = token, s.clock.now()
		ask.Entered = ask.Left.Add(-time.Hour)
		if _, err := node.ChargeVisit(t.Context(), ask, parkLine); err != nil {
			return err
		}
		_, err = node.ChargeVisit(t.Context(), ask, parkLine)
		return err
	}},
	{"a sale that is cancelled while it waits", func(t *testing.T, s *cardTill, node *payments.Service) error {
		s.card.fault = func(op string) string { return map[string]string{"charge": handedOff}[op] }
		b := s.freeze(t, s.cart(), line(t, 1, "1203", 3000))
		_, err := node.Pay(t.Context(), b, byCard())
		s.card.heal()
		var handoff *payments.HandoffError
		if !errors.As(err, &handoff) {
			return err
		}
		if err := node.Cancel(t.Context(), b.ID); err != nil {
			return err
		}
		_, err = node.Pay(t.Context(), b, payer(ada, adaPassword))
		return err
	}},
	{"a top-up by card", func(t *testing.T, s *cardTill, node *payments.Service) error {
		_, err := s.payIn(t, node, byCard())
		return err
	}},
	{"a top-up whose reply is lost, then recovered", func(t *testing.T, s *cardTill, node *payments.Service) error {
		s.card.fault = func(op string) string { return map[string]string{"charge": lostAfter}[op] }
		_, err := s.payIn(t, node, byCard())
		s.card.heal()
		if !errors.Is(err, errLost) {
			return err
		}
		s.clock.add(payments.Patience)
		return node.Recover(t.Context())
	}},
	{"a top-up on a page that is given up, and paid after all", func(t *testing.T, s *cardTill, node *payments.Service) error {
		s.card.fault = func(op string) string { return map[string]string{"charge": delayed}[op] }
		_, err := s.payIn(t, node, byCard())
		s.card.heal()
		if !errors.Is(err, errLost) {
			return err
		}
		s.clock.add(payments.Patience)
		if err := node.Recover(t.Context()); err != nil {
			return err
		}
		return s.arrive(t, node)
	}},
	{"a top-up that is cancelled while it waits", func(t *testing.T, s *cardTill, node *payments.Service) error {
		s.card.fault = func(op string) string { return map[string]string{"charge": handedOff}[op] }
		b, err := s.payIn(t, node, byCard())
		s.card.heal()
		var handoff *payments.HandoffError
		if !errors.As(err, &handoff) {
			return err
		}
		return node.Cancel(t.Context(), b.ID)
	}},
	{"a part of a top-up that is given back", func(t *testing.T, s *cardTill, node *payments.Service) error {
		return s.payOut(t, node, payments.RefundAsk{Key: "out " + s.cart(), Amount: eur(500)}, fine)
	}},
	{"a top-up whose refund's reply is lost, then recovered", func(t *testing.T, s *cardTill, node *payments.Service) error {
		if err := s.payOut(t, node, payments.RefundAsk{Key: "out " + s.cart()}, lostAfter); !errors.Is(err, errLost) {
			return err
		}
		s.clock.add(payments.Patience)
		return node.Recover(t.Context())
	}},
	{"a top-up whose refund is refused, and given by hand", func(t *testing.T, s *cardTill, node *payments.Service) error {
		err := s.payOut(t, node, payments.RefundAsk{Key: "out " + s.cart()}, refused)
		if !errors.Is(err, payments.ErrNoRefund) {
			return err
		}
		r, err := s.RefundAsked(t.Context(), "demo", "out "+s.cart())
		if err != nil {
			return err
		}
		return node.CloseRefund(t.Context(), "demo", r.Key, true)
	}},
	{"a prepaid refund with the goods", func(t *testing.T, s *cardTill, node *payments.Service) error {
		sale := s.sellAs(t, s.cart(), payer(ada, adaPassword))
		_, err := node.Refund(t.Context(), "demo", sale.No, payments.RefundAsk{Key: s.cart(), Lines: []payments.RefundLine{{Line: 1, Milli: 2000}}, Restock: true})
		return err
	}},
	{"a card refund by amount", func(t *testing.T, s *cardTill, node *payments.Service) error {
		sale := s.sellAs(t, s.cart(), byCard())
		_, err := node.Refund(t.Context(), "demo", sale.No, payments.RefundAsk{Key: s.cart(), Amount: money.Of(500, "EUR")})
		return err
	}},
	{"a card refund that is refused", func(t *testing.T, s *cardTill, node *payments.Service) error {
		sale := s.sellAs(t, s.cart(), byCard())
		s.card.fault = func(op string) string { return map[string]string{"refund": refused}[op] }
		_, err := node.Refund(t.Context(), "demo", sale.No, payments.RefundAsk{Key: s.cart()})
		s.card.heal()
		if errors.Is(err, payments.ErrNoRefund) {
			return nil
		}
		return err
	}},
}

// arrive delivers what was delayed, with the provider's callbacks, each twice
// and again until it is heard.
func (s *cardTill) arrive(t testing.TB, node *payments.Service) error {
	var errs []error
	for _, key := range s.card.finish() {
		err := errors.Join(node.Settle(t.Context(), key), node.Settle(t.Context(), key))
		if err == nil {
			s.card.heard(key)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// A process may die before and after each step: what is left is settled by
// another.
func TestACrashBetweenAnyTwoSteps(t *testing.T) { tellStories(t, false) }

// A transaction or a call may be done, or not, and nobody learn which, as when a
// connection breaks in the middle of a commit: whoever goes on, and whoever
// settles the rest, loses and doubles nothing.
func TestAStepWhoseOutcomeIsUnknown(t *testing.T) { tellStories(t, true) }

func tellStories(t *testing.T, stumble bool) {
	for _, story := range stories {
		t.Run(story.name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, dsn string) { newStoryTill(t, dsn, stumble).dieEverywhere(t, story) })
		})
	}
}

// newStoryTill is a till for one story: what has to be audited after each of its
// steps is that story alone. Ada has enough for all of them.
func newStoryTill(t *testing.T, dsn string, stumble bool) *cardTill {
	t.Helper()
	s := newCardTill(t, dsn)
	s.stumble = stumble
	a, err := s.Account(t.Context(), ada)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.TopUp(t.Context(), "demo", a.ID, "much", eur(1_000_000_00)); err != nil {
		t.Fatal(err)
	}
	if err := s.SetTopUpLimits(t.Context(), "demo", payments.TopUpLimits{Least: eur(500), Most: eur(2000), Ceiling: eur(1_000_000_00)}); err != nil {
		t.Fatal(err)
	}
	return s
}

// dieEverywhere tells a story once for each of its steps, before and after it.
func (s *cardTill) dieEverywhere(t *testing.T, story story) {
	t.Helper()
	steps := 0
	for at := 1; s.dies(t, story, at, false); at++ {
		s.dies(t, story, at, true)
		steps++
	}
	if steps < 2 {
		t.Errorf("%s: it has %d steps", story.name, steps)
	}
}

// cart is the same name until a story begins anew.
func (s *cardTill) cart() string { return fmt.Sprint("story ", s.stories) }

// dies tells a story until the process dies at a step, and proves that another
// process brings everything in order. It returns false if the story ends first.
func (s *cardTill) dies(t *testing.T, story story, at int, after bool) bool {
	t.Helper()
	s.stories++
	s.replace(t, shelf())
	before := s.balance(t, ben)
	m := &mortal{at: at, after: after, stumbles: s.stumble}
	err := story.tell(t, s, s.node(t, m))
	died := m.died()
	if !died && err != nil {
		t.Fatalf("%s without a crash: %v", story.name, err)
	}
	s.endsWell(t, before)
	if t.Failed() {
		t.Fatalf("%s: died at step %d, after it: %v; told: %v", story.name, at, after, err)
	}
	return died
}

// endsWell settles what is under way, hears what is still on its way, and proves
// the books against the provider. Before is what the account held.
func (s *cardTill) endsWell(t *testing.T, before string) {
	t.Helper()
	s.settleAll(t)
	if err := s.arrive(t, s.service); err != nil {
		t.Error(err)
	}
	s.settleAll(t)
	s.proven(t)
	s.paidIn(t, before)
	s.nothingHeld(t)
}

// nothingHeld proves that goods are sold or on the shelf, and that an open bill
// can still be frozen again.
func (s *cardTill) nothingHeld(t *testing.T) {
	t.Helper()
	b, err := s.service.Freeze(t.Context(), order(s.cart(), line(t, 1, "1203", 3000)))
	if err != nil && !errors.Is(err, payments.ErrBillPaid) {
		t.Errorf("freeze again: %v", err)
	}
	sold := int64(0)
	if errors.Is(err, payments.ErrBillPaid) {
		sold = 3000
	}
	if r, err := s.RefundAsked(t.Context(), "demo", s.cart()); err == nil && r.State == payments.RefundDone && len(r.Restock) > 0 {
		sold -= r.Restock[0].Milli
	}
	if got, want := s.stock(t, "1203"), qty(40_000-sold).String(); got != want {
		t.Errorf("stock of milk after bill %s: got %s, want %s", b.ID, got, want)
	}
}

// What stays unknown is given up at the end of the gateway's window: the bill
// can be paid in another way at once, and the charge is reversed as soon as the
// provider answers.
func TestNothingStaysUnknownBeyondTheWindow(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newCardTill(t, dsn)
		b := s.freeze(t, "cart", line(t, 1, "7001", 1000))
		s.card.fault = func(op string) string { return map[string]string{"charge": handedOff, "reverse": lostBefore}[op] }
		s.handOff(t, s.service, b)
		s.clock.add(s.card.window - time.Second)
		s.service.Recover(t.Context())
		if _, err := s.service.Freeze(t.Context(), order("cart", line(t, 1, "7001", 1000))); !errors.Is(err, payments.ErrBillPending) {
			t.Errorf("within the window: got %v, want %v", err, payments.ErrBillPending)
		}
		s.clock.add(2 * time.Second)
		if err := s.service.Recover(t.Context()); !errors.Is(err, errLost) {
			t.Errorf("after the window: got %v, want that it cannot be reversed yet", err)
		}
		if err := s.CheckBill(t.Context(), b, s.clock.now()); err != nil || s.stock(t, "7001") != "1" {
			t.Errorf("after the window: the bill: %v, %s cakes, want it open and one", err, s.stock(t, "7001"))
		}
		s.pay(t, b) // the last cake, by another way
		for _, key := range s.card.finish() {
			if err := s.service.Settle(t.Context(), key); err == nil {
				t.Error("reversed though the provider does not answer")
			}
		}
		s.settleAll(t)
		if kept := s.card.kept()[b.ID]; kept != 0 {
			t.Errorf("the provider keeps %d", kept)
		}
		if a := s.proven(t); a.Receipts != 1 || s.stock(t, "7001") != "0" {
			t.Errorf("got %d receipts and %s cakes, want the one sale", a.Receipts, s.stock(t, "7001"))
		}
	})
}

// A charge that succeeds after its settlement was released goes back, whatever
// became of the goods.
func TestALateSuccessIsARefundAndNoGoods(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newCardTill(t, dsn)
		b := s.freeze(t, "cart", line(t, 1, "7001", 1000))
		s.card.fault = func(op string) string { return map[string]string{"charge": delayed}[op] }
		if _, err := s.service.Pay(t.Context(), b, byCard()); !errors.Is(err, errLost) {
			t.Fatalf("got %v, want %v", err, errLost)
		}
		s.card.heal()
		s.clock.add(payments.Patience)
		if err := s.service.Recover(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.card.fault = func(op string) string { return map[string]string{"refund": lostAfter}[op] }
		if err := s.arrive(t, s.service); !errors.Is(err, payments.ErrRefundPending) {
			t.Errorf("got %v, want %v", err, payments.ErrRefundPending)
		}
		s.audited(t)
		if got := s.owed(t); got != "5.00" {
			t.Errorf("owed while it goes back: got %s, want 5.00", got)
		}
		s.settleAll(t)
		if kept, owed := s.card.kept()[b.ID], s.owed(t); kept != 0 || owed != "0.00" {
			t.Errorf("the provider keeps %d, %s are owed", kept, owed)
		}
		if a := s.proven(t); a.Receipts != 0 || s.stock(t, "7001") != "1" {
			t.Errorf("got %d receipts and %s cakes, want no sale", a.Receipts, s.stock(t, "7001"))
		}
	})
}

// owed is what the merchant has taken for no sale and not given back.
func (s *till) owed(t *testing.T) string {
	t.Helper()
	a, err := s.LedgerBalance(t.Context(), "demo", payments.OwedAccount("demo"), "EUR")
	if err != nil {
		t.Fatal(err)
	}
	return a.Decimal()
}

func TestAnotherMethodGivesUpTheFirst(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newCardTill(t, dsn)
		s.card.fault = func(op string) string { return map[string]string{"charge": handedOff}[op] }
		b := s.freeze(t, "cart", line(t, 1, "1203", 1000))
		for range 2 { // paying again leads to the same page
			s.handOff(t, s.service, b)
		}
		if r := s.pay(t, b); r.Method != payments.Prepaid {
			t.Errorf("got %s", r.Method)
		}
		other := s.freeze(t, "cart 2", line(t, 1, "1203", 1000))
		s.handOff(t, s.service, other)
		s.card.finish()
		if r := s.pay(t, other); r.Method != card {
			t.Errorf("paid at the provider, then prepaid: got a receipt by %s, want %s", r.Method, card)
		}
		s.settleAll(t)
		if a := s.proven(t); a.Receipts != 2 {
			t.Errorf("got %d receipts, want 2", a.Receipts)
		}
	})
}
