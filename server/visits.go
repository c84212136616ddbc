package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"voicetill/catalog"
	"voicetill/payments"
	"voicetill/payments/money"
)

// Tariffs keeps what visits behind a place's gates cost, and what is sold for
// them.
type Tariffs interface {
	// Tariff returns payments.ErrNoTariff where there is none.
	Tariff(ctx context.Context, place string) (payments.Tariff, error)
	// SetTariff returns payments.ErrTariff for one that means nothing; nil: none.
	SetTariff(ctx context.Context, place string, t *payments.Tariff) error
	Plans(ctx context.Context, place string) ([]payments.Plan, error)
	// SetPlans returns payments.ErrPlan for one that means nothing.
	SetPlans(ctx context.Context, place string, plans []payments.Plan) error
}

// visitAskBody is what a gate's hardware says.
type visitAskBody struct {
	Visit   string    `json:"visit"`   // its own key of the stay or passage
	Token   string    `json:"token"`   // what it read of a code: a mandate's, or the receipt's of a subscription
	Plate   string    `json:"plate"`   // or a number plate
	Entered time.Time `json:"entered"` // absent: now
	Left    time.Time `json:"left"`    // absent: now
}

type visitBody struct {
	Open     bool           `json:"open"`
	Reason   string         `json:"reason"`
	Visit    string         `json:"visit"`
	State    string         `json:"state,omitempty"`
	Entered  *time.Time     `json:"entered,omitempty"`
	Left     *time.Time     `json:"left,omitempty"`
	Total    string         `json:"total,omitempty"` // what was deducted
	Currency money.Currency `json:"currency"`
	Receipt  string         `json:"receipt,omitempty"` // its address
	Tariff   *tariffBody    `json:"tariff,omitempty"`  // at an entry that pays at the exit: to be shown
}

// tariffBody is a tariff with today's prices.
type tariffBody struct {
	payments.Tariff
	Price    string `json:"price"`
	DayPrice string `json:"day_price,omitempty"`
}

// visitOf reads what a gate says, of one of the merchant's places.
func (s *Server) visitOf(w http.ResponseWriter, r *http.Request) (*shop, payments.VisitAsk, error) {
	p, err := s.own(r, placeOf(r))
	if err != nil {
		return nil, payments.VisitAsk{}, err
	}
	var in visitAskBody
	if err := readBody(w, r, &in); err != nil {
		return nil, payments.VisitAsk{}, err
	}
	return p, payments.VisitAsk{Merchant: p.place.Merchant, Place: p.place.ID, Payee: p.place.Payee, Currency: p.place.Currency,
		Gate: r.PathValue("name"), Key: in.Visit, Token: in.Token, Plate: in.Plate, Entered: in.Entered, Left: in.Left}, s.shelves.refresh(r.Context(), p)
}

// enterGate is POST /v1/gates/{name}/enter.
func (s *Server) enterGate(w http.ResponseWriter, r *http.Request) error {
	p, ask, err := s.visitOf(w, r)
	if err != nil {
		return err
	}
	v, err := s.Cashier.Enter(r.Context(), ask)
	if err != nil {
		return err
	}
	body := showVerdict(ask, v)
	if v.Reason == payments.VisitWelcome {
		if body.Tariff, err = s.tariffNow(r.Context(), p); err != nil {
			return err
		}
	}
	writeJSON(w, http.StatusOK, body)
	return nil
}

// chargeGate is POST /v1/gates/{name}/charge: exactly once for each visit.
func (s *Server) chargeGate(w http.ResponseWriter, r *http.Request) error {
	p, ask, err := s.visitOf(w, r)
	if err != nil {
		return err
	}
	v, err := s.Cashier.ChargeVisit(r.Context(), ask, p.priced)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, showVerdict(ask, v))
	return nil
}

// priced is one piece of an item at today's price.
func (p *shop) priced(number string) (payments.Line, error) {
	it, err := p.current().index.ByNumber(number)
	if err != nil {
		return payments.Line{}, err
	}
	if it.Unit != catalog.Each || len(it.Groups) > 0 {
		return payments.Line{}, payments.ErrNoTariff
	}
	return payments.Line{Line: 1, Item: it.Number, Name: it.Name, Milli: 1000, Unit: it.Unit, Price: it.Price, Total: it.Price, TaxBP: it.TaxBP}, nil
}

func showVerdict(ask payments.VisitAsk, v payments.VisitVerdict) visitBody {
	body := visitBody{Open: v.Open, Reason: v.Reason, Visit: ask.Key, State: v.Visit.State, Currency: ask.Currency}
	if v.Visit.ID != "" {
		body.Entered = &v.Visit.Entered
	}
	if !v.Visit.Left.IsZero() {
		body.Left = &v.Visit.Left
	}
	if v.Receipt != nil {
		body.Total, body.Receipt = v.Total.Decimal(), v.Receipt.URL()
	}
	return body
}

// tariffNow is the place's tariff with its prices, or nil where it has none.
func (s *Server) tariffNow(ctx context.Context, p *shop) (*tariffBody, error) {
	t, err := s.Records.Tariff(ctx, p.place.ID)
	if errors.Is(err, payments.ErrNoTariff) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	body := tariffBody{Tariff: t}
	if unit, err := p.priced(t.Item); err == nil {
		body.Price = unit.Price.Decimal()
	}
	if day, err := p.priced(t.DayItem); err == nil && t.DayItem != "" {
		body.DayPrice = day.Price.Decimal()
	}
	return &body, nil
}

