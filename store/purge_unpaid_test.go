package store_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"voicetill/checkout"
	"voicetill/payments"
	"voicetill/store"

	"github.com/jmoiron/sqlx"
)

// Bills that nobody began to pay go when they are old, and no other: neither one
// that was paid, nor one whose payment failed, is under way or waits for staff,
// nor a visit's.
func TestBillsThatNobodyPaidArePurged(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newCardTill(t, dsn)
		milk := line(t, 1, "1203", 1000)
		paid := s.freeze(t, "paid", milk)
		s.pay(t, paid)
		s.freeze(t, "left", milk)
		void := s.freeze(t, "void", milk)
		failed := s.freeze(t, "failed", milk)
		s.card.fault = func(op string) string { return map[string]string{"charge": refused}[op] }
		if _, err := s.service.Pay(t.Context(), failed, byCard()); !errors.Is(err, payments.ErrNoCharge) {
			t.Fatal(err)
		}
		late := s.freeze(t, "late", milk)
		s.card.fault = func(op string) string { return map[string]string{"charge": delayed}[op] }
		if _, err := s.service.Pay(t.Context(), late, byCard()); !errors.Is(err, errLost) {
			t.Fatal(err)
		}
		s.card.heal()
		s.clock.add(payments.Patience)
		now := s.clock.now()
		_, err := s.KeepCheck(t.Context(), checkout.Check{Cart: "seen", Place: "demo", Account: "demo-ada", Digest: "d", Reason: "[]", Total: eur(100), At: now})
		err = errors.Join(err, s.VoidBill(t.Context(), void.ID), s.service.Recover(t.Context()))
		if err != nil {
			t.Fatal(err)
		}
		s.freeze(t, "seen", milk)
		s.freeze(t, payments.VisitCart("deck-1"), milk)
		s.confirmed(t) // one is approved, one is refused
		k := store.DefaultKeep
		k.Calls, k.Checks = 1000*24*time.Hour, 1000*24*time.Hour
		if _, err := s.Purge(t.Context(), k, s.clock.now().Add(k.Unpaid)); err != nil || !slices.Contains(carts(t, dsn), "left") {
			t.Errorf("when they are not old: %v, %v", carts(t, dsn), err)
		}
		want := []string{"failed", "late", "paid", "seen", "to confirm 0", "to confirm 1", payments.VisitCart("deck-1")}
		for range 2 {
			if _, err := s.Purge(t.Context(), k, s.clock.now().Add(k.Unpaid+24*time.Hour)); err != nil {
				t.Fatal(err)
			}
			if got := carts(t, dsn); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("bills of %q are left, want %q", got, want)
			}
		}
		s.freeze(t, "left", milk) // as if it were new
		if err := s.arrive(t, s.service); err != nil {
			t.Error(err)
		}
		s.settleAll(t)
		if a := s.proven(t); a.Receipts != 2 { // what arrived late is on none
			t.Errorf("%d receipts, want the two that were paid", a.Receipts)
		}
		if _, err := s.Purge(t.Context(), store.DefaultKeep, s.clock.now().Add(2000*24*time.Hour)); err != nil {
			t.Fatal(err)
		}
		if got := carts(t, dsn); slices.Contains(got, "seen") || slices.Contains(got, "to confirm 1") || !slices.Contains(got, "to confirm 0") {
			t.Errorf("at last bills of %q are left", got)
		}
		s.proven(t)
	})
}

// carts are those of all bills, in order.
func carts(t *testing.T, dsn string) (list []string) {
	t.Helper()
	withRaw(t, dsn, func(db *sqlx.DB) {
		if err := db.Select(&list, `SELECT cart FROM bills`); err != nil {
			t.Fatal(err)
		}
	})
	slices.Sort(list)
	return list
}

// Counts of days go when they are old, and no setting of the place.
func TestOldCountsArePurged(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		if err := s.SetConfirmRule(t.Context(), "demo", payments.ConfirmRule{Always: true}); err != nil {
			t.Fatal(err)
		}
		for _, day := range []string{"2024-09-14", "2024-09-15", "2026-11-24"} {
			if err := s.AddUnderstood(t.Context(), "demo", day, checkout.Understood{}); err != nil {
				t.Fatal(err)
			}
		}
		settings := rows(t, dsn, "place_settings")["place_settings"]
		if n := s.purged(t, "place_settings", 0); n != 1 { // 800 days before 24 November
			t.Errorf("%d counts were purged", n)
		}
		days, err := s.Understood(t.Context(), "demo", "2000-01-01", "2100-01-01")
		if got := slices.Sorted(maps.Keys(days)); err != nil || fmt.Sprint(got) != "[2024-09-15 2026-11-24]" {
			t.Errorf("left: %v, %v", got, err)
		}
		if n := s.purged(t, "place_settings", 4000*24*time.Hour); n != 2 || rows(t, dsn, "place_settings")["place_settings"] != settings-3 {
			t.Errorf("%d counts were purged, of %d settings", n, settings)
		}
	})
}
