package respell

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

// ErrNoEspeak says that espeak-ng is not installed: what the dictionary lacks
// cannot be pronounced.
var ErrNoEspeak = errors.New("espeak-ng is not installed")

const (
	espeakWords = 200 // words for one run
	espeakTime  = 20 * time.Second
)

// Espeak pronounces words with the program espeak-ng, in American and British
// English. The program is run, not linked, and gets words on its standard input.
type Espeak struct{ path string }

// FindEspeak looks for espeak-ng on the PATH, or returns ErrNoEspeak.
func FindEspeak() (*Espeak, error) {
	path, err := exec.LookPath("espeak-ng")
	if err != nil {
		return nil, ErrNoEspeak
	}
	return &Espeak{path: path}, nil
}

// Pronounce returns the pronunciations of lower-case words. A word that the
// program says nothing usable about is missing.
func (e *Espeak) Pronounce(ctx context.Context, words []string) (map[string][]Phones, error) {
	said := make(map[string][]Phones, len(words))
	for _, voice := range []string{"en-us", "en-gb"} {
		for at := 0; at < len(words); at += espeakWords {
			if err := e.batch(ctx, voice, words[at:min(at+espeakWords, len(words))], said); err != nil {
				return nil, err
			}
		}
	}
	return said, nil
}

// batch asks for many words at once; where the answer does not have a line for
// each, for one after the other.
func (e *Espeak) batch(ctx context.Context, voice string, words []string, said map[string][]Phones) error {
	lines, err := e.run(ctx, voice, words)
	if err != nil {
		return err
	}
	if len(lines) != len(words) {
		if len(words) == 1 {
			return nil
		}
		for _, w := range words {
			if err := e.batch(ctx, voice, []string{w}, said); err != nil {
				return err
			}
		}
		return nil
	}
	for i, w := range words {
		ps, err := ParseIPA(lines[i])
		if err == nil && len(ps) > 0 && !has(said[w], ps) {
			said[w] = append(said[w], ps)
		}
	}
	return nil
}

func has(list []Phones, ps Phones) bool {
	for _, o := range list {
		if bytes.Equal(phoneBytes(o), phoneBytes(ps)) {
			return true
		}
	}
	return false
}

func (e *Espeak) run(ctx context.Context, voice string, words []string) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, espeakTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, e.path, "-q", "--ipa", "--sep=_", "-v", voice, "--stdin")
	cmd.Stdin = strings.NewReader(strings.Join(words, "\n\n") + "\n")
	cmd.WaitDelay = time.Second
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("pronounce with espeak-ng: %w: %s", err, strings.TrimSpace(complaint.String()))
	}
	return espeakLines(string(out)), nil
}

// espeakLines are the lines of an answer that hold anything.
func espeakLines(out string) []string {
	var lines []string
	for _, line := range strings.Split(out, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}
