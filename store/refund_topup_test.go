package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"voicetill/payments"
)

// payOut pays 20.00 into Ben's balance and gives back what is asked for, with a
// fault of the provider.
func (s *cardTill) payOut(t testing.TB, node *payments.Service, ask payments.RefundAsk, fault string) error {
	t.Helper()
	b, err := s.payIn(t, node, byCard())
	if err != nil {
		return err
	}
	r, err := s.ReceiptByBill(t.Context(), b.ID)
	if err != nil {
		return err
	}
	s.card.mu.Lock()
	s.card.fault = func(op string) string { return map[string]string{"refund": fault}[op] }
	s.card.mu.Unlock()
	_, err = node.Refund(t.Context(), "demo", r.No, ask)
	s.card.heal()
	return err
}

// toppedUp is the receipt of 20.00 that Ada has paid in; then she spends to what
// is left of her balance.
func (s *cardTill) toppedUp(t *testing.T, spendTo int64) payments.Receipt {
	t.Helper()
	_, r, err := s.service.TopUp(t.Context(), topUpOf("key number 1", 2000), byCard())
	if err != nil {
		t.Fatal(err)
	}
	s.spendTo(t, spendTo)
	return r
}

// spendTo takes what is over an amount off Ada's balance, as a purchase would.
func (s *cardTill) spendTo(t *testing.T, minor int64) {
	t.Helper()
	have, err := s.Balance(t.Context(), "demo", "demo-ada", "EUR")
	if err != nil {
		t.Fatal(err)
	}
	grams := (have.Minor - minor) * 1000 / 299 // of tomatoes
	for cart := 0; grams > 0; cart++ {
		now := min(grams, 20_000)
		s.pay(t, s.freeze(t, fmt.Sprint("spend ", cart), line(t, 1, "3340", now)))
		grams -= now
	}
}

// A payment into a balance is given back by the way it was paid, no more than is
// still there, and once.
func TestTopUpsAreGivenBack(t *testing.T) {
	amount := func(minor int64) payments.RefundAsk { return payments.RefundAsk{Amount: eur(minor)} }
	tests := []struct {
		name    string
		spendTo int64 // what is left of the balance, to the cent or two
		asks    []payments.RefundAsk
		want    error // of the last
		back    int64 // by the provider, in all
	}{
		{"the whole payment", 22_000, []payments.RefundAsk{{}}, nil, 2000},
		{"a part", 22_000, []payments.RefundAsk{amount(700)}, nil, 700},
		{"two parts and the rest", 22_000, []payments.RefundAsk{amount(700), amount(300), {}}, nil, 2000},
		{"more than was paid in", 22_000, []payments.RefundAsk{amount(2001)}, payments.ErrRefundTooMuch, 0},
		{"more than is left of it", 22_000, []payments.RefundAsk{amount(1500), amount(501)}, payments.ErrRefundTooMuch, 1500},
		{"twice", 22_000, []payments.RefundAsk{{}, {}}, payments.ErrRefundTooMuch, 2000},
		{"more than is on the balance", 1000, []payments.RefundAsk{amount(1100)}, payments.ErrRefundTooMuch, 0},
		{"nothing", 22_000, []payments.RefundAsk{amount(0 - 1)}, payments.ErrRefundAsk, 0},
		{"with goods", 22_000, []payments.RefundAsk{{Restock: true}}, payments.ErrRefundAsk, 0},
		{"by line", 22_000, []payments.RefundAsk{{Lines: []payments.RefundLine{{Line: 1}}}}, payments.ErrRefundAsk, 0},
		{"in cash", 22_000, []payments.RefundAsk{{Amount: eur(500), ByHand: true}}, nil, 0},
	}
	onBoth(t, func(t *testing.T, dsn string) {
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				s := newCardTill(t, fresh(t, dsn))
				paid := s.toppedUp(t, tt.spendTo)
				before := s.balance(t, ada)
				var err error
				gone := int64(0)
				for i, ask := range tt.asks {
					var r, again payments.Receipt
					ask.Key = fmt.Sprint("key ", i)
					if r, err = s.service.Refund(t.Context(), "demo", paid.No, ask); err != nil {
						continue
					}
					gone -= r.Total.Minor
					if again, err = s.service.Refund(t.Context(), "demo", paid.No, ask); err != nil || again.No != r.No {
						t.Errorf("the same key again: got receipt %d, %v, want %d", again.No, err, r.No)
					}
					if r.Kind != payments.TopUp || r.RefundOf != paid.No || r.Pass != "" || r.Account != paid.Account {
						t.Errorf("got %+v", r)
					}
				}
				if !errors.Is(err, tt.want) {
					t.Errorf("got %v, want %v", err, tt.want)
				}
				if kept := s.card.kept()[paid.Bill]; kept != 2000-tt.back {
					t.Errorf("the provider keeps %d, want %d", kept, 2000-tt.back)
				}
				if got := s.balance(t, ada); got != plus(t, before, -gone) {
					t.Errorf("the balance fell from %s to %s, receipts are over %d", before, got, gone)
				}
				if got := s.owed(t); got != "0.00" {
					t.Errorf("%s are still owed", got)
				}
				s.proven(t)
			})
		}
	})
}

