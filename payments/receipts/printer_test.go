package receipts_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/draw"
	"testing"

	"github.com/skip2/go-qrcode"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/gomonobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/encoding/charmap"
)

// printer understands the commands of Epson's reference that a receipt may
// use, and fails at any other: 576 dots, 24 lines of dots a character.
type printer struct {
	t           testing.TB
	data        []byte
	paper       *image.Gray
	y           int
	line        []byte // of text, until its LF
	bold        bool
	width, high int // of a character, times
	align       byte
	ready       bool // ESC @ came first
	latin       bool // ESC t 19
	noKanji     bool // FS .
	qr          struct {
		model, level, data []byte
		size               int
	}
	text               string
	cuts, rasters, qrs int
}

func printOut(t testing.TB, data []byte) *printer {
	t.Helper()
	p := &printer{t: t, data: data, paper: image.NewGray(image.Rect(0, 0, 576, 6000)), width: 1, high: 1}
	draw.Draw(p.paper, p.paper.Rect, image.White, image.Point{}, draw.Src)
	for len(p.data) > 0 {
		p.step()
	}
	if len(p.line) > 0 {
		t.Fatalf("%q was never printed", p.line)
	}
	return p
}

// picture is the paper so far, in two colours.
func (p *printer) picture() image.Image {
	out := image.NewPaletted(image.Rect(0, 0, 576, p.y), color.Palette{color.White, color.Black})
	draw.Draw(out, out.Rect, p.paper, image.Point{}, draw.Src)
	return out
}

func (p *printer) take(n int) []byte {
	p.t.Helper()
	if len(p.data) < n {
		p.t.Fatalf("the bytes end within a command: %x", p.data)
	}
	head := p.data[:n]
	p.data = p.data[n:]
	return head
}

func (p *printer) step() {
	p.t.Helper()
	for _, c := range []struct {
		start string
		args  int
		do    func(arg []byte)
	}{
		{"\x1b@", 0, func([]byte) { p.ready, p.bold, p.width, p.high, p.align = true, false, 1, 1, 0 }},
		{"\x1c.", 0, func([]byte) { p.noKanji = true }},
		{"\x1bt", 1, func(a []byte) { p.latin = a[0] == 19 }},
		{"\x1ba", 1, func(a []byte) { p.atLineStart(); p.align = a[0] }},
		{"\x1bE", 1, func(a []byte) { p.bold = a[0]&1 == 1 }},
		{"\x1d!", 1, func(a []byte) { p.width, p.high = int(a[0]>>4)+1, int(a[0]&7)+1 }},
		{"\x1dV\x42", 1, func(a []byte) { p.atLineStart(); p.cuts++; p.y += 60 + int(a[0]) }},
		{"\x1d(k", 2, func(a []byte) { p.symbol(p.take(int(binary.LittleEndian.Uint16(a)))) }},
		{"\x1dv0", 5, p.raster},
		{"\n", 0, func([]byte) { p.feed() }},
	} {
		if bytes.HasPrefix(p.data, []byte(c.start)) {
			if !p.ready && c.start != "\x1b@" {
				p.t.Fatal("ESC @ does not come first")
			}
			p.take(len(c.start))
			c.do(p.take(c.args))
			return
		}
	}
	b := p.take(1)[0]
	if b < 0x20 || b == 0x7f {
		p.t.Fatalf("no command that is known here: %x%x", b, p.data[:min(len(p.data), 8)])
	}
	if b >= 0x80 && !(p.latin && p.noKanji) {
		p.t.Fatalf("byte %x before the code page was chosen", b)
	}
	p.line = append(p.line, b)
}

// atLineStart: these commands count only there.
func (p *printer) atLineStart() {
	p.t.Helper()
	if len(p.line) > 0 {
		p.t.Fatalf("a command within the line %q", p.line)
	}
}

func (p *printer) feed() {
	text, err := charmap.CodePage858.NewDecoder().Bytes(p.line)
	if err != nil {
		p.t.Fatal(err)
	}
	p.line = nil
	p.text += string(text) + "\n"
	runes := []rune(string(text))
	width := len(runes) * 12 * p.width
	if width > 576 {
		p.t.Fatalf("%q is wider than the paper", string(text))
	}
	for i, r := range runes {
		p.character(r, p.start(width)+i*12*p.width)
	}
	p.y += 30 * p.high
}

// start is where something of a width begins.
func (p *printer) start(width int) int { return int(p.align) * (576 - width) / 2 }

func (p *printer) character(r rune, x int) {
	data := gomono.TTF
	if p.bold {
		data = gomonobold.TTF
	}
	f, err := opentype.Parse(data)
	if err != nil {
		p.t.Fatal(err)
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: 20, DPI: 72})
	if err != nil {
		p.t.Fatal(err)
	}
	defer face.Close()
	cell := image.NewGray(image.Rect(0, 0, 12, 24))
	d := font.Drawer{Dst: cell, Src: image.White, Face: face, Dot: fixed.P(0, 19)}
	d.DrawString(string(r))
	for cy := range 24 * p.high {
		for cx := range 12 * p.width {
			if cell.GrayAt(cx/p.width, cy/p.high).Y >= 0x80 {
				p.paper.SetGray(x+cx, p.y+cy, color.Gray{})
			}
		}
	}
}

func (p *printer) raster(a []byte) {
	p.atLineStart()
	wide, rows := int(binary.LittleEndian.Uint16(a[1:])), int(binary.LittleEndian.Uint16(a[3:]))
	if a[0] != 0 || wide > 72 {
		p.t.Fatalf("a picture of mode %d, %d bytes wide", a[0], wide)
	}
	bits := p.take(wide * rows)
	for i, b := range bits {
		for bit := range 8 {
			if b&(0x80>>bit) != 0 {
				p.paper.SetGray(i%wide*8+bit, p.y+i/wide, color.Gray{})
			}
		}
	}
	p.y += rows
	p.rasters++
}

// symbol is GS ( k for QR codes: cn 49, then the function.
func (p *printer) symbol(a []byte) {
	p.atLineStart()
	if len(a) < 3 || a[0] != 49 {
		p.t.Fatalf("GS ( k %x", a)
	}
	switch arg := a[2:]; a[1] {
	case 65:
		p.qr.model = arg
	case 67:
		p.qr.size = int(arg[0])
	case 69:
		p.qr.level = arg
	case 80:
		p.qr.data = arg[1:]
	case 81:
		p.drawQR()
	default:
		p.t.Fatalf("GS ( k function %d", a[1])
	}
}

func (p *printer) drawQR() {
	if !bytes.Equal(p.qr.model, []byte{50, 0}) || !bytes.Equal(p.qr.level, []byte{49}) || p.qr.size < 1 || len(p.qr.data) == 0 {
		p.t.Fatalf("a QR code of model %v, level %v, size %d, %d bytes", p.qr.model, p.qr.level, p.qr.size, len(p.qr.data))
	}
	q, err := qrcode.New(string(p.qr.data), qrcode.Medium)
	if err != nil {
		p.t.Fatal(err)
	}
	q.DisableBorder = true
	modules := q.Bitmap()
	side := len(modules) * p.qr.size
	if side > 576 {
		p.t.Fatalf("a QR code of %d dots", side)
	}
	for y := range side {
		for x := range side {
			if modules[y/p.qr.size][x/p.qr.size] {
				p.paper.SetGray(p.start(side)+x, p.y+y, color.Gray{})
			}
		}
	}
	p.y += side
	p.qrs++
}
