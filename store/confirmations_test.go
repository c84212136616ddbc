package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"voicetill/payments"
	"voicetill/payments/money"
)

// asked is a till whose staff confirms from 5.00 on, and a payment that waits.
func asked(t *testing.T, dsn string) (*till, payments.Bill, payments.Confirmation) {
	t.Helper()
	s := newTill(t, dsn)
	if err := s.SetConfirmRule(t.Context(), "demo", payments.ConfirmRule{From: 500}); err != nil {
		t.Fatal(err)
	}
	b := s.freeze(t, "cart", line(t, 1, "1203", 3000))
	return s, b, s.waits(t, b, payer(ada, adaPassword))
}

// waits pays a bill that staff has to confirm.
func (s *till) waits(t *testing.T, b payments.Bill, p payments.Payer) payments.Confirmation {
	t.Helper()
	_, err := s.service.Pay(t.Context(), b, p)
	var waiting *payments.UnconfirmedError
	if !errors.As(err, &waiting) {
		t.Fatalf("got %v, want a payment that waits for staff", err)
	}
	return waiting.Confirmation
}

func (s *till) decide(t *testing.T, id string, approve bool, reason string) error {
	t.Helper()
	return s.service.Decide(t.Context(), payments.Decision{ID: id, Place: "demo", Approve: approve, Reason: reason, Who: "Mia"})
}

// untouched fails the test unless nothing was charged or taken.
func (s *till) untouched(t *testing.T) {
	t.Helper()
	if got := s.balance(t, ada) + ", " + s.stock(t, "1203"); got != "200.00, 40" {
		t.Errorf("balance and stock: got %s, want 200.00, 40", got)
	}
}

func TestStaffConfirmsBeforeAnythingIsReserved(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s, b, c := asked(t, dsn)
		s.untouched(t)
		if again := s.waits(t, b, payer(ada, adaPassword)); again.ID != c.ID {
			t.Errorf("asked again: got %s, want the first %s", again.ID, c.ID)
		}
		list, err := s.service.WaitingForStaff(t.Context(), "demo")
		if err != nil || len(list) != 1 || list[0].ID != c.ID || list[0].Bill.Total != b.Total {
			t.Fatalf("the list: got %+v, %v", list, err)
		}
		if err := s.decide(t, c.ID, true, ""); err != nil {
			t.Fatal(err)
		}
		first, err := s.service.Confirmed(t.Context(), b.ID)
		if err != nil {
			t.Fatal(err)
		}
		again, err := s.service.Confirmed(t.Context(), b.ID)
		if err != nil || again.ID != first.ID {
			t.Errorf("got %+v, %v, want the first receipt", again, err)
		}
		if got := s.balance(t, ada); got != "192.53" {
			t.Errorf("balance: got %s, want 192.53", got)
		}
		s.pay(t, s.freeze(t, "small", line(t, 1, "1203", 1000))) // below the rule
		s.audited(t)
	})
}

func TestTwoClerksDecideOnceAndOnePaymentFollows(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s, b, c := asked(t, dsn)
		decided := make([]error, 8)
		together(8, func(i int) { decided[i] = s.decide(t, c.ID, i%2 == 0, "no") })
		won := -1
		for i, err := range decided {
			switch {
			case err == nil && won >= 0:
				t.Errorf("clerks %d and %d both decided", won, i)
			case err == nil:
				won = i
			case !errors.Is(err, payments.ErrDecided):
				t.Errorf("clerk %d: got %v, want %v", i, err, payments.ErrDecided)
			}
		}
		if won%2 != 0 { // refused: ask again, and approve
			if err := s.decide(t, s.waits(t, b, payer(ada, adaPassword)).ID, true, ""); err != nil {
				t.Fatal(err)
			}
		}
		s.clock.add(payments.Patience)
		together(8, func(i int) {
			if i%2 == 0 {
				_ = s.service.Recover(t.Context())
				return
			}
			if _, err := s.service.Confirmed(t.Context(), b.ID); err != nil && !errors.Is(err, payments.ErrBillPending) {
				t.Errorf("pay: %v", err)
			}
		})
		if got := s.balance(t, ada) + ", " + s.stock(t, "1203"); got != "192.53, 37" {
			t.Errorf("balance and stock: got %s, want 192.53, 37", got)
		}
		if a := s.audited(t); a.Receipts != 1 {
			t.Errorf("%d receipts, want one", a.Receipts)
		}
	})
}

// together runs do n times at once.
func together(n int, do func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { do(i) })
	}
	wg.Wait()
}

