package speech

import "math"

// GateFrame is how many samples the gate judges at a time: 10 ms.
const GateFrame = SampleRate / 100

// Gate tells voice from silence by energy over a tracked noise floor (minimum
// statistics, R. Martin 2001, in its simplest form). Silence costs it a
// multiplication a sample and the recogniser nothing.
type Gate struct {
	minima [8]float64 // the lowest levels, dB, of the last 8 windows of 250 ms
	window int        // frames taken in the newest window
	level  float64    // smoothed, dB
	last   float64    // last sample, for the high pass
	offset float64    // mean of the samples lately
	seen   int        // frames judged
	peak   float64    // the loudest level since Quiet, dB
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
)

// NewGate knows no noise yet.
func NewGate() *Gate {
	g := &Gate{level: gateLowest, peak: gateLowest}
	for i := range g.minima {
		g.minima[i] = math.Inf(1)
	}
	return g
}

// Voiced judges one frame of GateFrame samples in -1..1.
func (g *Gate) Voiced(frame []float32) bool {
	sum, offset := 0.0, g.lean(frame)
	for _, s := range frame {
		x := float64(s) - offset
		d := x - 0.9*g.last // takes off rumble and weights the speech band
		g.last = x
		sum += d * d
	}
	db := 10 * math.Log10(sum/float64(max(len(frame), 1))+1e-10)
	g.level = gateSmooth*db + (1-gateSmooth)*g.level
	if g.window++; g.window > gateWindow {
		g.window = 1
		copy(g.minima[1:], g.minima[:len(g.minima)-1])
		g.minima[0] = math.Inf(1)
	}
	g.minima[0] = min(g.minima[0], g.level)
	g.seen++
	g.peak = max(g.peak, g.level)
	return g.level > max(gateLowest, g.Floor()+gateRise, g.peak-gateBelow)
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

// Peak is the loudest level since Quiet, in dB relative to full scale.
func (g *Gate) Peak() float64 { return g.peak }

// Quiet forgets how loud the talker was: the utterance is over.
func (g *Gate) Quiet() { g.peak = gateLowest }

// Floor is the noise floor in dB relative to full scale. In the first half
// second, when all that was heard may be voice, it is not believed above
// gateHighest.
func (g *Gate) Floor() float64 {
	floor := math.Inf(1)
	for _, m := range g.minima {
		floor = min(floor, m)
	}
	if g.seen < 2*gateWindow {
		floor = min(floor, gateHighest)
	}
	return floor
}
