package parser

import (
	"math/rand/v2"
	"strconv"
	"strings"
)

// english is the tongue of grammars that name none.
type english struct{}

func (english) tokens(words []string) []string { return words }

func (english) numberWord(w string) bool { return englishNumber(w) }

var englishHeavy = map[string]bool{"times": true, "quantity": true, "item": true, "remove": true, "delete": true, "change": true,
	"kilo": true, "kilos": true, "grams": true, "hundred": true, "thousand": true, "dozen": true, "point": true}

func (english) heavy(w string) bool { return englishHeavy[w] }

func (english) codes(words []string, at int) []ending[figures] { return codes(words, at) }

var englishParticles = &particles{article: "the", articles: [][]string{{"a"}, {"an"}, {"the"}, {"some"}, {"my"}},
	and: [][]string{{"and"}}, with: [][]string{{"with"}}, put: [][]string{{"a"}, {"an"}}}

func (english) particles() *particles { return englishParticles }

func (english) spell(word string, knows func(string) bool) (string, bool) { return word, knows(word) }

// counts = cardinal, and unless only a number will do: ["half"] ("a" | cardinal) "dozen" | "a pair of" | "a couple of" | "a" | "an"
func (english) counts(words []string, at int, number bool) []ending[int64] {
	var ends []ending[int64]
	give := func(end int, milli int64) {
		if milli > 0 {
			ends = append(ends, ending[int64]{end, milli})
		}
	}
	w := func(i int) string { return wordAt(words, at+i) }
	switch {
	case number:
	case w(0) == "half" && w(1) == "a" && w(2) == "dozen", w(0) == "a" && w(1) == "half" && w(2) == "dozen":
		give(at+3, 6000)
	case w(0) == "half" && w(1) == "dozen":
		give(at+2, 6000)
	case (w(0) == "a" || w(0) == "one") && w(1) == "dozen":
		give(at+2, 12000)
	case w(0) == "a" && (w(1) == "pair" || w(1) == "couple"):
		if w(2) == "of" {
			give(at+3, 2000)
		}
		give(at+2, 2000)
	}
	if !number && (w(0) == "a" || w(0) == "an") {
		give(at+1, 1000)
	}
	for _, n := range cardinals(words, at) {
		give(n.end, n.value*1000)
		if wordAt(words, n.end) == "dozen" && n.value > 1 {
			give(n.end+1, n.value*12000)
		}
	}
	return ends
}

// englishUnits are what people measure in, in thousandths of the catalogue's unit.
var englishUnits = map[string]amount{
	"kilo": {1000, "kg"}, "kilos": {1000, "kg"}, "kilogram": {1000, "kg"}, "kilograms": {1000, "kg"}, "kg": {1000, "kg"},
	"gram": {1, "kg"}, "grams": {1, "kg"}, "g": {1, "kg"}, "gramme": {1, "kg"}, "grammes": {1, "kg"},
	"pound": {454, "kg"}, "pounds": {454, "kg"}, "ounce": {28, "kg"}, "ounces": {28, "kg"},
	"litre": {1000, "l"}, "litres": {1000, "l"}, "liter": {1000, "l"}, "liters": {1000, "l"}, "l": {1000, "l"},
	"millilitre": {1, "l"}, "millilitres": {1, "l"}, "milliliters": {1, "l"}, "ml": {1, "l"},
}

// UnitWord reports whether the word is an English unit of weight or volume.
func UnitWord(w string) bool { return englishUnits[w] != amount{} }

// measures = (decimal | "half a" | "a quarter [of a]" | "three quarters of a" | "a" | "one and a half") unit
func (english) measures(words []string, at int) []ending[amount] {
	var ends []ending[amount]
	give := func(end int, milli int64) {
		u, ok := englishUnits[wordAt(words, end)]
		if milli = milli * u.milli / 1000; ok && milli > 0 {
			ends = append(ends, ending[amount]{end + 1, amount{milli, u.unit}})
		}
	}
	for _, f := range fractions {
		if startsWith(words, at, f.words) {
			give(at+len(f.words), f.milli)
		}
	}
	for _, d := range decimals(words, at) {
		give(d.end, d.value)
	}
	if a, ok := typedMeasure(wordAt(words, at)); ok {
		ends = append(ends, ending[amount]{at + 1, a})
	}
	return ends
}

