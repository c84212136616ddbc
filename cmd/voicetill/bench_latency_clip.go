package main

import (
	"math"
	"math/rand/v2"
	"slices"

	"voicetill/speech"
)

// voicedClip is one utterance as a microphone sends it.
type voicedClip struct {
	pcm  []byte // s16le at speech.SampleRate
	last int    // the last voiced sample
}

// What counts as voice here has nothing to do with the till's own gate.
const (
	energyFrame = speech.SampleRate / 100 // samples
	underPeak   = 30.0                    // dB under the loudest frame: no voice
	overNoise   = 10.0                    // dB over the quietest tenth of the clip, at least
)

// voicedClips leaves out recordings in which nobody speaks.
func voicedClips(recordings []clip) []voicedClip {
	var clips []voicedClip
	for _, r := range recordings {
		if last := lastVoiced(r.samples); last >= 0 {
			clips = append(clips, voicedClip{speech.PCM16(r.samples), last})
		}
	}
	return clips
}

// lastVoiced finds the last sample of the last frame of 10 ms that is loud
// enough for voice, -1 if none is.
func lastVoiced(samples []float32) int {
	var levels []float64
	for frame := range slices.Chunk(samples, energyFrame) {
		levels = append(levels, decibels(frame))
	}
	if len(levels) == 0 {
		return -1
	}
	sorted := slices.Sorted(slices.Values(levels))
	loudest, quiet := sorted[len(sorted)-1], sorted[len(sorted)/10]
	if loudest <= silence {
		return -1
	}
	needed := max(loudest-underPeak, min(quiet+overNoise, loudest))
	for i := len(levels) - 1; i >= 0; i-- {
		if levels[i] >= needed {
			return min((i+1)*energyFrame, len(samples)) - 1
		}
	}
	return -1
}

// silence in dB relative to full scale: one step of 16 bits is louder.
const silence = -96.0

// decibels is a frame's level relative to full scale.
func decibels(frame []float32) float64 {
	sum := 0.0
	for _, s := range frame {
		sum += float64(s) * float64(s)
	}
	return 10 * math.Log10(sum/float64(len(frame))+1e-12)
}

// roomLevel is the noise of a quiet room, dB relative to full scale.
const roomLevel = -60.0

// quietRoom is five seconds of a room in which nobody speaks, s16le.
func quietRoom(seed uint64) []byte {
	rng := rand.New(rand.NewPCG(seed, 0x7007))
	samples := make([]float32, 5*speech.SampleRate)
	for i := range samples {
		samples[i] = float32(rng.NormFloat64() * math.Pow(10, roomLevel/20))
	}
	return speech.PCM16(samples)
}
