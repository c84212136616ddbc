package main

import (
	"testing"

	"voicetill/store/storetest"
)

// A twentieth of the figure in docs/reliability.md on each database.
func TestTorturePayments(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, db string) {
		var r paymentsReport
		tells(t, &r, "torture", "payments", "--db", db, "--n", "500", "--seed", "1")
		if r.N != 500 || r.Crashes == 0 || r.Strays == 0 || r.Refunds == 0 || r.TopUps == 0 || r.Mandates == 0 || r.Confirmed == 0 {
			t.Errorf("got %+v", r)
		}
	})
	t.Run("with the race detector", func(t *testing.T) {
		r, err := badPayments{dsn: storetest.SQLite(t), n: 100, seed: 2}.run(t.Context())
		if err != nil || r.Crashes == 0 || r.Paid == 0 {
			t.Errorf("%v: %+v", err, r)
		}
	})
}
