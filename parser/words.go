package parser

import (
	"maps"
	"slices"
)

// Words are all words that stand in the templates that are sampled, sorted; without
// fillers and the words of numbers.
func (g *Grammar) Words() []string {
	set := map[string]bool{}
	g.joiners.words(set)
	for _, s := range g.sentences {
		if s.weight > 0 {
			s.body.words(set)
		}
	}
	return slices.Sorted(maps.Keys(set))
}

func (n *node) words(set map[string]bool) {
	if n == nil {
		return
	}
	if n.op == opWord {
		set[n.word] = true
	}
	for _, kid := range n.kids {
		kid.words(set)
	}
}
