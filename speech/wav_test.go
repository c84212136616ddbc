package speech_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"voicetill/speech"
)

// wavFile is a WAV written chunk by chunk, so that it can be written wrongly.
type wavFile struct {
	format, channels, bits int
	rate                   int
	extensible             bool
	before, after          []byte // whole chunks around the data
	frames                 [][]float64
	dataSize               int // claimed; 0: the true one
}

func chunk(id string, body []byte) []byte {
	b := append([]byte(id), binary.LittleEndian.AppendUint32(nil, uint32(len(body)))...)
	b = append(b, body...)
	if len(body)%2 == 1 {
		b = append(b, 0)
	}
	return b
}

func (w wavFile) bytes() []byte {
	le := binary.LittleEndian
	width := w.bits / 8
	tag := w.format
	if w.extensible {
		tag = 0xFFFE
	}
	head := le.AppendUint16(nil, uint16(tag))
	head = le.AppendUint16(head, uint16(w.channels))
	head = le.AppendUint32(head, uint32(w.rate))
	head = le.AppendUint32(head, uint32(w.rate*w.channels*width))
	head = le.AppendUint16(head, uint16(w.channels*width))
	head = le.AppendUint16(head, uint16(w.bits))
	if w.extensible {
		head = le.AppendUint16(head, 22)
		head = le.AppendUint16(head, uint16(w.bits))
		head = le.AppendUint32(head, 0)
		head = le.AppendUint16(head, uint16(w.format))
		head = append(head, "\x00\x00\x00\x00\x10\x00\x80\x00\x00\xAA\x00\x38\x9B\x71"...)
	}
	var data []byte
	for _, frame := range w.frames {
		for _, x := range frame {
			data = w.sample(data, x)
		}
	}
	dataChunk := chunk("data", data)
	if w.dataSize > 0 {
		le.PutUint32(dataChunk[4:], uint32(w.dataSize))
	}
	body := append([]byte("WAVE"), chunk("fmt ", head)...)
	body = append(append(append(body, w.before...), dataChunk...), w.after...)
	return append(append([]byte("RIFF"), le.AppendUint32(nil, uint32(len(body)))...), body...)
}

func (w wavFile) sample(data []byte, x float64) []byte {
	le := binary.LittleEndian
	switch {
	case w.format == 3 && w.bits == 32:
		return le.AppendUint32(data, math.Float32bits(float32(x)))
	case w.format == 3 && w.bits == 64:
		return le.AppendUint64(data, math.Float64bits(x))
	case w.bits == 8:
		return append(data, byte(128+x*127))
	case w.bits == 16:
		return le.AppendUint16(data, uint16(int16(x*math.MaxInt16)))
	case w.bits == 24:
		v := int32(x * (1<<23 - 1))
		return append(data, byte(v), byte(v>>8), byte(v>>16))
	}
	return le.AppendUint32(data, uint32(int32(x*math.MaxInt32)))
}

// ramp are frames of one channel from -1 to 1.
func ramp(n int) [][]float64 {
	frames := make([][]float64, n)
	for i := range frames {
		frames[i] = []float64{2*float64(i)/float64(n-1) - 1}
	}
	return frames
}

