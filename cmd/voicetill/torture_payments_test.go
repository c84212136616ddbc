package main

import "testing"

// A twentieth of the figure in docs/reliability.md on each database.
func TestTorturePayments(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, db string) {
		r, err := badPayments{dsn: db, n: 500, seed: 1}.run(t.Context())
		if err != nil || r.Crashes == 0 || r.Strays == 0 || r.Refunds == 0 || r.TopUps == 0 || r.Mandates == 0 || r.Confirmed == 0 {
			t.Errorf("%v: %+v", err, r)
		}
	})
}
