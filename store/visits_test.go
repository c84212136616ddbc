package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"voicetill/catalog"
	"voicetill/payments"
	"voicetill/payments/deliver"
	"voicetill/payments/deliver/delivertest"
	"voicetill/payments/money"
)

// carPark is a till whose place is a car park: 1.50 for each half hour after the
// first 15 minutes, 12.00 a day; ten visits, or a month of them, are sold. Ada's
// plate is K VT 1.
func carPark(t *testing.T, dsn string) *till {
	t.Helper()
	s := newTill(t, dsn)
	s.openCarPark(t)
	return s
}

var parked = []catalog.Item{
	{Number: "9001", Name: "half an hour", Price: money.Of(150, "EUR"), Unit: catalog.Each, TaxBP: 1900},
	{Number: "9002", Name: "day", Price: money.Of(1200, "EUR"), Unit: catalog.Each, TaxBP: 1900},
	{Number: "9100", Name: "two visits", Price: money.Of(500, "EUR"), Unit: catalog.Each, TaxBP: 1900},
	{Number: "9200", Name: "a month", Price: money.Of(3000, "EUR"), Unit: catalog.Each, TaxBP: 1900},
}

func (s *till) openCarPark(t *testing.T) {
	t.Helper()
	s.replace(t, append(shelf(), parked...))
	err := errors.Join(s.SetTariff(t.Context(), "demo", &payments.Tariff{Item: "9001", UnitMin: 30, FreeMin: 15, DayItem: "9002"}),
		s.SetPlans(t.Context(), "demo", []payments.Plan{{Item: "9100", Visits: 2}, {Item: "9200", Days: 30}}))
	if err != nil {
		t.Fatal(err)
	}
}

// parkLine prices a visit's items.
func parkLine(number string) (payments.Line, error) {
	for _, it := range parked {
		if it.Number == number {
			return payments.Line{Line: 1, Item: it.Number, Name: it.Name, Milli: 1000, Unit: it.Unit, Price: it.Price, Total: it.Price, TaxBP: it.TaxBP}, nil
		}
	}
	return payments.Line{}, catalog.ErrNoItem
}

func visitAsk(key string) payments.VisitAsk {
	return payments.VisitAsk{Merchant: "demo", Place: "demo", Payee: "Demo Shop", Currency: "EUR", Gate: "exit", Key: key}
}

func byPlate(key string) payments.VisitAsk {
	ask := visitAsk(key)
	ask.Plate = "k-vt 1"
	return ask
}

func (s *till) enter(t *testing.T, ask payments.VisitAsk, want string) {
	t.Helper()
	v, err := s.service.Enter(t.Context(), ask)
	if err != nil || v.Reason != want {
		t.Fatalf("enter %s: got %+v, %v, want %s", ask.Key, v, err, want)
	}
}

func (s *till) leave(t *testing.T, ask payments.VisitAsk, want string) payments.VisitVerdict {
	t.Helper()
	v, err := s.service.ChargeVisit(t.Context(), ask, parkLine)
	opens := want == payments.PassGood || want == payments.VisitNothing || want == payments.VisitBySubs
	if err != nil || v.Reason != want || v.Open != opens {
		t.Fatalf("leave %s: got %+v, %v, want %s", ask.Key, v, err, want)
	}
	return v
}

// buyPlan sells Ada one of an item.
func (s *till) buyPlan(t *testing.T, cart, number string) payments.Receipt {
	t.Helper()
	l, err := parkLine(number)
	if err != nil {
		t.Fatal(err)
	}
	return s.pay(t, s.freeze(t, cart, l))
}

func ofPlate(m *payments.Mandate) { m.Plates = []string{"K VT 1"} }

