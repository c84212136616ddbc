package receipts

import (
	"github.com/signintech/gopdf"
	"golang.org/x/image/font/sfnt"
)

// sheet is a PDF that is written from top to bottom. The first error stays.
type sheet struct {
	format
	pdf   *gopdf.GoPdf
	fonts fonts
	named map[string]bool // fonts that are in the PDF
	glyph sfnt.Buffer
	y     float64 // points below the upper edge
	err   error
}

// look is how text is set.
type look struct {
	size               float64 // points
	bold, grey, middle bool
}

const leading = 1.35 // from line to line, in sizes

func newSheet(f format, info gopdf.PdfInfo) (*sheet, error) {
	s := &sheet{format: f, pdf: &gopdf.GoPdf{}, named: map[string]bool{}}
	var err error
	if s.fonts, err = readFonts(); err != nil {
		return nil, err
	}
	s.pdf.Start(gopdf.Config{PageSize: gopdf.Rect{W: f.width, H: f.height}})
	s.pdf.SetInfo(info)
	s.page()
	return s, nil
}

func (s *sheet) do(err error) {
	if s.err == nil {
		s.err = err
	}
}

func (s *sheet) page() {
	s.pdf.AddPage()
	s.y = s.margin
}

// room begins a new page unless so many lines fit on this one.
func (s *sheet) room(lines float64) {
	if s.y+lines*s.text*leading > s.height-s.margin {
		s.page()
	}
}

func (s *sheet) gap(lines float64) { s.y += lines * s.text * leading }

// rule is a thin line across.
func (s *sheet) rule() {
	s.gap(0.4)
	s.room(0)
	s.pdf.SetLineWidth(0.5)
	s.pdf.SetStrokeColor(160, 160, 160)
	s.pdf.Line(s.margin, s.y, s.width-s.margin, s.y)
	s.gap(0.4)
}

// inner is the width between the margins.
func (s *sheet) inner() float64 { return s.width - 2*s.margin }

// paragraph writes wrapped text.
func (s *sheet) paragraph(text string, l look) {
	for _, line := range s.fold(text, s.inner(), l) {
		s.room(l.size / s.text)
		x := s.margin
		if l.middle {
			x += (s.inner() - s.measure(line, l)) / 2
		}
		s.write(x, line, l)
		s.y += l.size * leading
	}
}

// apart writes two texts at the edges; the left one is wrapped beside the
// right, which stands on its last line.
func (s *sheet) apart(left, right string, l, r look) {
	width := s.measure(right, r)
	gap := 2 * mm
	if width > s.inner()*0.7 {
		s.paragraph(left, l)
		s.paragraph(right, r)
		return
	}
	lines := s.fold(left, s.inner()-width-gap, l)
	for i, line := range lines {
		s.room(l.size / s.text)
		s.write(s.margin, line, l)
		if i == len(lines)-1 {
			s.write(s.width-s.margin-width, right, r)
		}
		s.y += max(l.size, r.size) * leading
	}
}

// row writes texts to the right edges of equal columns, the first to the left.
func (s *sheet) row(l look, texts ...string) {
	s.room(1)
	each := s.inner() / float64(len(texts))
	for i, text := range texts {
		x := s.margin
		if i > 0 {
			x += float64(i+1)*each - s.measure(text, l)
		}
		s.write(x, text, l)
	}
	s.y += l.size * leading
}
