// Package money holds amounts: whole minor units of one currency, never a
// float. It is a leaf.
package money

import (
	"errors"
	"fmt"
	"math/bits"

	"github.com/bojanz/currency"
)

// Currency is an ISO 4217 code such as "EUR".
type Currency string

// Amount is a sum of money. Amounts are values; the zero Amount has no
// currency and adds to nothing but itself.
type Amount struct {
	Minor    int64    `json:"minor"` // cents for EUR, yen for JPY
	Currency Currency `json:"currency"`
}

var (
	// ErrOverflow says that a sum does not fit 64 bits of minor units.
	ErrOverflow = errors.New("amount too large")
	// ErrMixed says that amounts of two currencies were put together.
	ErrMixed = errors.New("amounts of different currencies")
)

// Of is minor units of a currency: Of(249, "EUR") is 2.49 EUR.
func Of(minor int64, c Currency) Amount { return Amount{Minor: minor, Currency: c} }

// Valid reports whether c is a currency in use (ISO 4217, from CLDR).
func (c Currency) Valid() bool { return currency.IsValid(string(c)) }

// Digits are the decimals of the minor unit: 2 for EUR, 0 for JPY, 3 for KWD.
// An unknown currency has 2.
func (c Currency) Digits() int {
	if d, ok := currency.GetDigits(string(c)); ok {
		return int(d)
	}
	return 2
}

// Zero is nothing of the currency.
func (c Currency) Zero() Amount { return Amount{Currency: c} }

// Add returns a+b, ErrMixed or ErrOverflow.
func (a Amount) Add(b Amount) (Amount, error) {
	if a.Currency != b.Currency {
		return Amount{}, fmt.Errorf("%w: %s and %s", ErrMixed, a.Currency, b.Currency)
	}
	sum := a.Minor + b.Minor
	if (sum > a.Minor) != (b.Minor > 0) {
		return Amount{}, ErrOverflow
	}
	return Amount{sum, a.Currency}, nil
}

// Neg returns -a, or ErrOverflow for the lowest amount there is.
func (a Amount) Neg() (Amount, error) {
	if a.Minor == -a.Minor && a.Minor != 0 {
		return Amount{}, ErrOverflow
	}
	return Amount{-a.Minor, a.Currency}, nil
}

// Sub returns a−b, ErrMixed or ErrOverflow.
func (a Amount) Sub(b Amount) (Amount, error) {
	n, err := b.Neg()
	if err != nil {
		return Amount{}, err
	}
	return a.Add(n)
}

// Sum adds amounts of c; none is zero.
func Sum(c Currency, amounts ...Amount) (Amount, error) {
	sum, err := c.Zero(), error(nil)
	for _, a := range amounts {
		if sum, err = sum.Add(a); err != nil {
			return Amount{}, err
		}
	}
	return sum, nil
}

// Times is the price a for milli thousandths of its unit, rounded half up
// (away from zero) once: 2.49 times 3000 is 7.47.
func (a Amount) Times(milli int64) (Amount, error) {
	minor, err := mulDiv(a.Minor, milli, 1000)
	if err != nil {
		return Amount{}, err
	}
	return Amount{minor, a.Currency}, nil
}

// SplitTax takes a, tax included, apart into net and tax at rateBP hundredths
// of a percent (1900 is 19 %). The tax is rounded half up once; net and tax
// always add up to a.
func (a Amount) SplitTax(rateBP int) (net, tax Amount, err error) {
	if rateBP < 0 || rateBP > 1_000_000 {
		return Amount{}, Amount{}, fmt.Errorf("tax rate %d is not between 0 and 1000000 hundredths of a percent", rateBP)
	}
	minor, err := mulDiv(a.Minor, int64(rateBP), 10_000+int64(rateBP))
	if err != nil {
		return Amount{}, Amount{}, err
	}
	tax = Amount{minor, a.Currency}
	net, err = a.Sub(tax)
	return net, tax, err
}

// mulDiv is a×b/c with a 128-bit product, rounded half away from zero. c > 0.
func mulDiv(a, b, c int64) (int64, error) {
	hi, lo := bits.Mul64(abs(a), abs(b))
	lo, carry := bits.Add64(lo, uint64(c)/2, 0)
	hi += carry
	if hi >= uint64(c) {
		return 0, ErrOverflow
	}
	q, _ := bits.Div64(hi, lo, uint64(c))
	if q > 1<<63-1 {
		return 0, ErrOverflow
	}
	if (a < 0) != (b < 0) {
		return -int64(q), nil
	}
	return int64(q), nil
}

func abs(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}