func TestAStayIsChargedOnceByItsKey(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := carPark(t, dsn)
		s.allow(t, ofPlate)
		s.enter(t, byPlate("stay 1"), payments.VisitWelcome)
		s.enter(t, byPlate("stay 1"), payments.VisitWelcome)
		s.clock.add(time.Hour)
		first := s.leave(t, visitAsk("stay 1"), payments.PassGood)
		if first.Total.Decimal() != "3.00" || first.Receipt.Proven != payments.ByMandate || first.Receipt.Pass != "" {
			t.Errorf("got %+v", first)
		}
		s.clock.add(time.Hour)
		if again := s.leave(t, visitAsk("stay 1"), payments.PassGood); again.Receipt.ID != first.Receipt.ID {
			t.Errorf("again: got %+v", again)
		}
		s.enter(t, byPlate("stay 2"), payments.VisitWelcome)
		s.clock.add(10 * time.Minute)
		s.leave(t, visitAsk("stay 2"), payments.VisitNothing)
		s.leave(t, visitAsk("stay 2"), payments.VisitNothing)
		if got := s.balance(t, ada); got != "197.00" {
			t.Errorf("balance: got %s, want 197.00", got)
		}
		events, err := s.service.GateEvents(t.Context(), "demo", 9)
		if err != nil || len(events) != 4 || !strings.Contains(fmt.Sprint(events), payments.VisitNothing) {
			t.Errorf("noted: got %+v, %v", events, err)
		}
		if list, err := s.service.Visits(t.Context(), "demo", "demo-ada", 9); err != nil || len(list) != 2 || list[1].State != payments.VisitPaid {
			t.Errorf("visits: got %+v, %v", list, err)
		}
		s.audited(t)
	})
}

func TestWhoTurnsBackPaysForTheWholeStay(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := carPark(t, dsn)
		small, _ := s.allow(t, func(m *payments.Mandate) {
			m.Once, m.Day, m.Month, m.Plates = euro(100), euro(0), euro(0), []string{"KVT1"}
		})
		s.enter(t, byPlate("stay"), payments.VisitWelcome)
		s.clock.add(20 * time.Minute)
		s.leave(t, visitAsk("stay"), payments.VisitOverLimit) // 1.50
		s.clock.add(2 * time.Hour)
		if err := s.service.Revoke(t.Context(), "demo", "demo-ada", small.ID); err != nil {
			t.Fatal(err)
		}
		s.allow(t, ofPlate)
		if v := s.leave(t, visitAsk("stay"), payments.PassGood); v.Total.Decimal() != "7.50" {
			t.Errorf("got %s for 2 hours and 20 minutes, want 7.50", v.Total)
		}
		s.clock.add(time.Hour)
		if v := s.leave(t, visitAsk("stay"), payments.PassGood); v.Total.Decimal() != "7.50" || !v.Visit.Left.Equal(s.clock.now().Add(-time.Hour)) {
			t.Errorf("asked again: got %+v", v)
		}
		s.audited(t)
	})
}

// Gates of two nodes ask for the same stays at once, and again.
func TestRacingGatesChargeAStayOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s, other := carPark(t, dsn), newTill(t, dsn)
		s.replace(t, append(shelf(), parked...))
		s.allow(t, func(m *payments.Mandate) { m.Day, m.Month, m.Plates = euro(0), euro(0), []string{"KVT1"} })
		left := s.clock.now()
		ask := func(stay int) payments.VisitAsk {
			a := byPlate(fmt.Sprint("stay ", stay))
			a.Entered, a.Left = left.Add(-time.Hour), left
			return a
		}
		for range 2 {
			together(12, func(i int) {
				v, err := []*till{s, other}[i%2].service.ChargeVisit(t.Context(), ask(i%3), parkLine)
				if err != nil || !v.Open && v.Reason != payments.VisitPending {
					t.Errorf("got %+v, %v", v, err)
				}
			})
		}
		for stay := range 3 {
			s.leave(t, ask(stay), payments.PassGood)
		}
		if got := s.balance(t, ada); got != "191.00" {
			t.Errorf("balance: got %s, want 191.00 after three of 3.00", got)
		}
		s.audited(t)
	})
}

