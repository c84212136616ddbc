package checkout_test

import (
	"errors"
	"strings"
	"testing"

	"voicetill/catalog"
	"voicetill/checkout"
	"voicetill/models"
	"voicetill/parser"
)

func TestWhatCanBeTaught(t *testing.T) {
	text, err := models.FS.ReadFile("en/grammar.txt")
	if err != nil {
		t.Fatal(err)
	}
	g, err := parser.ParseGrammar(string(text))
	if err != nil {
		t.Fatal(err)
	}
	items := []catalog.Item{{Number: "1", Name: "haribo"}, {Number: "2", Name: "Oat Milk", Also: []string{"oat drink"}, Taught: []string{"note milk"}}}
	for name, c := range map[string]struct {
		number string
		heard  []string
		want   string
		err    error
	}{
		"said twice the same":     {"1", []string{"harry bow", "harry bow"}, "harry bow", nil},
		"two ways":                {"1", []string{"harry bow", "Hurry Beau"}, "harry bow|hurry beau", nil},
		"silence and a name":      {"1", []string{"", "harry bow"}, "harry bow", nil},
		"silence":                 {"1", []string{"", ""}, "", checkout.ErrNotTaught},
		"a command":               {"1", []string{"remove two", "checkout"}, "", checkout.ErrNotTaught},
		"a whole speech":          {"1", []string{"well this is what people call harry bow"}, "", checkout.ErrNotTaught},
		"another item":            {"1", []string{"harry bow", "oat drinks"}, "", checkout.ErrTaughtOther},
		"what another was taught": {"1", []string{"note milk"}, "", checkout.ErrTaughtOther},
		"its own name":            {"2", []string{"oat milk"}, "oat milk", nil},
		"an item that is not":     {"3", []string{"harry bow"}, "", catalog.ErrNoItem},
	} {
		got, err := checkout.Taught(g, items, c.number, c.heard)
		if strings.Join(got, "|") != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: got %q, %v, want %q, %v", name, got, err, c.want, c.err)
		}
	}
}
