package speech

import (
	"fmt"
	"math"
)

// Rates that a Resampler takes, in Hz.
const (
	MinRate = 4000
	MaxRate = 192000
)

// Resampler turns a stream of one rate into SampleRate with a windowed-sinc
// filter, Hann windowed (J. O. Smith, Digital Audio Resampling). It keeps what it
// needs of the past between calls, so a stream may come in pieces of any length.
type Resampler struct {
	rate    int               // of the input, Hz
	cutoff  float64           // of the low pass, relative to the input's Nyquist rate
	half    int               // half of the filter's width in input samples
	history []float32         // the last input samples
	next    int               // position of the next output sample in history, in 1/SampleRate of an input sample
	filters map[int][]float32 // by phase, see taps
}

// zeroCrossings of the sinc on either side.
const zeroCrossings = 16

// NewResampler converts from rate Hz to SampleRate.
func NewResampler(rate int) (*Resampler, error) {
	if rate < MinRate || rate > MaxRate {
		return nil, fmt.Errorf("sample rate %d Hz is outside %d to %d", rate, MinRate, MaxRate)
	}
	step := float64(rate) / SampleRate
	cutoff := min(1, 1/step) * 0.95
	half := int(math.Ceil(zeroCrossings / cutoff))
	return &Resampler{rate: rate, cutoff: cutoff, half: half, history: make([]float32, half), next: half * SampleRate, filters: map[int][]float32{}}, nil
}

// Feed returns the output that has become certain. It lags half a filter width
// (about 1 ms at 16 kHz) until Flush.
func (r *Resampler) Feed(in []float32) []float32 {
	if r.rate == SampleRate {
		return in
	}
	r.history = append(r.history, in...)
	var out []float32
	for r.next/SampleRate+r.half+1 < len(r.history) {
		out = append(out, r.at(r.next))
		r.next += r.rate
	}
	if drop := r.next/SampleRate - r.half; drop > 0 {
		drop = min(drop, len(r.history))
		r.history = append(r.history[:0], r.history[drop:]...)
		r.next -= drop * SampleRate
	}
	return out
}

// Flush returns the rest of the stream.
func (r *Resampler) Flush() []float32 {
	if r.rate == SampleRate {
		return nil
	}
	return r.Feed(make([]float32, r.half+1))
}

// at is the band-limited signal at a position in history. The position is
// exact, so that it is the same however the stream was cut.
func (r *Resampler) at(position int) float32 {
	first := position/SampleRate - r.half + 1
	sum := float32(0)
	for i, c := range r.taps(position % SampleRate) {
		if at := first + i; at >= 0 && at < len(r.history) {
			sum += c * r.history[at]
		}
	}
	return sum
}

// maxTable bounds the filters kept, in taps: enough for every usual rate.
const maxTable = 1 << 16

// taps are the filter for positions that lie so far behind an input sample, in
// 1/SampleRate of one. A rate has few such phases: 8,000 Hz two, 44,100 Hz 160.
func (r *Resampler) taps(phase int) []float32 {
	if taps, ok := r.filters[phase]; ok {
		return taps
	}
	taps := make([]float32, 2*r.half)
	for i := range taps {
		d := float64(i-r.half+1) - float64(phase)/SampleRate
		hann := 0.5 + 0.5*math.Cos(math.Pi*d/float64(r.half+1))
		taps[i] = float32(sinc(d*r.cutoff) * r.cutoff * hann)
	}
	if (len(r.filters)+1)*len(taps) <= maxTable {
		r.filters[phase] = taps
	}
	return taps
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

// Resample converts a whole signal from rate Hz to SampleRate.
func Resample(in []float32, rate int) ([]float32, error) {
	r, err := NewResampler(rate)
	if err != nil {
		return nil, err
	}
	out := r.Feed(in)
	return append(out[:len(out):len(out)], r.Flush()...), nil
}