func TestAVisitThatCannotBePaidLeavesTheGateShut(t *testing.T) {
	stay := func(a payments.VisitAsk, d time.Duration, at time.Time) payments.VisitAsk {
		a.Entered, a.Left = at.Add(-d), at
		return a
	}
	onBoth(t, func(t *testing.T, dsn string) {
		s := carPark(t, dsn)
		now := s.clock.now()
		s.leave(t, byPlate("nobody"), payments.VisitUnknown)
		s.enter(t, byPlate("nobody"), payments.VisitUnknown)
		m, token := s.allow(t, ofPlate)
		s.leave(t, stay(byPlate("long"), 34*time.Hour, now), payments.VisitOverLimit) // 24.00
		byToken := visitAsk("token")
		byToken.Token = token
		s.leave(t, stay(byToken, time.Hour, now), payments.PassGood)
		s.enter(t, byPlate("revoked"), payments.VisitWelcome)
		if err := s.service.Revoke(t.Context(), "demo", "demo-ada", m.ID); err != nil {
			t.Fatal(err)
		}
		s.clock.add(time.Hour)
		s.leave(t, visitAsk("revoked"), payments.VisitNotAllowed)
		s.allow(t, ofPlate)
		s.leave(t, visitAsk("revoked"), payments.PassGood) // once it is allowed again
		if err := s.SetConfirmRule(t.Context(), "demo", payments.ConfirmRule{Always: true}); err != nil {
			t.Fatal(err)
		}
		s.leave(t, stay(byPlate("staff"), time.Hour, now), payments.VisitStaff)
		waiting, err := s.service.WaitingForStaff(t.Context(), "demo")
		if err != nil || len(waiting) != 1 {
			t.Fatalf("got %+v, %v", waiting, err)
		}
		if err := s.decide(t, waiting[0].ID, true, ""); err != nil {
			t.Fatal(err)
		}
		s.leave(t, byPlate("staff"), payments.PassGood)
		if got := s.balance(t, ada); got != "191.00" {
			t.Errorf("balance: got %s, want 191.00 after three of 3.00", got)
		}
		s.audited(t)
	})
}

func TestWhatAGateMustNotSay(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := carPark(t, dsn)
		now := s.clock.now()
		s.allow(t, ofPlate)
		bens := payments.Mandate{Merchant: "demo", Account: "demo-ben", Method: payments.Prepaid, Once: euro(100), Plates: []string{"B EN 1"}}
		if _, _, err := s.service.Allow(t.Context(), bens, "demo", "phone", payer(ben, benPassword).Proof); err != nil {
			t.Fatal(err)
		}
		s.enter(t, byPlate("adas"), payments.VisitWelcome)
		for name, tt := range map[string]struct {
			change func(*payments.VisitAsk)
			want   error
		}{
			"no key":                  {func(a *payments.VisitAsk) { a.Key = "" }, payments.ErrVisit},
			"a long key":              {func(a *payments.VisitAsk) { a.Key = strings.Repeat("k", 101) }, payments.ErrVisit},
			"an end before its start": {func(a *payments.VisitAsk) { a.Entered, a.Left = now, now.Add(-time.Hour) }, payments.ErrVisit},
			"an end in the future":    {func(a *payments.VisitAsk) { a.Left = now.Add(time.Hour) }, payments.ErrVisit},
			"two years":               {func(a *payments.VisitAsk) { a.Entered = now.AddDate(-2, 0, 0) }, payments.ErrVisit},
			"a gate without a name":   {func(a *payments.VisitAsk) { a.Gate = "" }, payments.ErrGateName},
			"a plate that is none":    {func(a *payments.VisitAsk) { a.Plate = "?" }, payments.ErrPlate},
			"nobody, and no visit":    {func(a *payments.VisitAsk) { a.Plate = "" }, payments.ErrNoVisit},
			"another's visit":         {func(a *payments.VisitAsk) { a.Key, a.Plate = "adas", "BEN1" }, payments.ErrVisitOther},
		} {
			ask := byPlate("key")
			tt.change(&ask)
			if v, err := s.service.ChargeVisit(t.Context(), ask, parkLine); !errors.Is(err, tt.want) {
				t.Errorf("%s: got %+v, %v, want %v", name, v, err, tt.want)
			}
		}
		if err := s.SetTariff(t.Context(), "demo", nil); err != nil {
			t.Fatal(err)
		}
		if _, err := s.service.ChargeVisit(t.Context(), visitAsk("adas"), parkLine); !errors.Is(err, payments.ErrNoTariff) {
			t.Errorf("without a tariff: got %v", err)
		}
		s.untouched(t)
	})
}

