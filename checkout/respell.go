package checkout

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"
	"unicode"

	"voicetill/catalog"
	"voicetill/speech/respell"
)

// Speller writes words that the recogniser lacks in words that it knows.
// *respell.Speller is one.
type Speller interface {
	// Spell returns for each word its spellings, best first, perhaps none.
	Spell(ctx context.Context, words []string) (map[string][]respell.Spelling, error)
	// Say pronounces a phrase; ok is false if a word of it is missing.
	Say(phrase string) (ps respell.Phones, ok bool)
}

// maxSpellings bounds the respellings of one item.
const maxSpellings = 3

// Respell returns the items with the respellings of those whose names the
// recogniser cannot hear. Words that it knows stay; an item that was taught, or
// that the merchant respelled in words that it knows, gets none, and neither is
// one kept that sounds like another item. Errors are the speller's.
func Respell(ctx context.Context, items []catalog.Item, knows func(word string) bool, s Speller) ([]catalog.Item, error) {
	items = slices.Clone(items)
	wanted := make([][]string, len(items)) // phrases that cannot be heard
	var unknown []string
	for i := range items {
		items[i].Respelled = nil
		wanted[i] = unheard(items[i], knows)
		for _, phrase := range wanted[i] {
			unknown = append(unknown, missing(phrase, knows)...)
		}
	}
	if len(unknown) == 0 {
		return items, nil
	}
	slices.Sort(unknown)
	spelled, err := s.Spell(ctx, slices.Compact(unknown))
	if err != nil {
		return nil, fmt.Errorf("respell names: %w", err)
	}
	owners := newOwners(items, knows, s)
	found := make([][]string, len(items))
	for i := range items {
		for _, phrase := range wanted[i] {
			found[i] = append(found[i], spellings(phrase, knows, spelled)...)
		}
		for _, phrase := range found[i] {
			owners.add(phrase, items[i].Name)
		}
	}
	for i := range items {
		for _, phrase := range found[i] {
			if len(items[i].Respelled) < maxSpellings*len(wanted[i]) && owners.only(phrase, items[i].Name) && !slices.Contains(items[i].Respelled, phrase) {
				items[i].Respelled = append(items[i].Respelled, phrase)
			}
		}
	}
	return items, nil
}

// unheard are the phrases of an item that are to be respelled: those that the
// merchant wrote as what the name sounds like, else its names. None if he or his
// voice has said how it sounds in words that the recogniser knows.
func unheard(it catalog.Item, knows func(string) bool) []string {
	said := append(slices.Clone(it.Taught), it.Sounds...)
	for _, text := range said {
		if len(missing(words(text), knows)) == 0 {
			return nil
		}
	}
	texts := append([]string{it.Name}, it.Also...)
	if len(it.Sounds) > 0 {
		texts = it.Sounds
	}
	var phrases []string
	for _, text := range texts {
		phrase := words(text)
		if lacks := missing(phrase, knows); len(lacks) > 0 && !slices.ContainsFunc(lacks, cannotBeSaid) {
			phrases = append(phrases, phrase)
		}
	}
	return phrases
}

// missing are the words of a phrase that the recogniser lacks.
func missing(phrase string, knows func(string) bool) (list []string) {
	for _, w := range strings.Fields(phrase) {
		if !knows(w) {
			list = append(list, w)
		}
	}
	return list
}

// cannotBeSaid reports whether a word is more than Latin letters: "7up", "500",
// "燕麦奶".
func cannotBeSaid(word string) bool {
	return strings.ContainsFunc(word, func(r rune) bool { return !unicode.Is(unicode.Latin, r) && r != '\'' })
}

// spellings of a phrase: every unknown word in each of its spellings, cheapest
// together first. None if one word has none.
func spellings(phrase string, knows func(string) bool, spelled map[string][]respell.Spelling) []string {
	list := []respell.Spelling{{}}
	for _, w := range strings.Fields(phrase) {
		choices := spelled[w]
		if knows(w) {
			choices = []respell.Spelling{{Words: w}}
		}
		var longer []respell.Spelling
		for _, before := range list {
			for _, c := range choices {
				longer = append(longer, respell.Spelling{Words: strings.TrimSpace(before.Words + " " + c.Words), Cost: before.Cost + c.Cost})
			}
		}
		sort.SliceStable(longer, func(i, j int) bool { return longer[i].Cost < longer[j].Cost })
		list = longer[:min(len(longer), maxSpellings)]
	}
	texts := make([]string, len(list))
	for i, sp := range list {
		texts[i] = sp.Words
	}
	return texts
}

// owners know which names a phrase, or what sounds the same, belongs to.
type owners struct {
	speller Speller
	names   map[string]map[string]bool // phrase or sound → names
}

func newOwners(items []catalog.Item, knows func(string) bool, s Speller) owners {
	o := owners{s, map[string]map[string]bool{}}
	for _, it := range items {
		for _, phrase := range names(it) {
			if len(missing(phrase, knows)) == 0 {
				o.add(phrase, it.Name)
			}
		}
	}
	return o
}

func (o owners) keys(phrase string) []string {
	if said, ok := o.speller.Say(phrase); ok {
		return []string{phrase, "/" + said.String()}
	}
	return []string{phrase}
}

func (o owners) add(phrase, name string) {
	for _, key := range o.keys(phrase) {
		if o.names[key] == nil {
			o.names[key] = map[string]bool{}
		}
		o.names[key][words(name)] = true
	}
}

// only reports whether a phrase belongs to one name alone.
func (o owners) only(phrase, name string) bool {
	for _, key := range o.keys(phrase) {
		if len(o.names[key]) != 1 || !o.names[key][words(name)] {
			return false
		}
	}
	return true
}
