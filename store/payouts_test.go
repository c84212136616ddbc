package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"voicetill/payments"
)

// paidOut is a payout of the card provider with the sales, less 3 % each.
func (s *cardTill) paidOut(id string, keys map[string]int64) payments.Payout {
	p := payments.Payout{Provider: "card", ID: id, Paid: s.clock.now(), Amount: eur(0), Fee: eur(0)}
	for key, gross := range keys {
		fee := max(gross, 0) * 3 / 100
		p.Items = append(p.Items, payments.PayoutItem{ID: "txn " + key, Refs: []string{"card/" + key}, Kind: "charge", Gross: eur(gross), Fee: eur(fee)})
		p.Amount.Minor += gross - fee
		p.Fee.Minor += fee
	}
	return p
}

func (s *cardTill) ledger(t *testing.T, account string) string {
	t.Helper()
	a, err := s.LedgerBalance(t.Context(), "demo", account, "EUR")
	if err != nil {
		t.Fatal(err)
	}
	return a.Decimal()
}

// A provider pays out what it took: clearing comes to zero, bank and fees hold
// what went there, once however often it is told, from two screens too.
func TestAPayoutIsBookedOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newCardTill(t, dsn)
		sale := s.sellAs(t, "cart 1", byCard())
		p := s.paidOut("po_1", map[string]int64{s.keyOf(t, sale): sale.Total.Minor})
		errs := race(4, func(int) error {
			_, err := s.AddPayout(t.Context(), "demo", p)
			return err
		})
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		bank, fees := s.ledger(t, payments.BankAccount("demo")), s.ledger(t, payments.FeesAccount("demo"))
		if clearing := s.ledger(t, "clearing:card"); clearing != "0.00" || bank != "-"+p.Amount.Decimal() || fees != "-"+p.Fee.Decimal() {
			t.Errorf("clearing %s, bank %s, fees %s", clearing, bank, fees)
		}
		other := p
		other.Amount.Minor, other.Items = p.Amount.Minor+1, nil
		empty := payments.Payout{Provider: "card", ID: "po_2", Paid: s.clock.now(), Amount: eur(0), Fee: eur(0)}
		wrong := p
		wrong.ID, wrong.Amount.Minor = "po_3", p.Amount.Minor+1
		mistyped := p
		mistyped.ID, mistyped.Provider = "po_4", "crad"
		own := p
		own.ID, own.Provider = "po_5", "prepaid"
		for name, tt := range map[string]struct {
			p    payments.Payout
			want error
		}{"another amount": {other, payments.ErrOtherPayout}, "nothing": {empty, payments.ErrPayout}, "what does not add up": {wrong, payments.ErrPayout},
			"an unknown provider": {mistyped, payments.ErrNoProvider}, "what is kept here": {own, payments.ErrNoProvider}} {
			if _, err := s.AddPayout(t.Context(), "demo", tt.p); !errors.Is(err, tt.want) {
				t.Errorf("%s: got %v, want %v", name, err, tt.want)
			}
		}
		taken := payments.Payout{Provider: "card", ID: "po_6", Paid: s.clock.now(), Amount: eur(-300), Fee: eur(-20)} // back from the bank
		if added, err := s.AddPayout(t.Context(), "demo", taken); err != nil || !added || s.ledger(t, "clearing:card") != "-3.20" {
			t.Errorf("%v, %v, clearing %s", added, err, s.ledger(t, "clearing:card"))
		}
		if list, err := s.Payouts(t.Context(), "demo", "card", 10); err != nil || len(list) != 2 {
			t.Errorf("%d payouts, %v", len(list), err)
		}
		s.proven(t)
	})
}

// keyOf is the key of the settlement of a receipt.
func (s *cardTill) keyOf(t *testing.T, r payments.Receipt) string {
	t.Helper()
	f, err := s.Refundable(t.Context(), "demo", r.No)
	if err != nil {
		t.Fatal(err)
	}
	return f.Charge
}

