package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"voicetill/payments"
	"voicetill/payments/money"

	"pgregory.net/rapid"
)

// randomTill does random things to a till whose card provider loses replies and
// whose process dies.
type randomTill struct {
	*cardTill
	n     int
	sales []int64 // numbers of receipts of sales and top-ups
	bills []payments.Bill
}

// Whatever is paid in, sold, given back, reversed, lost, delayed and crashed,
// in whatever order: the ledger is in order at each snapshot, and in the end
// everything is settled, and what was captured less what was given back is what
// receipts say, or zero.
func TestRandomPaymentsEndInOrder(t *testing.T) {
	onBothAnew(t, func(t *testing.T, another func() string) {
		var s *randomTill
		sequences := 0
		rapid.Check(t, func(rt *rapid.T) {
			if sequences%20 == 0 {
				if s != nil {
					s.endsInOrder(t)
				}
				s = &randomTill{cardTill: newCardTill(t, another())}
			}
			sequences++
			for range rapid.IntRange(1, 8).Draw(rt, "operations") {
				s.operate(t, rt)
			}
			if a, err := s.Audit(t.Context()); err != nil || len(a.Problems) > 0 {
				rt.Fatalf("audit: %v %v", a.Problems, err)
			}
		})
		s.endsInOrder(t)
	})
}

func (s *randomTill) endsInOrder(t *testing.T) {
	t.Helper()
	for range 2 {
		s.settleAll(t)
		if err := s.arrive(t, s.service); err != nil {
			t.Error(err)
		}
	}
	s.settleAll(t)
	s.giveByHand(t)
	a := s.proven(t)
	if a.Receipts == 0 || a.Refunds == 0 {
		t.Errorf("%d receipts, %d of refunds: nothing was tried", a.Receipts, a.Refunds)
	}
	if got := s.owed(t); got != "0.00" {
		t.Errorf("%s are still owed", got)
	}
}

// giveByHand closes what the provider refused to give back: of what was taken for
// no sale, in cash; all else was never more than asked for.
func (s *randomTill) giveByHand(t *testing.T) {
	list, err := s.service.Unsettled(t.Context(), "demo")
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range list {
		if x.Todo != payments.TodoByHand {
			t.Errorf("still unsettled: %+v", x)
		}
		for range 2 {
			if err := s.service.CloseRefund(t.Context(), "demo", x.Key, x.Stray); err != nil {
				t.Errorf("close %+v: %v", x, err)
			}
		}
		if x.Stray {
			s.byHand[x.Bill] += x.Amount.Minor
		}
	}
	if list, err := s.service.Unsettled(t.Context(), "demo"); err != nil || len(list) > 0 {
		t.Errorf("listed after all was closed: %v, %v", list, err)
	}
}

// operate does one thing on a node that may die, with a provider that may fail.
func (s *randomTill) operate(t *testing.T, rt *rapid.T) {
	s.n++
	fault := rapid.SampledFrom([]string{fine, fine, fine, lostBefore, lostAfter, refused, handedOff, delayed})
	s.card.mu.Lock()
	s.card.fault = func(op string) string {
		f := fault.Draw(rt, op)
		if op == "lookup" || op == "reverse" {
			f = map[string]string{lostBefore: lostBefore, lostAfter: lostAfter}[f]
		}
		return f
	}
	s.card.mu.Unlock()
	node := s.node(t, &mortal{at: rapid.SampledFrom([]int{0, 0, 0, 1, 2, 3, 4, 5}).Draw(rt, "dies at"), after: rapid.Bool().Draw(rt, "after")})
	var err error
	switch rapid.IntRange(0, 9).Draw(rt, "operation") {
	case 0:
		err = s.payInSome(t, rt, node)
	case 1, 2, 3, 4:
		err = s.sellSome(t, rt, node)
	case 5, 6:
		err = s.giveBackSome(t, rt, node)
	case 7:
		if len(s.bills) > 0 {
			err = node.Cancel(t.Context(), rapid.SampledFrom(s.bills).Draw(rt, "bill").ID)
		}
	case 8:
		s.clock.add(time.Duration(rapid.IntRange(1, 400).Draw(rt, "seconds")) * time.Second)
		_ = node.Recover(t.Context()) // what is still unknown is its error
	case 9:
		_ = s.arrive(t, node)
	}
	if err != nil && !expected(err) {
		rt.Fatal(err)
	}
}

