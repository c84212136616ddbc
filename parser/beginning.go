package parser

// beginning is what a node may begin with, so that most of a grammar is passed over
// with one look at the next word.
type beginning struct {
	known bool             // nothing else than words
	words map[string]bool  // the words
	empty bool             // it may take no word at all
	kids  map[string][]int // opAlt: the kids that may begin with a word that any kid names
	rest  []int            // opAlt: those for every other word
}

// emptySlots take no words, or none where there are no options.
var emptySlots = map[string]bool{"last": true, "howmany": true, "units": true, "method": true, "n": true, "options": true}

// begin works out the beginnings of a compiled template, once.
func (n *node) begin() *beginning {
	if n.beginning != nil {
		return n.beginning
	}
	b := &beginning{known: true, words: map[string]bool{}}
	switch n.op {
	case opWord:
		b.words[n.word] = true
	case opSlot:
		b.known, b.empty = false, emptySlots[n.word]
	case opSeq:
		b.empty = true
		for _, kid := range n.kids {
			if b.empty {
				b.include(kid.begin())
			} else {
				kid.begin()
			}
			b.empty = b.empty && kid.begin().empty
		}
	case opOpt:
		b.include(n.kids[0].begin())
		b.empty = true
	case opAlt:
		for _, kid := range n.kids {
			b.include(kid.begin())
			b.empty = b.empty || kid.begin().empty
		}
		b.index(n.kids)
	}
	n.beginning = b
	return b
}

func (b *beginning) include(kid *beginning) {
	b.known = b.known && kid.known
	for w := range kid.words {
		b.words[w] = true
	}
}

// index lists the kids by what they may begin with, in their order.
func (b *beginning) index(kids []*node) {
	b.kids = make(map[string][]int, len(b.words))
	for i, kid := range kids {
		k := kid.begin()
		if !k.known || k.empty {
			b.rest = append(b.rest, i)
		}
		for w := range b.words {
			if kid.mayBegin(w) {
				b.kids[w] = append(b.kids[w], i)
			}
		}
	}
}

// mayBegin reports whether the node may take words from one on, or none.
func (n *node) mayBegin(word string) bool {
	b := n.begin()
	return !b.known || b.empty || b.words[word]
}

// branches are the kids of an opAlt that may take words from one on, or none.
func (b *beginning) branches(word string) []int {
	if kids, ok := b.kids[word]; ok {
		return kids
	}
	return b.rest
}

// begin works out what everything in the grammar begins with.
func (g *Grammar) begin() {
	for _, s := range g.sentences {
		s.body.begin()
	}
	for _, n := range []*node{g.joiners, g.corrections} {
		if n != nil {
			n.begin()
		}
	}
}
