package store_test

import (
	"errors"
	"testing"
	"time"

	"voicetill/checkout"
	"voicetill/payments/money"
	"voicetill/store"
)

// billed is a check of a cart with the digest of its lines.
func (s *till) billed(t *testing.T, cart, account, digest string, picked bool) string {
	t.Helper()
	outcome, err := s.KeepCheck(t.Context(), checkout.Check{Cart: cart, Place: "demo", Account: account, Digest: digest, Reason: "{}",
		Total: money.Of(249, "EUR"), Picked: picked, At: s.clock.now()})
	if err != nil {
		t.Fatal(err)
	}
	return outcome
}

func (s *till) looked(t *testing.T, cart string, corrected bool) {
	t.Helper()
	s.clock.add(time.Second)
	if err := s.FinishCheck(t.Context(), "demo", cart, corrected, "keeper", s.clock.now()); err != nil {
		t.Fatal(err)
	}
}

func TestACheckWaitsUntilStaffLooked(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		s.freeze(t, "1", line(t, 1, "1203", 2000))
		for _, step := range []struct {
			name, digest string
			picked       bool
			want         string
		}{
			{"not picked", "a", false, checkout.CheckPassed},
			{"picked after more was added", "b", true, checkout.CheckWaiting},
			{"no longer picked after something was taken out", "a", false, checkout.CheckWaiting},
		} {
			if got := s.billed(t, "1", "", step.digest, step.picked); got != step.want {
				t.Errorf("%s: got %s, want %s", step.name, got, step.want)
			}
		}
		waiting, err := s.WaitingChecks(t.Context(), "demo", s.clock.now())
		if err != nil || len(waiting) != 1 || waiting[0].Lines[0].Milli != 2000 || waiting[0].Total.Decimal() != "2.49" {
			t.Errorf("got %+v, %v", waiting, err)
		}
		s.looked(t, "1", false)
		for digest, want := range map[string]string{"a": checkout.CheckClean} {
			if got := s.billed(t, "1", "", digest, true); got != want {
				t.Errorf("the same lines: got %s, want %s", got, want)
			}
		}
		if got := s.billed(t, "1", "", "c", false); got != checkout.CheckWaiting {
			t.Errorf("other lines than staff saw: got %s, want %s", got, checkout.CheckWaiting)
		}
		s.looked(t, "1", true)
		if got, err := s.CheckOutcome(t.Context(), "demo", "1"); got != checkout.CheckCorrected || err != nil {
			t.Errorf("got %s, %v", got, err)
		}
		if err := s.FinishCheck(t.Context(), "demo", "1", false, "keeper", s.clock.now()); !errors.Is(err, store.ErrNoCheck) {
			t.Errorf("twice: got %v, want %v", err, store.ErrNoCheck)
		}
		if err := s.FinishCheck(t.Context(), "harbour", "1", false, "keeper", s.clock.now()); !errors.Is(err, store.ErrNoCheck) {
			t.Errorf("of another place: got %v, want %v", err, store.ErrNoCheck)
		}
		if got, err := s.CheckOutcome(t.Context(), "demo", "never billed"); got != checkout.CheckPassed || err != nil {
			t.Errorf("got %s, %v", got, err)
		}
	})
}

func TestACheckThatWasLeftWaitsForTheNextBasket(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		for _, step := range []struct {
			cart, account string
			picked        bool
			want          string
		}{
			{"1", "ada", true, checkout.CheckWaiting},
			{"2", "ben", false, checkout.CheckPassed},
			{"3", "ada", false, checkout.CheckWaiting},
			{"4", "", false, checkout.CheckPassed},
		} {
			if got := s.billed(t, step.cart, step.account, "a", step.picked); got != step.want {
				t.Errorf("cart %s: got %s, want %s", step.cart, got, step.want)
			}
		}
		s.looked(t, "3", false)
		if got := s.billed(t, "5", "ada", "a", false); got != checkout.CheckPassed {
			t.Errorf("after it was looked at: got %s, want %s", got, checkout.CheckPassed)
		}
		s.billed(t, "6", "ada", "a", true)
		s.clock.add(25 * time.Hour)
		if got := s.billed(t, "7", "ada", "a", false); got != checkout.CheckPassed {
			t.Errorf("a day later: got %s, want %s", got, checkout.CheckPassed)
		}
		counts, err := s.CheckCounts(t.Context(), "demo", s.clock.now().Add(-48*time.Hour))
		if err != nil || counts["clean"] != 1 || counts["left"] != 1 || counts["passed"] != 4 {
			t.Errorf("got %v, %v", counts, err)
		}
	})
}

func TestTheHistoryBehindARate(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		rule := checkout.CheckRule{Base: 0.25, Decay: 0.5}
		if err := s.SetCheckRule(t.Context(), "demo", rule); err != nil {
			t.Fatal(err)
		}
		for _, step := range []struct {
			cart      string
			corrected bool
			want      checkout.CheckHistory
		}{
			{"1", false, checkout.CheckHistory{Paid: 1, Clean: 1}},
			{"2", false, checkout.CheckHistory{Paid: 2, Clean: 2}},
			{"3", true, checkout.CheckHistory{Paid: 3, Clean: 0}},
			{"4", false, checkout.CheckHistory{Paid: 4, Clean: 1}},
		} {
			b := s.freeze(t, step.cart, line(t, 1, "1203", 1000))
			s.billed(t, step.cart, "demo-ada", "a", true)
			s.looked(t, step.cart, step.corrected)
			s.pay(t, b)
			got, h, err := s.CheckBasis(t.Context(), "demo", "demo-ada")
			if err != nil || h != step.want || got != rule {
				t.Errorf("after cart %s: got %+v, %+v, %v, want %+v", step.cart, got, h, err, step.want)
			}
		}
		if _, h, err := s.CheckBasis(t.Context(), "demo", ""); err != nil || h != (checkout.CheckHistory{}) {
			t.Errorf("who is not signed in: got %+v, %v", h, err)
		}
		if err := s.SetCheckRule(t.Context(), "demo", checkout.CheckRule{Base: 2}); !errors.Is(err, checkout.ErrCheckRule) {
			t.Errorf("got %v", err)
		}
		if err := s.SetCheckRule(t.Context(), "nowhere", rule); !errors.Is(err, store.ErrNoPlace) {
			t.Errorf("got %v", err)
		}
	})
}
