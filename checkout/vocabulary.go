package checkout

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"voicetill/catalog"
	"voicetill/parser"
	"voicetill/speech"
)

// entries tells the parser what it must know of the items. knows reports
// whether the recogniser can hear a word; nil means every word.
func entries(items []catalog.Item, knows func(word string) bool) []parser.Entry {
	spoken := func(text string) bool {
		return knows == nil || !slices.ContainsFunc(strings.Fields(text), func(w string) bool { return !knows(w) })
	}
	list := make([]parser.Entry, 0, len(items))
	for _, it := range items {
		e := parser.Entry{Number: it.Number, GTIN: it.GTIN}
		if it.Unit != catalog.Each {
			e.Measure = it.Unit
		}
		for _, name := range names(it) {
			e.Phrases = append(e.Phrases, parser.Phrase{Text: name, Spoken: spoken(name)})
		}
		for _, g := range it.Groups {
			og := parser.OptionGroup{Name: g.Name}
			for _, v := range g.Values {
				text := words(v.Name)
				og.Values = append(og.Values, parser.Phrase{Text: text, Spoken: spoken(text)})
			}
			e.Groups = append(e.Groups, og)
		}
		list = append(list, e)
	}
	return list
}

// names are the phrases an item goes by, each once: its name, its other names,
// how its name sounds by the merchant's word, by his voice and by what was worked
// out, and the plurals of these.
func names(it catalog.Item) []string {
	var list []string
	add := func(phrase string) {
		if phrase != "" && !slices.Contains(list, phrase) {
			list = append(list, phrase)
		}
	}
	for _, name := range slices.Concat([]string{it.Name, it.NameZH}, it.Also, it.Sounds, it.Taught, it.Respelled) {
		add(words(name))
	}
	for _, phrase := range slices.Clone(list) {
		add(pluralName(phrase))
	}
	return list
}

// words writes a name as it is matched: lower case, accents folded, no
// punctuation, "&" read as "and".
func words(name string) string {
	folded := catalog.WithoutAccents(norm.NFD.String(strings.ReplaceAll(name, "&", " and ")))
	return strings.Join(speech.TypedWords(norm.NFC.String(folded)), " ")
}

// pluralName adds the English plural to a phrase's last word, or returns "" where
// it seems to be one already.
func pluralName(phrase string) string {
	last := phrase[strings.LastIndexByte(phrase, ' ')+1:]
	switch {
	case len(last) < 3, strings.HasSuffix(last, "s"), !asciiLetters(last):
		return ""
	case strings.HasSuffix(last, "sh"), strings.HasSuffix(last, "ch"), strings.HasSuffix(last, "x"):
		return phrase + "es"
	case strings.HasSuffix(last, "y") && !strings.ContainsRune("aeiou", rune(last[len(last)-2])):
		return strings.TrimSuffix(phrase, "y") + "ies"
	}
	return phrase + "s"
}

func asciiLetters(s string) bool {
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz") == ""
}