func TestAnApprovalWhoseShopperLostTheLinkIsPaidByTheResolver(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s, b, c := asked(t, dsn)
		if err := s.decide(t, c.ID, true, ""); err != nil {
			t.Fatal(err)
		}
		if err := s.service.Recover(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.untouched(t) // the shopper's own till may still do it
		s.clock.add(payments.Patience)
		for range 2 {
			if err := s.service.Recover(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if r, err := s.service.ReceiptFor(t.Context(), b.ID); err != nil || r.Proven != "password" {
			t.Errorf("got %+v, %v", r, err)
		}
		s.audited(t)
	})
}

func TestWhatIsNotConfirmedIsNotPaid(t *testing.T) {
	refused := func(t *testing.T, s *till, _ payments.Bill, c payments.Confirmation) error {
		return s.decide(t, c.ID, false, "no milk today")
	}
	tests := []struct {
		name string
		do   func(t *testing.T, s *till, b payments.Bill, c payments.Confirmation) error
		want error
	}{
		{"nobody looked yet", nil, payments.ErrUnconfirmed},
		{"refused", refused, &payments.RefusedError{Reason: "no milk today"}},
		{"too late", func(t *testing.T, s *till, _ payments.Bill, c payments.Confirmation) error {
			s.clock.add(payments.ConfirmWithin)
			if err := s.decide(t, c.ID, true, ""); !errors.Is(err, payments.ErrConfirmLate) {
				t.Errorf("got %v, want %v", err, payments.ErrConfirmLate)
			}
			return nil
		}, payments.ErrConfirmLate},
		{"approved, and used too late", func(t *testing.T, s *till, _ payments.Bill, c payments.Confirmation) error {
			defer s.clock.add(payments.ConfirmWithin)
			return s.decide(t, c.ID, true, "")
		}, payments.ErrConfirmLate},
		{"the bill changed", func(t *testing.T, s *till, b payments.Bill, c payments.Confirmation) error {
			s.freeze(t, b.Cart, line(t, 1, "1203", 4000))
			if err := s.decide(t, c.ID, true, ""); !errors.Is(err, payments.ErrConfirmVoid) {
				t.Errorf("got %v, want %v", err, payments.ErrConfirmVoid)
			}
			return nil
		}, payments.ErrUnconfirmed},
		{"the bill changed after the approval", func(t *testing.T, s *till, b payments.Bill, c payments.Confirmation) error {
			defer s.freeze(t, b.Cart, line(t, 1, "1203", 4000))
			return s.decide(t, c.ID, true, "")
		}, payments.ErrBillVoid},
		{"the shopper went back", func(t *testing.T, s *till, b payments.Bill, c payments.Confirmation) error {
			if err := s.decide(t, c.ID, true, ""); err != nil {
				return err
			}
			return s.service.Cancel(t.Context(), b.ID)
		}, payments.ErrBillVoid},
		{"another place decides", func(t *testing.T, s *till, b payments.Bill, c payments.Confirmation) error {
			err := s.service.Decide(t.Context(), payments.Decision{ID: c.ID, Place: "elsewhere", Approve: true})
			if !errors.Is(err, payments.ErrNoConfirmation) {
				t.Errorf("got %v, want %v", err, payments.ErrNoConfirmation)
			}
			return nil
		}, payments.ErrUnconfirmed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, dsn string) {
				s, b, c := asked(t, dsn)
				if tt.do != nil {
					if err := tt.do(t, s, b, c); err != nil {
						t.Fatal(err)
					}
				}
				_, err := s.service.Confirmed(t.Context(), b.ID)
				if !errors.Is(err, tt.want) && (err == nil || err.Error() != tt.want.Error()) {
					t.Errorf("got %v, want %v", err, tt.want)
				}
				s.clock.add(payments.Patience)
				if err := s.service.Recover(t.Context()); err != nil {
					t.Error(err)
				}
				s.untouched(t)
				s.audited(t)
			})
		})
	}
}

// A code that was scanned is never stored: after the approval it is scanned again.
func TestAScannedCodeIsScannedAgainAfterTheApproval(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		if err := s.SetConfirmRule(t.Context(), "demo", payments.ConfirmRule{Always: true}); err != nil {
			t.Fatal(err)
		}
		b := s.freeze(t, "cart", line(t, 1, "1203", 3000))
		p := payer(ada, adaPassword)
		p.Code = "134567890123456789"
		c := s.waits(t, b, p)
		if data, err := json.Marshal(c); err != nil || strings.Contains(string(data), p.Code) {
			t.Errorf("the code is in %s, %v", data, err)
		}
		if err := s.decide(t, c.ID, true, ""); err != nil {
			t.Fatal(err)
		}
		s.clock.add(payments.Patience)
		if err := s.service.Recover(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := s.service.Confirmed(t.Context(), b.ID); !errors.Is(err, payments.ErrCodeAgain) {
			t.Errorf("got %v, want %v", err, payments.ErrCodeAgain)
		}
		s.untouched(t)
		if _, err := s.service.Pay(t.Context(), b, p); err != nil {
			t.Error(err)
		}
		s.audited(t)
	})
}

