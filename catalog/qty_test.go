package catalog

import (
	"strings"
	"testing"
)

func TestParseQty(t *testing.T) {
	for in, want := range map[string]Qty{"0": 0, "3": 3000, "0.15": 150, "1.5": 1500, "12.345": 12345, "007": 7000, "3.000": 3000,
		"0.001": 1, "1000000": MaxQty, "1000000.000": MaxQty} {
		got, err := ParseQty(in)
		if err != nil || got != want {
			t.Errorf("%q: got %d, %v; want %d", in, got, err, want)
		}
	}
	for _, in := range []string{"", " ", "-1", "+1", ".5", "5.", ".", "1.2.3", "1,5", "1e3", "1.2345", "1000000.001", "1000001",
		"99999999", "three", "0x10", "1 000", "²", "٣", "NaN", "1.-5"} {
		if got, err := ParseQty(in); err == nil {
			t.Errorf("%q: got %d", in, got)
		}
	}
}

func TestQtyString(t *testing.T) {
	for q, want := range map[Qty]string{0: "0", 3000: "3", 150: "0.15", 1500: "1.5", 12345: "12.345", 1: "0.001", 100_000: "100",
		-1500: "-1.5", MaxQty: "1000000"} {
		if got := q.String(); got != want {
			t.Errorf("%d: got %q, want %q", int64(q), got, want)
		}
	}
}

// FuzzParseQty: what is read is in range and is written as it can be read again.
func FuzzParseQty(f *testing.F) {
	for _, s := range []string{"0", "3", "0.15", "1.2345", "-1", "1000000.001", "9999999", ".", "٣", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		q, err := ParseQty(s)
		if err != nil {
			if q != 0 {
				t.Errorf("%q: %d beside %v", s, q, err)
			}
			return
		}
		if q < 0 || q > MaxQty {
			t.Errorf("%q: %d is out of range", s, q)
		}
		again, err := ParseQty(q.String())
		if err != nil || again != q || strings.HasSuffix(q.String(), ".") {
			t.Errorf("%q is written %q and read again as %d, %v", s, q, again, err)
		}
	})
}
