package main

import "testing"

// A tenth of the figure in docs/reliability.md, over both databases.
func TestTortureLastUnit(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, db string) {
		r, err := lastUnit{dsn: db, races: 200, racers: 4}.run(t.Context())
		if err != nil {
			t.Errorf("%v: %+v", err, r)
		}
	})
}
