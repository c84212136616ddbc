package checkout

import (
	"slices"
	"strings"

	"voicetill/parser"
	"voicetill/speech"
)

const (
	draws          = 4     // times that all below is drawn, so that the language depends little on chance
	sampledPhrases = 12000 // in one draw
	unknownCodes   = 150
	barCodes       = 12
	unknownPhrases = 80 // lines of [unk], which take in what is not for the till
)

// phrases are the training sentences of the recogniser's language: sampled from
// the grammar, with every spoken name at least once in each draw. guesses says
// that some names are worked-out respellings.
func phrases(p *parser.Parser, list []parser.Entry, knows func(string) bool, guesses bool, draws, samples int) []string {
	var lines []string
	heard := func(text string) bool {
		return knows == nil || !slices.ContainsFunc(strings.Fields(text), func(w string) bool { return !knows(w) })
	}
	for draw := range draws {
		lines = append(lines, drawn(p, list, heard, guesses, samples, uint64(1+draw))...)
	}
	return lines
}

// drawn is one draw of them.
func drawn(p *parser.Parser, list []parser.Entry, heard func(text string) bool, guesses bool, n int, seed uint64) []string {
	var lines []string
	samples := p.Samples(n, seed)
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
	lines = append(lines, p.UnknownCodes(unknownCodes, seed)...)
	lines = append(lines, p.BarCodes(barCodes, seed)...)
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
