package checkout

import (
	"slices"
	"strings"

	"voicetill/catalog"
	"voicetill/parser"
	"voicetill/speech"
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

// strangers are sampled sentences with [unk] in the place of a name. A shop that
// sells names that the recogniser lacks hears of others that it does not sell;
// without these sentences the nearest name that it does would be heard.
func strangers(samples []parser.Sample) (lines []string) {
	named := 0
	for _, s := range samples {
		name := s.Intent.Ref.Name
		if name == "" || s.Intent.Ref.Code != "" {
			continue
		}
		if named++; named%strangerEach == 0 {
			lines = append(lines, strings.Replace(s.Text, name, speech.Unknown, 1))
		}
	}
	return lines
}

// strangerEach is how many sentences with a name go for one with a stranger.
const strangerEach = 4

// askMarginStranger, in log units: a guess is asked if [unk] in its place, whatever
// follows, is no further behind.
const askMarginStranger = 3.0

// doubtGuesses marks what would be changed without a question although the best
// alternative speaks against it: a guess that is not in it, since other
// alternatives hold every guess sooner or later, whatever was said; a guess that
// may as well be a stranger; and, where there are guesses, any item that is heard
// no better than a stranger, or beside one.
func (u *Understander) doubtGuesses(intents []parser.Intent, commands []Command, h speech.Hypothesis, rank int) []Command {
	if len(u.guessed) == 0 {
		return commands
	}
	upTo := h.Alternatives[:rank+1]
	stranger := slices.ContainsFunc(upTo, func(a speech.Alternative) bool { return slices.Contains(texts(a), speech.Unknown) })
	for _, in := range intents {
		if in.Ref.Name == "" && in.Ref.Code == "" || !stranger && !u.doubtful(in.Ref.Name, h) {
			continue
		}
		for i := range commands {
			if c := &commands[i]; c.Item != "" && c.Item != Last && c.Ask == "" && touchesLine(c.Do) && u.names(in.Ref, c.Item) {
				c.Ask = AskAlike
			}
		}
	}
	return commands
}

// guesses reports whether one of the intents names an item by a guess.
func (u *Understander) guesses(intents []parser.Intent) bool {
	return slices.ContainsFunc(intents, func(in parser.Intent) bool { return u.guessed[in.Ref.Name] })
}

// names reports whether a reference may be to an item.
func (u *Understander) names(ref parser.Ref, number string) bool {
	return ref.Code == number || slices.ContainsFunc(u.named[ref.Name], func(it *catalog.Item) bool { return it.Number == number })
}

// doubtful reports whether a guess is not in the best alternative, or may as well
// be a stranger.
func (u *Understander) doubtful(name string, h speech.Hypothesis) bool {
	best := " " + h.Text() + " "
	switch {
	case !u.guessed[name]:
		return false
	case !strings.Contains(best, " "+name+" "):
		return true
	}
	before, _, _ := strings.Cut(best, " "+name+" ")
	for _, a := range h.Alternatives {
		if strings.HasPrefix(" "+a.Text()+" ", before+" "+speech.Unknown+" ") {
			return h.Alternatives[0].Score-a.Score < askMarginStranger
		}
	}
	return false
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
