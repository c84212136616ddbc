package payments

import (
	"errors"
	"fmt"
	"time"
	_ "time/tzdata" // where a machine has no zones of its own
)

// ErrZone refuses what is no time zone.
var ErrZone = errors.New("a time zone has a name such as Europe/Berlin or Asia/Shanghai")

// Zone is the time zone of an IANA name, or ErrZone. "" and "Local", which mean
// something else on each machine, are none.
func Zone(name string) (*time.Location, error) {
	if name == "" || name == "Local" {
		return nil, ErrZone
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("%w: %q", ErrZone, name)
	}
	return zone, nil
}

// DayOf is the day of a time in a zone, as 2026-11-24.
func DayOf(at time.Time, zone *time.Location) string { return at.In(zone).Format(time.DateOnly) }

// DayStart is the first moment of a time's day in a zone: midnight, or what
// follows it where clocks are put forward at midnight.
func DayStart(at time.Time, zone *time.Location) time.Time {
	y, m, d := at.In(zone).Date()
	return firstOf(y, m, d, zone)
}

// MonthStart is the first moment of a time's calendar month in a zone.
func MonthStart(at time.Time, zone *time.Location) time.Time {
	y, m, _ := at.In(zone).Date()
	return firstOf(y, m, 1, zone)
}

// firstOf is where a day begins. time.Date does not say which of two midnights
// it takes, nor on which side of a missing one it lands.
func firstOf(y int, m time.Month, d int, zone *time.Location) time.Time {
	t := time.Date(y, m, d, 0, 0, 0, 0, zone)
	if t.Day() != d {
		t = t.Add(time.Hour)
	}
	if early := t.Add(-time.Hour); early.Day() == t.Day() {
		t = early
	}
	return t
}
