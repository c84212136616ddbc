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
// filter (J. O. Smith, Digital Audio Resampling). It keeps what it needs of the
// past between calls, so a stream may come in pieces of any length.
type Resampler struct {
	rate    int       // of the input, Hz
	cutoff  float64   // of the low pass, relative to the input's Nyquist rate
	half    int       // half of the filter's width in input samples
	history []float32 // the last input samples
	next    int       // position of the next output sample in history, in 1/SampleRate of an input sample
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
	return &Resampler{rate: rate, cutoff: cutoff, half: half, history: make([]float32, half), next: half * SampleRate}, nil
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

// at is the band-limited signal at a position in history, Hann windowed. The
// position is exact, so that it is the same however the stream was cut.
func (r *Resampler) at(position int) float32 {
	centre, x := position/SampleRate, float64(position)/SampleRate
	sum := 0.0
	for i := centre - r.half + 1; i <= centre+r.half; i++ {
		if i < 0 || i >= len(r.history) {
			continue
		}
		d := float64(i) - x
		w := 0.5 + 0.5*math.Cos(math.Pi*d/float64(r.half+1))
		sum += float64(r.history[i]) * sinc(d*r.cutoff) * r.cutoff * w
	}
	return float32(sum)
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
