package catalog

import (
	"testing"

	"voicetill/payments/money"
)

func TestCompareCountsWhatChangedButStock(t *testing.T) {
	item := func(number string, price int64) Item {
		return Item{Number: number, Name: number, Price: money.Of(price, "EUR"), Unit: Each}
	}
	level := Qty(5000)
	stocked := item("3", 100)
	stocked.Stock, stocked.Also = &level, []string{}
	got := Compare([]Item{item("1", 100), item("2", 100), item("3", 100)}, []Item{item("1", 200), stocked, item("4", 1)})
	if want := (Changes{Items: 3, Added: 1, Changed: 1, Removed: 1}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
