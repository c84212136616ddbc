package payments

import (
	"errors"
	"fmt"
	"time"
)

// Tariff is what a visit behind a gate costs. Names, prices and taxes are those
// of the place's catalogue, whose items it names.
type Tariff struct {
	Item    string `json:"item"`               // number: one a started unit, or one a visit
	UnitMin int    `json:"unit_min,omitempty"` // minutes; 0: a fixed fee, however long the visit is
	FreeMin int    `json:"free_min,omitempty"` // first minutes that cost nothing
	DayItem string `json:"day_item,omitempty"` // number: what 24 hours cost at most, "": no maximum
}

// Plan is what is sold as an item and used up by visits.
type Plan struct {
	Item   string `json:"item"`             // number
	Visits int    `json:"visits,omitempty"` // 0: any number
	Days   int    `json:"days,omitempty"`   // from the sale; 0: for ever
}

var (
	// ErrTariff refuses a tariff that means nothing.
	ErrTariff = errors.New("a tariff names an item, minutes are from 0 to 1440, and only what is paid by time has a day's maximum")
	// ErrPlan refuses a plan that means nothing.
	ErrPlan = errors.New("a plan names an item and has a number of visits, or of days up to 3660, or both")
	// ErrNoTariff says that a place has no tariff, or that its items are not sold.
	ErrNoTariff = errors.New("this place has no tariff, or its catalogue does not have the tariff's items")
)

// Valid returns ErrTariff where the tariff means nothing.
func (t Tariff) Valid() error {
	day := 24 * 60
	if t.Item == "" || t.UnitMin < 0 || t.UnitMin > day || t.FreeMin < 0 || t.FreeMin > day || t.UnitMin == 0 && t.DayItem != "" {
		return ErrTariff
	}
	return nil
}

// Valid returns ErrPlan where the plan means nothing.
func (p Plan) Valid() error {
	if p.Item == "" || p.Visits < 0 || p.Visits > 1_000_000 || p.Days < 0 || p.Days > 3660 || p.Visits == 0 && p.Days == 0 {
		return ErrPlan
	}
	return nil
}

// Cost is how many of the tariff's items a stay costs: whole days at the day's
// maximum and started units, whose sum in minor units never exceeds that maximum
// for each 24 hours. The free minutes are the first of the stay.
func (t Tariff) Cost(stay time.Duration, unit, day int64) (days, units int64) {
	stay = stay.Truncate(time.Second)
	switch free := time.Duration(t.FreeMin) * time.Minute; {
	case stay <= free && (free > 0 || t.UnitMin > 0):
		return 0, 0
	case t.UnitMin == 0:
		return 0, 1
	}
	const full = 24 * time.Hour
	rest := stay
	if t.DayItem != "" {
		days, rest = int64(stay/full), stay%full
	}
	if days == 0 {
		rest -= time.Duration(t.FreeMin) * time.Minute
	}
	each := time.Duration(t.UnitMin) * time.Minute
	units = int64((rest + each - 1) / each)
	if t.DayItem != "" && units*unit >= day && units > 0 {
		return days + 1, 0
	}
	return days, units
}

// Lines are those of a stay's bill; find prices an item by its number. No lines:
// it costs nothing.
func (t Tariff) Lines(stay time.Duration, find func(number string) (Line, error)) ([]Line, error) {
	unit, err := find(t.Item)
	if err != nil {
		return nil, fmt.Errorf("%w: item %s: %w", ErrNoTariff, t.Item, err)
	}
	var day Line
	if t.DayItem != "" {
		if day, err = find(t.DayItem); err != nil {
			return nil, fmt.Errorf("%w: item %s: %w", ErrNoTariff, t.DayItem, err)
		}
	}
	days, units := t.Cost(stay, unit.Price.Minor, day.Price.Minor)
	var lines []Line
	for _, part := range []struct {
		line Line
		n    int64
	}{{day, days}, {unit, units}} {
		if part.n == 0 {
			continue
		}
		l := part.line
		l.Line, l.Milli = len(lines)+1, part.n*1000
		if l.Total, err = l.Price.Times(l.Milli); err != nil {
			return nil, err
		}
		lines = append(lines, l)
	}
	return lines, nil
}
