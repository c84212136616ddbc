//go:build vosk && linux

package vosk

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// TestProductsAreTheLibrarys covers the shapes that the acoustic model has, and
// each remainder of frames, outputs and inputs.
func TestProductsAreTheLibrarys(t *testing.T) {
	t.Cleanup(func() { roundProducts(true) })
	t.Run("whole", func(t *testing.T) {
		roundProducts(false)
		testProducts(t, func(_ int, list []float32) []float32 { return list })
	})
	t.Run("rounded", func(t *testing.T) {
		if !roundProducts(true) {
			t.Skip("this processor does not multiply numbers of 16 bits")
		}
		testProducts(t, rounded)
	})
}

// testProducts compares with the library's, of what used makes of the operands.
func testProducts(t *testing.T, used func(m int, list []float32) []float32) {
	shapes := [][3]int{{24, 640, 150}, {24, 96, 640}, {24, 640, 96}, {8, 96, 640}, {8, 640, 96}, {8, 192, 640}, {8, 2192, 192},
		{57, 96, 640}, {64, 100, 321}, {65, 40, 280}, {30, 512, 40}}
	for m := 1; m <= 33; m++ {
		shapes = append(shapes, [3]int{m, m%7 + 1, 37 * m}, [3]int{m, 8 + m, m})
	}
	rng := rand.New(rand.NewPCG(1, 2))
	random := func(n int) []float32 {
		list := make([]float32, n)
		for i := range list {
			list[i] = rng.Float32()*2 - 1
		}
		return list
	}
	for _, s := range shapes {
		m, n, k := s[0], s[1], s[2]
		for _, alpha := range []float32{1, -0.5} {
			a, b, got := random(m*k), random(n*k), random(m*n)
			want := append([]float32(nil), got...)
			product(m, n, k, alpha, a, b, got)
			libraryProduct(m, n, k, alpha, used(m, a), used(m, b), want)
			for i := range got {
				if difference := math.Abs(float64(got[i] - want[i])); !(difference <= 1e-6*math.Sqrt(float64(k))*4) {
					t.Errorf("%d×%d×%d, alpha %v: got[%d] = %v, want %v", m, n, k, alpha, i, got[i], want[i])
					break
				}
			}
		}
	}
}

// TestWeightsAreKept multiplies with the same matrix again and again, as with a
// model's weights, and then with another one in the same memory. No other test has
// matrices of these shapes: one of the same shape that lay in the same memory before
// would have been taken for something that changes.
func TestWeightsAreKept(t *testing.T) {
	if !roundProducts(true) {
		t.Skip("this processor does not multiply numbers of 16 bits")
	}
	rng := rand.New(rand.NewPCG(3, 4))
	for _, s := range [][3]int{{7, 96, 600}, {24, 100, 150}, {13, 33, 321}} {
		m, n, k := s[0], s[1], s[2]
		a, b := make([]float32, m*k), make([]float32, n*k)
		for use := range 12 {
			for i := range a {
				a[i] = rng.Float32() - 0.5
			}
			if use == 0 || use == 8 || use == 10 {
				for i := range b {
					b[i] = rng.Float32() - 0.5
				}
			}
			got, want := make([]float32, m*n), make([]float32, m*n)
			product(m, n, k, 1, a, b, got)
			libraryProduct(m, n, k, 1, rounded(m, a), rounded(m, b), want)
			for i := range got {
				if difference := math.Abs(float64(got[i] - want[i])); !(difference <= 1e-6*math.Sqrt(float64(k))*4) {
					t.Fatalf("%d×%d×%d, use %d: got[%d] = %v, want %v", m, n, k, use, i, got[i], want[i])
				}
			}
			if use == 7 || use == 8 {
				if kept := keptWeights(n, k, b); kept != (use == 7) {
					t.Errorf("%d×%d×%d, use %d: kept: %v", m, n, k, use, kept)
				}
			}
		}
	}
}

// rounded is list to the nearest numbers of 16 bits, but for the many rows whose
// products are the library's.
func rounded(m int, list []float32) []float32 {
	if m > 64 {
		return list
	}
	near := make([]float32, len(list))
	for i, f := range list {
		bits := math.Float32bits(f)
		near[i] = math.Float32frombits((bits + 0x7fff + bits>>16&1) &^ 0xffff)
	}
	return near
}

func TestTheLibraryMultipliesDirectly(t *testing.T) {
	before := directProducts()
	hear(t, open(t, model(t), till...), say(t, "three oat milk"))
	if made := directProducts() - before; (made > 0) != multipliesDirectly() {
		t.Errorf("%d products were made without copying; the processor can: %v", made, multipliesDirectly())
	}
}

func BenchmarkProduct(b *testing.B) {
	for _, s := range [][3]int{{24, 640, 96}, {8, 96, 640}, {8, 2192, 192}} {
		m, n, k := s[0], s[1], s[2]
		x, y, z := make([]float32, m*k), make([]float32, n*k), make([]float32, m*n)
		for name, f := range map[string]func(m, n, k int, alpha float32, a, b, c []float32){"direct": product, "library": libraryProduct} {
			b.Run(fmt.Sprintf("%dx%dx%d/%s", m, n, k, name), func(b *testing.B) {
				for b.Loop() {
					f(m, n, k, 1, x, y, z)
				}
			})
		}
	}
}
