package checkout

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"voicetill/catalog"
	"voicetill/parser"
)

// ErrNotTaught says that nothing was heard that could stand for a name.
var ErrNotTaught = errors.New("no name was heard: say the name alone, twice, close to the microphone")

// ErrTaughtOther says that what was heard is another item's name.
var ErrTaughtOther = errors.New("this sounds like another item")

// maxTaught bounds the respellings of one item, and the words of each.
const (
	maxTaught      = 3
	maxTaughtWords = 6
)

// Taught chooses among texts that open dictation heard when a merchant said the
// name of an item: each once, none that is a command or a number. It returns
// ErrNotTaught, ErrTaughtOther, or catalog.ErrNoItem.
func Taught(g *parser.Grammar, items []catalog.Item, number string, texts []string) ([]string, error) {
	if _, err := catalog.NewIndex(items).ByNumber(number); err != nil {
		return nil, err
	}
	var kept []string
	for _, text := range texts {
		phrase := words(text)
		if phrase == "" || len(strings.Fields(phrase)) > maxTaughtWords || command(g, phrase) || slices.Contains(kept, phrase) {
			continue
		}
		if other := owner(items, phrase); other != nil && other.Number != number {
			return nil, fmt.Errorf("%w: %s %s is %q", ErrTaughtOther, other.Number, other.Name, phrase)
		}
		if len(kept) < maxTaught {
			kept = append(kept, phrase)
		}
	}
	if len(kept) == 0 {
		return nil, ErrNotTaught
	}
	return kept, nil
}

// command reports whether a phrase is made of the words of commands and numbers
// alone: taught as a name, it would take their place.
func command(g *parser.Grammar, phrase string) bool {
	said := g.Words()
	return !slices.ContainsFunc(strings.Fields(phrase), func(w string) bool {
		_, found := slices.BinarySearch(said, w)
		return !found && !parser.NumberWord(w)
	})
}

// owner is the first item that goes by a phrase, nil if none does.
func owner(items []catalog.Item, phrase string) *catalog.Item {
	for i := range items {
		if slices.Contains(names(items[i]), phrase) {
			return &items[i]
		}
	}
	return nil
}
