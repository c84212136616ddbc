package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"voicetill/payments"
	"voicetill/payments/money"
	"voicetill/store"
)

func eur(minor int64) money.Amount { return money.Of(minor, "EUR") }

// payIn tops Ben's balance up by 20.00, under a key of the story.
func (s *cardTill) payIn(t testing.TB, node *payments.Service, p payments.Payer) (payments.Bill, error) {
	t.Helper()
	p.Account, p.Proof.Secret = ben, benPassword
	b, _, err := node.TopUp(t.Context(), payments.TopUpAsk{Key: "top up " + s.cart(), Merchant: "demo", Place: "demo", Payee: "Demo Shop", Amount: eur(2000)}, p)
	return b, err
}

// paidIn proves that Ben's balance rose by what the story's top-up has a
// receipt for.
func (s *cardTill) paidIn(t testing.TB, before string) {
	t.Helper()
	was, err := money.Parse(before, "EUR")
	if err != nil {
		t.Fatal(err)
	}
	b, err := s.BillByCart(t.Context(), "demo", "topup/top up "+s.cart())
	if err == nil {
		var r payments.Receipt
		if r, err = s.ReceiptByBill(t.Context(), b.ID); err == nil {
			was.Minor += r.Total.Minor - s.givenBack(t, r.No)
		}
	}
	if err != nil && !errors.Is(err, payments.ErrBillVoid) && !errors.Is(err, payments.ErrNoReceipt) {
		t.Fatal(err)
	}
	if got := s.balance(t, ben); got != was.Decimal() {
		t.Errorf("Ben has %s, receipts say %s", got, was.Decimal())
	}
}

// givenBack is what of a receipt's total was given back, in minor units.
func (s *cardTill) givenBack(t testing.TB, no int64) (minor int64) {
	t.Helper()
	f, err := s.service.Refundable(t.Context(), "demo", no)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range f.Earlier {
		minor -= r.Total.Minor
	}
	return minor
}

func topUpOf(key string, minor int64) payments.TopUpAsk {
	return payments.TopUpAsk{Key: key, Merchant: "demo", Place: "demo", Payee: "Demo Shop", Amount: eur(minor)}
}

// A payment into a balance moves clearing to the shopper, once per key, with a
// receipt that opens no exit.
func TestATopUpIsOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newCardTill(t, dsn)
		before := s.balance(t, ada)
		var first payments.Receipt
		for i := range 3 {
			_, r, err := s.service.TopUp(t.Context(), topUpOf("key number 1", 2000), byCard())
			if err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				first = r
			}
			if r.ID != first.ID || r.Kind != payments.TopUp || r.Pass != "" || r.PassID != "" {
				t.Errorf("got %+v", r)
			}
		}
		if got := s.balance(t, ada); got != plus(t, before, 2000) {
			t.Errorf("got a balance of %s after %s", got, before)
		}
		if clearing, err := s.LedgerBalance(t.Context(), "demo", "clearing:card", "EUR"); err != nil || clearing.Decimal() != "-20.00" {
			t.Errorf("clearing: got %s, %v, want what the provider owes", clearing, err)
		}
		found, err := s.service.ReceiptByLink(t.Context(), first.Link)
		if err != nil || found.Pass != "" {
			t.Errorf("by its link: %+v, %v", found, err)
		}
		if history, err := s.History(t.Context(), first.Account, payments.Receipt{}, 10); err != nil || len(history) != 1 {
			t.Errorf("history: %d receipts, %v", len(history), err)
		}
		for _, tt := range []struct {
			name string
			ask  payments.TopUpAsk
			by   payments.Payer
			want error
		}{
			{"another amount under the key", topUpOf("key number 1", 2500), byCard(), payments.ErrOtherTopUp},
			{"too little", topUpOf("key number 2", 499), byCard(), payments.ErrTopUpAmount},
			{"too much", topUpOf("key number 2", 20_001), byCard(), payments.ErrTopUpAmount},
			{"below zero", topUpOf("key number 2", -2000), byCard(), payments.ErrTopUpAmount},
			{"a short key", topUpOf("key", 2000), byCard(), payments.ErrTopUpKey},
			{"from a balance", topUpOf("key number 2", 2000), func() payments.Payer { p := payer(ada, adaPassword); p.Method = payments.Prepaid; return p }(), payments.ErrNotOffered},
			{"somebody else's key", topUpOf("key number 1", 2000), func() payments.Payer { p := byCard(); p.Account, p.Proof.Secret = ben, benPassword; return p }(), payments.ErrBillVoid},
		} {
			if _, _, err := s.service.TopUp(t.Context(), tt.ask, tt.by); !errors.Is(err, tt.want) {
				t.Errorf("%s: got %v, want %v", tt.name, err, tt.want)
			}
		}
		s.proven(t)
	})
}

