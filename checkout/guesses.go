package checkout

import (
	"strings"

	"voicetill/catalog"
	"voicetill/parser"
)

// guessed are the phrases, each with its plural, by which items go only because
// somebody worked out that their names sound so.
func guessed(items []catalog.Item) map[string]bool {
	phrases := map[string]bool{}
	for _, it := range items {
		for _, text := range it.Respelled {
			phrase := words(text)
			phrases[phrase], phrases[pluralName(phrase)] = true, true
		}
	}
	delete(phrases, "")
	for _, it := range items {
		it.Respelled = nil
		for _, phrase := range names(it) {
			delete(phrases, phrase)
		}
	}
	return phrases
}

// doubtGuesses marks what would be changed without a question because a guessed
// phrase was heard that is not in the best alternative: other alternatives hold
// every guess sooner or later, whatever was said.
func (u *Understander) doubtGuesses(intents []parser.Intent, commands []Command, best string) []Command {
	for _, in := range intents {
		if !u.guessed[in.Ref.Name] || strings.Contains(" "+best+" ", " "+in.Ref.Name+" ") {
			continue
		}
		for _, item := range u.named[in.Ref.Name] {
			for i := range commands {
				if c := &commands[i]; c.Item == item.Number && c.Ask == "" && touchesLine(c.Do) {
					c.Ask = AskAlike
				}
			}
		}
	}
	return commands
}

// doubted reports whether any command is asked because it may be another.
func doubted(commands []Command) bool {
	for _, c := range commands {
		if c.Ask == AskAlike {
			return true
		}
	}
	return false
}
