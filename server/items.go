package server

import (
	"cmp"
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"voicetill/catalog"
	"voicetill/checkout"
	"voicetill/payments/money"
)

type stockBody struct {
	Currency   money.Currency  `json:"currency"`
	Version    string          `json:"version"`
	Items      []stockItemBody `json:"items"`
	Total      int             `json:"total"` // that match
	All        int             `json:"all"`
	Said       *waysBody       `json:"said,omitempty"` // of all, where the till hears
	Categories []string        `json:"categories"`
}

type stockItemBody struct {
	Number   string    `json:"number"`
	Name     string    `json:"name"`
	NameZH   string    `json:"name_zh"`
	Also     []string  `json:"also"`
	Price    string    `json:"price"`
	Unit     string    `json:"unit"`
	Tax      string    `json:"tax"` // percent
	Category string    `json:"category"`
	Stock    *string   `json:"stock"` // null: not counted
	MinAge   int       `json:"min_age"`
	Sounds   []string  `json:"sounds_like"`
	Picture  string    `json:"picture,omitempty"`
	Said     *saidBody `json:"said,omitempty"` // where the till hears
}

// saidBody is how an item can be said.
type saidBody struct {
	Way        checkout.Way     `json:"way"`
	As         []string         `json:"as"`
	Confusable []checkout.Other `json:"confusable"`
	Audio      string           `json:"audio,omitempty"` // address of the name as the till says it
}

// getItems is GET /v1/merchant/items: the catalogue with the stock of now, all of
// it, or a page where ?limit= is given; ?format=csv is a file as it is uploaded.
func (s *Server) getItems(w http.ResponseWriter, r *http.Request) error {
	p, err := s.own(r, placeOf(r))
	if err != nil {
		return err
	}
	shelf := p.current()
	stock, err := s.Records.Stock(r.Context(), p.place.ID)
	if err != nil {
		return err
	}
	all := slices.Clone(shelf.index.Items())
	for i, it := range all {
		all[i].Stock = nil
		if q, counted := stock[it.Number]; counted {
			all[i].Stock = &q
		}
	}
	said := shelf.speakable()
	ask := readListAsk(r)
	list := findItems(all, ask.q, r.FormValue("category"), r.FormValue("said"), said)
	if ask.csv {
		return itemsCSV(w, p.place.ID, list)
	}
	sortItems(list, ask.sort, ask.down)
	body := stockBody{Currency: p.place.Currency, Version: shelf.version, Items: []stockItemBody{}, Total: len(list), All: len(all), Said: s.ways(all), Categories: categories(all)}
	if r.FormValue("limit") != "" {
		list = page(list, ask)
	}
	for _, it := range list {
		body.Items = append(body.Items, s.itemBody(it, said))
	}
	writeJSON(w, http.StatusOK, body)
	return nil
}

func (s *Server) itemBody(it catalog.Item, said map[string]checkout.Speakable) stockItemBody {
	b := stockItemBody{Number: it.Number, Name: it.Name, NameZH: it.NameZH, Also: append([]string{}, it.Also...), Price: it.Price.Decimal(), Unit: it.Unit,
		Tax: it.Row()["tax"], Category: it.Category, MinAge: it.MinAge, Sounds: append([]string{}, it.Sounds...), Picture: pictureOf(it)}
	if it.Stock != nil {
		level := it.Stock.String()
		b.Stock = &level
	}
	if x, ok := said[it.Number]; ok {
		b.Said = &saidBody{x.Way, x.As, x.Confusable, s.speak.address("en", it.Name)}
	}
	return b
}

