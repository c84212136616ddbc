package receipts

import "strings"

// run is text in one font.
type run struct{ font, text string }

var pdfFonts = map[string][]byte{"latin": latinTTF, "bold": latinBoldTTF, "han": hanTTF}

// use chooses a font, and reads it in at its first use: the Chinese one is big.
func (s *sheet) use(name string, size float64) {
	if !s.named[name] {
		s.named[name] = true
		s.do(s.pdf.AddTTFFontData(name, pdfFonts[name]))
	}
	s.do(s.pdf.SetFont(name, "", size))
}

// runs parts text by the font that draws it: no font has all characters.
func (s *sheet) runs(text string, l look) (out []run) {
	latin := "latin"
	if l.bold {
		latin = "bold"
	}
	for _, r := range text {
		name := latin
		if !has(s.fonts.latin, &s.glyph, r) && has(s.fonts.han, &s.glyph, r) {
			name = "han"
		}
		if n := len(out); n > 0 && out[n-1].font == name {
			out[n-1].text += string(r)
			continue
		}
		out = append(out, run{name, string(r)})
	}
	return out
}

// measure is the width of text on one line, in points.
func (s *sheet) measure(text string, l look) (width float64) {
	for _, r := range s.runs(text, l) {
		s.use(r.font, l.size)
		w, err := s.pdf.MeasureTextWidth(r.text)
		s.do(err)
		width += w
	}
	return width
}

// write puts a line of text at x; its baseline is below y by its size.
func (s *sheet) write(x float64, text string, l look) {
	shade := uint8(0)
	if l.grey {
		shade = 90
	}
	s.pdf.SetTextColor(shade, shade, shade)
	for _, r := range s.runs(text, l) {
		s.use(r.font, l.size)
		s.pdf.SetXY(x, s.y+l.size)
		s.do(s.pdf.Text(r.text))
		w, err := s.pdf.MeasureTextWidth(r.text)
		s.do(err)
		x += w
	}
}

// fold breaks text at spaces, and between any two characters where a word is
// too wide, as Chinese always may be.
func (s *sheet) fold(text string, width float64, l look) []string {
	lines, line := []string{}, ""
	for _, word := range strings.Fields(text) {
		longer := strings.TrimPrefix(line+" "+word, " ")
		if line != "" && s.measure(longer, l) > width {
			lines, longer = append(lines, line), word
		}
		for line = longer; s.measure(line, l) > width; {
			n := s.fitting(line, width, l)
			lines, line = append(lines, line[:n]), line[n:]
		}
	}
	return append(lines, line)
}

// fitting is how many bytes of a line fit, one character's at least.
func (s *sheet) fitting(line string, width float64, l look) int {
	last := len(line)
	for i := range line {
		if i > 0 && s.measure(line[:i], l) > width {
			return max(last, 1)
		}
		if i > 0 {
			last = i
		}
	}
	return last
}

// qr draws a code of a side in the middle, dark rows as one rectangle each.
func (s *sheet) qr(data string, side float64) {
	modules, err := qrModules(data)
	if err != nil {
		s.do(err)
		return
	}
	if s.y+side > s.height-s.margin {
		s.page()
	}
	dot := side / float64(len(modules))
	left := (s.width - side) / 2
	s.pdf.SetFillColor(0, 0, 0)
	for y, row := range modules {
		for x := 0; x < len(row); x++ {
			from := x
			for x < len(row) && row[x] {
				x++
			}
			if x > from {
				s.pdf.RectFromUpperLeftWithStyle(left+float64(from)*dot, s.y+float64(y)*dot, float64(x-from)*dot, dot, "F")
			}
		}
	}
	s.y += side + 2*mm
}
