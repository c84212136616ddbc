package speech

import (
	"regexp"
	"strings"
	"unicode"
)

// digitsTimes is a number with an "x" right behind it, and numbers or nothing more.
var digitsTimes = regexp.MustCompile(`^[0-9]+x([0-9]+x)*[0-9]*$`)

// What is written shorter than it is said.
var (
	halves   = strings.NewReplacer("½", ".5 ", "¼", ".25 ", "¾", ".75 ", "№", " number ", "@", " x ")
	fraction = regexp.MustCompile(`(^|\s)(1/2|1/4|3/4)(\s|$)`)
	quarters = map[string]string{"1/2": "0.5", "1/4": "0.25", "3/4": "0.75"}
	numero   = regexp.MustCompile(`(^|\s)(no|nr)\.\s?([0-9])`)
	codeThen = regexp.MustCompile(`([0-9]{4,})[.,]([0-9])`)
	pieces   = regexp.MustCompile(`([0-9])(pcs|pc)\b`)
)

// written is a lower-case line with what is written shorter in words.
func written(line string) string {
	if !strings.ContainsAny(line, "0123456789½¼¾№@") {
		return line // as most names of items are, of which a shop has thousands
	}
	line = fraction.ReplaceAllStringFunc(halves.Replace(line), func(f string) string { return " " + quarters[strings.TrimSpace(f)] + " " })
	line = pieces.ReplaceAllString(numero.ReplaceAllString(line, "$1 number $3"), "$1 $2")
	return codeThen.ReplaceAllString(line, "$1 $2")
}

// TypedWords splits a typed line into lower-case words. "×" and "*" are the word
// "x", and so is an "x" behind digits ("1203x3", "3x").
// Digits stay together ("1203"), a decimal point between digits is kept ("0.3"),
// Han characters stay in one word, among them the zero of Chinese numbers,
// apostrophes stay inside words, a minus stays before its number ("-1"), which no
// sentence has; other punctuation goes. "½", "1/2", "no. 1203", "3 @ 1203", "3pcs"
// are read as they are said, and a long number before a point ends there: "1203,3" is
// no decimal.
func TypedWords(text string) []string {
	runes := []rune(written(strings.ToLower(text)))
	var b strings.Builder
	for i, r := range runes {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r), r == '〇':
			b.WriteRune(r)
		case r == '×', r == '*':
			b.WriteString(" x ")
		case (r == '\'' || r == '’') && i > 0 && i+1 < len(runes) && unicode.IsLetter(runes[i-1]) && unicode.IsLetter(runes[i+1]):
			b.WriteRune('\'')
		case (r == '.' || r == ',') && i > 0 && i+1 < len(runes) && unicode.IsDigit(runes[i-1]) && unicode.IsDigit(runes[i+1]):
			b.WriteRune('.')
		case r == '.' && (i == 0 || unicode.IsSpace(runes[i-1])) && i+1 < len(runes) && unicode.IsDigit(runes[i+1]):
			b.WriteString("0.")
		case (r == '-' || r == '−') && (i == 0 || unicode.IsSpace(runes[i-1])) && i+1 < len(runes) && unicode.IsDigit(runes[i+1]):
			b.WriteRune('-')
		default:
			b.WriteRune(' ')
		}
	}
	var words []string
	for _, w := range strings.Fields(b.String()) {
		if strings.Contains(w, "x") && digitsTimes.MatchString(w) {
			words = append(words, strings.Fields(strings.ReplaceAll(w, "x", " x "))...)
		} else {
			words = append(words, w)
		}
	}
	return words
}
