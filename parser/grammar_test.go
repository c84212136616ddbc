package parser

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
)

func TestGrammarErrorsNameLineAndCause(t *testing.T) {
	for name, c := range map[string]struct {
		text   string
		line   int
		reason string
	}{
		"nothing at all":                    {"", 0, "no sentence"},
		"comments only":                     {"# one\n\n# two", 0, "no sentence"},
		"rules only":                        {"want = i want", 0, "no sentence"},
		"a line that is neither":            {"undo: undo\nplease add", 2, "neither a rule"},
		"something the till cannot do":      {"dance: dance", 1, `"dance" is not something the till can do`},
		"nothing to do":                     {": undo", 1, "something the till can do"},
		"a weight that is no number":        {"undo two: undo", 1, `"two" is no number`},
		"a negative weight":                 {"undo -2: undo", 1, `"-2" is no number`},
		"a cost that is no number":          {"undo 2 ~x: undo", 1, `"~x" is no number`},
		"a cost that is not a number":       {"undo ~nan: undo", 1, `"~nan" is no number`},
		"a branch weight that is missing":   {"undo: undo * | back", 1, "must follow *"},
		"a branch weight that is no number": {"undo: undo *x", 1, "must follow *"},
		"a group left open":                 {"undo: (undo | take back", 1, `"(" is not closed`},
		"an optional part left open":        {"undo: undo [that", 1, `"[" is not closed`},
		"closed as what it is not":          {"undo: (undo]", 1, `"(" is not closed`},
		"closed without being open":         {"undo: undo)", 1, `unexpected ")"`},
		"a rule left open":                  {"undo: <want", 1, `"<" is not closed`},
		"a slot left open":                  {"add: {name", 1, `"{" is not closed`},
		"a slot closed only":                {"add: name}", 1, `unexpected "}"`},
		"a rule that is not there":          {"# one\nadd: <want> {name}", 2, `rule "want" is not defined above`},
		"a rule defined below":              {"add: <want> {name}\nwant = i want", 1, `rule "want" is not defined above`},
		"a rule that uses itself":           {"want = i <want>", 1, `rule "want" is not defined above`},
		"a rule defined twice":              {"want = i want\nwant = give me", 2, `rule "want" is defined twice`},
		"a slot that is not there":          {"add: {colour} {name}", 1, "there is no slot {colour}"},
		"a choice without its number":       {"choose: the first {n}", 1, "{n} needs a number"},
		"a choice with no number":           {"choose: the first {n=one}", 1, "{n} needs a number"},
		"a value that the slot cannot have": {"add: {count=numbr} {name}", 1, `the slot {count} cannot be "numbr"`},
		"a value where the slot has none":   {"add: {name=oat}", 1, `the slot {name} cannot be "oat"`},
		"a rule without a name":             {"= i want", 1, "needs a name"},
		"a language that is not there":      {"language = tlh\nundo: undo", 1, `there is no language "tlh"`},
		"a language named too late":         {"undo: undo\nlanguage = zh", 2, "before all else"},
		"a language named behind a rule":    {"want = i want\nlanguage = zh\nundo: undo", 2, "before all else"},
		"a word that is none":               {"language = zh\nundo: 撤销 .", 2, `"." is no word`},
		"words for two things":              {"# one\nundo: cancel\nclear: cancel|empty", 3, `"cancel" asks for "clear" here and for "undo" in line 2`},
		"slots for two things":              {"add: [please] {name}\nremove: {name} [off]", 2, `"{name}" asks for "remove" here and for "add" in line 1`},
		"two things by way of rules":        {"do = a|b\nundo: the <do> [c]\nback: [the] b c", 3, `"the b c" asks for "back" here and for "undo"`},
		"two things with all left out":      {"undo: [a] [b] {last}\nback: [b] [c]", 2, `"b" asks for "back"`},
		"two things in mandarin":            {"language = zh\nundo: 取 消\nback: 取消", 3, `"取 消" asks for "back" here and for "undo" in line 2`},
		"rules that grow and grow": {"a = x x x x x x x x x x\nb = <a><a><a><a><a><a><a><a><a><a>\nc = <b><b><b><b><b><b><b><b><b><b>\n" +
			"d = <c><c><c><c><c><c><c><c><c><c>\ne = <d><d><d><d><d><d><d><d><d><d>\nundo: <e>", 5, "is too long"},
	} {
		t.Run(name, func(t *testing.T) {
			g, err := ParseGrammar(c.text)
			if err == nil {
				err = g.Ambiguity()
			}
			var bad *GrammarError
			if !errors.As(err, &bad) {
				t.Fatalf("got %v, %v", g, err)
			}
			if bad.Line != c.line || !strings.Contains(bad.Reason, c.reason) {
				t.Errorf("got line %d: %s, want line %d: %s", bad.Line, bad.Reason, c.line, c.reason)
			}
		})
	}
}

