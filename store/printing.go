package store

import (
	"context"
	"errors"
	"fmt"
)

// Printing is whether the kiosks of a place print receipts.
type Printing string

const (
	PrintNever  Printing = "never"
	PrintAsk    Printing = "ask"    // when the shopper asks
	PrintAlways Printing = "always" // by itself
)

// ErrPrinting refuses an unknown Printing.
var ErrPrinting = errors.New("a place prints never, ask or always")

// SetPrinting returns ErrPrinting or ErrNoPlace.
func (db *DB) SetPrinting(ctx context.Context, place string, p Printing) error {
	if p != PrintNever && p != PrintAsk && p != PrintAlways {
		return ErrPrinting
	}
	n, err := db.exec(ctx, `UPDATE places SET print = ? WHERE id = ?`, p, place)
	if err != nil {
		return fmt.Errorf("set printing of %s: %w", place, err)
	}
	if n != 1 {
		return ErrNoPlace
	}
	return nil
}

// Printing of a place, or ErrNoPlace.
func (db *DB) Printing(ctx context.Context, place string) (p Printing, err error) {
	err = db.get(ctx, &p, `SELECT print FROM places WHERE id = ?`, place)
	return p, none(err, ErrNoPlace)
}
