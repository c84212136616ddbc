package parser

import (
	"slices"
	"strings"
)

// Entry is what the parser must know of one item.
type Entry struct {
	Number  string
	GTIN    string   // its bar code, which may be said in the number's place; "": none
	Phrases []Phrase // the names it goes by; the first is the usual one
	Measure string   // "kg" or "l" for what goes by weight or volume, else ""
	Groups  []OptionGroup
}

// Phrase is a name in lower-case words. Spoken is false for a phrase that the
// recogniser cannot hear, so that it is parsed but not sampled.
type Phrase struct {
	Text   string
	Spoken bool
}

// OptionGroup holds what may be chosen once of its values.
type OptionGroup struct {
	Name   string
	Values []Phrase
}

// added reports whether the values are things put in, such as "a bit of milk",
// and not what the item is like, such as "large".
func (g OptionGroup) added() bool {
	return slices.ContainsFunc(g.Values, func(v Phrase) bool {
		first, _, _ := strings.Cut(v.Text, " ")
		return first == "a" || first == "some" || first == "lots" || first == "extra" || first == "no"
	})
}

// lexicon finds names and option values by their words.
type lexicon struct {
	entries []Entry
	codes   map[string]bool
	gtins   map[string]bool // without leading zeros
	names   *trie
	options *trie
}

// trie maps word sequences to what they stand for.
type trie struct {
	next map[string]*trie
	here []string // phrases; for options "group\x00value"
}

func (t *trie) put(tokens []string, means string) {
	at := t
	for _, w := range tokens {
		if at.next == nil {
			at.next = map[string]*trie{}
		}
		if at.next[w] == nil {
			at.next[w] = &trie{}
		}
		at = at.next[w]
	}
	for _, m := range at.here {
		if m == means {
			return
		}
	}
	at.here = append(at.here, means)
}

// find returns every phrase that begins at words[at].
func (t *trie) find(words []string, at int) []ending[string] {
	var ends []ending[string]
	for i := at; i < len(words); i++ {
		if t = t.next[words[i]]; t == nil {
			break
		}
		for _, m := range t.here {
			ends = append(ends, ending[string]{i + 1, m})
		}
	}
	return ends
}

func newLexicon(entries []Entry, t tongue) *lexicon {
	lx := &lexicon{entries: entries, codes: map[string]bool{}, gtins: map[string]bool{}, names: &trie{}, options: &trie{}}
	tokens := func(p Phrase) []string { return t.tokens(strings.Fields(p.Text)) }
	for _, e := range entries {
		lx.codes[e.Number] = true
		if e.GTIN != "" {
			lx.gtins[strings.TrimLeft(e.GTIN, "0")] = true
		}
		for _, p := range e.Phrases {
			lx.names.put(tokens(p), p.Text)
		}
		for _, g := range e.Groups {
			for _, v := range g.Values {
				lx.options.put(tokens(v), g.Name+"\x00"+v.Text)
			}
		}
	}
	return lx
}

// shortestGTIN has eight digits (GS1 General Specifications, 3.3.2).
const shortestGTIN = 8

// sold reports whether an item has the number or the bar code.
func (lx *lexicon) sold(code string) bool {
	return lx.codes[code] || len(code) >= shortestGTIN && lx.gtins[strings.TrimLeft(code, "0")]
}
