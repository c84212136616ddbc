package speech

import "math"

// GateFrame is how many samples the gate judges at a time: 10 ms.
const GateFrame = SampleRate / 100

// Gate tells voice from silence by energy over a tracked noise floor (minimum
// statistics, R. Martin 2001, in its simplest form), in two bands: all of the
// signal with the treble raised, where consonants stand out, and what is below
// 2 kHz, where vowels stand out of a noise that has all frequencies. Silence costs
// it a few operations a sample and the recogniser nothing.
type Gate struct {
	full, low band
	window    int     // frames taken in the newest window of minima
	last      float64 // last sample, for the high pass
	lastLow   float64 // the same of the low band
	offset    float64 // mean of the samples lately
	seen      int     // frames judged
}

// band is how loud a part of the signal is, in dB relative to full scale.
type band struct {
	minima [8]float64 // the lowest levels of the last 8 windows of 250 ms
	level  float64    // smoothed
	peak   float64    // the loudest level since Quiet
}

const (
	gateWindow  = 25   // frames of a window of minima
	gateRise    = 7.0  // dB over the floor that count as voice
	gateLowest  = -62  // dBFS: nothing below is voice
	gateSmooth  = 0.5  // weight of the newest frame
	gateBelow   = 18.0 // dB under the talker's loudest: that is somebody else
	gateHighest = -38  // dBFS: the floor never counts as higher at first
	gateOffset  = 0.02 // a larger mean of the samples is no voice but an offset of the microphone's
	offsetOver  = 100  // frames that the mean is taken over
	gateNoisy   = -50  // dBFS: from this floor on vowels are looked for in the low band too
	lowEach     = 4    // samples of the signal to one of the low band
)

// NewGate knows no noise yet. It rises from silence, so that a voice from the first
// sample on is not taken for the room.
func NewGate() *Gate {
	return &Gate{full: newBand(), low: newBand()}
}

func newBand() band {
	b := band{level: gateLowest, peak: gateLowest}
	for i := range b.minima {
		b.minima[i] = math.Inf(1)
	}
	return b
}

// Voiced judges one frame of GateFrame samples in -1..1.
func (g *Gate) Voiced(frame []float32) bool {
	full, low := g.energies(frame, g.lean(frame))
	if g.window++; g.window > gateWindow {
		g.window = 1
	}
	g.full.hear(full, g.window)
	g.low.hear(low, g.window)
	g.seen++
	floor := g.Floor()
	return g.full.voiced(floor) || floor > gateNoisy && g.low.voiced(g.floor(&g.low))
}

// energies are the means of the squares of both bands without the offset. A high
// pass takes off rumble; four samples added up are a low pass.
func (g *Gate) energies(frame []float32, offset float64) (full, low float64) {
	for i := 0; i+lowEach <= len(frame); i += lowEach {
		sum := 0.0
		for _, s := range frame[i : i+lowEach] {
			x := float64(s) - offset
			d := x - 0.9*g.last
			g.last = x
			full += d * d
			sum += x
		}
		sum /= lowEach
		d := sum - 0.9*g.lastLow
		g.lastLow = sum
		low += d * d
	}
	n := float64(max(len(frame), 1))
	return full / n, low * lowEach / n
}

// hear takes the energy of a frame, the first of a window or a later one.
func (b *band) hear(energy float64, frame int) {
	b.level = gateSmooth*10*math.Log10(energy+1e-10) + (1-gateSmooth)*b.level
	if frame == 1 {
		copy(b.minima[1:], b.minima[:len(b.minima)-1])
		b.minima[0] = math.Inf(1)
	}
	b.minima[0] = min(b.minima[0], b.level)
	b.peak = max(b.peak, b.level)
}

func (b *band) voiced(floor float64) bool {
	return b.level > max(gateLowest, floor+gateRise, b.peak-gateBelow)
}

func (b *band) floor() float64 {
	floor := math.Inf(1)
	for _, m := range b.minima {
		floor = min(floor, m)
	}
	return floor
}

// lean is the offset to take off the frame, 0 where there is none worth it.
func (g *Gate) lean(frame []float32) float64 {
	sum := 0.0
	for _, s := range frame {
		sum += float64(s)
	}
	g.offset += (sum/float64(max(len(frame), 1)) - g.offset) / float64(min(g.seen+1, offsetOver))
	if math.Abs(g.offset) < gateOffset {
		return 0
	}
	return g.offset
}

// Level is how loud it is now, in dB relative to full scale, the treble raised.
func (g *Gate) Level() float64 { return g.full.level }

// Peak is the loudest level since Quiet, in dB relative to full scale.
func (g *Gate) Peak() float64 { return g.full.peak }

// Quiet forgets how loud the talker was: the utterance is over.
func (g *Gate) Quiet() { g.full.peak, g.low.peak = gateLowest, gateLowest }

// Floor is the noise floor in dB relative to full scale. In the first half
// second, when all that was heard may be voice, it is not believed above
// gateHighest.
func (g *Gate) Floor() float64 { return g.floor(&g.full) }

func (g *Gate) floor(b *band) float64 {
	if g.seen < 2*gateWindow {
		return min(b.floor(), gateHighest)
	}
	return b.floor()
}
