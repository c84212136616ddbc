package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"voicetill/catalog"
	"voicetill/checkout"
	"voicetill/speech/synth"
)

// saidClips is how many utterances are made where no recordings are given.
const saidClips = 60

// utterances are the recordings that are talked with: those of the folder, of
// $VOICETILL_SPEECH/till, or sentences of the demo shop by the voices installed.
func (r latencyRun) utterances(ctx context.Context) ([]clip, error) {
	folder := r.clips
	if shared := os.Getenv("VOICETILL_SPEECH"); folder == "" && shared != "" {
		folder = filepath.Join(shared, "till")
	}
	if folder == "" {
		return sayDemoShop(ctx, saidClips, r.seed)
	}
	clips, _, err := readFolders([]string{folder})
	return clips, err
}

// sayDemoShop has each voice in turn say the next of n sentences.
func sayDemoShop(ctx context.Context, n int, seed uint64) ([]clip, error) {
	voices := findVoices("")
	if len(voices) == 0 {
		return nil, fmt.Errorf("--clips names no folder of WAV files, and %w", errNoVoices)
	}
	items, err := readCatalog("")
	if err != nil {
		return nil, err
	}
	grammar, err := englishGrammar()
	if err != nil {
		return nil, err
	}
	studio := synth.Studio{Dir: voicesKept()}
	var clips []clip
	for i, s := range checkout.NewUnderstander(grammar, catalog.NewIndex(items), nil).Samples(n, seed) {
		voice := voices[i%len(voices)]
		samples, err := studio.Say(ctx, voice, s.Text)
		if err != nil {
			return nil, err
		}
		clips = append(clips, clip{voice.Name + ": " + s.Text, samples})
		fmt.Fprintf(os.Stderr, "\r%d utterances", len(clips))
	}
	fmt.Fprintln(os.Stderr)
	return clips, nil
}
