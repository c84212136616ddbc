package main

import (
	"fmt"
	"math"
	"math/rand/v2"

	"voicetill/speech"
)

// madeNoises are those that need no recording: as much energy in each hertz, or in
// each octave.
var madeNoises = map[string]func() []float32{"white": whiteNoise, "pink": pinkNoise}

const madeNoiseSeconds = 60

// readNoise is a recording, or a noise that is made, always the same.
func readNoise(name string) (clip, error) {
	if noise, ok := madeNoises[name]; ok {
		return clip{name, noise()}, nil
	}
	c, err := readClip(name)
	if err != nil {
		return c, fmt.Errorf("read noise: %w", err)
	}
	return c, nil
}

func whiteNoise() []float32 {
	rng := rand.New(rand.NewPCG(5, 5))
	x := make([]float32, madeNoiseSeconds*speech.SampleRate)
	for i := range x {
		x[i] = float32(0.1 * rng.NormFloat64())
	}
	return x
}

// pinkNoise is white noise through three poles that fall by 10 dB a decade together
// (P. Kellet's economy filter, musicdsp.org/en/latest/Filters/76).
func pinkNoise() []float32 {
	x := whiteNoise()
	var a, b, c float64
	for i, s := range x {
		white := float64(s)
		a = 0.99765*a + white*0.0990460
		b = 0.96300*b + white*0.2965164
		c = 0.57000*c + white*1.0526913
		x[i] = float32(0.2 * (a + b + c + white*0.1848))
	}
	return x
}

// withSilence puts seconds before each clip and a second behind it, which noise fills.
func withSilence(clips []clip, seconds float64) []clip {
	if seconds == 0 {
		return clips
	}
	longer := make([]clip, len(clips))
	for i, c := range clips {
		samples := make([]float32, int(math.Round(seconds*speech.SampleRate)), len(c.samples)+int((seconds+1)*speech.SampleRate)+1)
		samples = append(samples, c.samples...)
		longer[i] = clip{c.name, append(samples, make([]float32, speech.SampleRate)...)}
	}
	return longer
}
