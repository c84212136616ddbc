package checkout

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

var blank = regexp.MustCompile(`\{[a-z]+\}`)

func blanks(s string) []string {
	found := blank.FindAllString(s, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

func TestEveryLanguageFillsTheSameBlanks(t *testing.T) {
	texts := map[string]map[string]string{}
	for _, lang := range []string{"en", "zh"} {
		data, err := os.ReadFile("../models/" + lang + "/replies.json")
		if err != nil {
			t.Fatal(err)
		}
		var m map[string]string
		if err := json.Unmarshal(data, &m); err != nil {
			t.Fatal(err)
		}
		texts[lang] = m
	}
	for _, key := range sentences {
		if en, zh := blanks(texts["en"][key]), blanks(texts["zh"][key]); !slices.Equal(en, zh) {
			t.Errorf("%s: English has %v, Chinese %v", key, en, zh)
		}
	}
}

var spoken = regexp.MustCompile(`\.(?:say|part|tell|refuse|renew|tellLine)\("([a-z0-9-]+)"`)

func TestEverySentenceThatTheCodeSaysExists(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, f := range files {
		code, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range spoken.FindAllStringSubmatch(string(code), -1) {
			seen++
			if key := m[1]; !slices.Contains(sentences, key) && !slices.ContainsFunc(sentences, func(s string) bool { return s == key+"kg" }) {
				t.Errorf("%s says %q, which no language has", f, key)
			}
		}
	}
	if seen < 40 {
		t.Errorf("found %d sentences in the code, too few to be right", seen)
	}
}

func TestNumbersAndMoneyAreSaidNaturally(t *testing.T) {
	r := &Replies{texts: map[string]string{"unit-kg": "kilo", "units-kg": "kilos", "part-kg": "grams", "one-part-kg": "gram", "half-kg": "half a kilo"}}
	tests := []struct{ got, want string }{
		{english{}.money(747, "EUR", 2), "seven forty-seven"},
		{english{}.money(700, "EUR", 2), "seven euros"},
		{english{}.money(100, "EUR", 2), "one euro"},
		{english{}.money(705, "EUR", 2), "seven oh five"},
		{english{}.money(99, "EUR", 2), "ninety-nine cents"},
		{english{}.money(1, "EUR", 2), "one cent"},
		{english{}.money(0, "EUR", 2), "zero euros"},
		{english{}.money(12345, "EUR", 2), "one hundred twenty-three euros forty-five"},
		{english{}.money(500, "JPY", 0), "five hundred yen"},
		{english{}.money(1500, "KWD", 3), "one point five KWD"},
		{english{}.number(110_011), "one hundred ten thousand eleven"},
		{english{}.number(1_000_000), "1000000"},
		{english{}.quantity(200, "kg", "", r), "two hundred grams"},
		{english{}.quantity(1, "kg", "", r), "one gram"},
		{english{}.quantity(2, "kg", "", r), "two grams"},
		{english{}.quantity(1500, "kg", "", r), "one point five kilos"},
		{english{}.quantity(1000, "kg", "", r), "one kilo"},
		{english{}.digits("1203"), "one two zero three"},
		{chinese{}.number(10), "十"},
		{chinese{}.number(110), "一百一十"},
		{chinese{}.number(1203), "一千二百零三"},
		{chinese{}.number(20_005), "二万零五"},
		{chinese{}.money(747, "EUR", 2), "七点四七欧元"},
		{chinese{}.money(705, "EUR", 2), "七点零五欧元"},
	}
	for _, test := range tests {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}

func TestWhatSoundsLikeAPassword(t *testing.T) {
	for text, want := range map[string]bool{"four seven": true, "a1": true, "go back": false, "密码一二": true, "call staff": false, "double seven": true} {
		if got := soundsSecret(text); got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}
