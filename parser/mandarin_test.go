package parser_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"voicetill/models"
	"voicetill/parser"
	"voicetill/speech"
)

func mandarin(t testing.TB) *parser.Grammar {
	t.Helper()
	g, err := parser.ReadGrammar(models.FS, "zh/grammar.txt")
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// chineseShop is the parser of the Mandarin grammar over the demo shop and a
// Chinese one.
func chineseShop(t testing.TB) *parser.Parser {
	t.Helper()
	return parser.New(mandarin(t), entries(t, "demo/catalog", "zh/catalog"))
}

// together is a text without its blanks, but for those between two words in
// letters or digits, which would become one.
func together(text string) string {
	var b strings.Builder
	last := byte(0)
	for _, w := range strings.Fields(text) {
		if last < utf8.RuneSelf && w[0] < utf8.RuneSelf {
			b.WriteByte(' ')
		}
		b.WriteString(w)
		last = w[len(w)-1]
	}
	return b.String()
}

// TestBlanksMeanNothingInMandarin: typed text has none, a recogniser's has some.
func TestBlanksMeanNothingInMandarin(t *testing.T) {
	p := chineseShop(t)
	changed := 0
	for _, s := range p.Samples(500, 5) {
		joined := together(s.Text)
		if joined != s.Text {
			changed++
		}
		apart, typed := p.Parse(strings.Fields(s.Text)), p.Parse(speech.TypedWords(joined))
		if got, want := strings.Join(describe(typed), ";"), strings.Join(describe(apart), ";"); got != want {
			t.Errorf("%q is read as %s\n%q is read as %s", s.Text, want, joined, got)
		}
	}
	if changed < 400 {
		t.Errorf("only %d sentences had blanks to lose", changed)
	}
}

func TestEveryThingToDoHasAMandarinSentence(t *testing.T) {
	p := chineseShop(t)
	said := map[parser.Kind]bool{}
	for _, s := range p.Samples(6000, 3) {
		said[s.Intent.Do] = true
	}
	for _, do := range []parser.Kind{parser.Add, parser.Remove, parser.Set, parser.Undo, parser.Clear, parser.Total, parser.List, parser.Price,
		parser.Help, parser.Repeat, parser.Checkout, parser.Confirm, parser.Back, parser.Choose, parser.Yes, parser.No, parser.Amend, parser.Staff} {
		if !said[do] {
			t.Errorf("no sample says %s", do)
		}
	}
}

func TestEightyCharactersAreReadInBoundedTimeAndMoreNotAtAll(t *testing.T) {
	p := chineseShop(t)
	for _, piece := range []string{"一", "三瓶燕麦奶和", "一千二百零三", "大杯拿铁加豆奶少糖", "把", "半斤", "删除", "幺二", "不", "编号一二零三乘"} {
		long := string([]rune(strings.Repeat(piece, 80))[:80])
		start := time.Now()
		p.Parse([]string{long})
		took := time.Since(start)
		t.Logf("80 characters of %q: %v", piece, took)
		if took > slow {
			t.Errorf("80 characters of %q took %v", piece, took)
		}
		if r := p.Parse([]string{long + "一"}); len(r) > 0 {
			t.Errorf("81 characters of %q have %d readings", piece, len(r))
		}
	}
}

func TestAWordIsSpeltInWordsThatTheRecogniserKnows(t *testing.T) {
	model := map[string]bool{"我": true, "要": true, "我要": true, "三": true, "瓶": true, "燕麦": true, "奶": true, "豆奶": true, "oat": true}
	knows := func(w string) bool { return model[w] }
	g := mandarin(t)
	for line, want := range map[string]string{
		"我要 三 瓶 燕麦奶": "我要 三 瓶 燕麦 奶",
		"我要三瓶豆奶":     "我要 三 瓶 豆奶",
		"[unk]":      "[unk]",
		"oat 燕麦":     "oat 燕麦",
		"康普茶":        "",
		"我要 milk":    "",
		"燕麦x":        "",
	} {
		got, ok := g.Spell(line, knows)
		if got != want || ok != (want != "") {
			t.Errorf("%q: got %q, %v, want %q", line, got, ok, want)
		}
	}
	if got, ok := english(t).Spell("three oat milk", func(w string) bool { return w != "milk" }); ok {
		t.Errorf("an English word that is not known is spelt %q", got)
	}
}

func TestMandarinSamplesCanBeSpeltInCharacters(t *testing.T) {
	g := mandarin(t)
	p := parser.New(g, entries(t, "zh/catalog"))
	knows := func(w string) bool { return utf8.RuneCountInString(w) == 1 || w[0] < utf8.RuneSelf }
	lines := append(p.UnknownCodes(20, 1), p.Fillers()...)
	for _, s := range p.Samples(300, 1) {
		lines = append(lines, s.Text)
	}
	for _, line := range lines {
		spelt, ok := g.Spell(line, knows)
		if !ok || strings.ReplaceAll(spelt, " ", "") != strings.ReplaceAll(line, " ", "") {
			t.Errorf("%q is spelt %q, %v", line, spelt, ok)
		}
	}
	if !slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, "编号 ") }) {
		t.Error("no unknown number is announced")
	}
}

// FuzzParseMandarin: whatever the text, no panic, and readings in order.
func FuzzParseMandarin(f *testing.F) {
	p := chineseShop(f)
	for _, s := range []string{"我要三瓶燕麦奶", "１２０３×３", "一斤半五花肉", "大杯拿铁加豆奶", "零零零零", "十十百千万", "万", "点五公斤", "三分之", "零分之一斤", "𠀀",
		"半", "1.", ".5斤", "x", "幺幺", "'", "[unk]三瓶", "\xff我"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		readings := p.Parse(speech.TypedWords(text))
		for i, r := range readings {
			if i > 0 && r.Score > readings[i-1].Score {
				t.Errorf("%q: readings out of order", text)
			}
			for _, in := range r.Intents {
				if in.Do == "" || in.Milli < 0 || len(in.Ref.Code) > 14 {
					t.Errorf("%q: %+v", text, in)
				}
			}
		}
		p.Parse(strings.Fields(text))
	})
}
