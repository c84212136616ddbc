package checkout

import (
	"slices"

	"voicetill/parser"
)

// Understood counts utterances by what the till made of them.
type Understood struct {
	Obeyed    int `json:"obeyed"`    // done without a question
	Asked     int `json:"asked"`     // the till asks before it does it
	Corrected int `json:"corrected"` // a shopper takes something back or changes it
	Ignored   int `json:"ignored"`   // not for the till, or not understood
}

// Plus adds up.
func (u Understood) Plus(v Understood) Understood {
	return Understood{u.Obeyed + v.Obeyed, u.Asked + v.Asked, u.Corrected + v.Corrected, u.Ignored + v.Ignored}
}

// corrections are what shoppers say when the basket is not what they meant.
var corrections = []parser.Kind{parser.Undo, parser.Remove, parser.Set, parser.No}

// Count is one for what the till made of this utterance.
func (h Heard) Count() Understood {
	asks := func(c Command) bool { return c.Ask != "" }
	corrects := func(c Command) bool { return slices.Contains(corrections, c.Do) }
	switch {
	case len(h.Commands) == 0:
		return Understood{Ignored: 1}
	case slices.ContainsFunc(h.Commands, asks):
		return Understood{Asked: 1}
	case slices.ContainsFunc(h.Commands, corrects):
		return Understood{Corrected: 1}
	}
	return Understood{Obeyed: 1}
}
