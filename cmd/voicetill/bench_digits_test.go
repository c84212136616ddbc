package main

import (
	"strings"
	"testing"

	"voicetill/catalog"
	"voicetill/checkout"
	"voicetill/speech"
)

func TestNumbersAreSpelledAsPeopleReadThem(t *testing.T) {
	for code, want := range map[string]string{
		"":         "",
		"7":        "digits: seven",
		"0":        "digits: zero | oh: oh",
		"40":       "digits: four zero | oh: four oh | whole: forty",
		"103":      "digits: one zero three | oh: one oh three | whole: one hundred and three",
		"1203":     "digits: one two zero three | oh: one two oh three | pairs: twelve oh three | hundreds: twelve hundred and three | whole: one thousand two hundred and three",
		"1200":     "digits: one two zero zero | oh: one two oh oh | double: one two double zero | pairs: twelve hundred | whole: one thousand two hundred",
		"9000":     "digits: nine zero zero zero | oh: nine oh oh oh | double: nine triple zero | pairs: ninety hundred | whole: nine thousand",
		"0112":     "digits: zero one one two | oh: oh one one two | double: zero double one two",
		"11111":    "digits: one one one one one | double: triple one double one",
		"120345":   "digits: one two zero three four five | oh: one two oh three four five | pairs: twelve oh three forty five",
		"12003045": "digits: one two zero zero three zero four five | oh: one two oh oh three oh four five | double: one two double zero three zero four five | pairs: twelve oh oh thirty forty five",
	} {
		var got []string
		for _, s := range spellings(code) {
			got = append(got, s.kind+": "+s.said)
		}
		if g := strings.Join(got, " | "); g != want {
			t.Errorf("%s:\n got %s\nwant %s", code, g, want)
		}
	}
}

func TestTheTillReadsEverySpelling(t *testing.T) {
	g, err := englishGrammar()
	if err != nil {
		t.Fatal(err)
	}
	var items []catalog.Item
	codes := []string{"7", "40", "103", "1203", "1200", "9000", "0112", "11111", "120345", "1234567", "12003045"}
	for _, code := range codes {
		items = append(items, catalog.Item{Number: code, Name: "thing", Unit: catalog.Each})
	}
	u := checkout.NewUnderstander(g, catalog.NewIndex(items), nil)
	for _, code := range codes {
		for _, s := range spellings(code) {
			got := u.Understand(speech.Typed("item "+s.said+" times three"), checkout.Situation{}).Commands
			if len(got) != 1 || got[0].Item != code || got[0].Quantity.String() != "3" {
				t.Errorf("item %s times three: got %+v, want three of %s", s.said, got, code)
			}
		}
	}
}