func TestReadWAVFormats(t *testing.T) {
	for name, c := range map[string]struct {
		file      wavFile
		tolerance float64
	}{
		"8 bit":                     {wavFile{format: 1, bits: 8}, 0.02},
		"16 bit":                    {wavFile{format: 1, bits: 16}, 1e-4},
		"24 bit":                    {wavFile{format: 1, bits: 24}, 1e-6},
		"32 bit":                    {wavFile{format: 1, bits: 32}, 1e-6},
		"32 bit float":              {wavFile{format: 3, bits: 32}, 1e-6},
		"64 bit float":              {wavFile{format: 3, bits: 64}, 1e-6},
		"extensible 16 bit":         {wavFile{format: 1, bits: 16, extensible: true}, 1e-4},
		"extensible 24 bit":         {wavFile{format: 1, bits: 24, extensible: true}, 1e-6},
		"extensible 32 bit float":   {wavFile{format: 3, bits: 32, extensible: true}, 1e-6},
		"a list before":             {wavFile{format: 1, bits: 16, before: chunk("LIST", []byte("INFOIART\x04\x00\x00\x00Ada\x00"))}, 1e-4},
		"an odd chunk before":       {wavFile{format: 1, bits: 16, before: chunk("note", []byte("odd"))}, 1e-4},
		"a chunk that says fmt":     {wavFile{format: 3, bits: 32, extensible: true, before: chunk("note", []byte("fmt "))}, 1e-6},
		"a chunk after":             {wavFile{format: 1, bits: 16, after: chunk("LIST", []byte("INFO"))}, 1e-4},
		"8,000 Hz":                  {wavFile{format: 1, bits: 16, rate: 8000}, 1e-4},
		"96,000 Hz":                 {wavFile{format: 1, bits: 16, rate: 96000}, 1e-4},
		"a size of a stream":        {wavFile{format: 1, bits: 16, dataSize: 0xFFFFFFFF}, 1e-4},
		"a size over what is there": {wavFile{format: 1, bits: 16, dataSize: 100000}, 1e-4},
	} {
		t.Run(name, func(t *testing.T) {
			f := c.file
			f.channels, f.frames = 1, ramp(999)
			if f.rate == 0 {
				f.rate = 16000
			}
			samples, rate, err := speech.ReadWAV(bytes.NewReader(f.bytes()))
			if err != nil {
				t.Fatal(err)
			}
			if rate != f.rate || len(samples) != len(f.frames) {
				t.Fatalf("got %d samples at %d Hz", len(samples), rate)
			}
			for i, s := range samples {
				if math.Abs(float64(s)-f.frames[i][0]) > c.tolerance {
					t.Fatalf("sample %d: got %g, want %g", i, s, f.frames[i][0])
				}
			}
		})
	}
}

func TestReadWAVAveragesChannels(t *testing.T) {
	for name, frame := range map[string][]float64{
		"stereo, one side":   {0.5, 0},
		"stereo, both sides": {0.25, 0.25},
		"six channels":       {0.5, 0.5, 0.5, 0, 0, 0},
	} {
		f := wavFile{format: 1, bits: 16, channels: len(frame), rate: 48000, frames: [][]float64{frame, frame, frame}}
		samples, rate, err := speech.ReadWAV(bytes.NewReader(f.bytes()))
		if err != nil || rate != 48000 || len(samples) != 3 || math.Abs(float64(samples[1])-0.25) > 1e-3 {
			t.Errorf("%s: got %v at %d Hz, %v", name, samples, rate, err)
		}
	}
}

func TestReadWAVLeavesOutWhatIsNoNumber(t *testing.T) {
	for _, bits := range []int{32, 64} {
		f := wavFile{format: 3, bits: bits, channels: 1, rate: 16000, frames: [][]float64{{0.5}, {math.NaN()}, {math.Inf(1)}, {math.Inf(-1)}, {1e30}}}
		samples, _, err := speech.ReadWAV(bytes.NewReader(f.bytes()))
		if err != nil || !slices.Equal(samples, []float32{0.5, 0, 0, 0, 1}) {
			t.Errorf("%d bits: got %v, %v", bits, samples, err)
		}
	}
}

func TestReadWAVTakesWhatIsThereOfATruncatedFile(t *testing.T) {
	f := wavFile{format: 1, bits: 16, channels: 2, rate: 16000}
	for range 1000 {
		f.frames = append(f.frames, []float64{0.5, 0.5})
	}
	whole := f.bytes()
	for _, missing := range []int{1, 2, 3, 4, 401} {
		samples, _, err := speech.ReadWAV(bytes.NewReader(whole[:len(whole)-missing]))
		if want := 1000 - (missing+3)/4; err != nil || len(samples) != want {
			t.Errorf("%d bytes missing: got %d samples, %v; want %d", missing, len(samples), err, want)
		}
	}
}

