//go:build vosk

package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"voicetill/checkout"
	"voicetill/store/storetest"
)

// brands is a catalogue with names that the recogniser does not know.
func brands(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "brands.csv")
	text := "number,name,price\n101,haribo,1\n102,oatly,2\n103,chobani yogurt,2\n104,milk,1\n105,haribo 500,4\n"
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestHearNamesThatTheModelDoesNotKnow(t *testing.T) {
	said := map[string]string{"two haribo": "101 2", "i want oatly times three": "102 3", "give me four chobani yogurt": "103 4"}
	var files, want []string
	for _, voice := range []string{"espeak-ng en-us", "flite slt"} {
		for text, w := range said {
			files, want = append(files, utter(t, voice, text)), append(want, w)
		}
	}
	right := 0
	for i, h := range hearing(t, append([]string{"--catalog", brands(t)}, files...)...) {
		item, quantity, _ := strings.Cut(want[i], " ")
		switch {
		case adds(h.Commands, item, quantity):
			right++
		case len(h.Commands) > 0 && h.Commands[0].Ask == "":
			t.Errorf("%s: heard %q and would do %s unasked", h.WAV, h.Text, show(h.Commands))
		}
	}
	if right < len(want)-1 {
		t.Errorf("%d of %d were understood", right, len(want))
	}
}

func TestSpeakableNamesEveryItem(t *testing.T) {
	stdout := redirect(t, &os.Stdout)
	err := Main(t.Context(), []string{"catalog", "speakable", "--json", brands(t)})
	var got struct {
		Counts map[checkout.Way]int
		Items  []checkout.Speakable
	}
	out := stdout()
	if jsonErr := json.Unmarshal(out, &got); jsonErr != nil {
		t.Fatalf("%v: %s", jsonErr, out)
	}
	if !errors.Is(err, errUnspeakable) {
		t.Errorf("got %v, want %v", err, errUnspeakable)
	}
	want := map[string]checkout.Way{"101": checkout.ByGuess, "102": checkout.ByGuess, "103": checkout.ByGuess, "104": checkout.VoiceReady, "105": checkout.ByNumber}
	for _, s := range got.Items {
		if s.Way != want[s.Number] || (s.Way == checkout.ByGuess) != (len(s.As) > 0) {
			t.Errorf("%s: %s, heard as %q", s.Name, s.Way, s.As)
		}
	}
	if len(got.Items) != 5 || got.Counts[checkout.ByGuess] != 3 {
		t.Errorf("got %+v", got)
	}
}

func TestWithoutTheDictionaryNamesAreSoldByNumber(t *testing.T) {
	t.Setenv("VOICETILL_DICTIONARY", filepath.Join(t.TempDir(), "none.dict"))
	stdout, stderr := redirect(t, &os.Stdout), redirect(t, &os.Stderr)
	err := Main(t.Context(), []string{"catalog", "speakable", brands(t)})
	table, warning := string(stdout()), string(stderr())
	if !errors.Is(err, errUnspeakable) || !strings.Contains(table, "1 ready, 0 taught, 0 respelled, 4 by number only") {
		t.Errorf("got %v\n%s", err, table)
	}
	if strings.Count(warning, "level=WARN") != 1 || !strings.Contains(warning, "make models") {
		t.Errorf("got the warning %q", warning)
	}
}

func TestWithoutEspeakTheDictionaryAloneSpells(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	stdout, stderr := redirect(t, &os.Stdout), redirect(t, &os.Stderr)
	err := Main(t.Context(), []string{"catalog", "speakable", brands(t)})
	table, warning := string(stdout()), string(stderr())
	if !errors.Is(err, errUnspeakable) || !strings.Contains(table, "4 by number only") || !strings.Contains(warning, "install espeak-ng") {
		t.Errorf("got %v\n%s\n%s", err, table, warning)
	}
}

func TestAnItemIsTaughtByItsRecordings(t *testing.T) {
	db := storetest.SQLite(t)
	run := func(args ...string) string {
		t.Helper()
		stdout := redirect(t, &os.Stdout)
		err := Main(t.Context(), args)
		out := string(stdout())
		if err != nil {
			t.Fatalf("%q: %v\n%s", args, err, out)
		}
		return out
	}
	if out := run("catalog", "import", "--db", db, brands(t)); !strings.Contains(out, "1 ready, 0 taught, 3 respelled, 1 by number only") {
		t.Errorf("got %q", out)
	}
	said := []string{utter(t, "flite slt", "oatly"), utter(t, "flite awb", "oatly")}
	if out := run(append([]string{"catalog", "teach", "--db", db, "102"}, said...)...); !strings.Contains(out, "item 102 is heard as ") {
		t.Errorf("got %q", out)
	}
	if out := run("catalog", "import", "--db", db, brands(t)); !strings.Contains(out, "1 ready, 1 taught, 2 respelled, 1 by number only") || !strings.Contains(out, "0 changed") {
		t.Errorf("after the next import: %q", out)
	}
}
