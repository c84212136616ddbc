package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"

	"voicetill/server"
)

// voices speaks with the programs flite (English, the pleasanter voice) and
// espeak-ng (Chinese, and English where there is no flite).
type voices struct{ flite, espeak string } // paths, "" where not installed

// findVoice returns what is installed, or nil.
func findVoice() server.Voice {
	var v voices
	v.flite, _ = exec.LookPath("flite")
	v.espeak, _ = exec.LookPath("espeak-ng")
	if v == (voices{}) {
		return nil
	}
	return v
}

// Speak returns a WAV file, mono, 16 bits. The programs get files: written to a
// pipe, a WAV header cannot know its length, and flite waits for ever.
func (v voices) Speak(ctx context.Context, lang, text string, as server.Style) ([]byte, error) {
	dir, err := os.MkdirTemp("", "voicetill-voice-")
	if err != nil {
		return nil, fmt.Errorf("speak: %w", err)
	}
	defer os.RemoveAll(dir)
	in, out := filepath.Join(dir, "say.txt"), filepath.Join(dir, "said.wav")
	if err := os.WriteFile(in, []byte(text), 0o600); err != nil {
		return nil, fmt.Errorf("speak: %w", err)
	}
	cmd, err := v.command(ctx, lang, as, in, out)
	if err != nil {
		return nil, err
	}
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("speak with %s: %w", cmd.Path, err)
	}
	return os.ReadFile(out)
}

// Voices of the two programs that are worth listening to.
var (
	fliteVoices  = []string{"slt", "rms", "awb"}
	espeakVoices = map[string][]string{"en": {"en-us", "en-gb", "en-us+f3"}, "zh": {"cmn", "cmn+f3"}}
)

const espeakRate = 160 // words a minute, the usual speed

// Names is part of server.Voice.
func (v voices) Names(lang string) []string {
	var names []string
	if lang == "en" && v.flite != "" {
		names = append(names, fliteVoices...)
	}
	if v.espeak != "" {
		names = append(names, espeakVoices[lang]...)
	}
	return names
}

func (v voices) command(ctx context.Context, lang string, as server.Style, in, out string) (*exec.Cmd, error) {
	names := v.Names(lang)
	if len(names) == 0 {
		return nil, fmt.Errorf("no voice speaks %q: install espeak-ng", lang)
	}
	if as.Voice == "" {
		as.Voice = names[0]
	}
	if as.Percent == 0 {
		as.Percent = 100
	}
	if slices.Contains(fliteVoices, as.Voice) {
		stretch := fmt.Sprintf("duration_stretch=%.2f", 100/float64(as.Percent))
		return exec.CommandContext(ctx, v.flite, "-voice", as.Voice, "--setf", stretch, "-f", in, "-o", out), nil
	}
	speed := strconv.Itoa(espeakRate * as.Percent / 100)
	return exec.CommandContext(ctx, v.espeak, "-v", as.Voice, "-s", speed, "-f", in, "-w", out), nil
}