type tariffsBody struct {
	Tariff *tariffBody     `json:"tariff"` // null: visits are not paid for
	Plans  []payments.Plan `json:"plans"`
}

// getTariff is GET /v1/merchant/tariff.
func (s *Server) getTariff(w http.ResponseWriter, r *http.Request) error {
	p, err := s.own(r, placeOf(r))
	if err != nil {
		return err
	}
	var body tariffsBody
	if body.Tariff, err = s.tariffNow(r.Context(), p); err != nil {
		return err
	}
	plans, err := s.Records.Plans(r.Context(), p.place.ID)
	if err != nil {
		return err
	}
	body.Plans = append([]payments.Plan{}, plans...)
	writeJSON(w, http.StatusOK, body)
	return nil
}

// putTariff is PUT /v1/merchant/tariff: tariff, plans or both, from now on; what is
// left out stays.
func (s *Server) putTariff(w http.ResponseWriter, r *http.Request) error {
	p, err := s.own(r, placeOf(r))
	if err != nil {
		return err
	}
	var in struct {
		Tariff json.RawMessage  `json:"tariff"` // null: visits are not paid for
		Plans  *[]payments.Plan `json:"plans"`
	}
	if err := readSetting(w, r, &in, "tariff|plans"); err != nil {
		return err
	}
	var tariff *payments.Tariff
	if in.Tariff != nil && json.Unmarshal(in.Tariff, &tariff) != nil {
		return inField("tariff", errUnacceptable)
	}
	if tariff != nil {
		if err := p.checkTariff(*tariff); err != nil {
			return err
		}
	}
	if in.Plans != nil {
		if err := s.setPlans(r.Context(), p, *in.Plans); err != nil {
			return err
		}
	}
	if in.Tariff != nil {
		if err := s.Records.SetTariff(r.Context(), p.place.ID, tariff); err != nil {
			return err
		}
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) setPlans(ctx context.Context, p *shop, plans []payments.Plan) error {
	for i, plan := range plans {
		if err := plan.Valid(); err != nil {
			return inField(fmt.Sprintf("plan%d", i), err)
		}
	}
	return s.Records.SetPlans(ctx, p.place.ID, plans)
}

// checkTariff returns what is wrong with a tariff, and in which field.
func (p *shop) checkTariff(t payments.Tariff) error {
	err := t.Valid()
	day := 24 * 60
	switch {
	case err != nil && t.Item == "":
		return inField("item", err)
	case err != nil && (t.UnitMin < 0 || t.UnitMin > day):
		return inField("unit_min", err)
	case err != nil && (t.FreeMin < 0 || t.FreeMin > day):
		return inField("free_min", err)
	case err != nil:
		return inField("day_item", err)
	}
	for _, f := range []struct{ name, item string }{{"item", t.Item}, {"day_item", t.DayItem}} {
		if f.item == "" {
			continue
		}
		if _, err := p.priced(f.item); err != nil {
			return inField(f.name, fmt.Errorf("%w: item %s: %w", payments.ErrNoTariff, f.item, err))
		}
	}
	_, err = t.Lines(time.Hour, p.priced)
	return err
}

type subscriptionBody struct {
	Place   string     `json:"place"`
	Name    string     `json:"name"`
	Receipt int64      `json:"receipt"` // number
	Visits  int64      `json:"visits"`  // 0: any number
	Used    int64      `json:"used"`
	Starts  time.Time  `json:"starts"`
	Ends    *time.Time `json:"ends"` // null: never
	Active  bool       `json:"active"`
}

type visitedBody struct {
	Place   string     `json:"place"`
	Gate    string     `json:"gate"`
	State   string     `json:"state"`
	Entered time.Time  `json:"entered"`
	Left    *time.Time `json:"left"` // null: has not left
}

const maxVisits = 100

// getVisits is GET /v1/account/visits: the signed-in shopper's subscriptions and
// latest visits with this merchant.
func (s *Server) getVisits(w http.ResponseWriter, r *http.Request) error {
	a, p, err := s.shopper(r)
	if err != nil {
		return err
	}
	subs, err := s.Cashier.Subscriptions(r.Context(), p.place.Merchant, a.ID)
	if err != nil {
		return err
	}
	visits, err := s.Cashier.Visits(r.Context(), p.place.Merchant, a.ID, maxVisits)
	if err != nil {
		return err
	}
	body := struct {
		Subscriptions []subscriptionBody `json:"subscriptions"`
		Visits        []visitedBody      `json:"visits"`
	}{[]subscriptionBody{}, []visitedBody{}}
	for _, x := range subs {
		b := subscriptionBody{Place: x.Place, Name: x.Name, Receipt: x.Receipt, Visits: x.Visits, Used: x.Used, Starts: x.Starts, Active: x.Usable(s.Now())}
		if !x.Ends.IsZero() {
			b.Ends = &x.Ends
		}
		body.Subscriptions = append(body.Subscriptions, b)
	}
	for _, v := range visits {
		b := visitedBody{Place: v.Place, Gate: v.Gate, State: v.State, Entered: v.Entered}
		if !v.Left.IsZero() {
			b.Left = &v.Left
		}
		body.Visits = append(body.Visits, b)
	}
	writeJSON(w, http.StatusOK, body)
	return nil
}