// expected are the errors that a shop knows.
func expected(err error) bool {
	var low *payments.LowBalanceError
	var changed *payments.ChangedError
	var handoff *payments.HandoffError
	if errors.As(err, &low) || errors.As(err, &changed) || errors.As(err, &handoff) {
		return true
	}
	for _, known := range []error{errDied, errLost, payments.ErrNoCharge, payments.ErrNoRefund, payments.ErrRefundPending, payments.ErrRefundTooMuch,
		payments.ErrBillPaid, payments.ErrBillVoid, payments.ErrBillExpired, payments.ErrBillPending, payments.ErrLate} {
		if errors.Is(err, known) {
			return true
		}
	}
	return false
}

// payInSome pays into a balance, at the desk or by card.
func (s *randomTill) payInSome(t *testing.T, rt *rapid.T, node *payments.Service) error {
	if rapid.Bool().Draw(rt, "by card") {
		ask := topUpOf(fmt.Sprint("key number ", s.n-rapid.IntRange(0, 2).Draw(rt, "again")), rapid.Int64Range(500, 600).Draw(rt, "cents"))
		_, r, err := node.TopUp(t.Context(), ask, byCard())
		if err == nil {
			s.sales = append(s.sales, r.No)
		}
		if errors.Is(err, payments.ErrOtherTopUp) || errors.Is(err, payments.ErrCeiling) {
			err = nil
		}
		return err
	}
	a, err := s.Account(t.Context(), ada)
	if err != nil {
		return err
	}
	return s.TopUp(t.Context(), "demo", a.ID, fmt.Sprint(s.n), money.Of(rapid.Int64Range(1, 5000).Draw(rt, "cents"), "EUR"))
}

// sellSome pays a new bill, or an earlier one again.
func (s *randomTill) sellSome(t *testing.T, rt *rapid.T, node *payments.Service) error {
	if rapid.IntRange(0, 9).Draw(rt, "again") > 0 || len(s.bills) == 0 {
		items := shelf()
		items[0].Stock = qty(rapid.Int64Range(0, 9).Draw(rt, "stock") * 1000)
		s.replace(t, items)
		milli := rapid.Int64Range(1, 4).Draw(rt, "pieces") * 1000
		b, err := node.Freeze(t.Context(), order(fmt.Sprint("cart ", s.n), line(rt, 1, "1203", milli), line(rt, 2, "3340", rapid.Int64Range(1, 3000).Draw(rt, "grams"))))
		if err != nil {
			return err
		}
		s.bills = append(s.bills, b)
	}
	who := rapid.SampledFrom([]payments.Payer{payer(ada, adaPassword), byCard(), byCard()}).Draw(rt, "payer")
	r, err := node.Pay(t.Context(), rapid.SampledFrom(s.bills[max(0, len(s.bills)-3):]).Draw(rt, "bill"), who)
	if err == nil {
		s.sales = append(s.sales, r.No)
	}
	return err
}

func (s *randomTill) giveBackSome(t *testing.T, rt *rapid.T, node *payments.Service) error {
	if len(s.sales) == 0 {
		return nil
	}
	ask := payments.RefundAsk{Key: fmt.Sprint("refund ", s.n), ByHand: rapid.IntRange(0, 9).Draw(rt, "by hand") == 0}
	switch rapid.IntRange(0, 2).Draw(rt, "part") {
	case 0:
		ask.Amount = money.Of(rapid.Int64Range(1, 500).Draw(rt, "cents"), "EUR")
	case 1:
		ask.Restock, ask.Lines = true, []payments.RefundLine{{Line: 1, Milli: 1000}}
	}
	no := rapid.SampledFrom(s.sales).Draw(rt, "receipt")
	errs := race(2, func(int) error { // from two screens
		_, err := node.Refund(t.Context(), "demo", no, ask)
		if f, _ := node.Refundable(t.Context(), "demo", no); f.Receipt.Kind == payments.TopUp && errors.Is(err, payments.ErrRefundAsk) {
			return nil // it has no lines
		}
		return err
	})
	return errors.Join(errs...)
}
