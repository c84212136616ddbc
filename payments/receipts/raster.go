package receipts

import (
	"fmt"
	"image"
	"image/color"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// Dots of font A on 80 mm paper.
const (
	paperDots = 576
	rowBytes  = paperDots / 8
	cellDots  = 12
	lineDots  = 30 // 24 of a character, 6 between lines
)

// picture is rows of rowBytes bytes; bit 7 is the leftmost dot, 1 is black.
type picture struct {
	rows int
	bits []byte
}

// drawLine sets one line on the same grid as the printer's own characters: a
// wide one takes two cells.
func drawLine(l printed) (picture, error) {
	scale := 1
	if l.style == big {
		scale = 2
	}
	f, err := readFonts()
	if err != nil {
		return picture{}, err
	}
	latin := f.mono
	if l.style == bold || l.style == big {
		latin = f.monoBold
	}
	text := l.text
	if l.style == centre {
		text = centred([]string{text}, paperColumns)[0]
	}
	img := image.NewGray(image.Rect(0, 0, paperDots, lineDots*scale))
	if err := drawCells(img, text, latin, f.han, scale); err != nil {
		return picture{}, fmt.Errorf("draw %d characters: %w", len([]rune(text)), err)
	}
	return dots(img), nil
}

func drawCells(img *image.Gray, text string, latin, han *sfnt.Font, scale int) error {
	narrow, err := face(latin, 20*scale) // whose characters are 0.6 em wide: 12 dots
	if err != nil {
		return err
	}
	defer narrow.Close()
	wide, err := face(han, 22*scale)
	if err != nil {
		return err
	}
	defer wide.Close()
	var b sfnt.Buffer
	pen := font.Drawer{Dst: img, Src: image.NewUniform(color.White)}
	x := 0
	for _, r := range text {
		pen.Face = narrow
		if !has(latin, &b, r) && has(han, &b, r) {
			pen.Face = wide
		}
		cell := cells(r) * cellDots * scale
		space := fixed.I(cell) - font.MeasureString(pen.Face, string(r))
		pen.Dot = fixed.Point26_6{X: fixed.I(x) + max(space, 0)/2, Y: fixed.I(22 * scale)}
		pen.DrawString(string(r))
		x += cell
	}
	return nil
}

func face(f *sfnt.Font, dots int) (font.Face, error) {
	return opentype.NewFace(f, &opentype.FaceOptions{Size: float64(dots), DPI: 72, Hinting: font.HintingFull})
}

// dots blackens what is at least half covered.
func dots(img *image.Gray) picture {
	p := picture{rows: img.Rect.Dy(), bits: make([]byte, img.Rect.Dy()*rowBytes)}
	for y := range p.rows {
		for x := range paperDots {
			if img.GrayAt(x, y).Y >= 0x80 {
				p.bits[y*rowBytes+x/8] |= 0x80 >> (x % 8)
			}
		}
	}
	return p
}
