package main

import (
	"testing"

	"voicetill/store/storetest"
)

// A fiftieth of the figure in docs/reliability.md on each database.
func TestTortureLastUnit(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, db string) {
		var r lastUnitReport
		tells(t, &r, "torture", "lastunit", "--db", db, "--races", "200")
		if r.Once != 200 || r.Racers != 4 {
			t.Errorf("got %+v", r)
		}
	})
	t.Run("with the race detector", func(t *testing.T) {
		r, err := lastUnit{dsn: storetest.SQLite(t), races: 40, racers: 4}.run(t.Context())
		if err != nil {
			t.Errorf("%v: %+v", err, r)
		}
	})
}
