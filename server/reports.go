package server

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"voicetill/catalog"
	"voicetill/checkout"
	"voicetill/payments"
	"voicetill/payments/money"
)

// Reports are what the merchant looks back at.
type Reports interface {
	// SoldByHour are the hours that begin at from, from+1h, … in which anything was
	// sold or given back, oldest first. A zero to is the end of time.
	SoldByHour(ctx context.Context, place string, from, to time.Time) ([]payments.Hour, error)
	// Receipts are one page, and how many match in all.
	Receipts(ctx context.Context, place string, f payments.ReceiptFind) ([]payments.Receipt, int, error)
	// AddUnderstood adds to a day's counts, the day written as 2026-11-27.
	AddUnderstood(ctx context.Context, place, day string, n checkout.Understood) error
	// Understood are the counts by day, from a day to another, both included.
	Understood(ctx context.Context, place, from, to string) (map[string]checkout.Understood, error)
}

const (
	reportDays  = 92
	reportSales = 20_000 // receipts whose items are counted, the latest
	reportPage  = 1000   // receipts read at a time
	topItems    = 100
)

type reportBody struct {
	Currency money.Currency `json:"currency"`
	dayBody
	Average    string                         `json:"average"`
	Hours      []hourBody                     `json:"hours"`
	Items      []soldBody                     `json:"items"`      // by what they brought, most first
	Counted    int                            `json:"counted"`    // latest sales that items are of
	Understood map[string]checkout.Understood `json:"understood"` // by day of the place's clock
}

type soldBody struct {
	Item     string `json:"item"`
	Name     string `json:"name"`
	Quantity string `json:"quantity"`
	Unit     string `json:"unit"`
	Sales    int    `json:"sales"`
	Total    string `json:"total"`
}

// getReport is GET /v1/merchant/report: what sold between ?from= and ?to=, and
// how the till understood.
func (s *Server) getReport(w http.ResponseWriter, r *http.Request) error {
	p, err := s.own(r, placeOf(r))
	if err != nil {
		return err
	}
	from, to, err := s.reportSpan(r)
	if err != nil {
		return err
	}
	hours, err := s.Records.SoldByHour(r.Context(), p.place.ID, from, to)
	if err != nil {
		return err
	}
	sum, err := sumHours(hours, p.place.Currency)
	if err != nil {
		return err
	}
	body := reportBody{Currency: p.place.Currency, dayBody: dayOf(sum), Average: average(sum).Decimal(), Hours: hourBodies(hours, p.zone())}
	if body.Items, body.Counted, err = s.soldItems(r.Context(), p.place.ID, from, to); err != nil {
		return err
	}
	s.understood.flush(r.Context())
	if body.Understood, err = s.Records.Understood(r.Context(), p.place.ID, payments.DayOf(from, p.zone()), payments.DayOf(to, p.zone())); err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, body)
	return nil
}

// reportSpan is ?from= to ?to=, the last thirty days without them.
func (s *Server) reportSpan(r *http.Request) (from, to time.Time, err error) {
	now := s.Now().UTC()
	if from, err = timeOf(r, "from", now.Add(-30*24*time.Hour)); err != nil {
		return from, to, err
	}
	if to, err = timeOf(r, "to", now); err != nil {
		return from, to, err
	}
	if !from.Before(to) || to.Sub(from) > reportDays*24*time.Hour {
		return from, to, errSpan
	}
	return from, to, nil
}

// soldItems adds up the items of the latest sales.
func (s *Server) soldItems(ctx context.Context, place string, from, to time.Time) (list []soldBody, counted int, err error) {
	sold := map[string]*payments.SoldItem{}
	f := payments.ReceiptFind{From: from, To: to, Kind: payments.OnlySales, Down: true, Limit: reportPage, Page: true}
	for ; f.Offset < reportSales; f.Offset += reportPage {
		page, _, err := s.Records.Receipts(ctx, place, f)
		if err != nil {
			return nil, 0, err
		}
		for _, r := range page {
			if err := addSold(sold, r); err != nil {
				return nil, 0, err
			}
		}
		counted += len(page)
		if len(page) < reportPage {
			break
		}
	}
	items := make([]*payments.SoldItem, 0, len(sold))
	for _, i := range sold {
		items = append(items, i)
	}
	slices.SortFunc(items, func(a, b *payments.SoldItem) int {
		return cmp.Or(-cmp.Compare(a.Total.Minor, b.Total.Minor), cmp.Compare(a.Item, b.Item))
	})
	list = []soldBody{}
	for _, i := range items[:min(len(items), topItems)] {
		list = append(list, soldBody{i.Item, i.Name, catalog.Qty(i.Milli).String(), i.Unit, i.Sales, i.Total.Decimal()})
	}
	return list, counted, nil
}

// addSold counts a receipt's lines; receipts come newest first.
func addSold(sold map[string]*payments.SoldItem, r payments.Receipt) (err error) {
	seen := map[string]bool{}
	for _, l := range r.Lines {
		i := sold[l.Item]
		if i == nil {
			i = &payments.SoldItem{Item: l.Item, Name: l.Name, Unit: l.Unit, Total: r.Currency.Zero()}
			sold[l.Item] = i
		}
		i.Milli += l.Milli
		if i.Total, err = i.Total.Add(l.Total); err != nil {
			return err
		}
		if !seen[l.Item] {
			i.Sales++
		}
		seen[l.Item] = true
	}
	return nil
}

// timeOf reads a time of the query, RFC 3339.
func timeOf(r *http.Request, name string, without time.Time) (time.Time, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return without, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return t, errTime
	}
	return t, nil
}
