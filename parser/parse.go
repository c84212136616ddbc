package parser

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"voicetill/speech"
)

// Costs of what makes a reading less likely, in the recogniser's log units.
const (
	costUnknownCode = 6.0 // an item number that the catalogue lacks
	costUnknown     = 1.0 // speech that was none of our words, before or after
	costNumberLeft  = 8.0 // part of a number, before or after
	costDropped     = 3.0 // a word of ours that is in no sentence, before or after
	costJoin        = 0.5 // each further command in one breath
	costNoJoiner    = 3.0 // without "and"
	costOfWord      = 0.1 // each word of an item number, up to wordsOfCode: "twelve" "thirty" before "one" "two" "thirty"
	costSplit       = 4.0 // "thirty" "three hundred two" where all is one number
)

// wordsOfCode is as many as an item number mostly has; a bar code has more.
const wordsOfCode = 5

// maxWords bounds one utterance; longer ones have no reading.
const maxWords = 80

// maxReadings bounds what Parse returns, and what it keeps at any word.
const maxReadings = 24

// maxSteps bounds the work on one sentence beginning at one word.
const maxSteps = 20000

// Parser reads sentences about one catalogue. It is immutable and safe for
// concurrent use.
type Parser struct {
	grammar *Grammar
	lexicon *lexicon
	tongue  tongue
}

// New joins a grammar with the entries of a catalogue.
func New(g *Grammar, entries []Entry) *Parser {
	return &Parser{grammar: g, lexicon: newLexicon(entries, g.tongue), tongue: g.tongue}
}

// Parse returns the complete readings of words, the most usual first, at most
// maxReadings. None: the words are no sentences; a reading without intents: they
// are only noise and fillers.
func (p *Parser) Parse(words []string) []Reading {
	if len(words) <= maxWords {
		words = p.tongue.tokens(words)
	}
	if len(words) == 0 || len(words) > maxWords {
		return nil
	}
	c := &chart{p: p, words: words}
	kept := make([][]Reading, len(words)+1)
	kept[0] = []Reading{{}}
	for at := range words {
		if len(kept[at]) == 0 {
			continue
		}
		kept[at] = best(kept[at])
		for _, f := range c.follow(at, at == 0) {
			for _, r := range kept[at] {
				if next, ok := r.then(f.value); ok {
					kept[f.end] = append(kept[f.end], next)
				}
			}
		}
	}
	return best(kept[len(words)])
}

// step is one intent, or filler words where it has none.
type step struct {
	intent  *Intent
	cost    float64
	dropped bool // the word was none of ours, or misheard
	alone   bool // no joiner stands before it
}

// then is the reading with one more step, false where that cannot come next:
// Also goes on with a thing that is taken out, and becomes that; a Number stands
// alone, or corrects how many; only an order corrects another; and what is done to
// the last line has no name right behind it, which would be what it is done to: "no
// three bagels", "take out bagels".
func (r Reading) then(s step) (Reading, bool) {
	next := Reading{Intents: r.Intents, Score: r.Score - s.cost, Dropped: r.Dropped}
	if s.dropped {
		next.Dropped++
	}
	if s.intent == nil {
		return next, true
	}
	intent, n := *s.intent, len(r.Intents)
	if intent.Do == Also {
		if n == 0 || r.Intents[n-1].Do != Remove || r.Intents[n-1].Ref.Last {
			return Reading{}, false
		}
		intent.Do = Remove
	}
	if intent.Corrects && (intent.Do == Number || n > 0) {
		if n == 0 || r.Intents[n-1].Do != Add {
			return Reading{}, false
		}
		if intent.Do == Number {
			intent.Do, intent.Ref.Last = Set, true
		}
	}
	if n > 0 && (intent.Do == Number || r.Intents[n-1].Do == Number) {
		return Reading{}, false
	}
	if n > 0 && s.alone && intent.Do == Add && named(r.Intents[n-1], intent) {
		return Reading{}, false
	}
	next.Intents = append(r.Intents[:n:n], intent)
	return next, true
}

// named reports whether the name that is added right behind a change is what was to
// be changed, or how: "make it three bagels", "take out bagels", "change the bananas
// to three apples".
func named(change, add Intent) bool {
	switch change.Do {
	case Set:
		return add.Milli == 0
	case Remove:
		return change.Ref.Last
	}
	return change.Ref.Last && add.Milli == 0
}

