package main

import (
	"strconv"
	"strings"

	"voicetill/parser"
)

// spelling is one way to read an item number aloud.
type spelling struct {
	kind string // digits, oh, double, pairs, hundreds, whole
	said string
}

// spellings are the ways to read a number of digits, each text once. They are
// written here anew, not taken from the parser, which has to understand them.
func spellings(code string) []spelling {
	var list []spelling
	add := func(kind, said string) {
		for _, s := range list {
			if s.said == said {
				return
			}
		}
		if said != "" {
			list = append(list, spelling{kind, said})
		}
	}
	add("digits", spellDigits(code, "zero"))
	add("oh", spellDigits(code, "oh"))
	add("double", spellRuns(code))
	if code == "" || code[0] == '0' {
		return list
	}
	add("pairs", spellPairs(code))
	if len(code) == 4 && code[1] != '0' {
		add("hundreds", spellHundreds(code))
	}
	if len(code) <= 4 {
		n, _ := strconv.ParseInt(code, 10, 64)
		add("whole", parser.SayCardinal(n))
	}
	return list
}

func spellDigits(code, zero string) string {
	words := make([]string, len(code))
	for i := range code {
		if words[i] = parser.SayCardinal(int64(code[i] - '0')); code[i] == '0' {
			words[i] = zero
		}
	}
	return strings.Join(words, " ")
}

// spellRuns says "double four" and "triple zero"; "" where no digit repeats.
func spellRuns(code string) string {
	var words []string
	runs := false
	for i := 0; i < len(code); {
		n := 1
		for i+n < len(code) && code[i+n] == code[i] && n < 3 {
			n++
		}
		if n > 1 {
			runs = true
			words = append(words, []string{"double", "triple"}[n-2])
		}
		words = append(words, spellDigits(code[i:i+1], "zero"))
		i += n
	}
	if !runs {
		return ""
	}
	return strings.Join(words, " ")
}

// spellPairs says "twelve oh three", "twelve hundred"; "" for an odd length.
func spellPairs(code string) string {
	if len(code) < 4 || len(code)%2 != 0 {
		return ""
	}
	var words []string
	for i := 0; i < len(code); i += 2 {
		switch pair := code[i : i+2]; {
		case pair == "00" && i == 2 && len(code) == 4:
			words = append(words, "hundred")
		case pair[0] == '0':
			words = append(words, spellDigits(pair, "oh"))
		default:
			n, _ := strconv.ParseInt(pair, 10, 64)
			words = append(words, parser.SayCardinal(n))
		}
	}
	return strings.Join(words, " ")
}

func spellHundreds(code string) string {
	high, _ := strconv.ParseInt(code[:2], 10, 64)
	low, _ := strconv.ParseInt(code[2:], 10, 64)
	said := parser.SayCardinal(high) + " hundred"
	if low > 0 {
		said += " and " + parser.SayCardinal(low)
	}
	return said
}
