package server

import (
	"strings"

	"voicetill/catalog"
)

// exampleBody is something that a page tells people to say, for example.
type exampleBody struct {
	Number string `json:"number"`
	Name   string `json:"name"`
	NameZH string `json:"name_zh,omitempty"`
	Unit   string `json:"unit"`
}

// examplesOf are two items that are sold by the piece and one by measure, the
// first of the catalogue that anybody may buy now; those whose names are easily
// said come first. There may be fewer.
func examplesOf(items []catalog.Item) []exampleBody {
	list := []exampleBody{}
	pieces, measured := 0, 0
	for _, plain := range []bool{true, false} {
		for _, it := range items {
			isPiece := it.Unit == catalog.Each
			if isPlain(it) != plain || it.MinAge > 0 || it.Stock != nil && *it.Stock <= 0 || isPiece && pieces == 2 || !isPiece && measured == 1 {
				continue
			}
			if isPiece {
				pieces++
			} else {
				measured++
			}
			list = append(list, exampleBody{it.Number, it.Name, it.Chinese(), it.Unit})
			if pieces+measured == 3 {
				return list
			}
		}
	}
	return list
}

// isPlain reports whether a name is of a few words without digits and signs.
func isPlain(it catalog.Item) bool {
	return len(strings.Fields(it.Name)) <= 3 && !strings.ContainsAny(it.Name, `0123456789,.;:&"()/%`)
}
