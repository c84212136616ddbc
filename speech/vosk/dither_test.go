//go:build vosk

package vosk

import (
	"encoding/binary"
	"math"
	"slices"
	"testing"
)

func samplesOf(pcm []byte) []float64 {
	var list []float64
	for ; len(pcm) > 0; pcm = pcm[2:] {
		list = append(list, float64(int16(binary.LittleEndian.Uint16(pcm))))
	}
	return list
}

func TestNoiseOfOneStep(t *testing.T) {
	var d dither
	d.again()
	sum, squares := 0.0, 0.0
	list := samplesOf(d.add(make([]byte, 2*16000)))
	for _, s := range list {
		sum, squares = sum+s, squares+s*s
	}
	n := float64(len(list))
	if mean, variance := sum/n, squares/n; math.Abs(mean) > 0.05 || math.Abs(variance-1) > 0.05 {
		t.Errorf("noise has mean %.3f and variance %.3f, want 0 and 1", mean, variance)
	}
}

func TestNoiseNeverWrapsAround(t *testing.T) {
	var d dither
	d.again()
	for _, level := range []int16{math.MaxInt16, math.MinInt16} {
		pcm := make([]byte, 2*1000)
		for i := 0; i < len(pcm); i += 2 {
			binary.LittleEndian.PutUint16(pcm[i:], uint16(level))
		}
		for i, s := range samplesOf(d.add(pcm)) {
			if math.Abs(s-float64(level)) > 2 {
				t.Fatalf("sample %d is %v, want about %d", i, s, level)
			}
		}
	}
}

func TestTheSameAudioGetsTheSameNoise(t *testing.T) {
	var d dither
	pcm := make([]byte, 2*1600)
	d.again()
	first := slices.Clone(d.add(pcm))
	if slices.Equal(first, d.add(pcm)) {
		t.Error("the noise repeats within a stream")
	}
	d.again()
	if !slices.Equal(first, d.add(pcm)) {
		t.Error("another noise for the next stream")
	}
}
