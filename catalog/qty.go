package catalog

import (
	"fmt"
	"strconv"
	"strings"
)

// MaxQty bounds what ParseQty reads: a million units.
const MaxQty = Qty(1_000_000_000)

// String is the decimal form without trailing zeros: "3", "0.15".
func (q Qty) String() string {
	sign := ""
	if q < 0 {
		sign, q = "-", -q
	}
	s := fmt.Sprintf("%s%d.%03d", sign, q/1000, q%1000)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// ParseQty reads a decimal such as "3" or "0.15": no sign, at most three
// decimals, at most MaxQty.
func ParseQty(s string) (Qty, error) {
	whole, frac, hasFrac := strings.Cut(s, ".")
	digits := func(t string) bool { return strings.Trim(t, "0123456789") == "" }
	if whole == "" || !digits(whole) || !digits(frac) || len(whole) > 7 || len(frac) > 3 || hasFrac && frac == "" {
		return 0, fmt.Errorf("quantity %q is not a decimal number with at most three decimals", s)
	}
	w, _ := strconv.ParseInt(whole, 10, 64)
	f, _ := strconv.ParseInt((frac + "000")[:3], 10, 64)
	q := Qty(w*1000 + f)
	if q > MaxQty {
		return 0, fmt.Errorf("quantity %q is over %s", s, MaxQty)
	}
	return q, nil
}
