package parser

import "math/rand/v2"

// tongue is what a language needs besides the sentences of its grammar: how its
// text falls into words, and how numbers and amounts are read and said. A
// grammar names its own in the line "language = zh".
type tongue interface {
	// tokens are the pieces that sentences and names are matched by. Text with
	// and without blanks between its words must give the same ones.
	tokens(words []string) []string
	numberWord(w string) bool
	// heavy words are never left over: who said one meant something by it.
	heavy(w string) bool
	// codes are the item numbers that begin at a word.
	codes(words []string, at int) []ending[figures]
	// counts are the quantities that begin at a word, in thousandths, above 0;
	// number leaves out what is no number, such as "a".
	counts(words []string, at int, number bool) []ending[int64]
	// measures are the amounts of what goes by weight or volume.
	measures(words []string, at int) []ending[amount]
	particles() *particles
	// spell writes a word in words that the recogniser knows; false: it cannot.
	spell(word string, knows func(string) bool) (string, bool)

	sayCode(code string, rng *rand.Rand) string
	// announce is the word before an item number, with a blank after it.
	announce() string
	sayCount(number bool, rng *rand.Rand) (said string, milli int64)
	// agree makes the words of a sentence go together, as most people say them.
	agree(words []string, rng *rand.Rand)
	// sayMeasure says an amount in a unit, "kg" or "l".
	sayMeasure(unit string, rng *rand.Rand) (said string, milli int64)
}

// amount is so many thousandths of a unit, "kg" or "l".
type amount struct {
	milli int64
	unit  string
}

// particles are the small words around item options. Each is a list of tokens.
type particles struct {
	article  string     // as it is said
	articles [][]string // of {article}
	and      [][]string // between options
	with     [][]string // before what is put in
	put      [][]string // between "with" and the option
	after    [][]string // behind an option: it means nothing
}

var tongues = map[string]tongue{"en": english{}, "zh": mandarin{}}

// after are the places at which reading may go on behind one of the phrases.
func after(phrases [][]string, words []string, at int) []int {
	var ends []int
	for _, p := range phrases {
		if startsWith(words, at, p) {
			ends = append(ends, at+len(p))
		}
	}
	return ends
}

func startsWith(words []string, at int, phrase []string) bool {
	for i, w := range phrase {
		if wordAt(words, at+i) != w {
			return false
		}
	}
	return true
}