func TestReadWAVReadsAStreamToItsEndWhereItsWriterLeftTheSizeZero(t *testing.T) {
	read := func(frames [][]float64, after []byte) int {
		data := wavFile{format: 1, bits: 16, channels: 1, rate: 16000, frames: frames, after: after}.bytes()
		at := bytes.Index(data, []byte("data")) + 4
		binary.LittleEndian.PutUint32(data[at:], 0)
		samples, _, err := speech.ReadWAV(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		return len(samples)
	}
	if got := read(ramp(999), nil); got != 999 {
		t.Errorf("got %d samples of a stream", got)
	}
	if got := read(nil, nil); got != 0 {
		t.Errorf("got %d samples of nothing", got)
	}
	if got := read(nil, append(chunk("LIST", []byte("INFOx")), chunk("note", nil)...)); got != 0 {
		t.Errorf("got %d samples of nothing before other chunks", got)
	}
}

func TestReadWAVRefusesWhatIsNoWAV(t *testing.T) {
	good := wavFile{format: 1, bits: 16, channels: 1, rate: 16000, frames: ramp(100)}
	with := func(change func(*wavFile)) string {
		f := good
		change(&f)
		return string(f.bytes())
	}
	header := string(good.bytes()[:44])
	for name, file := range map[string]string{
		"empty":                    "",
		"a few bytes":              "RIFF",
		"text":                     "item one two zero three times three, said the shopper",
		"an MP3":                   "ID3\x04\x00\x00\x00\x00\x00\x00" + strings.Repeat("\xff\xfb\x90\x00", 100),
		"an Ogg file":              "OggS\x00\x02" + strings.Repeat("\x00", 100),
		"RIFF but not WAVE":        "RIFF\x24\x00\x00\x00AVI LIST" + strings.Repeat("\x00", 100),
		"big endian":               "RIFX" + header[4:],
		"no format":                "RIFF\x0c\x00\x00\x00WAVEdata\x00\x00\x00\x00",
		"no data":                  header[:36],
		"cut in the format":        header[:20],
		"an impossible chunk size": header[:16] + "\xff\xff\xff\xff" + header[20:],
		"A-law":                    with(func(f *wavFile) { f.format, f.bits = 6, 8 }),
		"mu-law":                   with(func(f *wavFile) { f.format, f.bits = 7, 8 }),
		"12 bit":                   with(func(f *wavFile) { f.bits = 12 }),
		"16 bit float":             with(func(f *wavFile) { f.format = 3 }),
		"no channels":              with(func(f *wavFile) { f.channels = 0 }),
		"a thousand channels":      with(func(f *wavFile) { f.channels = 1000 }),
		"no rate":                  with(func(f *wavFile) { f.rate = 0 }),
		"a rate of 4 GHz":          with(func(f *wavFile) { f.rate = 4_000_000_000 }),
	} {
		t.Run(name, func(t *testing.T) {
			samples, rate, err := speech.ReadWAV(strings.NewReader(file))
			if !errors.Is(err, speech.ErrNotWAV) {
				t.Errorf("got %d samples at %d Hz, %v", len(samples), rate, err)
			}
		})
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestReadWAVTellsABrokenReaderFromABrokenFile(t *testing.T) {
	if _, _, err := speech.ReadWAV(brokenReader{}); !errors.Is(err, io.ErrClosedPipe) || errors.Is(err, speech.ErrNotWAV) {
		t.Errorf("got %v", err)
	}
}

func TestPCM16RoundsAndClips(t *testing.T) {
	got := speech.PCM16([]float32{0, 0.5, -0.5, 1, -1, 7, -7})
	for i, want := range []int16{0, 16384, -16384, 32767, -32768, 32767, -32768} {
		if v := int16(binary.LittleEndian.Uint16(got[2*i:])); v != want {
			t.Errorf("sample %d: got %d, want %d", i, v, want)
		}
	}
}

// FuzzReadWAV: whatever the bytes, samples that are numbers at a rate in range,
// or ErrNotWAV.
func FuzzReadWAV(f *testing.F) {
	for _, w := range []wavFile{
		{format: 1, bits: 8, channels: 1, rate: 8000, frames: ramp(20)},
		{format: 1, bits: 24, channels: 1, rate: 44100, extensible: true, frames: ramp(20)},
		{format: 3, bits: 64, channels: 1, rate: 48000, frames: ramp(20), before: chunk("note", []byte("odd"))},
		{format: 1, bits: 16, channels: 1, rate: 16000, frames: ramp(20), dataSize: 0xFFFFFFFF},
	} {
		f.Add(w.bytes())
	}
	f.Add([]byte("RIFF\x04\x00\x00\x00WAVE"))
	f.Fuzz(func(t *testing.T, data []byte) {
		samples, rate, err := speech.ReadWAV(bytes.NewReader(data))
		if err != nil {
			if !errors.Is(err, speech.ErrNotWAV) {
				t.Errorf("got %v", err)
			}
			return
		}
		if rate < 1000 || rate > 768000 || len(samples) > len(data) {
			t.Errorf("got %d samples at %d Hz of %d bytes", len(samples), rate, len(data))
		}
		for i, s := range samples {
			if s != s || math.IsInf(float64(s), 0) {
				t.Fatalf("sample %d is %g", i, s)
			}
		}
	})
}
