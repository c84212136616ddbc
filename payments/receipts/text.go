package receipts

import "strings"

// paperColumns are those of font A on 80 mm paper: 576 dots, 12 a character.
const paperColumns = 48

// style is how a line is set.
type style int

const (
	normal style = iota
	bold
	big    // twice as wide and high
	centre // of normal size
)

// bigColumns are those of characters twice as wide.
const bigColumns = paperColumns / 2

// printed is one line on paper of fixed pitch.
type printed struct {
	text  string
	style style
}

// paper sets a receipt for 48 columns, with so many of big characters: what
// comes before the QR code, and what comes after.
func (d Document) paper(wide int) (before, after []printed) {
	add := func(s style, lines ...string) {
		for _, l := range lines {
			before = append(before, printed{l, s})
		}
	}
	rule := strings.Repeat("-", paperColumns)
	add(big, centred(wrap(d.Shop, wide), wide)...)
	if d.Copy != "" {
		add(big, centred([]string{d.Copy}, wide)...)
	}
	add(bold, wrap(d.Title, paperColumns)...)
	for _, f := range d.Facts {
		add(normal, apart(f.Name, f.Value, paperColumns)...)
	}
	add(normal, rule)
	for _, l := range d.Lines {
		add(normal, apart(l.Name, l.Total, paperColumns)...)
		for _, detail := range wrap(l.Detail, paperColumns-2) {
			add(normal, "  "+detail)
		}
	}
	if len(d.Lines) > 0 {
		add(normal, rule)
	}
	add(big, apart(d.Total.Name, d.Total.Value, wide)...)
	if add(normal, rule); len(d.Tax) > 0 {
		add(normal, table(paperColumns, d.TaxHead.Rate, d.TaxHead.Net, d.TaxHead.Tax, d.TaxHead.Gross))
	}
	for _, t := range d.Tax {
		add(normal, table(paperColumns, t.Rate, t.Net, t.Tax, t.Gross))
	}
	if len(d.Tax) > 0 {
		add(normal, rule)
	}
	if d.Pass != "" {
		add(centre, wrap(d.PassHint, paperColumns)...)
	}
	for _, s := range []string{d.Thanks, d.Link} {
		if s != "" {
			after = append(after, printed{text: "", style: normal})
			for _, l := range wrap(s, paperColumns) {
				after = append(after, printed{l, centre})
			}
		}
	}
	return before, after
}

func centred(lines []string, most int) []string {
	for i, l := range lines {
		lines[i] = strings.Repeat(" ", max(most-columns(l), 0)/2) + l
	}
	return lines
}

// Text is the receipt in 48 columns, without its exit pass.
func (d Document) Text() string {
	d.Pass = ""
	before, after := d.paper(paperColumns)
	var b strings.Builder
	for _, l := range append(before, after...) {
		text := l.text
		if l.style == centre {
			text = centred([]string{text}, paperColumns)[0]
		}
		b.WriteString(strings.TrimRight(text, " ") + "\n")
	}
	return b.String()
}
