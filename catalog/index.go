package catalog

import "errors"

// ErrNoItem says that no item has the number.
var ErrNoItem = errors.New("no such item")

// Index finds the items of one version of a catalogue. It is immutable.
type Index struct {
	items    []Item
	byNumber map[string]*Item
}

// NewIndex indexes the items in their order.
func NewIndex(items []Item) *Index {
	x := &Index{items: items, byNumber: make(map[string]*Item, len(items))}
	for i := range items {
		x.byNumber[items[i].Number] = &items[i]
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
