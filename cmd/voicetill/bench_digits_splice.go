package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"voicetill/speech"
	"voicetill/speech/synth"
)

// recordedWords are the words that a folder of prompts laid out like Asterisk's
// has, by file: digits, tens, hundred, thousand, "number" and "and".
var recordedWords = func() map[string]string {
	files := map[string]string{"oh": "digits/oh", "hundred": "digits/hundred", "thousand": "digits/thousand", "number": "number", "and": "vm-and"}
	names := []string{"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
		"fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"}
	for n, name := range names {
		files[name] = "digits/" + strconv.Itoa(n)
	}
	for i, name := range []string{"twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"} {
		files[name] = "digits/" + strconv.Itoa(10*(i+2))
	}
	return files
}()

// splicer strings recorded words together. What the folder lacks ("item",
// "times", "double") a synthetic voice says, through the same telephone band.
type splicer struct {
	words map[string][]float32
	voice synth.Voice
	say   func(ctx context.Context, v synth.Voice, text string) ([]float32, error)
}

// Pauses between spliced words, and around them, in samples.
const (
	spliceGap  = speech.SampleRate * 5 / 100
	spliceLead = speech.SampleRate / 2
	spliceTail = speech.SampleRate
)

// telephone is the rate, in Hz, of the recordings that the others must resemble.
const telephone = 8000

func newSplicer(dir string, voice synth.Voice, say func(context.Context, synth.Voice, string) ([]float32, error)) (*splicer, error) {
	s := &splicer{words: map[string][]float32{}, voice: voice, say: say}
	for word, file := range recordedWords {
		c, err := readClip(filepath.Join(dir, filepath.FromSlash(file)+".wav"))
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("--sounds %s: %w (Debian's package asterisk-core-sounds-en-wav has them)", dir, err)
		}
		if err != nil {
			return nil, err
		}
		s.words[word] = trimmed(c.samples)
	}
	return s, nil
}

// utter is the sound of a text.
func (s *splicer) utter(ctx context.Context, text string) ([]float32, error) {
	samples := make([]float32, spliceLead)
	for i, w := range strings.Fields(text) {
		sound, err := s.word(ctx, w)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			samples = append(samples, make([]float32, spliceGap)...)
		}
		samples = append(samples, sound...)
	}
	return append(samples, make([]float32, spliceTail)...), nil
}

func (s *splicer) word(ctx context.Context, word string) ([]float32, error) {
	if sound, ok := s.words[word]; ok {
		return sound, nil
	}
	said, err := s.say(ctx, s.voice, word)
	if err != nil {
		return nil, err
	}
	if said, err = telephoned(said); err != nil {
		return nil, err
	}
	s.words[word] = trimmed(said)
	return s.words[word], nil
}

// telephoned limits a sound to the telephone's band.
func telephoned(samples []float32) ([]float32, error) {
	down, err := speech.Resample(samples, 2*speech.SampleRate) // half as many samples: 8 kHz, by name 16
	if err != nil {
		return nil, err
	}
	return speech.Resample(down, telephone)
}

// trimmed cuts off the silence around a word.
func trimmed(samples []float32) []float32 {
	peak := 0.0
	for _, x := range samples {
		peak = max(peak, abs(float64(x)))
	}
	from, to := 0, len(samples)
	for from < to && abs(float64(samples[from])) < peak/50 {
		from++
	}
	for to > from && abs(float64(samples[to-1])) < peak/50 {
		to--
	}
	return samples[from:to]
}

// wholeStrings are numbers that two men read in one go, in a folder of test data
// laid out like pocketsphinx's: raw PCM at 16 kHz.
var wholeStrings = map[string]string{"numbers.raw": "334692", "tidigits/dhd.2934z.raw": "29340"}

// readStrings returns the strings that are there, by code.
func readStrings(dir string) (map[string][]float32, error) {
	found := map[string][]float32{}
	for file, code := range wholeStrings {
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(file)))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read strings: %w", err)
		}
		samples := make([]float32, len(data)/2)
		for i := range samples {
			samples[i] = float32(int16(binary.LittleEndian.Uint16(data[2*i:]))) / (1 << 15)
		}
		found[code] = samples
	}
	return found, nil
}
