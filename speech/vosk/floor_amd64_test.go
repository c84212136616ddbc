//go:build vosk && linux

package vosk

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestFloorIsTheLibrarys covers each remainder of columns, gaps between rows,
// and numbers that are none.
func TestFloorIsTheLibrarys(t *testing.T) {
	if !floorsDirectly() {
		t.Skip("needs AVX2, and the library that models/manifest.json names")
	}
	rng := rand.New(rand.NewPCG(1, 2))
	special := []float32{0, float32(math.Copysign(0, -1)), float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN()), -0.5}
	for columns := 1; columns <= 40; columns++ {
		rows, stride := 1+columns%5, columns+columns%3
		data := make([]float32, rows*stride)
		for i := range data {
			data[i] = rng.Float32()*2 - 1
			if rng.IntN(6) == 0 {
				data[i] = special[rng.IntN(len(special))]
			}
		}
		for _, least := range []float32{0, -0.5} {
			got, want := floored(columns, rows, stride, least, data)
			for i := range got {
				if math.Float32bits(got[i]) != math.Float32bits(want[i]) {
					t.Errorf("%d×%d, stride %d, least %v: got[%d] = %v, want %v", rows, columns, stride, least, i, got[i], want[i])
					break
				}
			}
		}
	}
}
