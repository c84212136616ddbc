package server

import (
	"net/http"
	"time"

	"voicetill/catalog"
	"voicetill/checkout"
	"voicetill/payments"
	"voicetill/payments/money"
)

// latestSales are shown beside the day's figures.
const latestSales = 20

type salesBody struct {
	Currency money.Currency `json:"currency"`
	dayBody
	Average string     `json:"average"` // of a sale
	Hours   []hourBody `json:"hours"`
	Sales   []saleBody `json:"sales"` // the latest receipts, of refunds too
	Carts   []cartBody `json:"carts"`
}

// dayBody is what was sold and given back in some time.
type dayBody struct {
	Count   int    `json:"count"` // sales
	Total   string `json:"total"` // of them
	Refunds int    `json:"refunds"`
	Back    string `json:"back"` // given back
}

type hourBody struct {
	Hour  int       `json:"hour"` // of the place's clock
	Start time.Time `json:"start"`
	dayBody
}

type saleBody struct {
	At       time.Time       `json:"at"`
	No       int64           `json:"no"`
	Kind     payments.Kind   `json:"kind,omitempty"` // "topup": paid into a balance, no sale
	Items    int             `json:"items"`
	Total    string          `json:"total"` // of a refund, below zero
	Method   payments.Method `json:"method"`
	Receipt  string          `json:"receipt"` // its address
	RefundOf int64           `json:"refund_of,omitempty"`
}

func saleOf(r payments.Receipt) saleBody {
	pieces := 0
	for _, l := range r.Lines {
		pieces += checkout.Line{Qty: catalog.Qty(l.Milli), Unit: l.Unit}.Pieces()
	}
	return saleBody{r.Paid, r.No, r.Kind, pieces, r.Total.Decimal(), r.Method, r.URL(), r.RefundOf}
}

// getSales is GET /v1/merchant/sales: since ?from=, the place's midnight without
// it, and the live carts.
func (s *Server) getSales(w http.ResponseWriter, r *http.Request) error {
	p, err := s.own(r, placeOf(r))
	if err != nil {
		return err
	}
	from, err := timeOf(r, "from", payments.DayStart(s.Now(), p.zone()))
	if err != nil {
		return err
	}
	hours, err := s.Records.SoldByHour(r.Context(), p.place.ID, from, time.Time{})
	if err != nil {
		return err
	}
	body := salesBody{Currency: p.place.Currency, Sales: []saleBody{}}
	sum, err := sumHours(hours, p.place.Currency)
	if err != nil {
		return err
	}
	body.dayBody, body.Average, body.Hours = dayOf(sum), average(sum).Decimal(), hourBodies(hours, p.zone())
	latest, _, err := s.Records.Receipts(r.Context(), p.place.ID, payments.ReceiptFind{From: from, Down: true, Limit: latestSales})
	if err != nil {
		return err
	}
	for _, x := range latest {
		body.Sales = append(body.Sales, saleOf(x))
	}
	if body.Carts, err = s.carts(r, p); err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, body)
	return nil
}

func hourBodies(hours []payments.Hour, zone *time.Location) []hourBody {
	list := make([]hourBody, len(hours))
	for i, h := range hours {
		list[i] = hourBody{h.Start.In(zone).Hour(), h.Start.UTC(), dayOf(h)}
	}
	return list
}

func dayOf(h payments.Hour) dayBody {
	return dayBody{h.Sales, h.Sold.Decimal(), h.Refunds, h.Back.Decimal()}
}

func sumHours(hours []payments.Hour, c money.Currency) (sum payments.Hour, err error) {
	sum.Sold, sum.Back = c.Zero(), c.Zero()
	for _, h := range hours {
		sum.Sales, sum.Refunds = sum.Sales+h.Sales, sum.Refunds+h.Refunds
		if sum.Sold, err = sum.Sold.Add(h.Sold); err != nil {
			return sum, err
		}
		if sum.Back, err = sum.Back.Add(h.Back); err != nil {
			return sum, err
		}
	}
	return sum, nil
}

// average is what a sale comes to, rounded half up; zero without any.
func average(h payments.Hour) money.Amount {
	if h.Sales == 0 {
		return h.Sold
	}
	n := int64(h.Sales)
	return money.Amount{Minor: (2*h.Sold.Minor + n) / (2 * n), Currency: h.Sold.Currency}
}
