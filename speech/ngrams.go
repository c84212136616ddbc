package speech

import (
	"math"
	"slices"
	"strings"
)

// Language is a statistical language model over words: a weighted acceptor with
// backing off. State 0 is the start of a sentence.
type Language struct {
	Words  []string // by label; label 0 stands for no word: backing off
	States []LanguageState
}

// LanguageState is a history of words. Costs are negative log-probabilities.
type LanguageState struct {
	Arcs  []LanguageArc // ascending by label; at most one with label 0
	Final float64       // cost of ending here; < 0: it cannot end here
}

// LanguageArc is a word, or backing off, and the history it leads to.
type LanguageArc struct {
	Label int32
	To    int32
	Cost  float64
}

// Order of the n-grams, and what is taken from each count for what was not
// seen: a constant, but of small counts no more than a part. They were found with
// `voicetill bench`: see docs/benchmarks.md.
const (
	ngramOrder    = 4
	ngramDiscount = 2.8
	ngramTaken    = 0.7 // of a count, at most
)

func discount(count int) float64 { return min(ngramDiscount, ngramTaken*float64(count)) }

// NGrams estimates a language from sentences with absolute discounting (Ney,
// Essen, Kneser 1994). libvosk's own phrase lists give a bigram that keeps half
// of all probability for words out of turn; longer histories and a smaller
// remainder hear better in noise and still let other words through.
func NGrams(sentences []string) *Language {
	g := &ngrams{labels: map[string]int32{}, words: []string{""}}
	for _, s := range sentences {
		g.count(strings.Fields(s))
	}
	return g.language()
}

// endLabel counts the ends of sentences.
const endLabel = int32(0)

// history is up to ngramOrder-1 labels, as a string of 4-byte numbers; the start
// of a sentence is the number -1.
type history string

type ngrams struct {
	labels map[string]int32
	words  []string
	counts map[history]map[int32]int
}

func (g *ngrams) label(word string) int32 {
	l, ok := g.labels[word]
	if !ok {
		l = int32(len(g.words))
		g.labels[word] = l
		g.words = append(g.words, word)
	}
	return l
}

func toHistory(labels []int32) history {
	b := make([]byte, 0, 4*len(labels))
	for _, l := range labels {
		b = append(b, byte(l>>24), byte(l>>16), byte(l>>8), byte(l))
	}
	return history(b)
}

// shorter is the history without its oldest word.
func (h history) shorter() history { return h[4:] }

// then is the history after one more word.
func (h history) then(label int32) history {
	h += toHistory([]int32{label})
	if len(h) > 4*(ngramOrder-1) {
		h = h[len(h)-4*(ngramOrder-1):]
	}
	return h
}

// count adds one sentence at every history length.
func (g *ngrams) count(words []string) {
	if g.counts == nil {
		g.counts = map[history]map[int32]int{}
	}
	h := toHistory([]int32{-1})
	add := func(next int32) {
		for s := h; ; s = s.shorter() {
			if g.counts[s] == nil {
				g.counts[s] = map[int32]int{}
			}
			g.counts[s][next]++
			if len(s) == 0 {
				return
			}
		}
	}
	for _, w := range words {
		l := g.label(w)
		add(l)
		h = h.then(l)
	}
	add(endLabel)
}

func (g *ngrams) language() *Language {
	histories := make([]history, 0, len(g.counts))
	for h := range g.counts {
		histories = append(histories, h)
	}
	start := toHistory([]int32{-1})
	slices.SortFunc(histories, func(a, b history) int {
		switch {
		case a == start:
			return -1
		case b == start:
			return 1
		case len(a) != len(b):
			return len(a) - len(b)
		}
		return strings.Compare(string(a), string(b))
	})
	state := make(map[history]int32, len(histories))
	for i, h := range histories {
		state[h] = int32(i)
	}
	lang := &Language{Words: g.words, States: make([]LanguageState, len(histories))}
	for i, h := range histories {
		lang.States[i] = g.state(h, state)
	}
	return lang
}

func (g *ngrams) state(h history, state map[history]int32) LanguageState {
	next := g.counts[h]
	labels := make([]int32, 0, len(next))
	for l := range next {
		labels = append(labels, l)
	}
	slices.Sort(labels)
	total, taken := 0, 0.0
	for _, l := range labels { // in order, since sums of fractions depend on it
		total += next[l]
		taken += discount(next[l])
	}
	s := LanguageState{Final: -1}
	shortest := len(h) == 0 // nothing to back off to
	if !shortest {
		s.Arcs = append(s.Arcs, LanguageArc{Label: 0, To: state[h.shorter()], Cost: -math.Log(taken / float64(total))})
	}
	for _, l := range labels {
		n := float64(next[l])
		if !shortest {
			n -= discount(next[l])
		}
		cost := -math.Log(n / float64(total))
		if l == endLabel {
			s.Final = cost
			continue
		}
		to := h.then(l)
		for {
			if _, ok := state[to]; ok {
				break
			}
			to = to.shorter()
		}
		s.Arcs = append(s.Arcs, LanguageArc{Label: l, To: state[to], Cost: cost})
	}
	return s
}

// Arcs counts them all.
func (l *Language) Arcs() int {
	total := 0
	for _, s := range l.States {
		total += len(s.Arcs)
	}
	return total
}
