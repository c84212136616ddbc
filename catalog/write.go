package catalog

import (
	"slices"
	"strconv"
	"strings"

	"voicetill/payments/money"
)

// Header are the columns of a written catalogue, in the order of docs/catalog.md.
func Header() []string {
	return []string{"number", "name", "also", "price", "unit", "tax", "category", "gtin", "stock", "min_age", "options", "picture", "sounds_like", "name_zh"}
}

// Row is the item as ReadCSV reads it, by column.
func (it Item) Row() map[string]string {
	row := map[string]string{"number": it.Number, "name": it.Name, "also": strings.Join(it.Also, "|"), "price": it.Price.Decimal(),
		"unit": it.Unit, "tax": percent(it.TaxBP), "category": it.Category, "gtin": it.GTIN, "options": writeGroups(it.Groups),
		"picture": it.Picture, "sounds_like": strings.Join(it.Sounds, "|"), "name_zh": it.NameZH, "stock": "", "min_age": ""}
	if it.Stock != nil {
		row["stock"] = it.Stock.String()
	}
	if it.MinAge > 0 {
		row["min_age"] = strconv.Itoa(it.MinAge)
	}
	return row
}

func percent(bp int) string { return strconv.FormatFloat(float64(bp)/100, 'f', -1, 64) }

func writeGroups(groups []Group) string {
	texts := make([]string, len(groups))
	for i, g := range groups {
		values := make([]string, len(g.Values))
		for j, v := range g.Values {
			values[j] = v.Name
			if v.Surcharge.Minor != 0 {
				values[j] += "+" + v.Surcharge.Decimal()
			}
		}
		texts[i] = g.Name + "=" + strings.Join(values, "|")
	}
	return strings.Join(texts, ";")
}

// changeable are the columns that Change takes. A number stands on receipts, and
// the other ones are judged together with the whole file.
var changeable = []string{"name", "also", "price", "tax", "category", "stock", "min_age", "sounds_like", "name_zh"}

// Change returns the item with other values in some columns, judged as a row of
// an uploaded file is: the error is RowErrors, without lines. Its number cannot
// be changed, receipts name it.
func (it Item) Change(values map[string]string, c money.Currency) (Item, error) {
	t := newTable(c, nil)
	row := it.Row()
	for column, value := range values {
		if !slices.Contains(changeable, column) {
			t.fault(0, column, value, "cannot be changed")
			continue
		}
		row[column] = strings.TrimSpace(value)
	}
	t.header = Header()
	record := make([]string, len(t.header))
	for i, column := range t.header {
		record[i] = row[column]
	}
	t.row(record, 0)
	if len(t.errs) > 0 {
		return it, t.errs
	}
	changed := t.items[0]
	changed.Taught, changed.Respelled, changed.Shown = it.Taught, it.Respelled, it.Shown
	return changed, nil
}
