package checkout

import (
	"slices"
	"strings"

	"voicetill/parser"
	"voicetill/speech"
)

const (
	sampledPhrases = 12000
	unknownCodes   = 150
	unknownPhrases = 80 // lines of [unk], which take in what is not for the till
)

// phrases are the training sentences of the recogniser's bigram model: sampled
// from the grammar, with every spoken name at least once. guesses says that some names are.
func phrases(p *parser.Parser, list []parser.Entry, knows func(string) bool, guesses bool) []string {
	var lines []string
	heard := func(text string) bool {
		return knows == nil || !slices.ContainsFunc(strings.Fields(text), func(w string) bool { return !knows(w) })
	}
	samples := p.Samples(sampledPhrases, 1)
	for _, s := range samples {
		if heard(s.Text) {
			lines = append(lines, s.Text)
		}
	}
	if guesses {
		for _, line := range strangers(samples) {
			if heard(strings.ReplaceAll(line, speech.Unknown, "")) {
				lines = append(lines, line)
			}
		}
	}
	lines = append(lines, p.UnknownCodes(unknownCodes, 1)...)
	for _, e := range list {
		for _, ph := range e.Phrases {
			if ph.Spoken {
				lines = append(lines, ph.Text)
			}
		}
	}
	for _, w := range p.Fillers() {
		if heard(w) {
			lines = append(lines, w)
		}
	}
	for range unknownPhrases {
		lines = append(lines, speech.Unknown)
	}
	return lines
}
