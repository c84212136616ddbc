package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

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
func (v voices) Speak(ctx context.Context, lang, text string) ([]byte, error) {
	dir, err := os.MkdirTemp("", "voicetill-voice-")
	if err != nil {
		return nil, fmt.Errorf("speak: %w", err)
	}
	defer os.RemoveAll(dir)
	in, out := filepath.Join(dir, "say.txt"), filepath.Join(dir, "said.wav")
	if err := os.WriteFile(in, []byte(text), 0o600); err != nil {
		return nil, fmt.Errorf("speak: %w", err)
	}
	cmd, err := v.command(ctx, lang, in, out)
	if err != nil {
		return nil, err
	}
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("speak with %s: %w", cmd.Path, err)
	}
	return os.ReadFile(out)
}

func (v voices) command(ctx context.Context, lang, in, out string) (*exec.Cmd, error) {
	switch {
	case lang == "en" && v.flite != "":
		return exec.CommandContext(ctx, v.flite, "-voice", "slt", "-f", in, "-o", out), nil
	case v.espeak == "":
		return nil, fmt.Errorf("no voice speaks %q: install espeak-ng", lang)
	case lang == "zh":
		return exec.CommandContext(ctx, v.espeak, "-v", "cmn", "-f", in, "-w", out), nil
	}
	return exec.CommandContext(ctx, v.espeak, "-v", "en-us", "-s", "160", "-f", in, "-w", out), nil
}