func TestReconciliationNamesWhatDiffers(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newCardTill(t, dsn)
		var sales []payments.Receipt
		for i := range 4 {
			s.replace(t, shelf())
			sales = append(sales, s.sellAs(t, fmt.Sprint("cart ", i), byCard()))
			s.clock.add(time.Minute)
		}
		back, err := s.service.Refund(t.Context(), "demo", sales[0].No, payments.RefundAsk{Key: "1", Amount: eur(100)})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.service.TopUp(t.Context(), topUpOf("key number 1", 2000), byCard()); err != nil {
			t.Fatal(err)
		}
		total := sales[0].Total.Minor
		p := s.paidOut("po_1", map[string]int64{s.keyOf(t, sales[0]): total, s.keyOf(t, sales[1]): total - 1, "not ours": 777})
		p.Items = append(p.Items, payments.PayoutItem{ID: "txn back", Refs: []string{"refund/" + back.ID}, Kind: "refund", Gross: eur(-100), Fee: eur(0)})
		p.Amount.Minor -= 100
		again := s.paidOut("po_2", map[string]int64{s.keyOf(t, sales[0]): total})
		untold := payments.Payout{Provider: "card", ID: "po_3", Paid: s.clock.now(), Amount: eur(50), Fee: eur(5)}
		for _, p := range []payments.Payout{p, again, untold} {
			if _, err := s.AddPayout(t.Context(), "demo", p); err != nil {
				t.Fatal(err)
			}
		}
		r, err := s.Reconcile(t.Context(), "demo", "card", "EUR", time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Open) != 3 || r.Open[0].Key != s.keyOf(t, sales[2]) || r.OpenSum.Minor != 2*total+2000 {
			t.Errorf("not yet paid out: %+v, %s", r.Open, r.OpenSum)
		}
		if len(r.Unknown) != 1 || r.Unknown[0].Gross != eur(777) {
			t.Errorf("unknown here: %+v", r.Unknown)
		}
		if len(r.Differ) != 1 || r.Differ[0].Own.Minor != total {
			t.Errorf("of another amount: %+v", r.Differ)
		}
		if len(r.Twice) != 1 || r.Twice[0].Payout != "po_2" {
			t.Errorf("twice: %+v", r.Twice)
		}
		if r.Untold != eur(55) || r.Rest.Minor != 0 || s.ledger(t, "clearing:card") != (eur(-r.Owed.Minor)).Decimal() {
			t.Errorf("untold %s, rest %s, owed %s", r.Untold, r.Rest, r.Owed)
		}
		if _, err := s.Reconcile(t.Context(), "demo", "nobody", "EUR", time.Time{}); !errors.Is(err, payments.ErrNoProvider) {
			t.Errorf("nobody: got %v", err)
		}
		accounts, err := s.LedgerAccounts(t.Context(), "demo")
		sum := int64(0)
		for _, a := range accounts {
			sum += a.Balance.Minor
		}
		if err != nil || sum != 0 || len(accounts) < 5 {
			t.Errorf("the ledger sums to %d: %v, %v", sum, accounts, err)
		}
		s.proven(t)
	})
}

func TestAuditFindsSpoiledPayouts(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newCardTill(t, dsn)
		sale := s.sellAs(t, "cart 1", byCard())
		if _, err := s.AddPayout(t.Context(), "demo", s.paidOut("po_1", map[string]int64{s.keyOf(t, sale): sale.Total.Minor})); err != nil {
			t.Fatal(err)
		}
		s.audited(t)
		spoiled := spoiler(t, dsn)
		for spoil, want := range map[string]string{
			`UPDATE payouts SET amount_minor = amount_minor - 1`:                 "the payout and its fees are",
			`UPDATE payouts SET items = '[]', fee_minor = 0`:                     "the payout and its fees are",
			`DELETE FROM payouts`:                                                "books a payout that is missing",
			`UPDATE payouts SET id = 'po_2'`:                                     "payout po_2 of card was never booked",
			`UPDATE payouts SET items = REPLACE(items, '"minor":', '"minor":1')`: "its transactions make",
		} {
			a := spoiled(spoil)
			if len(a.Problems) == 0 || !strings.Contains(a.Problems[0], want) {
				t.Errorf("%s: got %q, want %q first", spoil, a.Problems, want)
			}
		}
	})
}
