package checkout

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode"

	"voicetill/catalog"
	"voicetill/parser"
)

// mostShared is how many items may share a part of their names for it to be asked
// which of them is meant.
const mostShared = 3

// byParts is the understander of typed lines that mean nothing by whole names: items
// go by a word of their names too, such as "water". What it finds is always asked. It
// is nil where no name has such a part.
func (u *Understander) byParts(g *parser.Grammar, list []parser.Entry) func() *Understander {
	return sync.OnceValue(func() *Understander {
		parts := partsOf(g, u.index.Items(), u.named)
		if len(parts) == 0 {
			return nil
		}
		other := *u
		other.parts, other.named = nil, maps.Clone(u.named)
		longer := slices.Clone(list)
		for i := range longer {
			longer[i].Phrases = slices.Clone(longer[i].Phrases)
		}
		for part, places := range parts {
			for _, i := range places {
				longer[i].Phrases = append(longer[i].Phrases, parser.Phrase{Text: part})
				if item, err := u.index.ByNumber(u.index.Items()[i].Number); err == nil {
					other.named[part] = append(other.named[part], item)
				}
			}
		}
		other.parser = parser.New(g, longer)
		return &other
	})
}

// partsOf are the words of names that few enough items share, each with the places of
// these items, in order. Whole names and the words of commands are not among them.
func partsOf(g *parser.Grammar, items []catalog.Item, whole map[string][]*catalog.Item) map[string][]int {
	parts, said := map[string][]int{}, g.Words()
	for i, it := range items {
		for _, name := range slices.Concat([]string{it.Name, it.NameZH}, it.Also) {
			for _, part := range cut(words(name)) {
				_, command := slices.BinarySearch(said, part)
				if command || len(whole[part]) > 0 || parser.NumberWord(part) || parser.UnitWord(part) || slices.Contains(parts[part], i) {
					continue
				}
				parts[part] = append(parts[part], i)
			}
		}
	}
	for part, places := range parts {
		if len(places) > mostShared {
			delete(parts, part)
		}
	}
	return parts
}

// cut are the words of a name, in the singular and the plural, and the ends of a
// Chinese one: 面包 of 黑面包.
func cut(name string) (parts []string) {
	for _, w := range strings.Fields(name) {
		runes := []rune(w)
		if unicode.Is(unicode.Han, runes[0]) {
			for from := 1; from <= len(runes)-2; from++ {
				parts = append(parts, string(runes[from:]))
			}
			continue
		}
		if len(runes) < 3 {
			continue
		}
		parts = append(parts, w)
		if plural := pluralName(w); plural != "" {
			parts = append(parts, plural)
		}
		for end, single := range map[string]string{"ies": "y", "oes": "o", "ches": "ch", "shes": "sh", "s": ""} {
			if stem, ok := strings.CutSuffix(w, end); ok && len(stem) > 2 && !strings.HasSuffix(stem, "s") {
				parts = append(parts, stem+single)
			}
		}
	}
	return parts
}
