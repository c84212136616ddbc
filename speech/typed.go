package speech

import (
	"strings"
	"unicode"
)

// TypedWords splits a typed line into lower-case words. "×" is the word "x".
// Digits stay together ("1203"), a decimal point between digits is kept ("0.3"),
// Han characters stay in one word, among them the zero of Chinese numbers,
// apostrophes stay inside words, other punctuation goes.
func TypedWords(text string) []string {
	runes := []rune(strings.ToLower(text))
	var b strings.Builder
	for i, r := range runes {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r), r == '〇':
			b.WriteRune(r)
		case r == '×':
			b.WriteString(" x ")
		case (r == '\'' || r == '’') && i > 0 && i+1 < len(runes) && unicode.IsLetter(runes[i-1]) && unicode.IsLetter(runes[i+1]):
			b.WriteRune('\'')
		case (r == '.' || r == ',') && i > 0 && i+1 < len(runes) && unicode.IsDigit(runes[i-1]) && unicode.IsDigit(runes[i+1]):
			b.WriteRune('.')
		default:
			b.WriteRune(' ')
		}
	}
	return strings.Fields(b.String())
}
