package speech

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/dsp/fourier"
)

// Frames and constants of Denoise.
const (
	denoiseFrame = 512 // samples, 32 ms
	denoiseHop   = 128 // samples, 8 ms

	noiseQuantile = 0.15 // of a band's energies: between words only noise is left
	noiseOver     = 2.2  // from that quantile to the mean of noise
	gainFloor     = 0.35 // what is left of noise alone; less of it makes tones of its own
	priorWeight   = 0.95 // of the frame before in the estimate of voice over noise
)

// Denoise takes steady noise off one whole utterance of mono samples at
// SampleRate and returns as many: a Wiener filter with the decision-directed
// estimate of Ephraim and Malah (1984), the noise of each band from a quantile of
// its energies (Stahl, Fischer, Bippus 2000). Less than 64 ms comes back as it
// is. x is not changed.
func Denoise(x []float32) []float32 {
	frames := (len(x)-denoiseFrame)/denoiseHop + 1
	if len(x) < 2*denoiseFrame {
		return slices.Clone(x)
	}
	f := newSpectra(x, frames)
	noise := f.noise()
	voice := make([]float64, len(noise)) // over noise, as estimated in the frame before
	for _, bands := range f.bands {
		for k, b := range bands {
			snr := energy(b) / noise[k]
			prior := priorWeight*voice[k] + (1-priorWeight)*max(snr-1, 0)
			gain := max(prior/(1+prior), gainFloor)
			voice[k] = gain * gain * snr
			bands[k] = b * complex(gain, 0)
		}
	}
	return f.samples(x)
}

// spectra are the overlapping frames of an utterance.
type spectra struct {
	fft    *fourier.FFT
	window []float64
	bands  [][]complex128 // by frame
}

func newSpectra(x []float32, frames int) *spectra {
	f := &spectra{fft: fourier.NewFFT(denoiseFrame), window: make([]float64, denoiseFrame), bands: make([][]complex128, frames)}
	for i := range f.window {
		f.window[i] = math.Sin(math.Pi * (float64(i) + 0.5) / denoiseFrame)
	}
	piece := make([]float64, denoiseFrame)
	for n := range f.bands {
		for i := range piece {
			piece[i] = float64(x[n*denoiseHop+i]) * f.window[i]
		}
		f.bands[n] = f.fft.Coefficients(nil, piece)
	}
	return f
}

// noise estimates the energy of noise in each band; it is never zero.
func (f *spectra) noise() []float64 {
	level := make([]float64, len(f.bands[0]))
	column := make([]float64, len(f.bands))
	for k := range level {
		for n, bands := range f.bands {
			column[n] = energy(bands[k])
		}
		slices.Sort(column)
		level[k] = noiseOver*column[int(noiseQuantile*float64(len(column)))] + 1e-12
	}
	return level
}

// samples adds the frames up again. What no whole frame covers, at the end,
// comes from x.
func (f *spectra) samples(x []float32) []float32 {
	sum := make([]float64, len(x))
	piece := make([]float64, denoiseFrame)
	// The squared sine windows of four frames a sample add up to 2.
	scale := 1.0 / (denoiseFrame * denoiseFrame / denoiseHop / 2)
	for n, bands := range f.bands {
		f.fft.Sequence(piece, bands)
		for i, s := range piece {
			sum[n*denoiseHop+i] += s * f.window[i] * scale
		}
	}
	y := slices.Clone(x)
	whole := (len(f.bands)-1)*denoiseHop + denoiseFrame
	for i := denoiseFrame - denoiseHop; i < whole-(denoiseFrame-denoiseHop); i++ {
		y[i] = float32(sum[i])
	}
	return y
}

func energy(c complex128) float64 { return real(c)*real(c) + imag(c)*imag(c) }
