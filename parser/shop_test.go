package parser_test

import (
	"strings"
	"testing"

	"voicetill/catalog"
	"voicetill/models"
	"voicetill/parser"
)

// shop is the parser of the English grammar over the demo catalogues named.
func shop(t testing.TB, catalogues ...string) *parser.Parser {
	t.Helper()
	return parser.New(english(t), entries(t, folder("demo/", catalogues)...))
}

func folder(dir string, names []string) []string {
	var list []string
	for _, name := range names {
		list = append(list, dir+name)
	}
	return list
}

func english(t testing.TB) *parser.Grammar {
	t.Helper()
	text, err := models.FS.ReadFile("en/grammar.txt")
	if err != nil {
		t.Fatal(err)
	}
	g, err := parser.ParseGrammar(string(text))
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func entries(t testing.TB, catalogues ...string) []parser.Entry {
	t.Helper()
	var list []parser.Entry
	for _, name := range catalogues {
		f, err := models.FS.Open(name + ".csv")
		if err != nil {
			t.Fatal(err)
		}
		items, err := catalog.ReadCSV(f, "EUR")
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range items {
			list = append(list, entry(it))
		}
	}
	return list
}

func entry(it catalog.Item) parser.Entry {
	e := parser.Entry{Number: it.Number}
	if it.Unit != catalog.Each {
		e.Measure = it.Unit
	}
	for _, name := range append([]string{it.Name}, it.Also...) {
		e.Phrases = append(e.Phrases, parser.Phrase{Text: strings.ToLower(name), Spoken: true})
	}
	for _, g := range it.Groups {
		og := parser.OptionGroup{Name: g.Name}
		for _, v := range g.Values {
			og.Values = append(og.Values, parser.Phrase{Text: v.Name, Spoken: true})
		}
		e.Groups = append(e.Groups, og)
	}
	return e
}
