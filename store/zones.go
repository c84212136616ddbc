package store

import (
	"context"
	"fmt"
	"time"

	"voicetill/payments"
)

// Clocks sets the time zone of places that have none of their own; this
// machine's without it.
func Clocks(zone *time.Location) Option { return func(db *DB) { db.zone = zone } }

// SetZone sets the time zone by which a place counts its days: an IANA name, or
// "" for the till's own. payments.ErrZone, ErrNoPlace.
func (db *DB) SetZone(ctx context.Context, place, name string) error {
	if name != "" {
		if _, err := payments.Zone(name); err != nil {
			return err
		}
	}
	n, err := db.exec(ctx, `UPDATE places SET zone = ? WHERE id = ?`, name, place)
	if err == nil && n != 1 {
		return ErrNoPlace
	}
	return err
}

// ZoneOf is the time zone of a place, the till's own where it has none, or one
// that this machine does not know.
func (db *DB) ZoneOf(p Place) *time.Location {
	if zone, err := payments.Zone(p.Zone); err == nil {
		return zone
	}
	return db.zone
}

// zoneIn is ZoneOf of a place's id; "" is the till's own.
func (db *DB) zoneIn(t *tx, place string) (*time.Location, error) {
	var p Place
	if place == "" {
		return db.zone, nil
	}
	if err := t.get(&p, selectPlace+` WHERE p.id = ?`, place); err != nil {
		return nil, fmt.Errorf("find the clock of place %s: %w", place, none(err, ErrNoPlace))
	}
	return db.ZoneOf(p), nil
}
