package catalog_test

import (
	"encoding/csv"
	"errors"
	"reflect"
	"strings"
	"testing"

	"voicetill/catalog"
	"voicetill/models"
)

func write(t *testing.T, items []catalog.Item) string {
	t.Helper()
	var b strings.Builder
	w := csv.NewWriter(&b)
	rows := [][]string{catalog.Header()}
	for _, it := range items {
		row := it.Row()
		var record []string
		for _, column := range catalog.Header() {
			record = append(record, row[column])
		}
		rows = append(rows, record)
	}
	if err := w.WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestAWrittenCatalogueReadsBackTheSame(t *testing.T) {
	f, err := models.FS.Open("demo/catalog.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	want, err := catalog.ReadCSV(f, "EUR")
	if err != nil {
		t.Fatal(err)
	}
	got, err := catalog.ReadCSV(strings.NewReader(write(t, want)), "EUR")
	if err != nil {
		t.Fatal(err)
	}
	for i := range want {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Errorf("item %d: got %+v, want %+v", i, got[i], want[i])
		}
	}
}

func TestAnItemIsChangedByTheRulesOfAFile(t *testing.T) {
	items, err := catalog.ReadCSV(strings.NewReader("number,name,price,unit,stock\n1203,oat milk,2.49,each,40\n"), "EUR")
	if err != nil {
		t.Fatal(err)
	}
	it := items[0]
	it.Taught = []string{"oat lee"}
	got, err := it.Change(map[string]string{"price": " 2,79 ", "sounds_like": "oat mill|old milk"}, "EUR")
	if err != nil || got.Price.Minor != 279 || !reflect.DeepEqual(got.Sounds, []string{"oat mill", "old milk"}) || got.Name != "oat milk" || len(got.Taught) != 1 || *got.Stock != 40_000 {
		t.Errorf("got %+v, %v", got, err)
	}
	for name, tt := range map[string]struct {
		values map[string]string
		column string
	}{
		"a price below zero":    {map[string]string{"price": "-1"}, "price"},
		"no name":               {map[string]string{"name": " "}, "name"},
		"half a piece":          {map[string]string{"stock": "0.5"}, "stock"},
		"another number":        {map[string]string{"number": "7"}, "number"},
		"a column that is none": {map[string]string{"colour": "red"}, "colour"},
		"no letter in Chinese":  {map[string]string{"name_zh": "。"}, "name_zh"},
		"another bar code":      {map[string]string{"gtin": "4006381333931"}, "gtin"},
	} {
		var rows catalog.RowErrors
		if same, err := it.Change(tt.values, "EUR"); !errors.As(err, &rows) || rows[0].Column != tt.column || !reflect.DeepEqual(same, it) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
