package main

import (
	"testing"

	"pgregory.net/rapid"
)

// rapid's own hundred sequences make a hundredth of the figure in
// docs/reliability.md.
func TestTortureLedger(t *testing.T) {
	b := randomBooks{length: 100, snapshot: 50, fresh: memoryDB}
	r := b.report()
	rapid.Check(t, func(rt *rapid.T) { b.sequence(t.Context(), rt, &r) })
	if r.Crashes == 0 || r.Done["refund"] == 0 || r.Done["sell"] == 0 {
		t.Errorf("got %+v, want sales, refunds and crashes", r)
	}
}
