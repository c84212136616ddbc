package catalog

import (
	"errors"
	"strings"
)

// ErrNoItem says that no item has the number.
var ErrNoItem = errors.New("no such item")

// Index finds the items of one version of a catalogue. It is immutable.
type Index struct {
	items    []Item
	byNumber map[string]*Item
	byGTIN   map[string]*Item // by gtin14
}

// NewIndex indexes the items in their order.
func NewIndex(items []Item) *Index {
	x := &Index{items: items, byNumber: make(map[string]*Item, len(items)), byGTIN: map[string]*Item{}}
	for i := range items {
		x.byNumber[items[i].Number] = &items[i]
		if items[i].GTIN != "" {
			x.byGTIN[gtin14(items[i].GTIN)] = &items[i]
		}
	}
	return x
}

// Items are all items in catalogue order. The slice is shared: do not change it.
func (x *Index) Items() []Item { return x.items }

// ByNumber returns the item, or ErrNoItem.
func (x *Index) ByNumber(number string) (*Item, error) {
	if it, ok := x.byNumber[number]; ok {
		return it, nil
	}
	return nil, ErrNoItem
}

// ByGTIN returns the item with a bar code of 8, 12, 13 or 14 digits, or
// ErrNoItem. The shorter ones are GTINs with leading zeros (GS1 General
// Specifications, 3.3.2).
func (x *Index) ByGTIN(code string) (*Item, error) {
	if it, ok := x.byGTIN[gtin14(code)]; ok && len(code) >= 8 {
		return it, nil
	}
	return nil, ErrNoItem
}

func gtin14(code string) string { return strings.Repeat("0", max(0, 14-len(code))) + code }
