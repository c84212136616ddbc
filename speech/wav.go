package speech

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/go-audio/wav"
)

// ErrNotWAV says that a file is no WAV that ReadWAV can read.
var ErrNotWAV = errors.New("not a readable WAV file")

// MaxWAV is the most ReadWAV reads, in bytes: 20 minutes at 48 kHz stereo.
const MaxWAV = 256 << 20

// WAV format tags (RFC 2361; the extensible one carries the real tag in its
// sub-format).
const (
	formatPCM        = 1
	formatFloat      = 3
	formatExtensible = 0xFFFE
)

// ReadWAV reads a whole WAV file of 8, 16, 24 or 32 bit PCM or 32 or 64 bit
// float, any rate and number of channels, and returns mono samples in -1..1
// (channels averaged) and their rate in Hz. Errors wrap ErrNotWAV.
func ReadWAV(r io.Reader) (samples []float32, rate int, err error) {
	defer func() {
		if p := recover(); p != nil { // the library trusts chunk sizes
			samples, rate, err = nil, 0, fmt.Errorf("%w: damaged chunks", ErrNotWAV)
		}
	}()
	data, err := io.ReadAll(io.LimitReader(r, MaxWAV+1))
	switch {
	case err != nil:
		return nil, 0, fmt.Errorf("read WAV: %w", err)
	case len(data) > MaxWAV:
		return nil, 0, fmt.Errorf("%w: over %d MiB", ErrNotWAV, MaxWAV>>20)
	case len(data) < 12 || string(data[:4]) != "RIFF" || string(data[8:12]) != "WAVE":
		return nil, 0, fmt.Errorf("%w: no RIFF/WAVE header", ErrNotWAV)
	}
	d := wav.NewDecoder(bytes.NewReader(data))
	if err := d.FwdToPCM(); err != nil {
		return nil, 0, fmt.Errorf("%w: %v", ErrNotWAV, err)
	}
	rate, channels, bits, format := int(d.SampleRate), int(d.NumChans), int(d.BitDepth), int(d.WavAudioFormat)
	if format == formatExtensible {
		format = formatPCM
		if at := bytes.Index(data, []byte("fmt ")); at >= 0 && at+34 <= len(data) {
			format = int(binary.LittleEndian.Uint16(data[at+32:]))
		}
	}
	if rate < 1000 || rate > 768000 || channels < 1 || channels > 64 {
		return nil, 0, fmt.Errorf("%w: %d Hz, %d channels", ErrNotWAV, rate, channels)
	}
	sample, err := sampleReader(format, bits)
	if err != nil {
		return nil, 0, err
	}
	pcm, err := io.ReadAll(io.LimitReader(d.PCMChunk.R, int64(d.PCMChunk.Size)))
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, 0, fmt.Errorf("%w: %v", ErrNotWAV, err)
	}
	width := bits / 8
	frame := width * channels
	samples = make([]float32, len(pcm)/frame)
	for i := range samples {
		sum := 0.0
		for c := range channels {
			sum += sample(pcm[i*frame+c*width:])
		}
		samples[i] = float32(sum / float64(channels))
	}
	return samples, rate, nil
}

// sampleReader returns what reads one sample as -1..1.
func sampleReader(format, bits int) (func(b []byte) float64, error) {
	le := binary.LittleEndian
	switch {
	case format == formatPCM && bits == 8:
		return func(b []byte) float64 { return (float64(b[0]) - 128) / 128 }, nil
	case format == formatPCM && bits == 16:
		return func(b []byte) float64 { return float64(int16(le.Uint16(b))) / (1 << 15) }, nil
	case format == formatPCM && bits == 24:
		return func(b []byte) float64 {
			return float64(int32(uint32(b[0])<<8|uint32(b[1])<<16|uint32(b[2])<<24)) / (1 << 31)
		}, nil
	case format == formatPCM && bits == 32:
		return func(b []byte) float64 { return float64(int32(le.Uint32(b))) / (1 << 31) }, nil
	case format == formatFloat && bits == 32:
		return func(b []byte) float64 { return finite(float64(math.Float32frombits(le.Uint32(b)))) }, nil
	case format == formatFloat && bits == 64:
		return func(b []byte) float64 { return finite(math.Float64frombits(le.Uint64(b))) }, nil
	}
	return nil, fmt.Errorf("%w: format %d with %d bits; PCM of 8, 16, 24, 32 bits or float of 32, 64 bits is read", ErrNotWAV, format, bits)
}

func finite(x float64) float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return 0
	}
	return x
}

// PCM16 converts samples in -1..1 to s16le, clipping.
func PCM16(samples []float32) []byte {
	pcm := make([]byte, 2*len(samples))
	for i, s := range samples {
		v := math.Round(float64(s) * (1 << 15))
		binary.LittleEndian.PutUint16(pcm[2*i:], uint16(int16(max(math.MinInt16, min(math.MaxInt16, v)))))
	}
	return pcm
}
