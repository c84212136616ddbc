package parser

import (
	"strconv"
	"strings"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// chart reads one utterance.
type chart struct {
	p     *Parser
	words []string
	steps int
	memo  map[int][]ending[step]
	codes map[int][]ending[string]
}

// capture is what the slots of one template have taken so far. It is a value;
// options is a list that grows by copying.
type capture struct {
	intent  Intent
	options []string // "group\x00value"
	cost    float64
	counted bool // a count was said
	article bool // "a", "an": a count of one that a measure may replace
}

// intents returns every single intent that begins at a word, each with its end.
func (c *chart) intents(at int) []ending[step] {
	if steps, ok := c.memo[at]; ok {
		return steps
	}
	var steps []ending[step]
	for i := range c.p.grammar.sentences {
		s := &c.p.grammar.sentences[i]
		c.steps = 0
		c.match(s.body, at, capture{cost: s.cost}, func(end int, got capture) {
			if end == at {
				return
			}
			intent := got.intent
			intent.Do = s.do
			if len(got.options) > 0 {
				intent.Options = make(map[string]string, len(got.options))
				for _, o := range got.options {
					group, value, _ := strings.Cut(o, "\x00")
					intent.Options[group] = value
				}
			}
			steps = append(steps, ending[step]{end, step{intent: &intent, cost: got.cost}})
		})
	}
	if c.memo == nil {
		c.memo = map[int][]ending[step]{}
	}
	c.memo[at] = steps
	return steps
}

// match calls found for every way in which n takes words from at on.
func (c *chart) match(n *node, at int, got capture, found func(end int, got capture)) {
	if c.steps++; c.steps > maxSteps {
		return
	}
	switch n.op {
	case opWord:
		if at < len(c.words) && c.words[at] == n.word {
			found(at+1, got)
		}
	case opOpt:
		c.match(n.kids[0], at, got, found)
		found(at, got)
	case opAlt:
		for _, kid := range n.kids {
			c.match(kid, at, got, found)
		}
	case opSeq:
		c.sequence(n.kids, at, got, found)
	case opSlot:
		c.slot(n, at, got, found)
	}
}

func (c *chart) sequence(kids []*node, at int, got capture, found func(int, capture)) {
	if len(kids) == 0 {
		found(at, got)
		return
	}
	c.match(kids[0], at, got, func(end int, got capture) {
		c.sequence(kids[1:], end, got, found)
	})
}

func (c *chart) slot(n *node, at int, got capture, found func(int, capture)) {
	switch n.word {
	case "last":
		got.intent.Ref.Last = true
		found(at, got)
	case "howmany":
		got.intent.HowMany = true
		found(at, got)
	case "units":
		got.intent.Units = true
		found(at, got)
	case "n":
		n, err := strconv.Atoi(n.value)
		if err == nil {
			got.intent.N = n
			found(at, got)
		}
	case "code":
		for _, e := range c.codesAt(at) {
			if n.value == "bare" && len(e.value) < minBare {
				continue
			}
			next := got
			next.intent.Ref.Code = e.value
			if !c.p.lexicon.codes[e.value] {
				next.cost += costUnknownCode
			}
			next.cost += costBareChunk * float64(e.end-at)
			found(e.end, next)
		}
	case "name":
		for _, e := range c.p.lexicon.names.find(c.words, at) {
			next := got
			next.intent.Ref.Name = e.value
			found(e.end, next)
		}
	case "count":
		c.count(at, got, n.value == "number", found)
	case "article":
		if w := wordAt(c.words, at); w == "a" || w == "an" || w == "the" || w == "some" || w == "my" {
			found(at+1, got)
		}
	case "measure":
		c.measure(at, got, found)
	case "options":
		c.options(at, got, 6, found)
	case "with":
		c.with(at, got, found)
	}
}

// minBare is how many digits a number needs that nothing announces as one.
const minBare = 3

func (c *chart) codesAt(at int) []ending[string] {
	if ends, ok := c.codes[at]; ok {
		return ends
	}
	if c.codes == nil {
		c.codes = map[int][]ending[string]{}
	}
	c.codes[at] = codes(c.words, at)
	return c.codes[at]
}

// count = cardinal, and unless only a number will do: ["half"] ("a" | cardinal) "dozen" | "a pair of" | "a couple of" | "a" | "an"
func (c *chart) count(at int, got capture, number bool, found func(int, capture)) {
	give := func(end int, milli int64) {
		if milli <= 0 {
			return
		}
		next := got
		next.intent.Milli, next.counted = milli, true
		found(end, next)
	}
	w := func(i int) string { return wordAt(c.words, at+i) }
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
	for _, n := range cardinals(c.words, at) {
		give(n.end, n.value*1000)
		if wordAt(c.words, n.end) == "dozen" && n.value > 1 {
			give(n.end+1, n.value*12000)
		}
	}
}

// units that people measure in, in thousandths of the catalogue's unit.
var units = map[string]struct {
	unit  string
	milli int64
}{
	"kilo": {"kg", 1000}, "kilos": {"kg", 1000}, "kilogram": {"kg", 1000}, "kilograms": {"kg", 1000}, "kg": {"kg", 1000},
	"gram": {"kg", 1}, "grams": {"kg", 1}, "g": {"kg", 1}, "gramme": {"kg", 1}, "grammes": {"kg", 1},
	"pound": {"kg", 454}, "pounds": {"kg", 454}, "ounce": {"kg", 28}, "ounces": {"kg", 28},
	"litre": {"l", 1000}, "litres": {"l", 1000}, "liter": {"l", 1000}, "liters": {"l", 1000}, "l": {"l", 1000},
	"millilitre": {"l", 1}, "millilitres": {"l", 1}, "milliliters": {"l", 1}, "ml": {"l", 1},
}

// measure = (decimal | "half a" | "a quarter [of a]" | "three quarters of a" | "a" | "one and a half") unit
func (c *chart) measure(at int, got capture, found func(int, capture)) {
	give := func(end int, milli int64) {
		u, ok := units[wordAt(c.words, end)]
		if !ok || milli <= 0 {
			return
		}
		next := got
		next.intent.Milli, next.intent.Unit, next.counted = milli*u.milli/1000, u.unit, true
		if next.intent.Milli > 0 {
			found(end+1, next)
		}
	}
	for _, f := range fractions {
		if c.startsWith(at, f.words) {
			give(at+len(f.words), f.milli)
		}
	}
	for _, d := range decimals(c.words, at) {
		give(d.end, d.value)
	}
	if w := wordAt(c.words, at); w != "" { // typed: 300g, 1.5kg
		cut := strings.TrimLeft(w, "0123456789.")
		if u, ok := units[cut]; ok && cut != w {
			number := w[:len(w)-len(cut)]
			milli, ok := typedDecimal(number)
			if !ok && isDigits(number) && len(number) < 6 {
				n, _ := strconv.ParseInt(number, 10, 64)
				milli, ok = n*1000, true
			}
			if ok {
				got.intent.Milli, got.intent.Unit, got.counted = milli*u.milli/1000, u.unit, true
				found(at+1, got)
			}
		}
	}
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

func (c *chart) startsWith(at int, words []string) bool {
	for i, w := range words {
		if wordAt(c.words, at+i) != w {
			return false
		}
	}
	return true
}

// options takes up to most option values one after the other, joined by "and"
// or nothing, at most one of a group. Taking none is allowed.
func (c *chart) options(at int, got capture, most int, found func(int, capture)) {
	found(at, got)
	if most == 0 {
		return
	}
	start := at
	if len(got.options) > 0 && wordAt(c.words, at) == "and" {
		start++
	}
	for _, e := range c.p.lexicon.options.find(c.words, start) {
		if next, ok := got.choose(e.value); ok {
			c.options(e.end, next, most-1, found)
		}
	}
}

// with = "with" option { ("and" | "with" | "and with" | "") option }
func (c *chart) with(at int, got capture, found func(int, capture)) {
	if w := wordAt(c.words, at); w != "with" {
		return
	}
	c.put(at+1, got, 6, found)
}

func (c *chart) moreWith(at int, got capture, most int, found func(int, capture)) {
	found(at, got)
	if most == 0 {
		return
	}
	start := at
	if wordAt(c.words, start) == "and" {
		start++
	}
	if wordAt(c.words, start) == "with" {
		start++
	}
	c.put(start, got, most-1, found)
}

// put = ["a" | "an"] option, and what follows
func (c *chart) put(at int, got capture, most int, found func(int, capture)) {
	starts := []int{at}
	if w := wordAt(c.words, at); w == "a" || w == "an" {
		starts = append(starts, at+1)
	}
	for _, start := range starts {
		for _, e := range c.p.lexicon.options.find(c.words, start) {
			if next, ok := got.choose(e.value); ok {
				c.moreWith(e.end, next, most, found)
			}
		}
	}
}

// choose adds "group\x00value" unless the group was chosen already.
func (got capture) choose(option string) (capture, bool) {
	group := option[:strings.IndexByte(option, 0)+1]
	for _, o := range got.options {
		if strings.HasPrefix(o, group) {
			return got, false
		}
	}
	got.options = append(got.options[:len(got.options):len(got.options)], option)
	return got, true
}
