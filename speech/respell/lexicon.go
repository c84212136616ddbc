package respell

import (
	"slices"
	"sort"
	"strings"
)

// Lexicon holds the words that respellings are made of, in a tree of their
// phones. Of words that sound the same it has one. It is immutable.
type Lexicon struct {
	nodes []node
	words []string
}

// node is one phone of the tree.
type node struct {
	phone       Phone
	child, next int32 // first child and next sibling, 0: none
	word        int32 // into words, -1: none ends here
}

// NewLexicon takes the words of d that knows reports as known, except those that
// sound like a word to avoid in any pronunciation of either.
func NewLexicon(d *Dictionary, knows, avoid func(word string) bool) *Lexicon {
	banned := map[string]bool{}
	for w, said := range d.words {
		if !avoid(w) {
			continue
		}
		for _, ps := range said {
			banned[string(phoneBytes(ps))] = true
		}
	}
	bySound := map[string]string{}
	for w, said := range d.words {
		if slices.ContainsFunc(said, func(ps Phones) bool { return banned[string(phoneBytes(ps))] }) || !usable(w, said) || !knows(w) {
			continue
		}
		key := string(phoneBytes(said[0]))
		if have, ok := bySound[key]; !ok || plainer(d, w, have) {
			bySound[key] = w
		}
	}
	l := &Lexicon{nodes: []node{{word: -1}}}
	for key, w := range bySound {
		l.put([]byte(key), w)
	}
	return l.sorted()
}

// usable leaves out what is too short to be told from noise, initials and
// possessives.
func usable(word string, said []Phones) bool {
	return len(word) > 1 && len(said[0]) > 1 && !strings.Contains(word, "'") && strings.ContainsAny(word, "aeiouy")
}

// plainer reports whether word is a better label for its sound than other: fewer
// pronunciations, so that nothing else is heard as it, then shorter.
func plainer(d *Dictionary, word, other string) bool {
	a, b := len(d.words[word]), len(d.words[other])
	switch {
	case a != b:
		return a < b
	case len(word) != len(other):
		return len(word) < len(other)
	}
	return word < other
}

func phoneBytes(ps Phones) []byte {
	b := make([]byte, len(ps))
	for i, p := range ps {
		b[i] = byte(p)
	}
	return b
}

func (l *Lexicon) put(sound []byte, word string) {
	at := int32(0)
	for _, b := range sound {
		at = l.step(at, Phone(b))
	}
	l.nodes[at].word = int32(len(l.words))
	l.words = append(l.words, word)
}

func (l *Lexicon) step(at int32, p Phone) int32 {
	for c := l.nodes[at].child; c != 0; c = l.nodes[c].next {
		if l.nodes[c].phone == p {
			return c
		}
	}
	l.nodes = append(l.nodes, node{phone: p, next: l.nodes[at].child, word: -1})
	c := int32(len(l.nodes) - 1)
	l.nodes[at].child = c
	return c
}

// sorted numbers the words in their order, so that results do not depend on that
// of a map.
func (l *Lexicon) sorted() *Lexicon {
	order := make([]int, len(l.words))
	for i := range order {
		order[i] = i
	}
	sort.Slice(order, func(i, j int) bool { return l.words[order[i]] < l.words[order[j]] })
	words, number := make([]string, len(l.words)), make([]int32, len(l.words))
	for to, from := range order {
		words[to], number[from] = l.words[from], int32(to)
	}
	l.words = words
	for i := range l.nodes {
		if w := l.nodes[i].word; w >= 0 {
			l.nodes[i].word = number[w]
		}
	}
	return l
}

// Len is how many words there are.
func (l *Lexicon) Len() int { return len(l.words) }
