package main

import (
	"fmt"
	"maps"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strings"

	"gonum.org/v1/gonum/dsp/fourier"

	"voicetill/speech"
)

// room is a box with a voice and a microphone in it, in metres from one corner.
type room struct {
	size, voice, microphone [3]float64
	decay                   float64 // s until its sound has fallen by 60 dB
}

// rooms by name, for --room: a voice at a terminal's microphone, and farther away.
var rooms = map[string]room{
	"booth":   {size: [3]float64{2.5, 2, 2.4}, voice: [3]float64{1.2, 1, 1.6}, microphone: [3]float64{1.2, 1.5, 1.4}, decay: 0.25},
	"shop":    {size: [3]float64{8, 6, 3}, voice: [3]float64{3, 2.5, 1.6}, microphone: [3]float64{3.2, 3.5, 1.3}, decay: 0.5},
	"far":     {size: [3]float64{8, 6, 3}, voice: [3]float64{3, 2.5, 1.6}, microphone: [3]float64{4.5, 3.9, 1.3}, decay: 0.5},
	"hall":    {size: [3]float64{18, 12, 6}, voice: [3]float64{7, 5, 1.6}, microphone: [3]float64{7.3, 6.2, 1.3}, decay: 1.0},
	"hallfar": {size: [3]float64{18, 12, 6}, voice: [3]float64{7, 5, 1.6}, microphone: [3]float64{9.1, 6.4, 1.3}, decay: 1.0},
}

func roomNames() string { return strings.Join(slices.Sorted(maps.Keys(rooms)), ", ") }

// readRooms reads "shop,far"; without a list there is one condition, no room.
func readRooms(list string) ([]string, error) {
	if list == "" {
		return []string{""}, nil
	}
	names := strings.Split(list, ",")
	for _, name := range names {
		if _, ok := rooms[name]; !ok && name != "" {
			return nil, fmt.Errorf("--room %q is none of %s", name, roomNames())
		}
	}
	return names, nil
}

// inRoom is what a microphone in the room hears of clips; "" leaves them as they are.
func inRoom(clips []clip, name string) []clip {
	if name == "" {
		return clips
	}
	response := rooms[name].response()
	heard := make([]clip, len(clips))
	for i, c := range clips {
		heard[i] = clip{c.name, convolve(c.samples, response)}
	}
	return heard
}

const (
	soundSpeed = 343.0 // m/s
	jitter     = 0.08  // m by which a reflection's way differs from the box's
)

// response is the room's impulse response at speech.SampleRate, from the direct sound
// on, which is 1, with walls that give it its decay. Formulas for what walls take in
// (Sabine, Eyring) give boxes that ring far longer.
func (r room) response() []float64 {
	low, high := 0.0, 1.0
	for range 10 {
		if reflected := (low + high) / 2; decay(r.echoes(reflected)) < r.decay {
			low = reflected
		} else {
			high = reflected
		}
	}
	return r.echoes(low)
}

// decay is how long, in s, an impulse response takes to fall by 60 dB: three times
// what the energy still to come takes from -5 to -25 dB (Schroeder 1965, ISO 3382).
func decay(h []float64) float64 {
	left, total := make([]float64, len(h)), 0.0
	for i := len(h) - 1; i >= 0; i-- {
		total += h[i] * h[i]
		left[i] = total
	}
	below := func(db float64) int {
		return slices.IndexFunc(append(left, 0), func(e float64) bool { return e <= total*pow10(db/10) })
	}
	return 3 * float64(below(-25)-below(-5)) / speech.SampleRate
}

// echoes are the impulse response by the image method (Allen and Berkley 1979) with
// walls that throw back a part of the amplitude. The ways of reflections differ a
// little at random, without which a box rings (De Sena et al. 2015).
func (r room) echoes(reflected float64) []float64 {
	direct := distance(r.voice, r.microphone)
	h := make([]float64, int(1.2*r.decay*speech.SampleRate))
	rng := rand.New(rand.NewPCG(1979, 65))
	farthest := direct + 1.2*r.decay*soundSpeed
	r.images(farthest, func(image [3]float64, walls int) {
		way := distance(image, r.microphone)
		if walls > 0 {
			way = max(direct, way+jitter*(2*rng.Float64()-1))
		}
		at := (way - direct) / soundSpeed * speech.SampleRate
		if n := int(at); n+1 < len(h) {
			level := math.Pow(reflected, float64(walls)) * direct / way
			h[n] += level * (1 - (at - float64(n)))
			h[n+1] += level * (at - float64(n))
		}
	})
	return h
}

// images calls found for every mirror image of the voice no farther than most, with
// how many walls its sound has met.
func (r room) images(most float64, found func(image [3]float64, walls int)) {
	var n [3]int
	for axis := range n {
		n[axis] = int(most/(2*r.size[axis])) + 1
	}
	for x := -n[0]; x <= n[0]; x++ {
		for y := -n[1]; y <= n[1]; y++ {
			for z := -n[2]; z <= n[2]; z++ {
				for mirrored := range 8 {
					image, walls := r.image([3]int{x, y, z}, mirrored)
					if distance(image, r.microphone) <= most {
						found(image, walls)
					}
				}
			}
		}
	}
}

// image is the voice in the n-th double box of each axis, mirrored along the axes
// whose bits are set.
func (r room) image(n [3]int, mirrored int) (at [3]float64, walls int) {
	for axis := range at {
		q := mirrored >> axis & 1
		at[axis] = float64(1-2*q)*r.voice[axis] + 2*float64(n[axis])*r.size[axis]
		walls += max(n[axis]-q, q-n[axis]) + max(n[axis], -n[axis])
	}
	return at, walls
}

func distance(a, b [3]float64) float64 {
	return math.Hypot(math.Hypot(a[0]-b[0], a[1]-b[1]), a[2]-b[2])
}

// convolve is x through h, as long as both, and as loud as x at its loudest.
func convolve(x []float32, h []float64) []float32 {
	n := len(x) + len(h)
	fft := fourier.NewFFT(1 << bits.Len(uint(n))) // of a power of two: others may take long
	pad := func(at func(i int) float64, count int) []complex128 {
		long := make([]float64, fft.Len())
		for i := range count {
			long[i] = at(i)
		}
		return fft.Coefficients(nil, long)
	}
	a, b := pad(func(i int) float64 { return float64(x[i]) }, len(x)), pad(func(i int) float64 { return h[i] }, len(h))
	for i := range a {
		a[i] *= b[i]
	}
	y := fft.Sequence(nil, a)[:n]
	loudest, peak := 0.0, 1e-9
	for _, s := range x {
		loudest = max(loudest, abs(float64(s)))
	}
	for _, s := range y {
		peak = max(peak, abs(s))
	}
	heard := make([]float32, n)
	for i, s := range y {
		heard[i] = float32(s * loudest / peak)
	}
	return heard
}