func plus(t *testing.T, a string, minor int64) string {
	t.Helper()
	sum, err := money.Parse(a, "EUR")
	if err != nil {
		t.Fatal(err)
	}
	sum.Minor += minor
	return sum.Decimal()
}

// Of many payments into one balance at once, as many succeed as the ceiling has
// room for, and not one more.
func TestRacingTopUpsKeepToTheCeiling(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newCardTill(t, dsn)
		have, err := money.Parse(s.balance(t, ada), "EUR")
		if err != nil {
			t.Fatal(err)
		}
		limits := payments.TopUpLimits{Least: eur(1000), Most: eur(1000), Ceiling: eur(have.Minor + 3999)}
		if err := s.SetTopUpLimits(t.Context(), "demo", limits); err != nil {
			t.Fatal(err)
		}
		node := s.node(t, &mortal{})
		errs := race(4, func(i int) error {
			_, _, err := node.TopUp(t.Context(), topUpOf(fmt.Sprint("key number ", i), 1000), byCard())
			return err
		})
		if refused := count(errs, payments.ErrCeiling); refused != 1 {
			t.Errorf("%d of 4 were refused: %v", refused, errs)
		}
		if got := s.balance(t, ada); got != plus(t, have.Decimal(), 3000) {
			t.Errorf("got %s", got)
		}
		s.proven(t)
	})
}

// What waits for its shopper counts towards the ceiling until it is given up.
func TestWhatIsOnItsWayCountsTowardsTheCeiling(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newCardTill(t, dsn)
		have, _ := money.Parse(s.balance(t, ada), "EUR")
		if err := s.SetTopUpLimits(t.Context(), "demo", payments.TopUpLimits{Least: eur(500), Most: eur(2000), Ceiling: eur(have.Minor + 2500)}); err != nil {
			t.Fatal(err)
		}
		node := s.node(t, &mortal{})
		s.card.fault = func(op string) string { return map[string]string{"charge": handedOff}[op] }
		var handoff *payments.HandoffError
		b, _, err := node.TopUp(t.Context(), topUpOf("key number 1", 2000), byCard())
		if !errors.As(err, &handoff) {
			t.Fatalf("got %v, want a handoff", err)
		}
		var over *payments.CeilingError
		if _, _, err := node.TopUp(t.Context(), topUpOf("key number 2", 2000), byCard()); !errors.As(err, &over) || over.Have.Minor != have.Minor+2000 {
			t.Errorf("while one waits: got %v", err)
		}
		if found, err := node.TopUpBill(t.Context(), b.ID, b.Nonce); err != nil || found.Total != eur(2000) {
			t.Errorf("the bill: %+v, %v", found, err)
		}
		if _, err := node.TopUpBill(t.Context(), b.ID, "guess"); !errors.Is(err, payments.ErrNoReceipt) {
			t.Errorf("somebody else's: got %v", err)
		}
		if err := node.Cancel(t.Context(), b.ID); err != nil {
			t.Fatal(err)
		}
		if _, _, err := node.TopUp(t.Context(), topUpOf("key number 2", 2000), byCard()); !errors.As(err, &handoff) {
			t.Errorf("after it was given up: got %v, want a handoff", err)
		}
		s.card.finish()
		s.settleAll(t)
		if got := s.balance(t, ada); got != plus(t, have.Decimal(), 2000) {
			t.Errorf("got %s", got)
		}
		if err := s.SetTopUpLimits(t.Context(), "demo", payments.TopUpLimits{Least: eur(500), Most: eur(400), Ceiling: eur(900)}); !errors.Is(err, payments.ErrTopUpAmount) {
			t.Errorf("limits that leave nothing: got %v", err)
		}
		s.proven(t)
	})
}

// Somebody who can write the whole chain anew still has to send a top-up where
// its receipt says.
func TestAuditFindsATopUpIntoAnotherBalance(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newCardTill(t, dsn)
		if _, _, err := s.service.TopUp(t.Context(), topUpOf("key number 1", 2000), byCard()); err != nil {
			t.Fatal(err)
		}
		a := spoiler(t, dsn)(`UPDATE postings SET to_account = 'shopper:demo-ben' WHERE from_account = 'clearing:card'`)
		if len(a.Problems) == 0 || !contains(a, "pays into shopper:demo-ben") {
			t.Errorf("got %q", a.Problems)
		}
	})
}

func contains(a store.Audit, text string) bool {
	for _, p := range a.Problems {
		if strings.Contains(p, text) {
			return true
		}
	}
	return false
}
