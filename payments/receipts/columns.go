package receipts

import (
	"strconv"
	"strings"

	"golang.org/x/text/width"
)

func digits(n int64) string { return strconv.FormatInt(n, 10) }

// cells are how many columns a character takes on paper of fixed pitch: two if
// it is wide or full-width (Unicode Standard Annex 11).
func cells(r rune) int {
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

func columns(s string) (n int) {
	for _, r := range s {
		n += cells(r)
	}
	return n
}

// wrap breaks text at spaces into lines of at most so many columns, and longer
// words anywhere. No text is one empty line.
func wrap(s string, most int) []string {
	lines, line := []string{}, ""
	for _, word := range strings.Fields(s) {
		switch {
		case line == "":
			line = word
		case columns(line)+1+columns(word) <= most:
			line += " " + word
		default:
			lines, line = append(lines, line), word
		}
		for columns(line) > most {
			head, tail := split(line, most)
			lines, line = append(lines, head), tail
		}
	}
	return append(lines, line)
}

// split takes off as much as fits, one character at least.
func split(s string, most int) (head, tail string) {
	n := 0
	for i, r := range s {
		if n += cells(r); n > most && i > 0 {
			return s[:i], s[i:]
		}
	}
	return s, ""
}

// apart sets two texts to the edges: the left one is wrapped before the right,
// or above it if that is long.
func apart(left, right string, most int) []string {
	if columns(right) > most*2/3 {
		lines := wrap(left, most)
		for _, l := range wrap(right, most) {
			lines = append(lines, rightward(l, most))
		}
		return lines
	}
	lines := wrap(left, most-columns(right)-1)
	last := &lines[len(lines)-1]
	*last += strings.Repeat(" ", most-columns(*last)-columns(right)) + right
	return lines
}

func rightward(s string, most int) string {
	return strings.Repeat(" ", max(most-columns(s), 0)) + s
}

// table sets texts to the right edges of equal columns, the first one to the
// left.
func table(most int, texts ...string) string {
	each := most / len(texts)
	b := texts[0] + strings.Repeat(" ", max(each-columns(texts[0]), 0))
	for _, s := range texts[1:] {
		b += " " + rightward(s, each-1)
	}
	return b
}
