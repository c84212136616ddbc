package catalog

import (
	"encoding/csv"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"voicetill/payments/money"
)

func TestGrowGivesItemsThatAnUploadTakes(t *testing.T) {
	shop := []Item{{Number: "1203", Name: "oat milk", Price: money.Of(249, "EUR"), Unit: Each, TaxBP: 700, Category: "dairy"}}
	for _, n := range []int{2, 100, 600, 1000, 7000, 50000, MaxItems} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			grown := Grow(shop, n, 1)
			if len(grown) != n || !reflect.DeepEqual(grown[0], shop[0]) {
				t.Fatalf("got %d items, the first %+v", len(grown), grown[0])
			}
			names := map[string]bool{}
			for _, it := range grown {
				if names[it.Name] {
					t.Errorf("%q is there twice", it.Name)
				}
				names[it.Name] = true
			}
			items, err := ReadCSV(strings.NewReader(asCSV(t, grown)), "EUR")
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(items, grown) {
				t.Error("the items are others after they were written and read")
			}
		})
	}
}

func asCSV(t *testing.T, items []Item) string {
	t.Helper()
	var b strings.Builder
	w := csv.NewWriter(&b)
	rows := [][]string{{"number", "name", "price", "unit", "tax", "category"}}
	for _, it := range items {
		rows = append(rows, []string{it.Number, it.Name, fmt.Sprintf("%d.%02d", it.Price.Minor/100, it.Price.Minor%100), it.Unit,
			fmt.Sprint(it.TaxBP / 100), it.Category})
	}
	if err := w.WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestGrowIsTheSameForTheSameSeedAndLeavesItsInputAlone(t *testing.T) {
	shop := read(t, plain)
	before := read(t, plain)
	a, b, c := Grow(shop, 500, 1), Grow(shop, 500, 1), Grow(shop, 500, 2)
	if !reflect.DeepEqual(a, b) || reflect.DeepEqual(a, c) {
		t.Error("items must depend on the seed and on nothing else")
	}
	a[0].Name = "changed"
	if !reflect.DeepEqual(shop, before) {
		t.Error("the items given were changed")
	}
	if got := Grow(shop, 1, 1); !reflect.DeepEqual(got, before) {
		t.Errorf("got %d items, want those there were", len(got))
	}
}

func TestIndexFindsByNumber(t *testing.T) {
	x := NewIndex(Grow(read(t, plain), 300, 1))
	if len(x.Items()) != 300 {
		t.Fatalf("got %d items", len(x.Items()))
	}
	for _, want := range x.Items() {
		it, err := x.ByNumber(want.Number)
		if err != nil || it.Name != want.Name {
			t.Errorf("%s: got %+v, %v", want.Number, it, err)
		}
	}
	for _, number := range []string{"", "120", "01203", "12033"} {
		if it, err := x.ByNumber(number); !errors.Is(err, ErrNoItem) {
			t.Errorf("%q: got %+v, %v", number, it, err)
		}
	}
}
