package checkout

import (
	"voicetill/catalog"
	"voicetill/parser"
	"voicetill/speech"
)

// Situation is what the conversation makes likely.
type Situation struct {
	State   State
	InCart  map[string]catalog.Qty // item number → quantity; nil: no cart is kept, everything may be in it
	Last    string                 // item number of the line touched last
	Choices []Command              // the open question's meanings
}

// Completeness says how an utterance that is still going on looks.
type Completeness int

const (
	Nothing    Completeness = iota // no command begins like this
	Incomplete                     // in the middle: "item one two"
	Complete                       // a whole command with an existing item
)

// Understander turns hypotheses into commands for one version of one shop's
// catalogue. It is immutable and safe for concurrent use.
type Understander struct {
	index *catalog.Index
}

// NewUnderstander joins a grammar with a catalogue. knows tells whether the
// recogniser can hear a word; nil means it can hear all.
func NewUnderstander(g *parser.Grammar, index *catalog.Index, knows func(word string) bool) *Understander {
	return &Understander{index: index}
}

// Phrases are the sentences that bias the recogniser to this catalogue, the
// same at every call.
func (u *Understander) Phrases() []string { return nil }

// Understand takes the best meaning of a final hypothesis.
func (u *Understander) Understand(h speech.Hypothesis, s Situation) Heard { return Heard{} }

// Completeness judges the text of a partial hypothesis, for endpointing.
func (u *Understander) Completeness(text string, s Situation) Completeness { return Nothing }
