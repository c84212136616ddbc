//go:build vosk

package main

import (
	"os"
	"path/filepath"
	"testing"

	"voicetill/speech"
)

func TestLatencyIsMeasuredWithRecordingsOrWithVoices(t *testing.T) {
	t.Setenv("VOICETILL_SPEECH", "")
	said, err := sayDemoShop(t.Context(), 3, 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(said) != 3 || len(voicedClips(said)) != 3 {
		t.Errorf("%d utterances, %d with a voice", len(said), len(voicedClips(said)))
	}
	shared := t.TempDir()
	if err := os.Mkdir(filepath.Join(shared, "till"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(writeWAV(t, "one.wav", speech.SampleRate, 1, 16, said[0].samples), filepath.Join(shared, "till", "one.wav")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("VOICETILL_SPEECH", shared)
	found, err := latencyRun{}.utterances(t.Context())
	if err != nil || len(found) != 1 || len(found[0].samples) != len(said[0].samples) {
		t.Errorf("got %d recordings, %v", len(found), err)
	}
}
