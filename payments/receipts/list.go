package receipts

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/signintech/gopdf"
)

// List is a paper of rows, such as a statement or a company's bill, in words
// and ready to be laid out.
type List struct {
	Shop, Title string
	Facts       []Fact
	Head        []string   // names of the columns
	Widths      []float64  // of the columns, in shares
	Rows        [][]string // as many as Head
	Totals      []Fact
	Made        time.Time
}

// CSV is the list's table, for a spreadsheet: UTF-8 with a mark at its start.
// What a spreadsheet would take for a formula is shown as text.
func (l List) CSV() ([]byte, error) {
	b := bytes.NewBufferString("\ufeff")
	w := csv.NewWriter(b)
	if err := w.Write(l.Head); err != nil {
		return nil, fmt.Errorf("write list: %w", err)
	}
	for _, row := range l.Rows {
		cells := make([]string, len(row))
		for i, c := range row {
			cells[i] = HarmlessCell(c)
		}
		if err := w.Write(cells); err != nil {
			return nil, fmt.Errorf("write list: %w", err)
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// decimalText reports whether a cell is a number below zero.
// HarmlessCell is a cell that a spreadsheet does not take for a formula (OWASP,
// CSV injection): names come from uploads. Numbers below zero stay as they are.
func HarmlessCell(cell string) string {
	if cell == "" || !strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return cell
	}
	if _, err := strconv.ParseFloat(cell, 64); err == nil && decimalText(cell) {
		return cell
	}
	return "'" + cell
}

func decimalText(s string) bool { return strings.Trim(s, "-.0123456789") == "" }

// PDF is the list on A4. The same list gives the same bytes.
func (l List) PDF() ([]byte, error) {
	l, err := l.drawn()
	if err != nil {
		return nil, fmt.Errorf("draw list as PDF: %w", err)
	}
	f := A4.format()
	f.margin = 18 * mm
	s, err := newSheet(f, gopdf.PdfInfo{Title: l.Title, Author: l.Shop, Producer: "voicetill", CreationDate: l.Made.In(time.UTC)})
	if err != nil {
		return nil, fmt.Errorf("draw list as PDF: %w", err)
	}
	s.paragraph(l.Shop, look{size: s.text * 1.7, bold: true})
	s.gap(0.3)
	s.paragraph(l.Title, look{size: s.text * 1.2, bold: true})
	s.gap(0.5)
	for _, x := range l.Facts {
		s.apart(x.Name, x.Value, look{size: s.text, grey: true}, look{size: s.text})
	}
	s.rule()
	small := look{size: s.text * 0.85}
	s.cells(l.Widths, look{size: small.size, grey: true}, l.Head)
	for _, row := range l.Rows {
		s.cells(l.Widths, small, row)
	}
	s.rule()
	for _, x := range l.Totals {
		s.room(2)
		s.apart(x.Name, x.Value, look{size: s.text, bold: true}, look{size: s.text, bold: true})
	}
	if s.err != nil {
		return nil, fmt.Errorf("draw list as PDF: %w", s.err)
	}
	data, err := s.pdf.GetBytesPdfReturnErr()
	if err != nil {
		return nil, fmt.Errorf("write list as PDF: %w", err)
	}
	return data, nil
}

// cells writes a row of columns; what is a number stands at the right. Text
// that is too wide is folded.
func (s *sheet) cells(widths []float64, l look, texts []string) {
	sum := 0.0
	for _, w := range widths {
		sum += w
	}
	const gutter = 2 * mm
	columns, lines := make([][]string, len(texts)), 1
	for i, text := range texts {
		columns[i] = s.fold(text, s.inner()*widths[i]/sum-gutter, l)
		lines = max(lines, len(columns[i]))
	}
	s.room(float64(lines) + 0.5)
	top, x := s.y, s.margin
	for i, column := range columns {
		width := s.inner() * widths[i] / sum
		for n, line := range column {
			s.y = top + float64(n)*l.size*leading
			at := x
			if decimalText(texts[i]) || i == len(columns)-1 {
				at = x + width - s.measure(line, l)
			}
			s.write(at, line, l)
		}
		x += width
	}
	s.y = top + float64(lines)*l.size*leading + 0.2*l.size
}
