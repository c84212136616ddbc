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

// sameItem compares but for the difference between none and an empty list.
func sameItem(a, b Item) bool {
	a.Also, b.Also = append([]string{}, a.Also...), append([]string{}, b.Also...)
	a.Groups, b.Groups = append([]Group{}, a.Groups...), append([]Group{}, b.Groups...)
	a.Sounds, b.Sounds = append([]string{}, a.Sounds...), append([]string{}, b.Sounds...)
	return reflect.DeepEqual(a, b)
}
