package checkout

import (
	"slices"
	"strings"
	"unicode"
)

// soundsSecret reports whether a text may be somebody saying or typing a
// password: it has digits or number words in it.
func soundsSecret(text string) bool {
	if strings.ContainsFunc(text, unicode.IsDigit) || strings.ContainsAny(text, strings.Join(zhDigits, "")) {
		return true
	}
	for _, w := range strings.Fields(text) {
		if slices.Contains(enOnes, w) || slices.Contains(enTens, w) || w == "oh" || w == "double" || w == "triple" {
			return true
		}
	}
	return false
}
