package payments

import (
	"testing"
	"time"
)

// What a gate says of a visit is refused, or is a stay of zero to a year that has
// ended.
func FuzzVisitAsk(f *testing.F) {
	f.Add("1", int64(0), int64(0))
	f.Add("", int64(-3600), int64(0))
	f.Add("k", int64(-40_000_000), int64(-1))
	f.Add("k", int64(0), int64(9_999_999_999))
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, key string, entered, left int64) {
		ask := VisitAsk{Gate: "exit", Key: key, Entered: now.Add(time.Duration(entered) * time.Second), Left: now.Add(time.Duration(left) * time.Second)}
		a, err := ask.check(now)
		if err != nil {
			return
		}
		if stay := a.Left.Sub(a.Entered); stay < 0 || stay > longestVisit || a.Left.After(now.Add(ClockSlack)) || len(a.Key) == 0 {
			t.Errorf("%+v was taken for a stay of %s", ask, stay)
		}
	})
}

func FuzzPlate(f *testing.F) {
	for _, s := range []string{"B VT 1", "k-vt·123", "沪A12345", "", "!!", "ÄÖ-1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := Plate(s)
		if err != nil {
			return
		}
		if again, err := Plate(p); err != nil || again != p {
			t.Errorf("%q is read as %q, and that as %q, %v", s, p, again, err)
		}
	})
}
