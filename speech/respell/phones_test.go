package respell

import (
	"math"
	"testing"
)

func phonesOf(t testing.TB, text string) Phones {
	t.Helper()
	ps, err := ParsePhones(text)
	if err != nil {
		t.Fatal(err)
	}
	return ps
}

func TestDistancesFollowTheEar(t *testing.T) {
	for name, c := range map[string]struct {
		a, b     string
		from, to float64
	}{
		"the same word":                     {"M IH1 L K", "M IH0 L K", 0, 0},
		"voice alone (bear, pear)":          {"B EH R", "P EH R", 0.2, 0.3},
		"neighbour vowels (ship, sheep)":    {"SH IH P", "SH IY P", 0.1, 0.3},
		"far vowels (beet, bot)":            {"B IY T", "B AA T", 0.9, 1.3},
		"a place (might, night)":            {"M AY T", "N AY T", 0.3, 0.5},
		"a schwa more":                      {"P L IY Z", "P AH0 L IY Z", 0.6, 0.6},
		"a schwa for another vowel":         {"K AH0 N", "K EH N", 0.1, 0.25},
		"a vowel against a consonant":       {"S IY", "S T", 1.5, 1.5},
		"the glide of its vowel":            {"Y", "IY", 0.6, 0.6},
		"nothing in common (milk, shampoo)": {"M IH L K", "SH AE M P UW", 3, 6},
		"nothing against a word":            {"", "T IY", 1.8, 1.8},
	} {
		a, b := phonesOf(t, c.a), phonesOf(t, c.b)
		got, back := Distance(a, b), Distance(b, a)
		if got < c.from-1e-9 || got > c.to+1e-9 {
			t.Errorf("%s: %v, want %v to %v", name, got, c.from, c.to)
		}
		if math.Abs(got-back) > 1e-9 {
			t.Errorf("%s: %v, but %v the other way", name, got, back)
		}
	}
}

func TestEveryPhoneHasItsFeatures(t *testing.T) {
	for a := range phones {
		for b := range phones {
			if sub := substitutes[a][b]; (sub == 0) != (a == b) || sub > costMixed {
				t.Errorf("%s against %s costs %v", a, b, sub)
			}
		}
		if skips[a] < costWeak {
			t.Errorf("to leave out %s costs %v", a, skips[a])
		}
	}
	if got := phones.String(); got != "?" {
		t.Errorf("a phone that there is not is called %q", got)
	}
}

func TestParsePhones(t *testing.T) {
	if got := phonesOf(t, "HH AA1 R IY0 B OW2 AH0 AH1").String(); got != "HH AA R IY B OW AX AH" {
		t.Errorf("got %s", got)
	}
	if _, err := ParsePhones("HH XX"); err == nil {
		t.Error("XX was taken for a phone")
	}
}

func TestAlikeFindsEachPairOnce(t *testing.T) {
	list := []Phones{phonesOf(t, "B EH R"), nil, phonesOf(t, "M IH L K"), phonesOf(t, "P EH R"), phonesOf(t, "B EH R")}
	got := map[[2]int]float64{}
	for _, p := range Alike(list, 0.5) {
		got[[2]int{p.A, p.B}] = p.Apart
	}
	if len(got) != 3 || got[[2]int{0, 4}] != 0 || got[[2]int{0, 3}] != 0.25 || got[[2]int{3, 4}] != 0.25 {
		t.Errorf("got %v", got)
	}
}
