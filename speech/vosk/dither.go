//go:build vosk

package vosk

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
)

// dither adds noise of one step of 16 bits, so that digital silence has a
// spectrum. The library's own (feature-window.cc, Dither) takes two logarithms and
// cosines a sample, and other ones each time: here the same audio sounds the same.
// It is owned by its recogniser.
type dither struct {
	state uint64
	pcm   []byte // what was returned last
}

// again begins the noise anew.
func (d *dither) again() { d.state = 0x9e3779b97f4a7c15 }

// add returns s16le samples with noise, good until the next call.
func (d *dither) add(pcm []byte) []byte {
	d.pcm = slices.Grow(d.pcm[:0], len(pcm))[:len(pcm)]
	var coins uint64
	for i := 0; i+1 < len(pcm); i += 2 {
		if i%32 == 0 { // xorshift64 (Marsaglia 2003): 16 samples of 4 bits
			d.state ^= d.state << 13
			d.state ^= d.state >> 7
			d.state ^= d.state << 17
			coins = d.state
		}
		noise := bits.OnesCount64(coins&15) - 2 // binomial: mean 0, variance 1
		coins >>= 4
		sample := int(int16(binary.LittleEndian.Uint16(pcm[i:]))) + noise
		sample = min(max(sample, math.MinInt16), math.MaxInt16)
		binary.LittleEndian.PutUint16(d.pcm[i:], uint16(int16(sample)))
	}
	return d.pcm
}
