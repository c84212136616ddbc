package parser

import (
	"encoding/binary"
	"slices"
)

// automaton is a finite-state acceptor over words, nondeterministic while it is
// built (states joined by empty moves), deterministic after determinize.
type automaton struct {
	words  map[string]int32 // word → label, from 1
	labels []string         // label → word
	empty  [][]int32
	moves  [][]move
	ends   map[int32]bool
}

type move struct {
	label int32
	to    int32
}

func newAutomaton() *automaton {
	a := &automaton{words: map[string]int32{}, labels: []string{""}, ends: map[int32]bool{}}
	a.state()
	return a
}

func (a *automaton) state() int32 {
	a.empty = append(a.empty, nil)
	a.moves = append(a.moves, nil)
	return int32(len(a.moves) - 1)
}

func (a *automaton) label(word string) int32 {
	l, ok := a.words[word]
	if !ok {
		l = int32(len(a.labels))
		a.words[word] = l
		a.labels = append(a.labels, word)
	}
	return l
}

// word adds a move and returns where it leads.
func (a *automaton) word(from int32, word string) int32 {
	to := a.state()
	a.wordTo(from, word, to)
	return to
}

func (a *automaton) wordTo(from int32, word string, to int32) {
	a.moves[from] = append(a.moves[from], move{a.label(word), to})
}

func (a *automaton) join(from, to int32) { a.empty[from] = append(a.empty[from], to) }

// phrase adds words one after the other, sharing beginnings with what is there.
func (a *automaton) phrase(from int32, words []string, to int32) {
	for i, w := range words {
		if i == len(words)-1 {
			a.wordTo(from, w, to)
			return
		}
		next := int32(-1)
		for _, m := range a.moves[from] {
			if m.label == a.label(w) && m.to != to {
				next = m.to
				break
			}
		}
		if next < 0 {
			next = a.word(from, w)
		}
		from = next
	}
}

// chain adds words one after the other through states of their own.
func (a *automaton) chain(from int32, words []string, to int32) {
	for _, w := range words[:len(words)-1] {
		from = a.word(from, w)
	}
	a.wordTo(from, words[len(words)-1], to)
}

// embed copies b, which must be deterministic, behind from; its ends lead to to.
func (a *automaton) embed(b *automaton, from, to int32) {
	at := make([]int32, len(b.moves))
	for i := range b.moves {
		at[i] = a.state()
		if b.ends[int32(i)] {
			a.join(at[i], to)
		}
	}
	a.join(from, at[0])
	for i, moves := range b.moves {
		for _, m := range moves {
			a.wordTo(at[i], b.labels[m.label], at[m.to])
		}
	}
}

// determinize is the subset construction. The result's state 0 is the start.
func (a *automaton) determinize() *automaton {
	d := &automaton{words: a.words, labels: a.labels, ends: map[int32]bool{}}
	known := map[string]int32{}
	var sets [][]int32
	mark := make([]int32, len(a.moves))
	round := int32(0)
	closure := func(set []int32) []int32 {
		round++
		for _, s := range set {
			mark[s] = round
		}
		for i := 0; i < len(set); i++ {
			for _, to := range a.empty[set[i]] {
				if mark[to] != round {
					mark[to] = round
					set = append(set, to)
				}
			}
		}
		kept := set[:0:0]
		for _, s := range set { // states with only empty moves do not tell sets apart
			if len(a.moves[s]) > 0 || a.ends[s] {
				kept = append(kept, s)
			}
		}
		slices.Sort(kept)
		return kept
	}
	number := func(set []int32) int32 {
		key := make([]byte, 4*len(set))
		for i, s := range set {
			binary.LittleEndian.PutUint32(key[4*i:], uint32(s))
		}
		if n, ok := known[string(key)]; ok {
			return n
		}
		n := d.state()
		known[string(key)] = n
		sets = append(sets, set)
		for _, s := range set {
			if a.ends[s] {
				d.ends[n] = true
			}
		}
		return n
	}
	number(closure([]int32{0}))
	for n := 0; n < len(sets); n++ {
		var all []move
		for _, s := range sets[n] {
			all = append(all, a.moves[s]...)
		}
		slices.SortFunc(all, func(x, y move) int {
			if x.label != y.label {
				return int(x.label - y.label)
			}
			return int(x.to - y.to)
		})
		for i := 0; i < len(all); {
			label := all[i].label
			var targets []int32
			for ; i < len(all) && all[i].label == label; i++ {
				if k := len(targets); k == 0 || targets[k-1] != all[i].to {
					targets = append(targets, all[i].to)
				}
			}
			to := number(closure(targets))
			d.moves[n] = append(d.moves[n], move{label, to})
		}
	}
	return d
}
