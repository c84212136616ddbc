package main

import (
	"errors"
	"testing"
)

// A tenth of the figure in docs/reliability.md.
func TestTortureDisk(t *testing.T) {
	r, err := fullDisk{binary: buildTill(t, ""), dir: t.TempDir(), rounds: 10, kiosks: 8, seed: 1}.run(t.Context())
	if errors.Is(err, errNoMount) {
		t.Skipf("no disk could be filled up: %v", err)
	}
	if err != nil || r.Refused < r.Rounds*r.Kiosks {
		t.Errorf("%v: %+v", err, r)
	}
}
