package catalog

import "reflect"

// Changes counts what a new catalogue changes. Stock does not count.
type Changes struct {
	Items   int `json:"items"` // of the new one
	Added   int `json:"added"`
	Changed int `json:"changed"`
	Removed int `json:"removed"`
}

// Compare counts the changes from one catalogue to the next, by item number.
func Compare(before, after []Item) Changes {
	c := Changes{Items: len(after)}
	old := make(map[string]Item, len(before))
	for _, it := range before {
		it.Stock = nil
		old[it.Number] = it
	}
	for _, it := range after {
		it.Stock = nil
		was, had := old[it.Number]
		switch {
		case !had:
			c.Added++
		case !sameItem(was, it):
			c.Changed++
		}
		delete(old, it.Number)
	}
	c.Removed = len(old)
	return c
}

// KeepTaught returns the items of after with what was taught about those of
// before that have the same number and name.
func KeepTaught(before, after []Item) []Item {
	taught := map[string]Item{}
	for _, it := range before {
		if len(it.Taught) > 0 {
			taught[it.Number] = it
		}
	}
	kept := append([]Item(nil), after...)
	for i, it := range kept {
		if was, ok := taught[it.Number]; ok && was.Name == it.Name {
			kept[i].Taught = was.Taught
		}
	}
	return kept
}

// sameItem compares what a file says, but for the difference between none and an
// empty list.
func sameItem(a, b Item) bool {
	a.Also, b.Also = append([]string{}, a.Also...), append([]string{}, b.Also...)
	a.Groups, b.Groups = append([]Group{}, a.Groups...), append([]Group{}, b.Groups...)
	a.Sounds, b.Sounds = append([]string{}, a.Sounds...), append([]string{}, b.Sounds...)
	a.Taught, a.Respelled, b.Taught, b.Respelled = nil, nil, nil, nil
	return reflect.DeepEqual(a, b)
}
