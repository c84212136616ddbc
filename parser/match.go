package parser

import (
	"cmp"
	"strconv"
	"strings"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// chart reads one utterance.
type chart struct {
	p        *Parser
	words    []string
	steps    int
	read     memo[step]
	codes    memo[figures]
	names    memo[string]
	counts   memo[int64]
	numbers  memo[int64] // counts that are numbers
	measures memo[amount]
}

// memo is what was read, by the word that it begins at.
type memo[T any] map[int][]ending[T]

// put keeps what begins at a word.
func (m *memo[T]) put(at int, ends []ending[T]) {
	if *m == nil {
		*m = memo[T]{}
	}
	(*m)[at] = ends
}

// or is what begins at a word, read the first time that it is asked for.
func (m *memo[T]) or(at int, read func() []ending[T]) []ending[T] {
	ends, ok := (*m)[at]
	if !ok {
		ends = read()
		m.put(at, ends)
	}
	return ends
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
	if steps, ok := c.read[at]; ok {
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
			intent.Do, intent.Typed = s.do, s.weight == 0
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
	c.read.put(at, steps)
	return steps
}

// match calls found for every way in which n takes words from at on.
func (c *chart) match(n *node, at int, got capture, found func(end int, got capture)) {
	if c.steps++; c.steps > maxSteps {
		return
	}
	word := wordAt(c.words, at)
	switch n.op {
	case opWord:
		if word == n.word {
			found(at+1, got)
		}
	case opOpt:
		if n.kids[0].mayBegin(word) {
			c.match(n.kids[0], at, got, found)
		}
		found(at, got)
	case opAlt:
		for _, i := range n.beginning.branches(word) {
			c.match(n.kids[i], at, got, found)
		}
	case opSeq:
		if n.mayBegin(word) {
			c.sequence(n.kids, at, got, found)
		}
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
	case "method":
		got.intent.Method = n.value
		found(at, got)
	case "n":
		n, err := strconv.Atoi(n.value)
		if err == nil {
			got.intent.N = n
			found(at, got)
		}
	case "code":
		for _, e := range c.codesAt(at) {
			code := e.value.digits
			if n.value == "bare" && len(code) < minBare {
				continue
			}
			next := got
			next.intent.Ref.Code = code
			if !c.p.lexicon.sold(code) {
				next.cost += costUnknownCode
			}
			next.cost += costOfWord*float64(min(e.end-at, wordsOfCode)) + costSplit*float64(e.value.splits)
			found(e.end, next)
		}
	case "other":
		other := got
		other.intent.Ref = Ref{}
		c.slot(n.ofOther(), at, other, func(end int, next capture) {
			next.intent.Ref, next.intent.Other = got.intent.Ref, next.intent.Ref
			found(end, next)
		})
	case "name":
		for _, e := range c.namesAt(at) {
			next := got
			next.intent.Ref.Name = e.value
			if w := next.intent.Counter; w != "" && wordAt(c.words, at) == w && wordAt(c.words, at-1) != w {
				next.intent.Counter = "" // the name begins with it: 三包子
			}
			found(e.end, next)
		}
	case "count":
		for _, e := range c.countsAt(at, n.value == "number") {
			next := got
			next.intent.Milli, next.counted = e.value, true
			if w := wordAt(c.words, e.end); IsCounter(w) {
				next.intent.Counter = w
			}
			found(e.end, next)
		}
	case "article":
		for _, end := range after(c.p.tongue.particles().articles, c.words, at) {
			found(end, got)
		}
	case "measure":
		for _, e := range c.measuresAt(at) {
			next := got
			next.intent.Milli, next.intent.Unit, next.counted = e.value.milli, e.value.unit, true
			found(e.end, next)
		}
	case "options":
		c.options(at, got, 6, found)
	case "with":
		c.with(at, got, found)
	}
}

// minBare is how many digits a number needs that nothing announces as one.
const minBare = 3

// ofOther is the slot {name} or {code} that {other} or {other=code} stands for.
func (n *node) ofOther() *node {
	return &node{op: opSlot, word: cmp.Or(n.value, "name")}
}

func (c *chart) codesAt(at int) []ending[figures] {
	return c.codes.or(at, func() []ending[figures] { return c.p.tongue.codes(c.words, at) })
}

func (c *chart) namesAt(at int) []ending[string] {
	return c.names.or(at, func() []ending[string] { return c.p.lexicon.names.find(c.words, at) })
}

func (c *chart) countsAt(at int, number bool) []ending[int64] {
	kept := &c.counts
	if number {
		kept = &c.numbers
	}
	return kept.or(at, func() []ending[int64] { return c.p.tongue.counts(c.words, at, number) })
}

func (c *chart) measuresAt(at int) []ending[amount] {
	return c.measures.or(at, func() []ending[amount] { return c.p.tongue.measures(c.words, at) })
}

// options takes up to most option values one after the other, joined by "and"
// or nothing, at most one of a group. Taking none is allowed.
func (c *chart) options(at int, got capture, most int, found func(int, capture)) {
	found(at, got)
	if most == 0 {
		return
	}
	starts := []int{at}
	if len(got.options) > 0 {
		starts = c.past(c.p.tongue.particles().and, starts)
	}
	c.option(starts, got, func(end int, next capture) { c.options(end, next, most-1, found) })
}

// option takes one value of a group that is still free, and what may stand behind it.
func (c *chart) option(starts []int, got capture, found func(int, capture)) {
	for _, start := range starts {
		for _, e := range c.p.lexicon.options.find(c.words, start) {
			next, ok := got.choose(e.value)
			if !ok {
				continue
			}
			found(e.end, next)
			for _, end := range after(c.p.tongue.particles().after, c.words, e.end) {
				found(end, next)
			}
		}
	}
}

// past are the starts, and those behind one of the phrases.
func (c *chart) past(phrases [][]string, starts []int) []int {
	all := starts
	for _, at := range starts {
		all = append(all, after(phrases, c.words, at)...)
	}
	return all
}

// with = "with" option { ("and" | "with" | "and with" | "") option }
func (c *chart) with(at int, got capture, found func(int, capture)) {
	if starts := after(c.p.tongue.particles().with, c.words, at); len(starts) > 0 {
		c.put(starts, got, 6, found)
	}
}

func (c *chart) moreWith(at int, got capture, most int, found func(int, capture)) {
	found(at, got)
	if most == 0 {
		return
	}
	little := c.p.tongue.particles()
	c.put(c.past(little.with, c.past(little.and, []int{at})), got, most-1, found)
}

// put = ["a" | "an"] option, and what follows
func (c *chart) put(starts []int, got capture, most int, found func(int, capture)) {
	c.option(c.past(c.p.tongue.particles().put, starts), got, func(end int, next capture) { c.moreWith(end, next, most, found) })
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
