package main

import (
	"testing"
	"time"
)

func TestBenchPay(t *testing.T) {
	t.Parallel()
	binary := buildTill(t, "")
	onBoth(t, func(t *testing.T, db string) {
		r, err := payRun{binary: binary, dsn: db, kiosks: 4, lasts: 2 * time.Second, real: true, seed: 1}.run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if r.Purchases == 0 || r.PerSecond <= 0 || len(r.Steps) != 4 {
			t.Fatalf("got %+v, want purchases of four steps", r)
		}
		for _, s := range r.Steps {
			if s.N < r.Purchases || s.P50 <= 0 || s.P99 < s.P50 {
				t.Errorf("step %s: got %+v, want each purchase timed", s.Step, s)
			}
		}
	})
}
