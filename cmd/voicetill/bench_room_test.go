package main

import (
	"math"
	"testing"

	"voicetill/speech"
)

func TestARoomsSoundDecaysAsItSays(t *testing.T) {
	t.Parallel()
	falling := make([]float64, speech.SampleRate)
	for i := range falling {
		falling[i] = math.Pow(10, -3*float64(i)/speech.SampleRate/0.4) // 60 dB in 0.4 s
	}
	if got := decay(falling); math.Abs(got-0.4) > 0.001 {
		t.Fatalf("the decay of 0.4 s is read as %.4f s", got)
	}
	for name, r := range rooms {
		h := r.response()
		if got := decay(h); math.Abs(got-r.decay) > 0.05*r.decay {
			t.Errorf("%s: falls by 60 dB in %.2f s, want %.2f s", name, got, r.decay)
		}
		if h[0] < 1 {
			t.Errorf("%s: the direct sound is %.2f, want 1 at once", name, h[0])
		}
	}
}

func TestConvolvingIsTheSumOfEchoes(t *testing.T) {
	got := convolve([]float32{0.5, -0.25, 0}, []float64{1, 0, 0.5})
	for i, want := range []float32{0.5, -0.25, 0.25, -0.125, 0, 0} {
		if math.Abs(float64(got[i]-want)) > 1e-6 {
			t.Fatalf("got %v, sample %d should be %g", got, i, want)
		}
	}
}

func TestARoomThatIsNotThere(t *testing.T) {
	if _, err := readRooms("shop,cellar"); err == nil || err.Error() != `--room "cellar" is none of booth, far, hall, hallfar, shop` {
		t.Errorf("got %v", err)
	}
}
