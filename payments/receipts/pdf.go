package receipts

import (
	"fmt"
	"time"

	"github.com/signintech/gopdf"
)

// Size is a kind of paper.
type Size string

const (
	A4   Size = "a4"
	Roll Size = "80mm" // as long as it needs to be
)

const mm = 72 / 25.4 // points

// format is a paper in points.
type format struct {
	width, height, margin float64
	text                  float64 // size of the letters
}

func (s Size) format() format {
	if s == Roll {
		return format{width: 80 * mm, height: 5000 * mm, margin: 5 * mm, text: 8.5}
	}
	return format{width: 210 * mm, height: 297 * mm, margin: 25 * mm, text: 10.5}
}

// PDF is the receipt on paper of a size. The same document gives the same
// bytes.
func (d Document) PDF(size Size) ([]byte, error) {
	f := size.format()
	d, err := d.drawn()
	if err != nil {
		return nil, fmt.Errorf("draw receipt as PDF: %w", err)
	}
	s, err := d.draw(f)
	if err == nil && size == Roll { // once more, now that the length is known
		f.height = s.y + f.margin
		s, err = d.draw(f)
	}
	if err != nil {
		return nil, fmt.Errorf("draw receipt as PDF: %w", err)
	}
	data, err := s.pdf.GetBytesPdfReturnErr()
	if err != nil {
		return nil, fmt.Errorf("write receipt as PDF: %w", err)
	}
	return data, nil
}

func (d Document) draw(f format) (*sheet, error) {
	s, err := newSheet(f, gopdf.PdfInfo{Title: d.Title, Author: d.Shop, Producer: "voicetill", CreationDate: d.Made.In(time.UTC)})
	if err != nil {
		return nil, err
	}
	s.head(d)
	s.body(d)
	s.foot(d)
	return s, s.err
}

func (s *sheet) head(d Document) {
	s.paragraph(d.Shop, look{size: s.text * 1.7, bold: true})
	s.gap(0.5)
	title := look{size: s.text * 1.2, bold: true}
	s.apart(d.Title, d.Copy, title, title)
	s.gap(0.5)
	for _, f := range d.Facts {
		s.apart(f.Name, f.Value, look{size: s.text, grey: true}, look{size: s.text})
	}
	s.rule()
}

func (s *sheet) body(d Document) {
	for _, l := range d.Lines {
		s.room(3)
		s.apart(l.Name, l.Total, look{size: s.text}, look{size: s.text})
		s.paragraph(l.Detail, look{size: s.text * 0.85, grey: true})
	}
	if len(d.Lines) > 0 {
		s.rule()
	}
	s.room(4)
	total := look{size: s.text * 1.5, bold: true}
	s.apart(d.Total.Name, d.Total.Value, total, total)
	s.rule()
	if len(d.Tax) == 0 {
		return
	}
	s.row(look{size: s.text * 0.9, grey: true}, d.TaxHead.Rate, d.TaxHead.Net, d.TaxHead.Tax, d.TaxHead.Gross)
	for _, t := range d.Tax {
		s.row(look{size: s.text * 0.9}, t.Rate, t.Net, t.Tax, t.Gross)
	}
	s.rule()
}

func (s *sheet) foot(d Document) {
	if d.Pass != "" {
		s.gap(0.5) // the code needs a margin
		s.qr(d.Pass, 50*mm)
		s.paragraph(d.PassHint, look{size: s.text * 0.85, middle: true})
		s.gap(0.5)
	}
	for _, text := range []string{d.Thanks, d.Link} {
		if text != "" {
			s.paragraph(text, look{size: s.text * 0.85, grey: true, middle: true})
		}
	}
}
