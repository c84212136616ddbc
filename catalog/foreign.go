package catalog

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"

	"voicetill/payments/money"
)

// Files as other programs write them.

// Columns says what columns of a file are that have names of their own: by header,
// in lower case, a column of a catalogue, or "" for one that is left out.
type Columns map[string]string

// columnOf is the column that a header names; false if there is none of that name.
func (cs Columns) columnOf(header string) (string, bool) {
	name := strings.ToLower(strings.TrimSpace(header))
	if chosen, found := cs[name]; found {
		if chosen == "" {
			return "", true
		}
		name = chosen
	} else if ours, found := alsoCalled[name]; found {
		name = ours
	}
	_, known := columns[name]
	return name, known
}

// noText are characters that no text has.
const noText = "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f"

// decodeLegacy takes text that is not UTF-8 for what Excel writes as plain CSV:
// GB 18030 where all that is not ASCII stands in pairs, as in a Chinese Windows,
// else Windows-1252. It returns false for what is no text.
func decodeLegacy(data []byte) (string, bool) {
	if bytes.ContainsAny(data, noText) {
		return "", false
	}
	if inPairs(data) {
		if text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data); err == nil && !bytes.ContainsRune(text, utf8.RuneError) {
			return string(text), true
		}
	}
	text, err := charmap.Windows1252.NewDecoder().Bytes(data)
	if err != nil || bytes.ContainsRune(text, utf8.RuneError) {
		return "", false
	}
	return string(text), true
}

// inPairs reports whether no run of bytes beyond ASCII has an odd length.
func inPairs(data []byte) bool {
	run := 0
	for _, b := range data {
		switch {
		case b >= 0x80:
			run++
		case run%2 != 0:
			return false
		default:
			run = 0
		}
	}
	return run%2 == 0
}

// marks are the signs that stand beside amounts of a currency, besides its code.
var marks = map[money.Currency][]string{
	"EUR": {"€"}, "USD": {"$", "US$"}, "CAD": {"$", "C$"}, "AUD": {"$", "A$"}, "SGD": {"$", "S$"}, "HKD": {"$", "HK$"}, "TWD": {"$", "NT$"},
	"GBP": {"£"}, "CNY": {"¥", "￥", "元"}, "JPY": {"¥", "￥", "円"}, "CHF": {"Fr."}, "SEK": {"kr"}, "NOK": {"kr"}, "DKK": {"kr"}, "PLN": {"zł"}, "CZK": {"Kč"},
}

// grouped is an amount whose thousands are set apart, and decimals follow.
var (
	groupedByDot   = regexp.MustCompile(`^-?\d{1,3}(\.\d{3})+,\d+$`)
	groupedByComma = regexp.MustCompile(`^-?\d{1,3}(,\d{3})+\.\d+$`)
)

// plainAmount is an amount as money.Parse reads it: without the currency's sign,
// and with a point: 1049.00 of "1.049,00 €". What it does not know stays.
func plainAmount(s string, c money.Currency) string {
	for _, mark := range append([]string{string(c)}, marks[c]...) {
		if rest, found := strings.CutSuffix(s, mark); found {
			s = rest
			break
		}
		if rest, found := strings.CutPrefix(s, mark); found {
			s = rest
			break
		}
	}
	s = strings.TrimSpace(s) // no-break spaces, too
	switch {
	case groupedByDot.MatchString(s):
		s = strings.ReplaceAll(s, ".", "")
	case groupedByComma.MatchString(s):
		return strings.ReplaceAll(s, ",", "")
	}
	if strings.Count(s, ",") == 1 && !strings.Contains(s, ".") {
		s = strings.Replace(s, ",", ".", 1) // 2,49 as written in much of Europe
	}
	return s
}
