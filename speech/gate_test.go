package speech_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"voicetill/speech"
)

// voicedShare is the share of frames of x, from a time on, that the gate takes
// for voice.
func voicedShare(g *speech.Gate, x []float32, from float64) float64 {
	voiced, total := 0, 0
	for at := 0; at+speech.GateFrame <= len(x); at += speech.GateFrame {
		is := g.Voiced(x[at : at+speech.GateFrame])
		if float64(at) >= from*speech.SampleRate {
			total++
			if is {
				voiced++
			}
		}
	}
	return float64(voiced) / float64(max(total, 1))
}

// noise is seconds of white noise.
func noise(seconds, amplitude float64) []float32 {
	rng := rand.New(rand.NewPCG(4, 4))
	x := make([]float32, int(seconds*speech.SampleRate))
	for i := range x {
		x[i] = float32(amplitude * rng.NormFloat64())
	}
	return x
}

// syllables are bursts of a rich tone, five a second: the rhythm of speech.
func syllables(seconds, amplitude float64) []float32 {
	x := make([]float32, int(seconds*speech.SampleRate))
	for i := range x {
		at := float64(i) / speech.SampleRate
		burst := math.Max(0, math.Sin(2*math.Pi*5*at))
		x[i] = float32(amplitude * burst * (math.Sin(2*math.Pi*200*at) + math.Sin(2*math.Pi*900*at) + math.Sin(2*math.Pi*2500*at)) / 3)
	}
	return x
}

func add(a, b []float32) []float32 {
	sum := make([]float32, len(a))
	for i := range sum {
		sum[i] = a[i] + b[i]
	}
	return sum
}

func TestGateIsClosedForWhatIsNoVoice(t *testing.T) {
	hum := sine(50, speech.SampleRate, 0.05)
	steady := make([]float32, speech.SampleRate)
	for i := range steady {
		steady[i] = 0.3
	}
	for name, x := range map[string][]float32{
		"digital silence":       make([]float32, 5*speech.SampleRate),
		"a quiet room":          noise(5, 0.0005),
		"a fan":                 noise(5, 0.005),
		"a loud fan":            noise(5, 0.03),
		"a hum of the mains":    slices.Repeat(hum, 5),
		"a microphone's offset": slices.Repeat(steady, 5),
	} {
		if share := voicedShare(speech.NewGate(), x, 2.5); share > 0.03 {
			t.Errorf("%s: %.0f %% of the frames pass for voice", name, 100*share)
		}
	}
}

func TestGateOpensForVoice(t *testing.T) {
	for name, c := range map[string]struct{ room, voice float64 }{
		"in silence":      {0, 0.2},
		"quietly":         {0.0002, 0.01},
		"in a quiet room": {0.001, 0.1},
		"over a fan":      {0.005, 0.2},
		"over a loud fan": {0.02, 0.5},
		"far too loudly":  {0.001, 3},
		"from the outset": {0.001, 0.1},
	} {
		g := speech.NewGate()
		if name != "from the outset" {
			voicedShare(g, noise(2, c.room), 0)
		}
		said := add(syllables(2, c.voice), noise(2, c.room))
		// Half of each syllable's period is a pause.
		if share := voicedShare(g, said, 0); share < 0.3 {
			t.Errorf("%s: only %.0f %% of the frames pass for voice", name, 100*share)
		}
		if share := voicedShare(g, noise(3, c.room), 1); share > 0.05 {
			t.Errorf("%s: %.0f %% of the frames after it pass for voice", name, 100*share)
		}
	}
}

// TestGateOpensForVowelsOverAFan: a fan has as much treble as bass, most of a voice
// lies low, so that it stands out by 12 dB below 2 kHz and not at all above.
func TestGateOpensForVowelsOverAFan(t *testing.T) {
	g := speech.NewGate()
	voicedShare(g, noise(4, 0.02), 0)
	vowels := syllables(2, 0)
	for i := range vowels {
		at := float64(i) / speech.SampleRate
		vowels[i] = float32(0.12 * math.Max(0, math.Sin(2*math.Pi*5*at)) * (math.Sin(2*math.Pi*200*at) + math.Sin(2*math.Pi*600*at)/2))
	}
	if share := voicedShare(g, add(vowels, noise(2, 0.02)), 0); share < 0.3 {
		t.Errorf("only %.0f %% of the frames pass for voice", 100*share)
	}
	if share := voicedShare(g, noise(3, 0.02), 1); share > 0.05 {
		t.Errorf("%.0f %% of the frames after it pass for voice", 100*share)
	}
}

func TestGateHearsThroughAMicrophonesOffset(t *testing.T) {
	for _, offset := range []float32{0.1, -0.3} {
		g := speech.NewGate()
		lifted := func(x []float32) []float32 {
			y := slices.Clone(x)
			for i := range y {
				y[i] += offset
			}
			return y
		}
		if share := voicedShare(g, lifted(noise(1, 0.001)), 0); share > 0.05 {
			t.Errorf("with %.1f %.0f %% of the frames before it pass for voice", offset, 100*share)
		}
		if share := voicedShare(g, lifted(add(syllables(2, 0.03), noise(2, 0.001))), 0); share < 0.3 {
			t.Errorf("with %.1f only %.0f %% of the frames pass for voice", offset, 100*share)
		}
		if share := voicedShare(g, lifted(noise(3, 0.001)), 1); share > 0.05 {
			t.Errorf("with %.1f %.0f %% of the frames after it pass for voice", offset, 100*share)
		}
	}
}

func TestGateLearnsThatTheRoomIsLouder(t *testing.T) {
	g := speech.NewGate()
	voicedShare(g, noise(2, 0.001), 0)
	fan := noise(6, 0.02) // switched on now
	if share := voicedShare(g, fan, 4); share > 0.05 {
		t.Errorf("after four seconds of a fan %.0f %% of the frames pass for voice", 100*share)
	}
}

func TestGateIgnoresABystanderWhileATalkerIsHeard(t *testing.T) {
	g := speech.NewGate()
	voicedShare(g, noise(1, 0.0005), 0)
	voicedShare(g, syllables(1, 0.5), 0)
	if share := voicedShare(g, add(syllables(1, 0.01), noise(1, 0.0005)), 0.2); share > 0.1 {
		t.Errorf("%.0f %% of a voice 34 dB below the talker's pass", 100*share)
	}
	g.Quiet() // the talker is done: now it counts
	if share := voicedShare(g, add(syllables(1, 0.01), noise(1, 0.0005)), 0.2); share < 0.3 {
		t.Errorf("only %.0f %% of a quiet voice pass once the talker is done", 100*share)
	}
}

func TestGateTakesOnlyFrames(t *testing.T) {
	g := speech.NewGate()
	if g.Voiced(nil) {
		t.Error("nothing passes for voice")
	}
	if f := g.Floor(); math.IsNaN(f) {
		t.Errorf("got the floor %g", f)
	}
}
