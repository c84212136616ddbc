package server

import (
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"

	"voicetill/payments/receipts"
)

// Limits of one page of a list.
const (
	listPage    = 50
	maxListPage = 200
)

// listAsk is what a page of a list is asked by: ?q=&sort=&down=1&offset=&limit=.
type listAsk struct {
	q             string
	sort          string
	down          bool
	offset, limit int
	csv           bool // ?format=csv: all that match, as a file
}

func readListAsk(r *http.Request) listAsk {
	v := r.URL.Query()
	number := func(name string, without, most int) int {
		n, err := strconv.Atoi(v.Get(name))
		if err != nil || n < 0 {
			return without
		}
		return min(n, most)
	}
	return listAsk{q: clip(strings.TrimSpace(v.Get("q")), 100), sort: v.Get("sort"), down: v.Get("down") == "1",
		offset: number("offset", 0, 1<<31-1), limit: max(1, number("limit", listPage, maxListPage)), csv: v.Get("format") == "csv"}
}

// page cuts the asked page out of a whole list.
func page[T any](list []T, ask listAsk) []T {
	from := min(ask.offset, len(list))
	return list[from:min(from+ask.limit, len(list))]
}

// writeCSV sends rows as a file, with the mark by which spreadsheets know UTF-8.
func writeCSV(w http.ResponseWriter, name string, rows [][]string) error {
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	h.Set("Cache-Control", "private, no-store")
	if _, err := w.Write([]byte("\xEF\xBB\xBF")); err != nil {
		return nil // the client is gone
	}
	out := csv.NewWriter(w)
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = receipts.HarmlessCell(cell)
		}
		if err := out.Write(cells); err != nil {
			return nil
		}
	}
	out.Flush()
	return nil
}
