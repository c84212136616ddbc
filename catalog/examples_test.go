package catalog_test

import (
	"fmt"
	"testing"

	"voicetill/catalog"
)

func TestExamplesAreWhatAnybodyMayBuyNow(t *testing.T) {
	piece := func(number, name string) catalog.Item {
		return catalog.Item{Number: number, Name: name, Unit: catalog.Each}
	}
	none, wine, kilo := piece("3", "oat milk"), piece("4", "wine"), piece("5", "apples")
	none.Stock, wine.MinAge, kilo.Unit = new(catalog.Qty), 16, "kg"
	for name, c := range map[string]struct {
		items []catalog.Item
		want  string
	}{
		"nothing":                 {nil, ""},
		"nothing that is there":   {[]catalog.Item{none, wine}, ""},
		"easy names first":        {[]catalog.Item{piece("1", "7UP 0,33 l"), piece("2", "lemonade"), kilo, none, wine}, "2 5 1 "},
		"two pieces, one measure": {[]catalog.Item{kilo, kilo, piece("1", "bread"), piece("2", "roll"), piece("6", "cake")}, "5 1 2 "},
	} {
		got := ""
		for _, e := range catalog.Examples(c.items) {
			got += fmt.Sprint(e.Number, " ")
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}
