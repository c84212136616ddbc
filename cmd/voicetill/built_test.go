package main

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"testing"
)

// tells runs the built till and reads the JSON that it prints last. It has no race
// detector, which takes five times as long to compute: a tenth of what a test does
// is done with it, in the test's own process.
func tells(t *testing.T, report any, args ...string) {
	t.Helper()
	var faults bytes.Buffer
	cmd := exec.CommandContext(t.Context(), buildTill(t, ""), args...)
	cmd.Stderr = &faults
	out, err := cmd.Output()
	if err != nil {
		t.Errorf("%v: %v\n%s\n%s", args, err, out, faults.Bytes())
	}
	lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	if err := json.Unmarshal(lines[len(lines)-1], report); err != nil {
		t.Fatalf("%v: %v\n%s\n%s", args, err, out, faults.Bytes())
	}
}
