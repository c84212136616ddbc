package checkout

import (
	"strconv"
	"strings"

	"voicetill/catalog"
)

// english says numbers in American English without "and": "one hundred
// twenty-three".
type english struct{}

var enOnes = strings.Fields("zero one two three four five six seven eight nine ten eleven twelve thirteen " +
	"fourteen fifteen sixteen seventeen eighteen nineteen")
var enTens = strings.Fields("_ _ twenty thirty forty fifty sixty seventy eighty ninety")

// number says 0 to 999,999; beyond, digits.
func (e english) number(n int64) string {
	switch {
	case n < 0 || n > 999_999:
		return strconv.FormatInt(n, 10)
	case n < 20:
		return enOnes[n]
	case n < 100:
		return joinRest(enTens[n/10], "-", n%10, e)
	case n < 1000:
		return joinRest(enOnes[n/100]+" hundred", " ", n%100, e)
	}
	return joinRest(e.number(n/1000)+" thousand", " ", n%1000, e)
}

func joinRest(head, sep string, rest int64, e english) string {
	if rest == 0 {
		return head
	}
	return head + sep + e.number(rest)
}

// currencies names units and the parts of a unit, one and many.
var enCurrencies = map[string][4]string{
	"EUR": {"euro", "euros", "cent", "cents"},
	"USD": {"dollar", "dollars", "cent", "cents"},
	"GBP": {"pound", "pounds", "penny", "pence"},
	"CNY": {"yuan", "yuan", "fen", "fen"},
	"JPY": {"yen", "yen", "", ""},
}

// money says 747 minor units of EUR as "seven forty-seven".
func (e english) money(minor int64, currency string, digits int) string {
	names, known := enCurrencies[currency]
	if !known {
		names = [4]string{currency, currency, "", ""}
	}
	if digits != 2 {
		return decimal(minor, digits, e) + " " + names[1]
	}
	whole, part := minor/100, minor%100
	wholeText := e.number(whole) + " " + countWord(whole, names[0], names[1])
	switch {
	case part == 0:
		return wholeText
	case names[2] == "":
		return decimal(minor, digits, e) + " " + names[1]
	case whole == 0:
		return e.number(part) + " " + countWord(part, names[2], names[3])
	case whole >= 100:
		return wholeText + " " + e.number(part)
	case part < 10:
		return e.number(whole) + " oh " + e.number(part)
	}
	return e.number(whole) + " " + e.number(part)
}

func countWord(n int64, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// decimal says minor units of a currency with that many decimals.
func decimal(minor int64, digits int, e english) string {
	scale := int64(1)
	for range digits {
		scale *= 10
	}
	text := e.number(minor / scale)
	if rest := minor % scale; rest > 0 {
		frac := strconv.FormatInt(scale+rest, 10)[1:]
		text += " point " + e.digits(strings.TrimRight(frac, "0"))
	}
	return text
}

// quantity says "three", "half a kilo", "two hundred grams", "one point five
// kilos".
func (e english) quantity(milli int64, unit, _ string, r *Replies) string {
	many := r.part("units-" + unit)
	switch {
	case many == "":
		return decimal(milli, 3, e)
	case milli == 500:
		return r.part("half-" + unit)
	case milli == 1:
		return e.number(milli) + " " + r.part("one-part-"+unit)
	case milli < 1000:
		return e.number(milli) + " " + r.part("part-"+unit)
	case milli == 1000:
		return e.number(1) + " " + r.part("unit-"+unit)
	}
	return decimal(milli, 3, e) + " " + many
}

// digits says each digit of a code.
func (e english) digits(code string) string {
	var words []string
	for _, c := range code {
		if c < '0' || c > '9' {
			words = append(words, string(c))
			continue
		}
		words = append(words, enOnes[c-'0'])
	}
	return strings.Join(words, " ")
}

// list joins "a, b and c"; without a joiner "a, b, c".
func (english) list(items []string, joiner string) string {
	if len(items) < 2 || joiner == "" {
		return strings.Join(items, ", ")
	}
	last := len(items) - 1
	return strings.Join(items[:last], ", ") + " " + joiner + " " + items[last]
}

func (english) called(name string, _ *catalog.Item) string { return name }

func (english) plural(name string, also []string) string {
	for _, other := range also {
		if other == name+"s" || other == name+"es" {
			return other
		}
	}
	return name
}