// TestACostSaysWhichOfTwoIsMeant: what is ambiguous may stay so where the grammar
// says which one is likelier.
func TestACostSaysWhichOfTwoIsMeant(t *testing.T) {
	g, err := ParseGrammar("undo: cancel\nclear ~1: cancel\nclear: cancel {name}\nundo: cancel cancel\nundo 2: cancel")
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Ambiguity(); err != nil {
		t.Fatal(err)
	}
	if r := New(g, nil).Parse([]string{"cancel"}); len(r) == 0 || r[0].Intents[0].Do != Undo {
		t.Errorf("got %+v", r)
	}
}

func TestGrammarErrorsNameTheFile(t *testing.T) {
	files := fstest.MapFS{"zh/grammar.txt": {Data: []byte("# one\nundo: <that>")}}
	_, err := ReadGrammar(files, "zh/grammar.txt")
	if want := `zh/grammar.txt, line 2: rule "that" is not defined above`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if _, err := ReadGrammar(files, "fr/grammar.txt"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestGrammarNotation(t *testing.T) {
	g, err := ParseGrammar("# a comment\r\n" +
		"fillers = um please\r\n" +
		"joiners = and [then] | then\r\n" +
		"want = i want * 3 | give me\r\n" +
		"add 10 ~0.5: [<want>] {count} (of the|) {name}\r\n" +
		"undo: un-do | scratch that\r\n" +
		"choose: the (first one {n=1} | second one {n=2})\r\n")
	if err != nil {
		t.Fatal(err)
	}
	p := New(g, []Entry{{Number: "1", Phrases: []Phrase{{"oat milk", true}}}})
	for said, want := range map[string]string{
		"two oat milk":                           "add|||2000",
		"give me two of the oat milk":            "add|||2000",
		"um i want two oat milk please":          "add|||2000",
		"two oat milk and three oat milk":        "add|||2000;add|||3000",
		"two oat milk and then three oat milk":   "add|||2000;add|||3000",
		"un-do":                                  "undo",
		"the second one":                         "choose",
		"i give me two oat milk":                 "left",
		"two of oat milk":                        "left",
		"i want two oat milk and then i want un": "left",
	} {
		readings := p.Parse(strings.Fields(said))
		if len(readings) == 0 {
			t.Errorf("%q has no reading", said)
			continue
		}
		best := readings[0]
		if want == "left" {
			if best.Dropped == 0 {
				t.Errorf("%q: read as a sentence: %+v", said, best.Intents)
			}
			continue
		}
		kinds := strings.Split(want, ";")
		if best.Dropped > 0 || len(best.Intents) != len(kinds) {
			t.Errorf("%q: got %+v", said, best)
			continue
		}
		for i, k := range kinds {
			do, milli, _ := strings.Cut(k, "|||")
			if in := best.Intents[i]; string(in.Do) != do || milli != "" && itoa(in.Milli) != milli {
				t.Errorf("%q: got %+v, want %s", said, in, k)
			}
		}
	}
}

func TestFillersAreListedInOrder(t *testing.T) {
	g, err := ParseGrammar("fillers = um please hmm\nundo: undo")
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(New(g, nil).Fillers(), " "); got != "hmm please um" {
		t.Errorf("got %q", got)
	}
}

func TestAGrammarOfNoWeightSamplesNothing(t *testing.T) {
	g, err := ParseGrammar("undo 0: undo")
	if err != nil {
		t.Fatal(err)
	}
	if got := New(g, nil).Samples(10, 1); len(got) > 0 {
		t.Errorf("got %v", got)
	}
}

// FuzzParseGrammar: whatever the text, a grammar or a *GrammarError with a
// reason; and a grammar reads and samples without a panic.
func FuzzParseGrammar(f *testing.F) {
	for _, s := range []string{"undo: undo", "add 3 ~0.5: [a] {count} (b|c * 2) {name}", "want = a\nadd: <want> {code} {howmany}",
		"choose: first {n=1}", "add: [[[[a]]]] {with}", "joiners = and\nfillers = um\nadd: {measure} {options}", "add: {code=bare}",
		"add: (a|b|)", "= x", "add: ((", "price: {article} {last} {units}"} {
		f.Add(s)
	}
	words := strings.Fields("a b two three of milk and undo first with sugar 1203 half a kilo")
	entries := []Entry{{Number: "1203", Measure: "kg", Phrases: []Phrase{{"milk", true}},
		Groups: []OptionGroup{{"sugar", []Phrase{{"sugar", true}}}}}}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 500 {
			return // a line or two will do
		}
		g, err := ParseGrammar(text)
		var bad *GrammarError
		switch {
		case err == nil:
			if err := g.Ambiguity(); err != nil && !errors.As(err, &bad) {
				t.Errorf("%q: %v", text, err)
			}
			p := New(g, entries)
			p.Parse(words)
			p.Samples(5, 1)
		case !errors.As(err, &bad) || bad.Reason == "" || bad.Line < 0 || bad.Line > strings.Count(text, "\n")+1:
			t.Errorf("%q: %v", text, err)
		}
	})
}
