package main

import (
	"flag"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// Two thousand operations; the figure of docs/reliability.md takes an hour.
func TestTortureLedger(t *testing.T) {
	t.Parallel()
	few(t, 4)
	b := randomBooks{length: 100, snapshot: 50, fresh: memoryDB}
	r := b.report()
	rapid.Check(t, func(rt *rapid.T) { b.sequence(t.Context(), rt, &r) })
	checkBooks(t, r)
	built := b.report()
	tells(t, &built, "torture", "ledger", "--operations", "2000", "--seed", "1")
	checkBooks(t, built)
}

func checkBooks(t *testing.T, r ledgerReport) {
	t.Helper()
	if r.Crashes == 0 || r.Done["refund"] == 0 || r.Done["sell"] == 0 {
		t.Errorf("got %+v, want sales, refunds and crashes", r)
	}
}

// few makes rapid.Check try n times for the rest of the test: each begins with a
// new database.
func few(t *testing.T, n int) {
	checks := flag.Lookup("rapid.checks").Value
	was := checks.String()
	if err := checks.Set(strconv.Itoa(n)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = checks.Set(was) })
}
