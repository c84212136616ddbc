package main

import (
	"context"
	"fmt"
	"os/exec"
	"strings"

	"voicetill/server"
)

// espeak speaks English and Chinese with the espeak-ng program.
type espeak struct{ program string }

// findVoice returns the installed voice, or nil where there is none.
func findVoice() server.Voice {
	if path, err := exec.LookPath("espeak-ng"); err == nil {
		return espeak{path}
	}
	if path, err := exec.LookPath("flite"); err == nil {
		return flite{path}
	}
	return nil
}

// Speak returns a WAV file of 22,050 Hz, mono, 16 bits.
func (v espeak) Speak(ctx context.Context, lang, text string) ([]byte, error) {
	voice := "en-us"
	if lang == "zh" {
		voice = "cmn"
	}
	return speakWith(ctx, text, v.program, "--stdin", "--stdout", "-v", voice, "-s", "160")
}

// flite speaks English with the flite program.
type flite struct{ program string }

// Speak returns a WAV file of 16,000 Hz, mono, 16 bits.
func (v flite) Speak(ctx context.Context, lang, text string) ([]byte, error) {
	if lang != "en" {
		return nil, fmt.Errorf("flite does not speak %s", lang)
	}
	return speakWith(ctx, text, v.program, "-voice", "slt", "-f", "/dev/stdin", "-o", "/dev/stdout")
}

func speakWith(ctx context.Context, text, program string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stdin = strings.NewReader(text)
	wav, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("speak with %s: %w", program, err)
	}
	return wav, nil
}
