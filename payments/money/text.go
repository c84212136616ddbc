package money

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/bojanz/currency"
)

// Decimal is the amount with the decimals of its currency and no symbol:
// "7.47", "-0.05", "500" for yen.
func (a Amount) Decimal() string {
	digits := a.Currency.Digits()
	s := strconv.FormatUint(abs(a.Minor), 10)
	if pad := digits + 1 - len(s); pad > 0 {
		s = strings.Repeat("0", pad) + s
	}
	if digits > 0 {
		s = s[:len(s)-digits] + "." + s[len(s)-digits:]
	}
	if a.Minor < 0 {
		return "-" + s
	}
	return s
}

// String is for logs and errors: "7.47 EUR".
func (a Amount) String() string { return a.Decimal() + " " + string(a.Currency) }

// Format writes the amount as people of the locale ("en", "de-AT", "zh") do:
// "€7.47", "7,47 €". An unknown locale or currency gives String.
func (a Amount) Format(locale string) string {
	c, err := currency.NewAmount(a.Decimal(), string(a.Currency))
	if err != nil {
		return a.String()
	}
	return currency.NewFormatter(currency.NewLocale(locale)).Format(c)
}

// Parse reads a decimal such as "7.47" or "-3": an optional minus, digits, and
// at most as many decimals as the currency has. No signs, groups or exponents.
func Parse(decimal string, c Currency) (Amount, error) {
	if !c.Valid() {
		return Amount{}, fmt.Errorf("%q is not a currency code", string(c))
	}
	digits := c.Digits()
	body, negative := strings.CutPrefix(decimal, "-")
	whole, frac, point := strings.Cut(body, ".")
	if whole == "" || notDigits(whole) || notDigits(frac) || point && frac == "" || len(frac) > digits {
		return Amount{}, fmt.Errorf("%q is not an amount with at most %d decimals", decimal, digits)
	}
	minor, err := strconv.ParseInt(whole+frac+strings.Repeat("0", digits-len(frac)), 10, 64)
	if err != nil {
		return Amount{}, fmt.Errorf("%q: %w", decimal, ErrOverflow)
	}
	if negative {
		minor = -minor
	}
	return Amount{minor, c}, nil
}

func notDigits(s string) bool { return strings.Trim(s, "0123456789") != "" }
