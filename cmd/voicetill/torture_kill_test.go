package main

import "testing"

// A twentieth of the figure in docs/reliability.md on each database.
func TestTortureKill(t *testing.T) {
	binary := buildTill(t, "")
	onBoth(t, func(t *testing.T, db string) {
		r, err := killing{binary: binary, dsn: db, kills: 30, kiosks: 8, seed: 1, within: killLimit}.run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		// The longest time back is for a machine that does nothing else.
		if r.Sales < r.Kills || r.BackP50 > backWithin.Seconds() {
			t.Errorf("got %+v, want a sale a kill, and half of the times to be back in %v", r, backWithin)
		}
	})
}

func TestTortureWantsADatabaseOfItsOwn(t *testing.T) {
	s := sell(t)
	if _, err := openShop(t.Context(), s.dsn, 1, false); err == nil {
		t.Error("got a shop in books with sales, want a refusal")
	}
}