// An approval holds for the next try where the first one came to nothing.
func TestAnApprovalOutlivesALowBalance(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		if err := s.SetConfirmRule(t.Context(), "demo", payments.ConfirmRule{Items: []string{"1203"}}); err != nil {
			t.Fatal(err)
		}
		b := s.freeze(t, "cart", line(t, 1, "1203", 3000))
		c := s.waits(t, b, payer(ben, benPassword))
		if err := s.decide(t, c.ID, true, ""); err != nil {
			t.Fatal(err)
		}
		var low *payments.LowBalanceError
		if _, err := s.service.Confirmed(t.Context(), b.ID); !errors.As(err, &low) {
			t.Fatalf("got %v, want a low balance", err)
		}
		if err := s.TopUp(t.Context(), "demo", "demo-ben", "more", money.Of(1000, "EUR")); err != nil {
			t.Fatal(err)
		}
		if _, err := s.service.Pay(t.Context(), b, payer(ben, benPassword)); err != nil {
			t.Errorf("the second try: %v", err)
		}
		b = s.freeze(t, "cart 2", line(t, 1, "1203", 1000))
		c = s.waits(t, b, payer(ben, benPassword))
		if err := s.decide(t, c.ID, true, ""); err != nil {
			t.Fatal(err)
		}
		if other := s.waits(t, b, payer(ada, adaPassword)); other.ID == c.ID {
			t.Error("what staff confirmed for Ben was taken for Ada")
		}
		s.audited(t)
	})
}

func TestAuditNamesConfirmationsOutOfOrder(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s, b, c := asked(t, dsn)
		if err := s.decide(t, c.ID, true, ""); err != nil {
			t.Fatal(err)
		}
		if _, err := s.service.Confirmed(t.Context(), b.ID); err != nil {
			t.Fatal(err)
		}
		s.audited(t)
		spoiled := spoiler(t, dsn)
		for _, tt := range []struct{ name, spoil, want string }{
			{"it was refused", `UPDATE confirmations SET state = 'refused'`, "is refused, settlement"},
			{"nobody approved it", `UPDATE confirmations SET decided_at_us = NULL`, "nobody has approved it"},
			{"it was deleted", `DELETE FROM confirmations`, "was approved by confirmation"},
			{"another account had asked", `UPDATE confirmations SET account_id = 'demo-ben'`, "is not what confirmation"},
			{"another bill used it", `UPDATE confirmations SET bill_id = 'other'`, "which there is not"},
		} {
			a := spoiled(tt.spoil)
			if len(a.Problems) == 0 || !strings.Contains(a.Problems[0], tt.want) {
				t.Errorf("%s: got %q, want %q first", tt.name, a.Problems, tt.want)
			}
		}
	})
}

func TestConfirmRule(t *testing.T) {
	plain := payments.Bill{Total: money.Of(1999, "EUR"), Lines: []payments.Line{{Item: "1203"}}}
	wine := payments.Bill{Total: money.Of(500, "EUR"), Lines: []payments.Line{{Item: "1203"}, {Item: "6001", MinAge: 18}}}
	for _, tt := range []struct {
		name        string
		rule        payments.ConfirmRule
		plain, wine bool
	}{
		{"never", payments.ConfirmRule{}, false, false},
		{"always", payments.ConfirmRule{Always: true}, true, true},
		{"from an amount", payments.ConfirmRule{From: 1999}, true, false},
		{"from more", payments.ConfirmRule{From: 2000}, false, false},
		{"with an age limit", payments.ConfirmRule{Age: true}, false, true},
		{"an item", payments.ConfirmRule{Items: []string{"6001"}}, false, true},
	} {
		if got := tt.rule.Asks(plain); got != tt.plain {
			t.Errorf("%s: a plain bill: got %v", tt.name, got)
		}
		if got := tt.rule.Asks(wine); got != tt.wine {
			t.Errorf("%s: a bill with wine: got %v", tt.name, got)
		}
	}
	if (payments.ConfirmRule{Always: true}).Asks(payments.Bill{Kind: payments.TopUp, Total: money.Of(1999, "EUR")}) {
		t.Error("staff is asked about a payment into a balance")
	}
	for _, r := range []payments.ConfirmRule{{From: -1}, {Items: []string{""}}, {Items: make([]string, 1001)}} {
		if err := r.Valid(); !errors.Is(err, payments.ErrConfirmRule) {
			t.Errorf("%+v: got %v, want %v", r, err, payments.ErrConfirmRule)
		}
	}
}

// quiet counts how often a confirmation is looked for.
type quiet struct {
	payments.Store
	looks *int
}

func (q quiet) ConfirmationOf(ctx context.Context, bill string) (payments.Confirmation, error) {
	*q.looks++
	return q.Store.ConfirmationOf(ctx, bill)
}

// Where no rule asks, nobody looks for what staff has said.
func TestAPaymentWithoutARuleLooksForNoConfirmation(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s, looks := newTill(t, dsn), 0
		key, err := s.PassKey(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		s.service = payments.New(payments.Config{Store: quiet{s.DB, &looks}, Verifier: s.verifier, PassKey: key, Now: s.clock.now,
			Log: slog.New(slog.DiscardHandler), Gateways: map[payments.Method]payments.Gateway{payments.Prepaid: s.Prepaid()}})
		s.pay(t, s.freeze(t, "cart", line(t, 1, "1203", 1000)))
		if looks != 0 {
			t.Errorf("it was looked for %d times", looks)
		}
		s.confirmed(t)
		if looks == 0 {
			t.Error("it was not looked for where a rule asks")
		}
		s.audited(t)
	})
}
