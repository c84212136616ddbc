package speech_test

import (
	"strings"
	"testing"

	"voicetill/speech"
)

func TestTypedWords(t *testing.T) {
	for line, want := range map[string]string{
		"":                        "",
		"   ":                     "",
		"?!…":                     "",
		"Item 1203 times THREE":   "item|1203|times|three",
		"item 1203, times three!": "item|1203|times|three",
		"oat-milk/soy_milk":       "oat|milk|soy|milk",
		"I'd like  that":          "i'd|like|that",
		"that’s all":              "that's|all",
		"'quoted' dogs'":          "quoted|dogs",
		"0.3 kilos":               "0.3|kilos",
		"0,3 kilos":               "0.3|kilos",
		"1,5":                     "1.5",
		"1203.":                   "1203",
		".5 kilos":                "0.5|kilos",
		"-1 oat milk":             "-1|oat|milk",
		"1203 −2":                 "1203|-2",
		"1203-2 oat - milk":       "1203|2|oat|milk",
		"300g":                    "300g",
		"1203,3":                  "1203|3",
		"1.5,2.5 kg":              "1.5.2.5|kg",
		"½ kg":                    "0.5|kg",
		"1½ kg, ¼ kg":             "1.5|kg|0.25|kg",
		"1/2 kg 11/2":             "0.5|kg|11|2",
		"No. 1203":                "number|1203",
		"no.1203":                 "number|1203",
		"no 1203":                 "no|1203",
		"№ 1203":                  "number|1203",
		"3 @ 1203":                "3|x|1203",
		"1203 3pcs":               "1203|3|pcs",
		"1203, 3":                 "1203|3",
		"caffè latte":             "caffè|latte",
		"cafe\u0300":              "cafe\u0300",
		"三份燕麦奶":                   "三份燕麦奶",
		"1203 三份":                 "1203|三份",
		"1203x3":                  "1203|x|3",
		"1203X3":                  "1203|x|3",
		"1203*3, 4016 * 2":        "1203|x|3|4016|x|2",
		"3x oat milk":             "3|x|oat|milk",
		"2 xl eggs":               "2|xl|eggs",
		"item 1203 x three":       "item|1203|x|three",
		"1203x3x2":                "1203|x|3|x|2",
		"box 3":                   "box|3",
		"a\tb\nc":                 "a|b|c",
		"a\x00b":                  "a|b",
		"<b>milk</b>":             "b|milk|b",
	} {
		if got := strings.Join(speech.TypedWords(line), "|"); got != want {
			t.Errorf("%q: got %s, want %s", line, got, want)
		}
	}
}

func TestTypedIsOneCertainAlternative(t *testing.T) {
	h := speech.Typed("Item 1203, please")
	if !h.Final || len(h.Alternatives) != 1 || h.Text() != "item 1203 please" {
		t.Fatalf("got %+v", h)
	}
	for _, w := range h.Alternatives[0].Words {
		if w.Conf != 1 {
			t.Errorf("got %+v", w)
		}
	}
	if got := (speech.Hypothesis{}).Text(); got != "" {
		t.Errorf("nothing heard reads %q", got)
	}
}

func FuzzTypedWords(f *testing.F) {
	for _, s := range []string{"Item 1203, please", "I’d like 0,3 kilos", "\xff\xfe", "三份", "'", "-1 .5", "-.5"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		words := speech.TypedWords(line)
		for _, w := range words {
			if w == "" || strings.ContainsAny(w, " \t\n\"[]<>!?") {
				t.Errorf("%q has the word %q", line, w)
			}
		}
		if again := speech.TypedWords(strings.Join(words, " ")); strings.Join(again, " ") != strings.Join(words, " ") {
			t.Errorf("%q: words %q are split again into %q", line, words, again)
		}
	})
}