func TestEachVisitUsesOneOfASubscription(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s, other := carPark(t, dsn), newTill(t, dsn)
		s.replace(t, append(shelf(), parked...))
		s.allow(t, ofPlate)
		r := s.buyPlan(t, "plan", "9100")
		byLink := visitAsk("by the receipt's code")
		byLink.Token = r.Link
		s.enter(t, byLink, payments.VisitBySubs)
		s.enter(t, byLink, payments.VisitBySubs)
		s.clock.add(5 * time.Hour)
		s.leave(t, visitAsk(byLink.Key), payments.VisitBySubs)
		verdicts := make([]payments.VisitVerdict, 8)
		together(len(verdicts), func(i int) {
			var err error
			verdicts[i], err = []*till{s, other}[i%2].service.Enter(t.Context(), byPlate(fmt.Sprint("race ", i/2)))
			if err != nil {
				t.Error(err)
			}
		})
		subscribed := map[string]bool{}
		for _, v := range verdicts {
			if v.Reason == payments.VisitBySubs {
				subscribed[v.Visit.ID] = true
			}
		}
		if len(subscribed) != 1 {
			t.Errorf("%d visits used the one that was left", len(subscribed))
		}
		subs, err := s.service.Subscriptions(t.Context(), "demo", "demo-ada")
		if err != nil || len(subs) != 1 || subs[0].Used != 2 || subs[0].Usable(s.clock.now()) {
			t.Errorf("got %+v, %v", subs, err)
		}
		s.audited(t)
	})
}

func TestASubscriptionEnds(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := carPark(t, dsn)
		s.allow(t, func(m *payments.Mandate) { m.Day, m.Month, m.Plates = euro(0), euro(0), []string{"KVT1"} })
		month := s.buyPlan(t, "month", "9200")
		for i := range 3 {
			s.enter(t, byPlate(fmt.Sprint("stay ", i)), payments.VisitBySubs)
		}
		s.clock.add(30 * 24 * time.Hour)
		s.enter(t, byPlate("after the month"), payments.VisitWelcome)
		s.buyPlan(t, "month 2", "9200")
		s.enter(t, byPlate("in the next"), payments.VisitBySubs)
		second, err := s.service.Subscriptions(t.Context(), "demo", "demo-ada")
		if err != nil || len(second) != 2 {
			t.Fatalf("got %+v, %v", second, err)
		}
		if _, err := s.service.Refund(t.Context(), "demo", second[0].Receipt, payments.RefundAsk{Key: "back"}); err != nil {
			t.Fatal(err)
		}
		s.enter(t, byPlate("after the refund"), payments.VisitWelcome)
		s.clock.add(time.Hour)
		s.leave(t, visitAsk("after the refund"), payments.PassGood)
		if month.No == second[0].Receipt {
			t.Error("the first month was given back")
		}
		s.audited(t)
	})
}