// All that is left of a payment is what is left of the balance.
func TestWhatWasSpentOfATopUpIsNotGivenBack(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newCardTill(t, dsn)
		paid := s.toppedUp(t, 900)
		f, err := s.service.Refundable(t.Context(), "demo", paid.No)
		if err != nil || f.Left().Decimal() != s.balance(t, ada) {
			t.Errorf("left: got %s, %v, the balance is %s", f.Left(), err, s.balance(t, ada))
		}
		r, err := s.service.Refund(t.Context(), "demo", paid.No, payments.RefundAsk{Key: "rest"})
		if err != nil || -r.Total.Minor != f.Left().Minor || s.balance(t, ada) != "0.00" {
			t.Errorf("got %s, %v, the balance is %s", r.Total, err, s.balance(t, ada))
		}
		if _, err := s.service.Refund(t.Context(), "demo", paid.No, payments.RefundAsk{Key: "more"}); !errors.Is(err, payments.ErrRefundTooMuch) {
			t.Errorf("from an empty balance: got %v", err)
		}
		s.proven(t)
	})
}

// What goes back cannot be spent meanwhile, and is there again if the provider
// refuses.
func TestWhatGoesBackIsHeld(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newCardTill(t, dsn)
		paid := s.toppedUp(t, 2000)
		before := s.balance(t, ada)
		s.card.fault = func(op string) string { return map[string]string{"refund": lostBefore}[op] }
		ask := payments.RefundAsk{Key: "back", Amount: eur(1500)}
		if _, err := s.service.Refund(t.Context(), "demo", paid.No, ask); !errors.Is(err, payments.ErrRefundPending) {
			t.Fatalf("got %v, want %v", err, payments.ErrRefundPending)
		}
		s.audited(t)
		if got, owed := s.balance(t, ada), s.owed(t); got != plus(t, before, -1500) || owed != "15.00" {
			t.Errorf("under way: a balance of %s after %s, %s owed", got, before, owed)
		}
		var low *payments.LowBalanceError
		b := s.freeze(t, "too dear", line(t, 1, "1203", 5000)) // 12.45
		if _, err := s.service.Pay(t.Context(), b, payer(ada, adaPassword)); !errors.As(err, &low) {
			t.Errorf("what goes back was spent: %v", err)
		}
		s.card.fault = func(op string) string { return map[string]string{"refund": refused}[op] }
		s.clock.add(time.Hour)
		if err := s.service.Recover(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got, owed := s.balance(t, ada), s.owed(t); got != before || owed != "0.00" {
			t.Errorf("refused: a balance of %s, it was %s; %s owed", got, before, owed)
		}
		s.card.heal()
		s.statement(t, before)
		s.proven(t)
	})
}

// statement proves that the shopper is told what went and came back.
func (s *cardTill) statement(t *testing.T, closing string) {
	t.Helper()
	now := s.clock.now()
	st, err := s.Statement(t.Context(), "demo", "demo-ada", "EUR", now.AddDate(0, 0, -1), now.AddDate(0, 0, 1))
	if err != nil || st.Closing.Decimal() != closing {
		t.Fatalf("got %s, %v, want %s", st.Closing, err, closing)
	}
	what := map[string]int64{}
	for _, row := range st.Rows {
		what[row.What] += row.Amount.Minor
	}
	if what[payments.MovedOut] != -1500 || what[payments.MovedOutBack] != 1500 {
		t.Errorf("got %v", what)
	}
}

