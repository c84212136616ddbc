package store_test

import (
	"testing"
	"time"

	"voicetill/payments"
)

// A stay is as long as it was, though the till's clock is set while it lasts, in
// whatever direction, and though its holder comes to the exit more than once.
func TestAStayAcrossAClockThatIsSet(t *testing.T) {
	for name, jump := range map[string]time.Duration{"forwards": 9 * time.Hour, "backwards": -9 * time.Hour, "by a year": -365 * 24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, dsn string) {
				s := carPark(t, dsn)
				s.allow(t, ofPlate)
				s.enter(t, byPlate("stay"), payments.VisitWelcome)
				s.clock.add(30 * time.Minute)
				s.clock.set(jump)
				s.enter(t, byPlate("stay"), payments.VisitWelcome) // the same again, by the new clock
				s.clock.add(30 * time.Minute)
				v := s.leave(t, visitAsk("stay"), payments.PassGood)
				if v.Total.Decimal() != "3.00" || v.Visit.Left.Sub(v.Visit.Entered) != time.Hour {
					t.Errorf("an hour: got %s for %s", v.Total, v.Visit.Left.Sub(v.Visit.Entered))
				}
				s.enter(t, byPlate("next"), payments.VisitWelcome)
				s.clock.add(10 * time.Minute)
				s.clock.set(-jump)
				s.leave(t, visitAsk("next"), payments.VisitNothing)
				s.buyPlan(t, "plan", "9100")
				s.clock.set(-9 * time.Hour)
				s.enter(t, byPlate("bought"), payments.VisitBySubs)
				s.audited(t)
			})
		})
	}
}

// Times that the gate's hardware tells are of one clock already. Clocks that are put
// back or forward for the summer change no stay.
func TestAStayAcrossSummerTime(t *testing.T) {
	for name, tt := range map[string]struct {
		now, entered, left, total string
	}{
		"put back":    {"2026-10-25T02:00:00Z", "2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00", "3.00"},
		"put forward": {"2027-03-28T02:00:00Z", "2027-03-28T01:45:00+01:00", "2027-03-28T03:15:00+02:00", "1.50"},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, dsn string) {
				s := carPark(t, dsn)
				if err := s.SetZone(t.Context(), "demo", "Europe/Berlin"); err != nil {
					t.Fatal(err)
				}
				s.clock.set(moment(t, tt.now).Sub(s.clock.now()))
				s.allow(t, ofPlate)
				ask := byPlate("stay")
				ask.Entered = moment(t, tt.entered)
				s.enter(t, ask, payments.VisitWelcome)
				ask.Left = moment(t, tt.left)
				if v := s.leave(t, ask, payments.PassGood); v.Total.Decimal() != tt.total {
					t.Errorf("got %s, want %s", v.Total, tt.total)
				}
				s.audited(t)
			})
		})
	}
}

func moment(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}
