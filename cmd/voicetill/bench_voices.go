package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"voicetill/speech/synth"
)

var errNoVoices = errors.New("no speech synthesiser is installed: install flite, espeak-ng or festival")

// voicesKept is the folder that keeps what voices say unless another is named.
func voicesKept() string { return filepath.Join(os.TempDir(), "voicetill-voices") }

// findVoices returns the synthetic voices of this machine and says on stderr
// which they are.
func findVoices(piperModel string) []synth.Voice {
	voices := synth.Find(piperModel)
	families := map[string]int{"flite": 0, "espeak-ng": 0, "festival": 0, "piper": 0}
	for _, v := range voices {
		families[v.Family()]++
	}
	var found []string
	for _, f := range slices.Sorted(maps.Keys(families)) {
		found = append(found, fmt.Sprintf("%s %d", f, families[f]))
	}
	fmt.Fprintln(os.Stderr, "voices:", strings.Join(found, ", "))
	return voices
}

// everyOther keeps the elements at the even (0) or the odd (1) places: bench
// calibrate and bench basket hear different people.
func everyOther[T any](list []T, odd int) []T {
	var kept []T
	for i := odd; i < len(list); i += 2 {
		kept = append(kept, list[i])
	}
	return kept
}
