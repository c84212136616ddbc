package main

import (
	"testing"

	"voicetill/store/powercut"
)

// A fifth of the figure in docs/reliability.md.
func TestTorturePower(t *testing.T) {
	dir := t.TempDir()
	unmount, err := powercut.NewDisk().Mount(dir)
	if err != nil {
		t.Skipf("FUSE is not to be had here, so no power is cut: %v", err)
	}
	if err := unmount(); err != nil {
		t.Fatal(err)
	}
	r, err := powerCuts{binary: buildTill(t, ""), dir: dir, cuts: 10, kiosks: 8, seed: 1}.run(t.Context())
	if err != nil || r.Sales < r.Cuts {
		t.Errorf("%v: %+v", err, r)
	}
}
