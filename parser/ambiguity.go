package parser

import (
	"fmt"
	"slices"
	"strings"
)

// Ambiguity finds two sentences that the same words make, at the same cost, and
// that ask for different things: nothing would say which one is meant. It is a
// *GrammarError with the lower line of the first such pair, or nil. It takes longer
// than all the rest of reading a grammar, so the tests ask it and no till does.
func (g *Grammar) Ambiguity() error {
	machines := make([]*machine, len(g.sentences))
	for i, s := range g.sentences {
		machines[i] = compile(s.body)
	}
	for i, s := range g.sentences {
		for j, above := range g.sentences[:i] {
			if above.do == s.do || above.cost != s.cost {
				continue
			}
			if said, both := machines[j].meets(machines[i]); both {
				return &GrammarError{Line: s.line, Reason: fmt.Sprintf(
					"%q asks for %q here and for %q in line %d: give one of them a higher ~cost", said, s.do, above.do, above.line)}
			}
		}
	}
	return nil
}

// machine is a template as a finite automaton over words and slots: what is
// consumed by the move out of each state, and where it leads. State 0 is the
// start, state 1 the end.
type machine struct {
	moves [][]move
}

type move struct {
	label string // "" consumes nothing
	to    int
}

func compile(body *node) *machine {
	m := &machine{moves: make([][]move, 2)}
	m.add(body, 0, 1)
	return m
}

func (m *machine) state() int {
	m.moves = append(m.moves, nil)
	return len(m.moves) - 1
}

func (m *machine) move(from, to int, label string) {
	m.moves[from] = append(m.moves[from], move{label, to})
}

func (m *machine) add(n *node, from, to int) {
	switch n.op {
	case opWord:
		m.move(from, to, n.word)
	case opSlot:
		m.move(from, to, n.label())
		if n.word == "options" {
			m.move(from, to, "")
		}
	case opOpt:
		m.add(n.kids[0], from, to)
		m.move(from, to, "")
	case opAlt:
		for _, kid := range n.kids {
			m.add(kid, from, to)
		}
	case opSeq:
		for i, kid := range n.kids {
			next := to
			if i+1 < len(n.kids) {
				next = m.state()
			}
			m.add(kid, from, next)
			from = next
		}
		if len(n.kids) == 0 {
			m.move(from, to, "")
		}
	}
}

// label is what a slot consumes: the same for slots that the same words fill.
func (n *node) label() string {
	switch n.word {
	case "last", "n", "units", "howmany", "method":
		return ""
	case "other":
		return n.ofOther().label()
	}
	return "{" + n.word + "}"
}

// maxPairs bounds the search for words that two sentences share.
const maxPairs = 200_000

// pair is where two machines are after the same words; some says that there
// were any.
type pair struct {
	a, b int
	some bool
}

// trail is a pair, with how it was reached.
type trail struct {
	pair
	before int // index of the trail before it, -1 at the start
	label  string
}

// meets returns something, not empty, that both machines accept.
func (m *machine) meets(other *machine) (said string, both bool) {
	trails := []trail{{before: -1}}
	seen := map[pair]bool{{}: true}
	for i := 0; i < len(trails) && len(trails) < maxPairs; i++ {
		at := trails[i].pair
		if at == (pair{1, 1, true}) {
			return words(trails, i), true
		}
		for _, next := range m.steps(other, at) {
			if !seen[next.pair] {
				seen[next.pair] = true
				next.before = i
				trails = append(trails, next)
			}
		}
	}
	return "", false
}

// steps are the pairs right behind one.
func (m *machine) steps(other *machine, at pair) []trail {
	var list []trail
	for _, x := range m.moves[at.a] {
		if x.label == "" {
			list = append(list, trail{pair: pair{x.to, at.b, at.some}})
			continue
		}
		for _, y := range other.moves[at.b] {
			if y.label == x.label {
				list = append(list, trail{pair: pair{x.to, y.to, true}, label: x.label})
			}
		}
	}
	for _, y := range other.moves[at.b] {
		if y.label == "" {
			list = append(list, trail{pair: pair{at.a, y.to, at.some}})
		}
	}
	return list
}

// words are the labels on the way to a trail.
func words(trails []trail, at int) string {
	var list []string
	for ; at >= 0; at = trails[at].before {
		if trails[at].label != "" {
			list = append(list, trails[at].label)
		}
	}
	slices.Reverse(list)
	return strings.Join(list, " ")
}
