package payments_test

import (
	"errors"
	"testing"
	"time"

	"voicetill/payments"
)

func TestDaysBeginByThePlacesClock(t *testing.T) {
	for _, tt := range []struct{ name, zone, at, day, month string }{
		{"before midnight in winter", "Europe/Berlin", "2026-11-24T22:59:59Z", "2026-11-23T23:00:00Z", "2026-10-31T23:00:00Z"},
		{"at midnight", "Europe/Berlin", "2026-11-24T23:00:00Z", "2026-11-24T23:00:00Z", "2026-10-31T23:00:00Z"},
		{"a month that has begun here", "Asia/Shanghai", "2026-11-30T16:00:00Z", "2026-11-30T16:00:00Z", "2026-11-30T16:00:00Z"},
		{"a month that still runs here", "America/Los_Angeles", "2026-12-01T07:59:59Z", "2026-11-30T08:00:00Z", "2026-11-01T07:00:00Z"},
		{"the day of 23 hours ends early", "Europe/Berlin", "2026-03-29T21:59:59Z", "2026-03-28T23:00:00Z", "2026-02-28T23:00:00Z"},
		{"the day after it", "Europe/Berlin", "2026-03-29T22:00:00Z", "2026-03-29T22:00:00Z", "2026-02-28T23:00:00Z"},
		{"the day of 25 hours ends late", "Europe/Berlin", "2026-10-25T22:59:59Z", "2026-10-24T22:00:00Z", "2026-09-30T22:00:00Z"},
		{"clocks are put forward at midnight", "Africa/Cairo", "2026-04-24T05:00:00Z", "2026-04-23T22:00:00Z", "2026-03-31T22:00:00Z"},
		{"midnight comes twice", "America/Havana", "2026-11-01T12:00:00Z", "2026-11-01T04:00:00Z", "2026-11-01T04:00:00Z"},
		{"half an hour", "Asia/Kolkata", "2026-11-24T18:29:59Z", "2026-11-23T18:30:00Z", "2026-10-31T18:30:00Z"},
		{"UTC", "UTC", "2026-11-24T12:00:00Z", "2026-11-24T00:00:00Z", "2026-11-01T00:00:00Z"},
	} {
		zone, err := payments.Zone(tt.zone)
		if err != nil {
			t.Fatal(err)
		}
		at, err := time.Parse(time.RFC3339, tt.at)
		if err != nil {
			t.Fatal(err)
		}
		show := func(t time.Time) string { return t.UTC().Format(time.RFC3339) }
		if day, month := show(payments.DayStart(at, zone)), show(payments.MonthStart(at, zone)); day != tt.day || month != tt.month {
			t.Errorf("%s, %s in %s: got %s, %s, want %s, %s", tt.name, tt.at, tt.zone, day, month, tt.day, tt.month)
		}
	}
}

func TestWhatIsNoZone(t *testing.T) {
	for _, name := range []string{"", "Local", "Berlin", "Europe/berlin/", "../etc/passwd", "+01:00", "Europe/Berlin\x00"} {
		if zone, err := payments.Zone(name); !errors.Is(err, payments.ErrZone) {
			t.Errorf("%q: got %v, %v", name, zone, err)
		}
	}
}

func TestMonthsOfStatements(t *testing.T) {
	zone, err := payments.Zone("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	from, to, ok := payments.MonthOf("2026-03", zone)
	if !ok || from.UTC().Format(time.RFC3339) != "2026-02-28T23:00:00Z" || to.UTC().Format(time.RFC3339) != "2026-03-31T22:00:00Z" {
		t.Errorf("got %s to %s, %t", from, to, ok)
	}
	for _, text := range []string{"", "2026-13", "2026-3", "2026-03-01", "march"} {
		if _, _, ok := payments.MonthOf(text, zone); ok {
			t.Errorf("%q is a month", text)
		}
	}
}