// Refunds, purchases and refunds of everything at once: a balance never falls
// below zero, and the provider gives back what receipts say.
func TestRacingRefundsOfATopUpKeepToTheBalance(t *testing.T) {
	const racers = 6
	onBoth(t, func(t *testing.T, dsn string) {
		s := newCardTill(t, dsn)
		paid := s.toppedUp(t, 1000)
		nodes := []*payments.Service{s.node(t, &mortal{}), s.node(t, &mortal{})}
		b := s.freeze(t, "racing", line(t, 1, "1203", 1000)) // 2.49
		errs := race(racers, func(i int) (err error) {
			switch i {
			case 0:
				_, err = nodes[0].Pay(t.Context(), b, payer(ada, adaPassword))
			case 1:
				_, err = nodes[1].Refund(t.Context(), "demo", paid.No, payments.RefundAsk{Key: "all"})
			default:
				_, err = nodes[i%2].Refund(t.Context(), "demo", paid.No, payments.RefundAsk{Key: fmt.Sprint("part ", i), Amount: eur(300)})
			}
			var low *payments.LowBalanceError
			if errors.As(err, &low) || errors.Is(err, payments.ErrRefundTooMuch) {
				err = nil
			}
			return err
		})
		if done := count(errs, nil); done != racers {
			t.Errorf("got %v", errs)
		}
		if _, err := s.service.Refund(t.Context(), "demo", paid.No, payments.RefundAsk{Key: "the rest"}); err != nil && !errors.Is(err, payments.ErrRefundTooMuch) {
			t.Error(err)
		}
		if got := s.balance(t, ada); got != "0.00" {
			t.Errorf("%s are left", got)
		}
		s.proven(t)
	})
}

// A refund that was refused by one node and done by another is booked, if the
// balance has it.
func TestARefusedRefundOfATopUpThatWasDone(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newCardTill(t, dsn)
		paid := s.toppedUp(t, 3000)
		before := s.balance(t, ada)
		s.card.fault = func(op string) string { return map[string]string{"refund": lostBefore}[op] }
		if _, err := s.service.Refund(t.Context(), "demo", paid.No, payments.RefundAsk{Key: "back"}); !errors.Is(err, payments.ErrRefundPending) {
			t.Fatal(err)
		}
		s.card.heal()
		open, err := s.RefundAsked(t.Context(), "demo", "back")
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := s.RefuseRefund(t.Context(), open.Key, "so one node heard", s.clock.now()); err != nil {
				t.Fatal(err)
			}
		}
		s.audited(t)
		for range 2 {
			if r, err := s.FinishRefund(t.Context(), open.Key, "so another heard", s.clock.now()); err != nil || r.Total.Minor != -2000 {
				t.Errorf("got %s, %v", r.Total, err)
			}
		}
		if got := s.balance(t, ada); got != plus(t, before, -2000) {
			t.Errorf("got %s after %s", got, before)
		}
		s.audited(t)
	})
}

// Who can write the chain anew still has to take from the balance whose payment
// it was, as much as is given back.
func TestAuditFindsWhatWasNotHeld(t *testing.T) {
	for name, tt := range map[string]struct{ spoil, says string }{
		"of another balance": {`UPDATE postings SET from_account = 'shopper:demo-ben' WHERE to_account = 'merchant:demo:owed'`, "the refund is of shopper:demo-ada"},
		"too little":         {`UPDATE postings SET amount_minor = 1 WHERE to_account = 'merchant:demo:owed'`, "1 minor units are held of the balance, not 500"},
	} {
		onBoth(t, func(t *testing.T, dsn string) {
			dsn = fresh(t, dsn)
			s := newCardTill(t, dsn)
			paid := s.toppedUp(t, 2000)
			if _, err := s.service.Refund(t.Context(), "demo", paid.No, payments.RefundAsk{Key: "back", Amount: eur(500)}); err != nil {
				t.Fatal(err)
			}
			if a := spoiler(t, dsn)(tt.spoil); !contains(a, tt.says) {
				t.Errorf("%s: got %q", name, a.Problems)
			}
		})
	}
}
