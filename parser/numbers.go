package parser

import (
	"slices"
	"strconv"
	"strings"
)

var (
	digitWords = map[string]int64{"zero": 0, "oh": 0, "o": 0, "nought": 0, "one": 1, "two": 2, "three": 3, "four": 4,
		"five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9}
	teenWords = map[string]int64{"ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
		"sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19}
	tensWords = map[string]int64{"twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60,
		"seventy": 70, "eighty": 80, "ninety": 90}
	repeatWords = map[string]int{"double": 2, "triple": 3, "treble": 3}
)

// NumberWord reports whether the word is, or ends in, part of a spoken or typed
// number, in any language.
func NumberWord(w string) bool { return englishNumber(w) || endsInNumeral(w) }

func englishNumber(w string) bool {
	if _, ok := digitWords[w]; ok {
		return true
	}
	if _, ok := teenWords[w]; ok {
		return true
	}
	if _, ok := tensWords[w]; ok {
		return true
	}
	return w == "hundred" || w == "thousand" || repeatWords[w] > 0 || isDigits(w)
}

func isDigits(w string) bool {
	return w != "" && strings.Trim(w, "0123456789") == ""
}

// ending is a value that words[from:end] may be read as.
type ending[T any] struct {
	end   int
	value T
}

// cardinals reads whole numbers as one says quantities: every prefix of
// words[at:] that is a number up to 9999, shortest first.
//
//	n99  = digit | teen | tens [digit]
//	n999 = n99 | (digit | "a") "hundred" [["and"] n99]
//	n    = n999 | n99 "thousand" [["and"] n999] | typed digits
func cardinals(words []string, at int) []ending[int64] {
	if at < len(words) && isDigits(words[at]) && len(words[at]) <= 4 {
		n, _ := strconv.ParseInt(words[at], 10, 64)
		return []ending[int64]{{at + 1, n}}
	}
	ends := below1000(words, at)
	for _, e := range below100(words, at) {
		if e.value == 0 || wordAt(words, e.end) != "thousand" {
			continue
		}
		ends = append(ends, ending[int64]{e.end + 1, e.value * 1000})
		for _, rest := range below1000(words, skipAnd(words, e.end+1)) {
			if rest.value > 0 {
				ends = append(ends, ending[int64]{rest.end, e.value*1000 + rest.value})
			}
		}
	}
	return ends
}

func wordAt(words []string, at int) string {
	if at < len(words) {
		return words[at]
	}
	return ""
}

func skipAnd(words []string, at int) int {
	if wordAt(words, at) == "and" {
		return at + 1
	}
	return at
}

func below100(words []string, at int) []ending[int64] {
	w := wordAt(words, at)
	if n, ok := digitWords[w]; ok {
		return []ending[int64]{{at + 1, n}}
	}
	if n, ok := teenWords[w]; ok {
		return []ending[int64]{{at + 1, n}}
	}
	n, ok := tensWords[w]
	if !ok {
		return nil
	}
	ends := []ending[int64]{{at + 1, n}}
	if d, ok := digitWords[wordAt(words, at+1)]; ok && d > 0 {
		ends = append(ends, ending[int64]{at + 2, n + d})
	}
	return ends
}

func below1000(words []string, at int) []ending[int64] {
	ends := below100(words, at)
	hundreds, ok := digitWords[wordAt(words, at)]
	if wordAt(words, at) == "a" {
		hundreds, ok = 1, true
	}
	if !ok || hundreds == 0 || wordAt(words, at+1) != "hundred" {
		return ends
	}
	ends = append(ends, ending[int64]{at + 2, hundreds * 100})
	for _, rest := range below100(words, skipAnd(words, at+2)) {
		if rest.value > 0 {
			ends = append(ends, ending[int64]{rest.end, hundreds*100 + rest.value})
		}
	}
	return ends
}

// maxCode is the longest code: a GTIN-14.
const maxCode = 14

// codes reads item numbers as people say them: a run of chunks, written one
// after the other. "twelve oh three", "one two zero three", "twelve hundred and
// three", "double one", "one thousand two hundred and three". All readings of
// all prefixes of words[at:], each once.
func codes(words []string, at int) []ending[figures] {
	return codesOf(words, at, chunks, func([]string, int) bool { return false })
}

// figures are an item number as it was said.
type figures struct {
	digits string
	splits int // between words that are one number together: "thirty", "three hundred two"
}

// codesOf reads runs of chunks of any language. No chunk follows where broken
// says so.
func codesOf(words []string, at int, chunks func([]string, int) []ending[string], broken func([]string, int) bool) []ending[figures] {
	var ends []ending[figures]
	seen := map[ending[string]]int{} // index in ends
	var grow func(before, at int, code figures)
	grow = func(before, at int, code figures) {
		var together []ending[string] // chunks that go on where the one before began
		if before < at {
			together = chunks(words, before)
		}
		for _, c := range chunks(words, at) {
			next := ending[figures]{c.end, figures{code.digits + c.value, code.splits}}
			if endsAt(together, c.end) {
				next.value.splits++
			}
			key := ending[string]{c.end, next.value.digits}
			i, again := seen[key]
			if len(key.value) > maxCode || len(ends) > 400 || again && ends[i].value.splits <= next.value.splits {
				continue
			}
			if again {
				ends[i] = next
			} else {
				seen[key] = len(ends)
				ends = append(ends, next)
			}
			if !broken(words, next.end) {
				grow(at, next.end, next.value)
			}
		}
	}
	grow(at, at, figures{})
	return ends
}

func endsAt(chunks []ending[string], end int) bool {
	return slices.ContainsFunc(chunks, func(c ending[string]) bool { return c.end == end })
}

// chunks reads one group of digits.
//
//	chunk = digit | ("double" | "triple") digit | n99 | n99 "hundred" [["and"] n99]
//	      | n99 "thousand" [["and"] n999] | typed digits
func chunks(words []string, at int) []ending[string] {
	w := wordAt(words, at)
	if isDigits(w) {
		return []ending[string]{{at + 1, w}}
	}
	if times := repeatWords[w]; times > 0 {
		if d, ok := digitWords[wordAt(words, at+1)]; ok {
			return []ending[string]{{at + 2, strings.Repeat(strconv.FormatInt(d, 10), times)}}
		}
		return nil
	}
	var ends []ending[string]
	add := func(end int, n int64) { ends = append(ends, ending[string]{end, strconv.FormatInt(n, 10)}) }
	for _, head := range below100(words, at) {
		add(head.end, head.value)
		if head.value == 0 {
			continue
		}
		switch wordAt(words, head.end) {
		case "hundred":
			add(head.end+1, head.value*100)
			for _, rest := range below100(words, skipAnd(words, head.end+1)) {
				if rest.value > 0 {
					add(rest.end, head.value*100+rest.value)
				}
			}
		case "thousand":
			add(head.end+1, head.value*1000)
			for _, rest := range below1000(words, skipAnd(words, head.end+1)) {
				if rest.value > 0 {
					add(rest.end, head.value*1000+rest.value)
				}
			}
		}
	}
	return ends
}

// decimals reads a number with a part after the point, in thousandths: "zero
// point three", "one and a half", "2.5", and every cardinal.
func decimals(words []string, at int) []ending[int64] {
	var ends []ending[int64]
	if milli, ok := typedDecimal(wordAt(words, at)); ok {
		ends = append(ends, ending[int64]{at + 1, milli})
	}
	wholes := cardinals(words, at)
	if wordAt(words, at) == "point" {
		wholes = append(wholes, ending[int64]{at, 0})
	}
	for _, whole := range wholes {
		if whole.end > at {
			ends = append(ends, ending[int64]{whole.end, whole.value * 1000})
		}
		if wordAt(words, whole.end) == "and" && wordAt(words, whole.end+1) == "a" && wordAt(words, whole.end+2) == "half" {
			ends = append(ends, ending[int64]{whole.end + 3, whole.value*1000 + 500})
		}
		if wordAt(words, whole.end) != "point" {
			continue
		}
		milli, unit := whole.value*1000, int64(100)
		for i := whole.end + 1; unit > 0; i, unit = i+1, unit/10 {
			d, ok := digitWords[wordAt(words, i)]
			if !ok {
				break
			}
			milli += d * unit
			ends = append(ends, ending[int64]{i + 1, milli})
		}
	}
	return ends
}

func typedDecimal(w string) (milli int64, ok bool) {
	whole, frac, found := strings.Cut(w, ".")
	if !found || !isDigits(whole) || !isDigits(frac) || len(whole) > 4 || len(frac) > 3 {
		return 0, false
	}
	n, _ := strconv.ParseInt(whole+(frac + "000")[:3], 10, 64)
	return n, true
}
