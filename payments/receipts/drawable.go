package receipts

import (
	"strings"
	"unicode"

	"golang.org/x/image/font/sfnt"
)

// drawn is the document as it can be drawn with the fonts that there are: they have
// no Arabic, Hebrew, Hangul and more. A line whose name has letters that cannot be
// drawn is named by its item's number; nothing is left blank.
func (d Document) drawn() (Document, error) {
	can, err := inFonts()
	if err != nil {
		return d, err
	}
	d.Shop = drawable(d.Shop, can)
	d.Facts = drawableFacts(d.Facts, can)
	d.Lines = append([]Row{}, d.Lines...)
	for i, l := range d.Lines {
		d.Lines[i].Detail = drawable(l.Detail, can)
		d.Lines[i].Name = drawable(l.Name, can)
		if l.Item != "" && (d.Lines[i].Name == "" || strings.ContainsFunc(l.Name, func(r rune) bool { return unicode.IsLetter(r) && !can(r) })) {
			d.Lines[i].Name = wordsOf(d.Lang).item + " " + drawable(l.Item, can)
		}
	}
	return d, nil
}

// drawn is the list as it can be drawn.
func (l List) drawn() (List, error) {
	can, err := inFonts()
	if err != nil {
		return l, err
	}
	l.Shop, l.Facts = drawable(l.Shop, can), drawableFacts(l.Facts, can)
	rows := make([][]string, len(l.Rows))
	for i, row := range l.Rows {
		rows[i] = make([]string, len(row))
		for j, cell := range row {
			rows[i][j] = drawable(cell, can)
		}
	}
	l.Rows = rows
	return l, nil
}

// inFonts says of a character whether one of the fonts has it.
func inFonts() (func(rune) bool, error) {
	f, err := readFonts()
	if err != nil {
		return nil, err
	}
	var b sfnt.Buffer
	return func(r rune) bool { return has(f.latin, &b, r) || has(f.han, &b, r) }, nil
}

func drawableFacts(facts []Fact, can func(rune) bool) []Fact {
	out := make([]Fact, len(facts))
	for i, f := range facts {
		out[i] = Fact{f.Name, drawable(f.Value, can)}
	}
	return out
}

// drawable is text without the signs that cannot be drawn, such as emoji, and with
// a question mark for a run of letters that cannot.
func drawable(text string, can func(rune) bool) string {
	var out strings.Builder
	lost := false
	for _, r := range text {
		switch {
		case can(r) || r == ' ':
			out.WriteRune(r)
			lost = false
		case (unicode.IsLetter(r) || unicode.IsDigit(r)) && !lost:
			out.WriteRune('?')
			lost = true
		}
	}
	return strings.Join(strings.Fields(out.String()), " ")
}
