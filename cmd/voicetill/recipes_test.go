package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// blocks are the blocks of code of docs/operations.md that begin with first.
func blocks(t *testing.T, first string) []string {
	t.Helper()
	text, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, m := range regexp.MustCompile("(?ms)^```[a-z]*\n(.*?)^```$").FindAllStringSubmatch(string(text), -1) {
		if strings.HasPrefix(m[1], first) {
			list = append(list, m[1])
		}
	}
	return list
}

// TestUnitsOfTheDocsAreUnderstoodBySystemd puts the units where systemd looks at
// them together, with programs that this machine has in the place of the till's.
func TestUnitsOfTheDocsAreUnderstoodBySystemd(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("needs systemd-analyze: apt-get install systemd")
	}
	const head = "# /etc/systemd/system/"
	dir := t.TempDir()
	var files []string
	for _, unit := range blocks(t, head) {
		name, text, _ := strings.Cut(strings.TrimPrefix(unit, head), "\n")
		for _, program := range []string{"/opt/voicetill/bin/voicetill", "/usr/bin/cage", "/usr/bin/chromium"} {
			text = strings.ReplaceAll(text, program, "/bin/true")
		}
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	if len(files) != 4 {
		t.Fatalf("found %q, want four units", files)
	}
	out, err := exec.Command("systemd-analyze", append([]string{"verify", "--man=no"}, files...)...).CombinedOutput()
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, dir) || strings.HasPrefix(line, "voicetill") || strings.HasPrefix(line, "kiosk") {
			t.Errorf("systemd-analyze: %s", line)
		}
	}
	if err != nil && t.Failed() {
		t.Error(err)
	}
}

func TestPoliciesOfTheKioskAreJSON(t *testing.T) {
	found := blocks(t, "{\n  \"URLBlocklist\"")
	if len(found) != 1 {
		t.Fatalf("found %d, want one", len(found))
	}
	var policies map[string]any
	if err := json.Unmarshal([]byte(found[0]), &policies); err != nil || len(policies) < 20 {
		t.Errorf("%d policies, %v", len(policies), err)
	}
}