func TestAuditNamesVisitsOutOfOrder(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := carPark(t, dsn)
		s.allow(t, ofPlate)
		s.buyPlan(t, "plan", "9100")
		s.clock.add(time.Minute)
		s.enter(t, byPlate("subscribed"), payments.VisitBySubs)
		s.enter(t, byPlate("subscribed 2"), payments.VisitBySubs)
		s.enter(t, byPlate("paid"), payments.VisitWelcome)
		s.clock.add(time.Hour)
		s.leave(t, visitAsk("paid"), payments.PassGood)
		s.audited(t)
		spoiled := spoiler(t, dsn)
		for _, tt := range []struct{ name, spoil, want string }{
			{"a use was forgotten", `DELETE FROM subscription_uses WHERE id = (SELECT MIN(id) FROM subscription_uses)`, "was used 2 times, 1 are noted"},
			{"fewer were sold", `UPDATE subscriptions SET visits = 0; UPDATE subscriptions SET used = 1`, "was used 1 times, 2 are noted"},
			{"it was given back before", `UPDATE subscriptions SET ended_at_us = starts_at_us`, "when it was not in force"},
			{"it ended before", `UPDATE subscriptions SET ends_at_us = starts_at_us + 1`, "when it was not in force"},
			{"it was never sold", `UPDATE subscriptions SET receipt_no = 99`, "was never sold"},
			{"it is another's", `UPDATE subscriptions SET account_id = 'demo-ben'`, "is not that of visit"},
			{"a visit says it is free", `UPDATE visits SET state = 'free' WHERE visit_key = 'paid'`, "is free, and was paid as well"},
			{"a visit says it is paid", `UPDATE visits SET state = 'paid' WHERE visit_key = 'subscribed'`, "is not that of visit"},
			{"a paid visit was deleted", `DELETE FROM visits WHERE visit_key = 'paid'`, "is of a visit that there is not"},
			{"a receipt is another", `UPDATE visits SET receipt_id = 'other' WHERE visit_key = 'paid'`, "its receipt is not that of its bill"},
		} {
			a := spoiled(tt.spoil)
			if len(a.Problems) == 0 || !strings.Contains(a.Problems[0], tt.want) {
				t.Errorf("%s: got %q, want %q first", tt.name, a.Problems, tt.want)
			}
		}
	})
}

// Who has an address is told when a mandate is made or revoked, and at the entry,
// before anything is deducted; after it comes the receipt.
func TestNoticesComeBeforeADeductionAndTheReceiptAfter(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := carPark(t, dsn)
		o := delivertest.OpenOffice(t, delivertest.StartTLS)
		mail := s.mailer(t, o)
		post, err := deliver.NewPost(deliver.PostConfig{URL: "smtp://till:sesame@" + o.Address, From: "receipts@shop.example", TLS: o.TLS})
		if err != nil {
			t.Fatal(err)
		}
		notices := *mail
		notices.Kind, notices.Send = deliver.Notice, deliver.Clerk{Shop: counter{s}, Now: s.clock.now}.Notices(post, s.DB)
		sent := func() (subjects string) {
			for _, w := range []*deliver.Worker{&notices, mail} {
				if _, err := w.Deliver(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			for _, l := range o.Letters() {
				m, err := netmail.ReadMessage(bytes.NewReader(l.Data))
				if err != nil || l.To[0] != "ada@example.com" {
					t.Fatalf("got %+v, %v", l, err)
				}
				subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
				if err != nil {
					t.Fatal(err)
				}
				subjects += subject + "\n"
			}
			return subjects
		}
		m, _ := s.allow(t, ofPlate)
		for range 2 {
			s.enter(t, byPlate("stay"), payments.VisitWelcome)
		}
		if got := sent(); strings.Count(got, "\n") != 2 || !strings.Contains(got, "were allowed") || !strings.Contains(got, "Your stay has begun") {
			t.Errorf("before: got %s", got)
		}
		s.clock.add(time.Hour)
		s.leave(t, visitAsk("stay"), payments.PassGood)
		for range 2 {
			if err := s.service.Revoke(t.Context(), "demo", "demo-ada", m.ID); err != nil {
				t.Fatal(err)
			}
		}
		if got := sent(); strings.Count(got, "\n") != 4 || !strings.Contains(got, "were ended") {
			t.Errorf("after: got %s", got)
		}
	})
}
