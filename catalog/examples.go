package catalog

import "strings"

// Examples are two items that are sold by the piece and one by measure, the first
// of the catalogue that anybody may buy now; those whose names are easily said come
// first. There may be fewer.
func Examples(items []Item) []Item {
	var list []Item
	pieces, measured := 0, 0
	for _, plain := range []bool{true, false} {
		for _, it := range items {
			isPiece := it.Unit == Each
			if isPlain(it) != plain || it.MinAge > 0 || it.Stock != nil && *it.Stock <= 0 || isPiece && pieces == 2 || !isPiece && measured == 1 {
				continue
			}
			if isPiece {
				pieces++
			} else {
				measured++
			}
			if list = append(list, it); len(list) == 3 {
				return list
			}
		}
	}
	return list
}

// isPlain reports whether a name is of a few words without digits and signs.
func isPlain(it Item) bool {
	return len(strings.Fields(it.Name)) <= 3 && !strings.ContainsAny(it.Name, `0123456789,.;:&"()/%`)
}