// typedMeasure reads "300g" and "1.5kg".
func typedMeasure(w string) (amount, bool) {
	cut := strings.TrimLeft(w, "0123456789.")
	u, ok := englishUnits[cut]
	if !ok || cut == w {
		return amount{}, false
	}
	number := w[:len(w)-len(cut)]
	milli, ok := typedDecimal(number)
	if !ok && isDigits(number) && len(number) < 6 {
		n, _ := strconv.ParseInt(number, 10, 64)
		milli, ok = n*1000, true
	}
	return amount{milli * u.milli / 1000, u.unit}, ok
}

var fractions = []struct {
	words []string
	milli int64
}{
	{[]string{"half", "a"}, 500}, {[]string{"a", "half"}, 500}, {[]string{"half"}, 500},
	{[]string{"a", "quarter"}, 250}, {[]string{"quarter"}, 250}, {[]string{"a", "quarter", "of", "a"}, 250},
	{[]string{"quarter", "of", "a"}, 250}, {[]string{"three", "quarters", "of", "a"}, 750},
	{[]string{"a"}, 1000}, {[]string{"one", "and", "a", "half"}, 1500},
}

func (english) sayCode(code string, rng *rand.Rand) string { return sayCode(code, rng) }

func (english) announce() string { return "item " }

// sayCount is mostly small, as in shops.
func (english) sayCount(number bool, rng *rand.Rand) (said string, milli int64) {
	if number {
		return sayNumber(1 + rng.Int64N(mostCounted(rng)))
	}
	switch p := rng.IntN(100); {
	case p < 25:
		return "a", 1000
	case p < 28:
		return "a dozen", 12000
	case p < 30:
		return "half a dozen", 6000
	case p < 32:
		return "a pair of", 2000
	case p < 33:
		return "a couple of", 2000
	case p < 60:
		return sayNumber(1 + rng.Int64N(6))
	}
	return sayNumber(1 + rng.Int64N(mostCounted(rng)))
}

// sloppy is how many articles in a hundred do not agree with the word after them.
const sloppy = 10

// agree says "an" before a vowel: "an orange". One of ten stays as it is, since
// not everybody does.
func (english) agree(words []string, rng *rand.Rand) {
	for i := range len(words) - 1 {
		if words[i] == "a" && strings.ContainsRune("aeio", rune(words[i+1][0])) && rng.IntN(100) >= sloppy {
			words[i] = "an"
		}
	}
}

// mostCounted is the highest number that a quantity is drawn up to.
func mostCounted(rng *rand.Rand) int64 {
	switch p := rng.IntN(100); {
	case p < 65:
		return 12
	case p < 95:
		return 20
	}
	return 99
}

func sayNumber(n int64) (said string, milli int64) { return SayCardinal(n), n * 1000 }

func (english) sayMeasure(unit string, rng *rand.Rand) (said string, milli int64) {
	whole, part := "kilo", "gram"
	if unit == "l" {
		whole, part = "litre", "millilitre"
	}
	switch rng.IntN(8) {
	case 0:
		return "half a " + whole, 500
	case 1:
		return "a " + whole, 1000
	case 2:
		return "one and a half " + whole + "s", 1500
	case 3:
		n := 1 + rng.Int64N(9)
		return "zero point " + digitNames[n] + " " + whole + "s", n * 100
	case 4:
		n, d := 1+rng.Int64N(3), 1+rng.Int64N(9)
		return SayCardinal(n) + " point " + digitNames[d] + " " + whole + "s", n*1000 + d*100
	case 5:
		n := 1 + rng.Int64N(5)
		if n == 1 {
			return "one " + whole, 1000
		}
		return SayCardinal(n) + " " + whole + "s", n * 1000
	}
	n := 50 * (1 + rng.Int64N(18))
	return SayCardinal(n) + " " + part + "s", n
}
