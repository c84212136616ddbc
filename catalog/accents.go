package catalog

import (
	"strings"
	"unicode"
)

// WithoutAccents takes the marks off letters that were decomposed (norm.NFD,
// norm.NFKD).
func WithoutAccents(decomposed string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, decomposed)
}
