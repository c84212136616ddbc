package checkout_test

import (
	"slices"
	"strings"
	"testing"

	"voicetill/catalog"
	"voicetill/checkout"
	"voicetill/models"
	"voicetill/parser"
)

// TestNamesThatCannotBeHeardChangeNothing: Chinese names in the catalogue leave an
// English recogniser's sentences as they are.
func TestNamesThatCannotBeHeardChangeNothing(t *testing.T) {
	latin := func(word string) bool { return strings.Trim(word, "abcdefghijklmnopqrstuvwxyz'") == "" }
	han := func(name string) bool { return name[0] >= 0x80 }
	items := demoItems(t, "demo/catalog.csv")
	without := slices.Clone(items)
	taken := 0
	for i := range without {
		also := without[i].Also
		without[i].Also = slices.DeleteFunc(slices.Clone(also), han)
		taken += len(also) - len(without[i].Also)
	}
	if taken < 52 {
		t.Fatalf("only %d Chinese names in the demo shop", taken)
	}
	g, err := parser.ReadGrammar(models.FS, "en/grammar.txt")
	if err != nil {
		t.Fatal(err)
	}
	got := checkout.NewUnderstander(g, catalog.NewIndex(items), latin).Phrases()
	if want := checkout.NewUnderstander(g, catalog.NewIndex(without), latin).Phrases(); !slices.Equal(got, want) {
		t.Error("the sentences that bias the recogniser are others")
	}
}