// best sorts readings and drops the later of equal ones.
func best(rs []Reading) []Reading {
	slices.SortStableFunc(rs, func(a, b Reading) int { return cmp.Compare(b.Score, a.Score) })
	seen := map[string]bool{}
	kept := rs[:0:0]
	for _, r := range rs {
		if len(kept) == maxReadings {
			break
		}
		if key := r.key(); !seen[key] {
			seen[key] = true
			kept = append(kept, r)
		}
	}
	return kept
}

// key is the same for readings that mean the same.
func (r Reading) key() string {
	if len(r.Intents) == 1 {
		return r.Intents[0].Key()
	}
	keys := make([]string, len(r.Intents))
	for i, intent := range r.Intents {
		keys[i] = intent.Key()
	}
	return strings.Join(keys, ";")
}

// joinable kinds may stand with others in one breath.
func joinable(k Kind) bool {
	switch k {
	case Add, Remove, Set, Amend, Also, Checkout, Total, Undo, List:
		return true
	}
	return false
}

// follow returns the steps that begin at a word. Anything may open an
// utterance; after a first intent only joinable ones follow.
func (c *chart) follow(at int, first bool) []ending[step] {
	var steps []ending[step]
	for _, end := range c.fillers(at) {
		steps = append(steps, ending[step]{end, step{}})
	}
	switch w := c.words[at]; {
	case len(steps) > 0:
	case w == speech.Unknown:
		steps = append(steps, ending[step]{at + 1, step{cost: costUnknown, dropped: true}})
	case c.p.tongue.numberWord(w):
		steps = append(steps, ending[step]{at + 1, step{cost: costNumberLeft, dropped: true}})
	case !c.p.tongue.heavy(w):
		steps = append(steps, ending[step]{at + 1, step{cost: costDropped * float64(weight(w)), dropped: true}})
	}
	for _, s := range c.starts(at, first || c.onlyFillersBefore(at)) {
		if s.end >= len(c.words) {
			continue
		}
		for _, f := range c.intents(s.end) {
			next := step{intent: f.value.intent, cost: f.value.cost + s.value.cost, alone: s.value.cost != costJoin}
			switch {
			case s.value.corrects:
				if next.intent.Do != Add && next.intent.Do != Number {
					continue
				}
				corrected := *next.intent
				corrected.Corrects, next.intent = true, &corrected
			case s.value.cost > 0 && !joinable(next.intent.Do):
				continue
			}
			steps = append(steps, ending[step]{f.end, next})
		}
	}
	return steps
}

// join is what stands before an intent.
type join struct {
	cost     float64
	corrects bool
}

// starts are the words at which an intent may begin, from at on.
func (c *chart) starts(at int, opening bool) []ending[join] {
	starts := []ending[join]{{at, join{cost: costNoJoiner}}}
	if opening {
		starts[0].value.cost = 0
	} else if c.p.grammar.joiners != nil {
		c.match(c.p.grammar.joiners, at, capture{}, func(end int, _ capture) {
			starts = append(starts, ending[join]{end, join{cost: costJoin}})
		})
	}
	if c.p.grammar.corrections != nil {
		c.match(c.p.grammar.corrections, at, capture{}, func(end int, _ capture) {
			starts = append(starts, ending[join]{end, join{cost: costJoin, corrects: true}})
		})
	}
	return starts
}

// weight is how many words a word stands for: each digit of a typed number would
// have been one.
func weight(w string) int {
	if isDigits(w) {
		return len(w)
	}
	return 1
}

// fillers are the ends of the filler phrases that begin at a word.
func (c *chart) fillers(at int) []int {
	var ends []int
	for _, e := range c.p.grammar.fillers.find(c.words, at) {
		ends = append(ends, e.end)
	}
	return ends
}

func (c *chart) onlyFillersBefore(at int) bool {
	reached := make([]bool, len(c.words)+1)
	reached[0] = true
	for i := range at {
		if !reached[i] {
			continue
		}
		for _, end := range c.fillers(i) {
			reached[end] = true
		}
	}
	return reached[at]
}

// Key is the same for intents that mean the same.
func (i Intent) Key() string {
	key := make([]byte, 0, 64)
	for _, part := range []string{string(i.Do), i.Ref.Code, i.Ref.Name, i.Other.Code, i.Other.Name, i.Unit, i.Method} {
		key = append(append(key, part...), '|')
	}
	key = strconv.AppendBool(key, i.Ref.Last)
	key = strconv.AppendBool(key, i.Corrects)
	key = strconv.AppendInt(append(key, '|'), i.Milli, 10)
	key = strconv.AppendInt(append(key, '|'), int64(i.N), 10)
	for _, group := range slices.Sorted(maps.Keys(i.Options)) {
		key = append(append(key, '|'), group+"="+i.Options[group]...)
	}
	return string(key)
}
