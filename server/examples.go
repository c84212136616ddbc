package server

import "voicetill/catalog"

// exampleBody is something that a page tells people to say, for example.
type exampleBody struct {
	Number string `json:"number"`
	Name   string `json:"name"`
	NameZH string `json:"name_zh,omitempty"`
	Unit   string `json:"unit"`
}

func examplesOf(items []catalog.Item) []exampleBody {
	list := []exampleBody{}
	for _, it := range catalog.Examples(items) {
		list = append(list, exampleBody{it.Number, it.Name, it.Chinese(), it.Unit})
	}
	return list
}