func categories(items []catalog.Item) []string {
	list := []string{}
	for _, it := range items {
		if it.Category != "" {
			list = append(list, it.Category)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// findItems are those with q in number, names or category, of a category, and of
// a way to be said or "confusable"; "" is any.
func findItems(items []catalog.Item, q, category, way string, said map[string]checkout.Speakable) []catalog.Item {
	q = strings.ToLower(q)
	has := func(text string) bool { return strings.Contains(strings.ToLower(text), q) }
	found := items[:0:0]
	for _, it := range items {
		x := said[it.Number]
		switch {
		case category != "" && it.Category != category:
		case way == "confusable" && len(x.Confusable) == 0, way != "" && way != "confusable" && string(x.Way) != way:
		case q != "" && !has(it.Number) && !has(it.Name) && !has(it.NameZH) && !has(it.Category) && !has(it.GTIN) && !slices.ContainsFunc(it.Also, has):
		default:
			found = append(found, it)
		}
	}
	return found
}

// sortItems sorts by a column; by none, they stay in the catalogue's order.
func sortItems(list []catalog.Item, by string, down bool) {
	stock := func(it catalog.Item) int64 {
		if it.Stock == nil {
			return -1
		}
		return int64(*it.Stock)
	}
	orders := map[string]func(a, b catalog.Item) int{
		"number": func(a, b catalog.Item) int {
			return cmp.Or(len(a.Number)-len(b.Number), strings.Compare(a.Number, b.Number))
		},
		"name":     func(a, b catalog.Item) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) },
		"category": func(a, b catalog.Item) int { return strings.Compare(a.Category, b.Category) },
		"price":    func(a, b catalog.Item) int { return cmp.Compare(a.Price.Minor, b.Price.Minor) },
		"tax":      func(a, b catalog.Item) int { return a.TaxBP - b.TaxBP },
		"age":      func(a, b catalog.Item) int { return a.MinAge - b.MinAge },
		"stock":    func(a, b catalog.Item) int { return cmp.Compare(stock(a), stock(b)) },
	}
	order, ok := orders[by]
	if !ok {
		return
	}
	if down {
		up := order
		order = func(a, b catalog.Item) int { return up(b, a) }
	}
	slices.SortStableFunc(list, order)
}

func itemsCSV(w http.ResponseWriter, place string, items []catalog.Item) error {
	rows := [][]string{catalog.Header()}
	for _, it := range items {
		row := it.Row()
		record := make([]string, len(rows[0]))
		for i, column := range rows[0] {
			record[i] = row[column]
		}
		rows = append(rows, record)
	}
	return writeCSV(w, "catalogue-"+place+".csv", rows)
}

// patchItem is PATCH /v1/merchant/items/{number}: other values in some columns,
// by the rules of an upload, and in use when it is answered.
func (s *Server) patchItem(w http.ResponseWriter, r *http.Request) error {
	p, err := s.own(r, placeOf(r))
	if err != nil {
		return err
	}
	var values map[string]string
	if err := readBody(w, r, &values); err != nil {
		return err
	}
	number := r.PathValue("number")
	_, items, err := s.Records.Catalog(r.Context(), p.place.ID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(items, func(it catalog.Item) bool { return it.Number == number })
	if i < 0 {
		return errNotFound
	}
	before := items[i]
	changed, err := before.Change(values, p.place.Currency)
	var rows catalog.RowErrors
	if errors.As(err, &rows) {
		writeJSON(w, http.StatusUnprocessableEntity, rowErrorsBody{rows.In(r.URL.Query().Get("lang"))})
		return nil
	}
	if err != nil {
		return err
	}
	if items[i] = changed; changed.Name != before.Name || !slices.Equal(changed.Also, before.Also) || !slices.Equal(changed.Sounds, before.Sounds) {
		if items, err = s.respell(r.Context(), slices.Concat(items[:i], []catalog.Item{before}, items[i+1:]), items); err != nil {
			return err
		}
	}
	if err := s.storeItem(r, p, before, items[i], values); err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, s.itemBody(items[i], p.current().speakable()))
	return nil
}

// storeItem keeps a changed item, unless it was changed elsewhere meanwhile.
func (s *Server) storeItem(r *http.Request, p *shop, before, changed catalog.Item, values map[string]string) error {
	if _, stock := values["stock"]; stock {
		if err := s.Records.SetStock(r.Context(), p.place.ID, changed.Number, changed.Stock); err != nil {
			return err
		}
		if len(values) == 1 {
			return nil // the catalogue is the same
		}
	}
	was, now := before, changed
	was.Stock, now.Stock = nil, nil
	_, err := s.Records.ChangeItem(r.Context(), p.place.ID, changed.Number, func(it catalog.Item) (catalog.Item, error) {
		if it.Stock = nil; !reflect.DeepEqual(it, was) {
			return it, errItemRaced
		}
		return now, nil
	})
	if errors.Is(err, catalog.ErrNoItem) {
		return errNotFound
	}
	if err != nil {
		return err
	}
	return s.shelves.reload(r.Context(), p)
}

// putStock is PUT /v1/merchant/items/{number}/stock.
func (s *Server) putStock(w http.ResponseWriter, r *http.Request) error {
	p, err := s.own(r, placeOf(r))
	if err != nil {
		return err
	}
	var in struct {
		Stock *string `json:"stock"` // null: not counted
	}
	if err := readSetting(w, r, &in, "stock"); err != nil {
		return err
	}
	var level *catalog.Qty
	if in.Stock != nil {
		q, err := catalog.ParseQty(*in.Stock)
		if err != nil {
			return errStock
		}
		level = &q
	}
	err = s.Records.SetStock(r.Context(), p.place.ID, r.PathValue("number"), level)
	if errors.Is(err, catalog.ErrNoItem) {
		return errNotFound
	}
	if err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
