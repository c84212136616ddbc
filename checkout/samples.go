package checkout

import (
	"voicetill/catalog"
	"voicetill/speech"
)

// Sample is a sentence with what it means when it is heard without doubt.
type Sample struct {
	Text     string
	Commands []Command
}

// Samples makes up to n sentences of the grammar about the catalogue, the same
// for the same seed, without those that have two meanings or none. The seed of
// Phrases is 1.
func (u *Understander) Samples(n int, seed uint64) []Sample {
	var list []Sample
	for _, s := range u.parser.Samples(2*n, seed) {
		if len(list) == n {
			break
		}
		commands := u.Understand(speech.Typed(s.Text), Situation{}).Commands
		plain := len(commands) == 1
		for _, c := range commands {
			plain = plain && c.Ask != AskChoice && c.Ask != AskUnknown && c.Ask != AskAlike && c.Ask != AskUnit
		}
		if plain {
			list = append(list, Sample{s.Text, commands})
		}
	}
	return list
}

// Items are the catalogue's items in its order. The slice is shared: do not
// change it.
func (u *Understander) Items() []catalog.Item { return u.index.Items() }
