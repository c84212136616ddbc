package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"voicetill/payments"
	"voicetill/store"
)

// branches is a till of a merchant with places in two time zones, "demo" in the
// first, that bills a company.
func branches(t *testing.T, dsn, zone, other string) (*till, string) {
	t.Helper()
	s, acme := office(t, dsn, 100_00)
	err := errors.Join(s.AddPlace(t.Context(), store.Place{ID: "other", Merchant: "demo", Name: "Other", Payee: "Demo Shop", Currency: "EUR"}),
		s.SetZone(t.Context(), "demo", zone), s.SetZone(t.Context(), "other", other))
	if err == nil {
		_, err = s.ReplaceCatalog(t.Context(), "other", shelf())
	}
	if err != nil {
		t.Fatal(err)
	}
	return s, acme
}

// buysAt buys milk on the company's account, at a place and a time.
func (s *till) buysAt(t *testing.T, place, at string) payments.Receipt {
	t.Helper()
	s.clock.add(clockAt(t, at).Sub(s.clock.now()))
	o := order(place+at, line(t, 1, "1203", 1000))
	o.Place = place
	b, err := s.service.Freeze(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.service.Pay(t.Context(), b, onAccount(ada, adaPassword))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A purchase belongs to the month that it was made in by the clock of its place,
// and a month is billed when it is over at all places.
func TestACompanyIsBilledByThePlacesClock(t *testing.T) {
	const shanghai, newYork = "Asia/Shanghai", "America/New_York"
	for _, tt := range []struct {
		name, zone, other string
		sales             [][2]string // place and time
		runs, over        string      // November still runs, is over
		november          int         // of the sales, the first ones by time
	}{
		{"a month that ends before it ends in UTC", shanghai, shanghai, [][2]string{
			{"demo", "2026-11-30T15:59:59Z"}, {"demo", "2026-11-30T16:00:00Z"}, {"demo", "2026-11-30T23:00:00Z"}}, "2026-11-30T15:59:59Z", "2026-11-30T16:00:00Z", 1},
		{"a month that ends later", newYork, newYork, [][2]string{
			{"demo", "2026-12-01T00:00:00Z"}, {"demo", "2026-12-01T04:59:59Z"}, {"demo", "2026-12-01T05:00:00Z"}}, "2026-12-01T04:59:59Z", "2026-12-01T05:00:00Z", 2},
		{"two places, at the same moment in two months", newYork, shanghai, [][2]string{
			{"other", "2026-11-30T15:59:59Z"}, {"demo", "2026-11-30T16:00:00Z"}, {"other", "2026-11-30T16:00:00Z"}}, "2026-12-01T04:59:59Z", "2026-12-01T05:00:00Z", 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, dsn string) {
				s, acme := branches(t, dsn, tt.zone, tt.other)
				var nos []int64
				for _, sale := range tt.sales {
					nos = append(nos, s.buysAt(t, sale[0], sale[1]).No)
				}
				s.clock.add(clockAt(t, tt.runs).Sub(s.clock.now()))
				if _, err := s.BillCompany(t.Context(), "demo", acme, "2026-11"); !errors.Is(err, payments.ErrMonthRuns) {
					t.Errorf("at %s: got %v", tt.runs, err)
				}
				s.clock.add(clockAt(t, tt.over).Sub(s.clock.now()))
				if got := s.onBill(t, acme, "2026-11"); fmt.Sprint(got) != fmt.Sprint(nos[:tt.november]) {
					t.Errorf("November's bill: receipts %v, want %v", got, nos[:tt.november])
				}
				s.clock.add(32 * 24 * time.Hour)
				if got := s.onBill(t, acme, "2026-12"); fmt.Sprint(got) != fmt.Sprint(nos[tt.november:]) {
					t.Errorf("December's bill: receipts %v, want %v", got, nos[tt.november:])
				}
				s.audited(t)
			})
		})
	}
}

// A bill that was made is there, though the clock is set back into its month.
func TestABillIsFoundWhenTheClockIsSetBack(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s, acme := branches(t, dsn, "Asia/Shanghai", "Asia/Shanghai")
		s.buysAt(t, "demo", "2026-11-30T15:59:59Z")
		s.clock.add(clockAt(t, "2026-11-30T16:00:00Z").Sub(s.clock.now()))
		want := s.onBill(t, acme, "2026-11")
		s.clock.add(-time.Hour)
		if got := s.onBill(t, acme, "2026-11"); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("got receipts %v, want %v", got, want)
		}
		s.audited(t)
	})
}

// onBill are the receipts of a month's bill.
func (s *till) onBill(t *testing.T, company, month string) (nos []int64) {
	t.Helper()
	b, err := s.BillCompany(t.Context(), "demo", company, month)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range b.Receipts {
		nos = append(nos, r.No)
	}
	return nos
}

func TestAMonthThatIsNone(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s, acme := office(t, dsn, 100_00)
		for _, month := range []string{"", "2026", "2026-13", "2026-1", "november", "2026-11-01"} {
			if b, err := s.BillCompany(t.Context(), "demo", acme, month); err == nil || errors.Is(err, payments.ErrMonthRuns) {
				t.Errorf("%q: got %+v, %v", month, b, err)
			}
		}
	})
}
