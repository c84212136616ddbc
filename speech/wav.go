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
	data, err := io.ReadAll(io.LimitReader(r, MaxWAV+1))
	switch {
	case err != nil:
		return nil, 0, fmt.Errorf("read WAV: %w", err)
	case len(data) > MaxWAV:
		return nil, 0, fmt.Errorf("%w: over %d MiB", ErrNotWAV, MaxWAV>>20)
	case len(data) < 12 || string(data[:4]) != "RIFF" || string(data[8:12]) != "WAVE":
		return nil, 0, fmt.Errorf("%w: no RIFF/WAVE header", ErrNotWAV)
	}
	head, pcm, err := chunks(data[12:])
	if err != nil {
		return nil, 0, err
	}
	info := wav.NewDecoder(bytes.NewReader(data))
	info.ReadInfo()
	if err := info.Err(); err != nil {
		return nil, 0, fmt.Errorf("%w: %v", ErrNotWAV, err)
	}
	format, channels, bits := int(info.WavAudioFormat), int(info.NumChans), int(info.BitDepth)
	rate = int(info.SampleRate)
	if format == formatExtensible && len(head) >= 26 {
		format = int(binary.LittleEndian.Uint16(head[24:])) // the library does not read it
	}
	if rate < 1000 || rate > 768000 || channels < 1 || channels > 64 {
		return nil, 0, fmt.Errorf("%w: %d Hz, %d channels", ErrNotWAV, rate, channels)
	}
	sample, err := sampleReader(format, bits)
	if err != nil {
		return nil, 0, err
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

// chunks finds the format, at least 16 bytes, and the audio behind it, which the
// library refuses or miscounts where a file is cut short or of odd length. Audio
// that claims to be longer than the file is taken as far as it goes: a stream's
// writer does not know how long it will be.
func chunks(data []byte) (format, audio []byte, err error) {
	for len(data) >= 8 {
		id, size := string(data[:4]), int64(binary.LittleEndian.Uint32(data[4:]))
		data = data[8:]
		body := data[:min(size, int64(len(data)))]
		switch id {
		case "fmt ":
			format = body
		case "data":
			if len(format) < 16 {
				return nil, nil, fmt.Errorf("%w: no format before the audio", ErrNotWAV)
			}
			if size == 0 && !chunked(data) {
				body = data // a stream's writer did not come back to say how long it was
			}
			return format, body, nil
		}
		data = data[min(size+size%2, int64(len(data))):]
	}
	return nil, nil, fmt.Errorf("%w: no audio", ErrNotWAV)
}

// chunked reports whether data is nothing but chunks, or nothing.
func chunked(data []byte) bool {
	for len(data) >= 8 {
		size := int64(binary.LittleEndian.Uint32(data[4:]))
		for _, letter := range data[:4] {
			if letter < ' ' || letter > '~' {
				return false
			}
		}
		if size > int64(len(data)-8) {
			return false
		}
		data = data[8+min(size+size%2, int64(len(data)-8)):]
	}
	return len(data) == 0
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
		return func(b []byte) float64 { return clipped(float64(math.Float32frombits(le.Uint32(b)))) }, nil
	case format == formatFloat && bits == 64:
		return func(b []byte) float64 { return clipped(math.Float64frombits(le.Uint64(b))) }, nil
	}
	return nil, fmt.Errorf("%w: format %d with %d bits; PCM of 8, 16, 24, 32 bits or float of 32, 64 bits is read", ErrNotWAV, format, bits)
}

// clipped is x as far as a sample goes; what is no number is silence.
func clipped(x float64) float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return 0
	}
	return max(-1, min(1, x))
}

// FromPCM16 converts s16le, of even length, to samples in -1..1.
func FromPCM16(pcm []byte) []float32 {
	return appendPCM16(make([]float32, 0, len(pcm)/2), pcm)
}

// appendPCM16 is FromPCM16 behind what samples holds.
func appendPCM16(samples []float32, pcm []byte) []float32 {
	for i := 0; i+1 < len(pcm); i += 2 {
		samples = append(samples, float32(int16(binary.LittleEndian.Uint16(pcm[i:])))/(1<<15))
	}
	return samples
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
