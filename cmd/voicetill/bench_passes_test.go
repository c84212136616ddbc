package main

import (
	"strconv"
	"strings"
	"testing"
)

// A fiftieth of what `voicetill bench passes` shows.
func TestNoBadPassOpens(t *testing.T) {
	t.Parallel()
	n := 20_000
	if testing.Short() {
		n = 5_000
	}
	r, err := attackPasses(t.Context(), t.TempDir(), n/10, 1)
	if err != nil {
		t.Fatal(err)
	}
	checkPasses(t, r, n/10)
	var built passReport
	tells(t, &built, "bench", "passes", "--n", strconv.Itoa(n-n/10), "--seed", "2")
	checkPasses(t, built, n-n/10)
}

func checkPasses(t *testing.T, r passReport, n int) {
	t.Helper()
	if err := r.fault(); err != nil {
		t.Errorf("%v: %+v", err, r)
	}
	for kind, k := range r.Kinds {
		if k.Shown < int64(n)/2/int64(len(badKinds)+1)-1 {
			t.Errorf("%s: shown only %d times", kind, k.Shown)
		}
	}
	if r.N < int64(n)-1 || len(r.Kinds) == 0 {
		t.Errorf("shown %d of %d", r.N, n)
	}
}

func TestAReportOfPassesThatOpenedIsAFault(t *testing.T) {
	for want, r := range map[string]passReport{
		"3 of 10 bad passes": {N: 10, Opened: 3, Genuine: passKind{2, 1}},
		"good passes opened": {N: 10, Genuine: passKind{4, 3}},
		"opened 0 times":     {N: 10},
	} {
		if err := r.fault(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: got %v, want %s", r, err, want)
		}
	}
}
