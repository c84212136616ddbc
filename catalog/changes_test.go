package catalog

import (
	"slices"
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

func TestWhatWasTaughtStaysWithTheNameAndIsNoChange(t *testing.T) {
	before := []Item{{Number: "1", Name: "oatly", Taught: []string{"oat lee"}}, {Number: "2", Name: "skyr", Taught: []string{"scare"}}}
	after := []Item{{Number: "2", Name: "milk"}, {Number: "1", Name: "oatly", Respelled: []string{"oat li"}}}
	kept := KeepTaught(before, after)
	if !slices.Equal(kept[1].Taught, []string{"oat lee"}) || kept[0].Taught != nil {
		t.Errorf("got %+v", kept)
	}
	if after[1].Taught != nil {
		t.Error("the list that was given was changed")
	}
	if c := Compare(before, kept); c != (Changes{Items: 2, Changed: 1}) {
		t.Errorf("got %+v", c)
	}
}
