package checkout_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"voicetill/catalog"
	"voicetill/checkout"
	"voicetill/speech/respell"
)

// speller spells what it is told and pronounces letter by letter.
type speller struct {
	spelled map[string][]respell.Spelling
	sounds  map[string]respell.Phones
	asked   []string
	err     error
}

func (s *speller) Spell(_ context.Context, words []string) (map[string][]respell.Spelling, error) {
	s.asked = append(s.asked, words...)
	return s.spelled, s.err
}

func (s *speller) Say(phrase string) (respell.Phones, bool) {
	ps, ok := s.sounds[phrase]
	return ps, ok
}

// knowsBut knows all words but these.
func knowsBut(words string) func(string) bool {
	unknown := strings.Fields(words)
	return func(w string) bool { return !slices.Contains(unknown, w) }
}

func spells(texts ...string) (list []respell.Spelling) {
	for i, text := range texts {
		list = append(list, respell.Spelling{Words: text, Cost: 0.5 + float64(i)/4})
	}
	return list
}

func TestRespellOnlyWhatCannotBeHeard(t *testing.T) {
	said := func(name string) respell.Phones { return respell.Phones{respell.B, respell.Phone(len(name))} }
	s := &speller{
		spelled: map[string][]respell.Spelling{
			"haribo": spells("hari bo", "ha rebo", "hari beau"), "oatly": spells("oat lee", "oat milk"),
			"skyr": spells("sky"), "skeyer": spells("sky"), "twofold": spells("tea bag"), "zoogoo": spells("zoo goo"),
		},
		sounds: map[string]respell.Phones{"oat lee": said("a"), "oatmeal": said("a")},
	}
	items := []catalog.Item{
		{Number: "1", Name: "Häribo gold bears"},
		{Number: "2", Name: "oatly"},
		{Number: "3", Name: "oat milk"},
		{Number: "4", Name: "oatmeal"},
		{Number: "5", Name: "haribo", Sounds: []string{"harry bow"}},
		{Number: "6", Name: "haribo mix", Taught: []string{"hurry bo mix"}},
		{Number: "7", Name: "skyr", Respelled: []string{"of an older catalogue"}},
		{Number: "8", Name: "skeyer"},
		{Number: "9", Name: "haribo 500"},
		{Number: "10", Name: "tidy", Sounds: []string{"twofold"}},
		{Number: "11", Name: "zoogoo"}, {Number: "12", Name: "Zoogoo"},
		{Number: "13", Name: "xqzt"}, {Number: "14", Name: "牛奶"},
	}
	got, err := checkout.Respell(t.Context(), items, knowsBut("haribo oatly skyr skeyer twofold zoogoo xqzt 500 tidy 牛奶"), s)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"1":  "hari bo gold bears|ha rebo gold bears|hari beau gold bears",
		"2":  "", // one sounds like oatmeal, the other is oat milk
		"10": "tea bag",
		"11": "zoo goo", "12": "zoo goo", // the same name twice: the till asks which
	}
	for _, it := range got {
		if list := strings.Join(it.Respelled, "|"); list != want[it.Number] {
			t.Errorf("item %s %s: got %q, want %q", it.Number, it.Name, list, want[it.Number])
		}
	}
	if asked := strings.Join(s.asked, " "); asked != "haribo oatly skeyer skyr twofold xqzt zoogoo" {
		t.Errorf("asked for %q, want each unknown word once", asked)
	}
	if items[6].Respelled == nil {
		t.Error("the items that were given were changed")
	}
}

func TestRespellSaysWhenTheSpellerFails(t *testing.T) {
	down := errors.New("down")
	s := &speller{err: down}
	if _, err := checkout.Respell(t.Context(), []catalog.Item{{Number: "1", Name: "haribo"}}, knowsBut("haribo"), s); !errors.Is(err, down) {
		t.Errorf("got %v", err)
	}
	if _, err := checkout.Respell(t.Context(), []catalog.Item{{Number: "1", Name: "milk"}}, knowsBut(""), s); err != nil {
		t.Errorf("got %v where nothing is unknown", err)
	}
}

func TestSpeakables(t *testing.T) {
	bear := respell.Phones{respell.B, respell.EH, respell.R}
	pear := respell.Phones{respell.P, respell.EH, respell.R}
	s := &speller{sounds: map[string]respell.Phones{"bear": bear, "pear": pear, "milk": {respell.M, respell.IH, respell.L, respell.K}}}
	items := []catalog.Item{
		{Number: "1315", Name: "bear"}, {Number: "1350", Name: "pear"}, {Number: "20", Name: "milk"}, {Number: "21", Name: "drink", Also: []string{"Milk"}},
		{Number: "30", Name: "haribo", Respelled: []string{"hari bo"}}, {Number: "31", Name: "skyr", Taught: []string{"scare"}},
		{Number: "32", Name: "xqzt"}, {Number: "33", Name: "oatly", Sounds: []string{"oat lee"}}, {Number: "34", Name: "huel", Also: []string{"meal"}},
	}
	unknown := knowsBut("haribo skyr xqzt oatly huel")
	var got []string
	for _, x := range checkout.Speakables(items, unknown, s) {
		line := x.Number + " " + string(x.Way) + " " + strings.Join(x.As, "|")
		for _, o := range x.Confusable {
			line += " " + o.Number + " " + string(o.Why)
		}
		got = append(got, strings.TrimSpace(line))
	}
	want := []string{"1315 ready  1350 sounds alike", "1350 ready  1315 sounds alike", "20 ready  21 same name", "21 ready  20 same name",
		"30 respelled hari bo", "31 taught scare", "32 number", "33 ready oat lee", "34 ready meal"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	counts := checkout.CountWays(items, unknown)
	if counts[checkout.VoiceReady] != 6 || counts[checkout.ByGuess] != 1 || counts[checkout.ByTaught] != 1 || counts[checkout.ByNumber] != 1 {
		t.Errorf("got %v", counts)
	}
}

func TestNumbersThatAreEasilyMixedUp(t *testing.T) {
	for name, c := range map[string]struct {
		a, b string
		want bool
	}{
		"the last two digits":  {"1215", "1250", true},
		"the first two digits": {"1620", "6020", true},
		"across the groups":    {"2131", "2301", false},
		"ten and one":          {"1210", "1201", false},
		"eleven":               {"1211", "1210", false},
		"odd length":           {"113", "130", true},
	} {
		items := []catalog.Item{{Number: c.a, Name: "milk"}, {Number: c.b, Name: "bread"}}
		list := checkout.Speakables(items, knowsBut(""), &speller{})
		if got := len(list[0].Confusable) > 0; got != c.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}
