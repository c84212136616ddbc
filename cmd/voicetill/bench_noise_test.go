package main

import (
	"math"
	"testing"

	"voicetill/speech"
)

// TestNoiseIsWhiteOrPink compares the differences of neighbouring samples, which
// hold the treble, with the samples themselves.
func TestNoiseIsWhiteOrPink(t *testing.T) {
	for name, want := range map[string]float64{"white": 3, "pink": -4} { // dB; white: the sum of two that are independent
		c, err := readNoise(name)
		x := c.samples
		if err != nil || len(x) != madeNoiseSeconds*speech.SampleRate {
			t.Fatal(err, len(x))
		}
		var samples, differences float64
		for i := 1; i < len(x); i++ {
			samples += float64(x[i]) * float64(x[i])
			d := float64(x[i] - x[i-1])
			differences += d * d
		}
		if got := 10 * math.Log10(differences/samples); math.Abs(got-want) > 1.5 {
			t.Errorf("%s: the differences have %.1f dB of the samples' energy, want %.1f", name, got, want)
		}
	}
	if _, err := readNoise("no such file"); err == nil {
		t.Error("a noise that is neither made nor recorded is taken")
	}
}

func TestSilenceStandsAroundAClip(t *testing.T) {
	got := withSilence([]clip{{"a", []float32{1, 2, 3}}}, 2)[0].samples
	if len(got) != 3*speech.SampleRate+3 || got[2*speech.SampleRate] != 1 || got[2*speech.SampleRate+2] != 3 || got[0] != 0 {
		t.Errorf("%d samples", len(got))
	}
}
