package speech_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"voicetill/speech"
)

// sine is one second of a tone.
func sine(hz float64, rate int, amplitude float64) []float32 {
	x := make([]float32, rate)
	for i := range x {
		x[i] = float32(amplitude * math.Sin(2*math.Pi*hz*float64(i)/float64(rate)))
	}
	return x
}

// toneLevel is the amplitude of the tone in the middle of x (Goertzel).
func toneLevel(x []float32, hz float64) float64 {
	x = x[len(x)/4 : len(x)/4+speech.SampleRate/2] // whole periods of whole hertz
	re, im := 0.0, 0.0
	for i, s := range x {
		angle := 2 * math.Pi * hz * float64(i) / speech.SampleRate
		re += float64(s) * math.Cos(angle)
		im += float64(s) * math.Sin(angle)
	}
	return 2 * math.Hypot(re, im) / float64(len(x))
}

func rms(x []float32) float64 {
	sum := 0.0
	for _, s := range x {
		sum += float64(s) * float64(s)
	}
	return math.Sqrt(sum / float64(max(len(x), 1)))
}

var rates = []int{4000, 8000, 11025, 15999, 16000, 22050, 24000, 32000, 44100, 48000, 96000, 192000}

func TestResampleKeepsFrequencyLevelAndLength(t *testing.T) {
	for _, rate := range rates {
		for _, hz := range []float64{200, 1000, 3000} {
			if hz > 0.4*float64(rate) {
				continue
			}
			out, err := speech.Resample(sine(hz, rate, 0.5), rate)
			if err != nil {
				t.Fatal(err)
			}
			if len(out) < speech.SampleRate-5 || len(out) > speech.SampleRate+40 {
				t.Errorf("%d Hz: one second became %d samples", rate, len(out))
				continue
			}
			level := toneLevel(out, hz)
			if math.Abs(level-0.5) > 0.01 {
				t.Errorf("%d Hz: a tone of %g Hz has the level %.3f, want 0.5", rate, hz, level)
			}
			middle := out[len(out)/4 : len(out)*3/4]
			if rest := rms(middle)*rms(middle) - level*level/2; rest > 1e-4 {
				t.Errorf("%d Hz: besides the tone of %g Hz there is a power of %g", rate, hz, rest)
			}
		}
	}
}

func TestResampleTakesOffWhatWouldFoldBack(t *testing.T) {
	for _, rate := range []int{44100, 48000, 96000} {
		out, err := speech.Resample(sine(12000, rate, 0.5), rate)
		if err != nil {
			t.Fatal(err)
		}
		if level := rms(out[1000 : len(out)-1000]); level > 0.005 {
			t.Errorf("%d Hz: a tone of 12 kHz comes out at %.4f", rate, level)
		}
	}
}

func TestResampleKeepsASteadyLevel(t *testing.T) {
	for _, rate := range rates {
		in := make([]float32, rate)
		for i := range in {
			in[i] = 0.25
		}
		out, err := speech.Resample(in, rate)
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range out[200 : len(out)-200] {
			if math.Abs(float64(s)-0.25) > 0.003 {
				t.Errorf("%d Hz: sample %d is %g, want 0.25", rate, i, s)
				break
			}
		}
	}
}

func TestResamplingDoesNotDependOnTheChunks(t *testing.T) {
	for _, rate := range rates {
		in := sine(440, rate, 0.5)
		whole, err := speech.Resample(in, rate)
		if err != nil {
			t.Fatal(err)
		}
		rng := rand.New(rand.NewPCG(uint64(rate), 1))
		for _, most := range []int{1, 7, 160, 5000} {
			r, err := speech.NewResampler(rate)
			if err != nil {
				t.Fatal(err)
			}
			var out []float32
			for rest := in; len(rest) > 0; {
				n := min(rng.IntN(most)+1, len(rest))
				out = append(out, r.Feed(rest[:n])...)
				rest = rest[n:]
			}
			out = append(out, r.Flush()...)
			if len(out) != len(whole) {
				t.Errorf("%d Hz in chunks of up to %d: %d samples, want %d", rate, most, len(out), len(whole))
				continue
			}
			for i := range out {
				if math.Abs(float64(out[i]-whole[i])) > 1e-6 {
					t.Errorf("%d Hz in chunks of up to %d: sample %d is %g, want %g", rate, most, i, out[i], whole[i])
					break
				}
			}
		}
	}
}

func TestResampleRefusesRatesOutOfRange(t *testing.T) {
	for _, rate := range []int{-1, 0, 1, 3999, 192001, 1 << 40} {
		if _, err := speech.NewResampler(rate); err == nil {
			t.Errorf("%d Hz was taken", rate)
		}
	}
}

func TestResampleOfNothing(t *testing.T) {
	for _, rate := range rates {
		out, err := speech.Resample(nil, rate)
		if err != nil || len(out) > 40 || rms(out) > 0 {
			t.Errorf("%d Hz: got %d samples, %v", rate, len(out), err)
		}
	}
}
