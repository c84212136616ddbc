package main

import (
	"context"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"voicetill/catalog"
	"voicetill/checkout"
	"voicetill/parser"
	"voicetill/speech"
	"voicetill/speech/synth"
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

func TestCodesOfAShop(t *testing.T) {
	for digits, want := range map[int]int{1: 5, 2: 9, 3: 90, 4: 200, 8: 200} {
		for _, check := range []bool{false, true} {
			if check && digits == 1 {
				continue
			}
			codes := shopCodes(digits, check, rand.New(rand.NewPCG(1, 1)))
			if len(codes) != want {
				t.Errorf("%d digits: got %d codes, want %d", digits, len(codes), want)
			}
			for i, c := range codes {
				if len(c) != digits || i > 0 && c == codes[i-1] || check && !catalog.CheckDigit(c) {
					t.Errorf("%d digits, check %v: %q", digits, check, c)
				}
			}
			other, ok := neighbour(codes[0], codes, rand.New(rand.NewPCG(2, 2)))
			differ := 0
			for i := range other {
				if other[i] != codes[0][i] {
					differ++
				}
			}
			if ok && differ != 1 {
				t.Errorf("%s is no neighbour of %s", other, codes[0])
			}
		}
	}
}

func TestNumbersAreJudged(t *testing.T) {
	there := number{code: "1203", command: addOf("1203", 3)}
	absent := number{code: "1208", command: checkout.Command{Do: parser.Add, Ask: checkout.AskUnknown}}
	unknown := func(heard string) checkout.Command {
		return checkout.Command{Do: parser.Add, Ask: checkout.AskUnknown, Heard: heard}
	}
	for name, c := range map[string]struct {
		got    []checkout.Command
		number number
		want   outcome
	}{
		"the item":                 {[]checkout.Command{addOf("1203", 3)}, there, outcome{exact: true, strict: true}},
		"another":                  {[]checkout.Command{addOf("1230", 3)}, there, outcome{wrong: true}},
		"another quantity":         {[]checkout.Command{addOf("1203", 2)}, there, outcome{wrong: true}},
		"nothing":                  {nil, there, outcome{nothing: true}},
		"no such item":             {[]checkout.Command{unknown("1208")}, absent, outcome{exact: true, strict: true, asked: true}},
		"no such item, misheard":   {[]checkout.Command{unknown("1209")}, absent, outcome{asked: true}},
		"an item in place of none": {[]checkout.Command{addOf("1203", 1)}, absent, outcome{wrong: true}},
	} {
		if got := judgeNumber(c.got, c.number); got != c.want {
			t.Errorf("%s: got %+v, want %+v", name, got, c.want)
		}
	}
}

func TestWordsAreSpliced(t *testing.T) {
	word := func(n int) []float32 {
		samples := make([]float32, n)
		for i := range samples {
			samples[i] = float32(0.5 * math.Sin(float64(i)/10))
		}
		return samples
	}
	said := 0
	s := &splicer{words: map[string][]float32{"one": word(1000), "two": word(2000)},
		say: func(context.Context, synth.Voice, string) ([]float32, error) { said++; return word(4000), nil }}
	got, err := s.utter(t.Context(), "item one two one")
	if err != nil {
		t.Fatal(err)
	}
	rest := len(got) - (spliceLead + 1000 + 2000 + 1000 + 3*spliceGap + spliceTail)
	if rest < 3500 || rest > 4100 {
		t.Errorf("the synthetic word has %d samples, want some 4000", rest)
	}
	if _, err := s.utter(t.Context(), "item"); err != nil || said != 1 {
		t.Errorf("said %d times, %v, want the word kept", said, err)
	}
	padded := append(append(make([]float32, 300), word(1000)...), make([]float32, 500)...)
	if n := len(trimmed(padded)); n < 980 || n > 1000 {
		t.Errorf("trimmed to %d samples", n)
	}
	if n := len(trimmed(make([]float32, 100))); n > 100 {
		t.Errorf("silence: %d samples", n)
	}
	if _, err := newSplicer(t.TempDir(), synth.Voice{}, nil); err == nil || !strings.Contains(err.Error(), "asterisk-core-sounds-en-wav") {
		t.Errorf("an empty folder: got %v, want the package's name", err)
	}
	if found, err := readStrings(t.TempDir()); err != nil || len(found) != 0 {
		t.Errorf("got %v, %v", found, err)
	}
}
