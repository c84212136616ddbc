package payments_test

import (
	"errors"
	"testing"
	"time"

	"voicetill/payments"

	"pgregory.net/rapid"
)

func TestWhatAStayCosts(t *testing.T) {
	parking := payments.Tariff{Item: "9001", UnitMin: 30, FreeMin: 15, DayItem: "9002"}
	open := payments.Tariff{Item: "9001", UnitMin: 60}
	toll := payments.Tariff{Item: "9003"}
	const unit, day = 150, 1200
	for _, tt := range []struct {
		name        string
		tariff      payments.Tariff
		stay        time.Duration
		days, units int64
	}{
		{"nothing at all", parking, 0, 0, 0},
		{"the free minutes", parking, 15 * time.Minute, 0, 0},
		{"within their last second", parking, 15*time.Minute + 900*time.Millisecond, 0, 0},
		{"a second more", parking, 15*time.Minute + time.Second, 0, 1},
		{"one unit to the second", parking, 45 * time.Minute, 0, 1},
		{"one unit and a second", parking, 45*time.Minute + time.Second, 0, 2},
		{"just below the day's maximum", parking, 15*time.Minute + 7*30*time.Minute, 0, 7},
		{"as much as the maximum", parking, 15*time.Minute + 8*30*time.Minute, 1, 0},
		{"a whole day", parking, 24 * time.Hour, 1, 0},
		{"a day and a second", parking, 24*time.Hour + time.Second, 1, 1},
		{"a day and ten hours", parking, 34 * time.Hour, 2, 0},
		{"three days", parking, 72 * time.Hour, 3, 0},
		{"without a maximum", open, 30 * time.Hour, 0, 30},
		{"a passage", toll, time.Second, 0, 1},
		{"a long passage", toll, 100 * time.Hour, 0, 1},
		{"no time at all on a toll road", toll, 0, 0, 1},
	} {
		if days, units := tt.tariff.Cost(tt.stay, unit, day); days != tt.days || units != tt.units {
			t.Errorf("%s: got %d days and %d units, want %d and %d", tt.name, days, units, tt.days, tt.units)
		}
	}
}

// Whoever stays longer never pays less, and never more than the maximum for each
// 24 hours that were begun.
func TestLongerIsNeverCheaper(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tariff := payments.Tariff{Item: "1", UnitMin: rapid.IntRange(1, 240).Draw(t, "unit"), FreeMin: rapid.IntRange(0, 120).Draw(t, "free"), DayItem: "2"}
		unit, day := rapid.Int64Range(1, 500).Draw(t, "price"), rapid.Int64Range(1, 5000).Draw(t, "day's price")
		cost := func(stay time.Duration) int64 {
			days, units := tariff.Cost(stay, unit, day)
			return days*day + units*unit
		}
		stay := time.Duration(rapid.Int64Range(0, 100*3600).Draw(t, "seconds")) * time.Second
		more := stay + time.Duration(rapid.Int64Range(0, 30*3600).Draw(t, "more"))*time.Second
		if cost(more) < cost(stay) {
			t.Fatalf("%s costs %d, %s costs %d", stay, cost(stay), more, cost(more))
		}
		if begun := int64((stay + 24*time.Hour - 1) / (24 * time.Hour)); cost(stay) > begun*day {
			t.Fatalf("%s costs %d at %d a day", stay, cost(stay), day)
		}
	})
}

func TestWhatIsNoTariffOrPlan(t *testing.T) {
	for _, bad := range []payments.Tariff{{}, {Item: "1", UnitMin: -1}, {Item: "1", UnitMin: 1441}, {Item: "1", FreeMin: -1}, {Item: "1", DayItem: "2"}} {
		if err := bad.Valid(); !errors.Is(err, payments.ErrTariff) {
			t.Errorf("%+v: got %v", bad, err)
		}
	}
	for _, bad := range []payments.Plan{{}, {Item: "1"}, {Item: "1", Visits: -1}, {Item: "1", Days: 4000}, {Visits: 1}} {
		if err := bad.Valid(); !errors.Is(err, payments.ErrPlan) {
			t.Errorf("%+v: got %v", bad, err)
		}
	}
}
