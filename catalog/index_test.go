package catalog

import (
	"errors"
	"strings"
	"testing"
)

func TestItemsAreFoundByTheirBarCode(t *testing.T) {
	x := NewIndex([]Item{{Number: "1", GTIN: "4006381333931"}, {Number: "2", GTIN: "96385074"}, {Number: "3", GTIN: "036000291452"}, {Number: "4"}})
	for _, c := range []struct{ name, code, number string }{
		{"EAN-13", "4006381333931", "1"},
		{"as GTIN-14", "04006381333931", "1"},
		{"EAN-8", "96385074", "2"},
		{"UPC-A", "036000291452", "3"},
		{"UPC-A read as EAN-13", "0036000291452", "3"},
		{"another", "4006381333948", ""},
		{"shorter than any bar code", "6385074", ""},
		{"none", "", ""},
		{"longer than any", "004006381333931", ""},
	} {
		it, err := x.ByGTIN(c.code)
		if c.number == "" {
			if !errors.Is(err, ErrNoItem) {
				t.Errorf("%s: got %v, %v, want no item", c.name, it, err)
			}
			continue
		}
		if err != nil || it.Number != c.number {
			t.Errorf("%s: got %v, %v, want %s", c.name, it, err, c.number)
		}
	}
}

func TestTwoItemsCannotHaveOneBarCode(t *testing.T) {
	const file = "number,name,price,gtin\n1,pencil,1.20,036000291452\n2,rubber,0.80,0036000291452\n3,ruler,1,\n4,tissues,1,\n"
	_, err := ReadCSV(strings.NewReader(file), "EUR")
	var rows RowErrors
	if !errors.As(err, &rows) || len(rows) != 1 || rows[0].Line != 3 || rows[0].Reason != "is already the bar code on line 2" {
		t.Errorf("got %v", err)
	}
}
