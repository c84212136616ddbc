package synth

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"voicetill/speech"
)

// Studio records what voices say, and keeps it.
type Studio struct {
	// Dir keeps what was said, one file a voice and text. It is made when needed,
	// and may be shared by processes.
	Dir string
}

// speakTime is how long a synthesiser may take over one sentence.
const speakTime = time.Minute

// Say returns what v says, mono at speech.SampleRate.
func (s Studio) Say(ctx context.Context, v Voice, text string) ([]float32, error) {
	sum := sha256.Sum256([]byte(v.Name + "\x00" + text))
	kept := filepath.Join(s.Dir, hex.EncodeToString(sum[:12])+".wav")
	wav, err := os.ReadFile(kept)
	if errors.Is(err, fs.ErrNotExist) {
		wav, err = s.record(ctx, v, text, kept)
	}
	if err != nil {
		return nil, fmt.Errorf("speak with %s: %w", v.Name, err)
	}
	samples, rate, err := speech.ReadWAV(bytes.NewReader(wav))
	if err != nil {
		return nil, fmt.Errorf("speak with %s: %w", v.Name, err)
	}
	return speech.Resample(samples, rate)
}

// record runs the program. The programs get files: written to a pipe, a WAV
// header cannot know its length.
func (s Studio) record(ctx context.Context, v Voice, text, kept string) ([]byte, error) {
	if err := os.MkdirAll(s.Dir, 0o755); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(s.Dir, ".speaking-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	in, out := filepath.Join(dir, "say.txt"), filepath.Join(dir, "said.wav")
	if err := os.WriteFile(in, []byte(text+"\n"), 0o644); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, speakTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, v.program, v.args(in, out)...)
	if v.stdin {
		cmd.Stdin = strings.NewReader(text + "\n")
	}
	if said, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, bytes.TrimSpace(said))
	}
	wav, err := os.ReadFile(out)
	if err != nil {
		return nil, err
	}
	return wav, os.Rename(out, kept)
}

// festivalHas reports whether text2wave's installation has the voice.
func festivalHas(text2wave, voice string) bool {
	for i, v := range festVoices {
		if v != voice {
			continue
		}
		// <prefix>/bin/text2wave has its voices in <prefix>/share/festival/voices.
		info, err := os.Stat(filepath.Join(filepath.Dir(text2wave), "..", "share", "festival", "voices", festPlaces[i], voice))
		return err == nil && info.IsDir()
	}
	return false
}
