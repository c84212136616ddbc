package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"voicetill/accounts"
	"voicetill/catalog"
	"voicetill/checkout"
	"voicetill/payments/money"
)

// cartsFrom is how long a cart that nobody touches is live.
const cartsFrom = 30 * time.Minute

// merchant is the id of the merchant that the request's cookie or token names.
func (s *Server) merchant(r *http.Request) (string, error) {
	if token := bearer(r); token != "" {
		merchant, err := s.Records.MerchantByToken(r.Context(), token)
		if errors.Is(err, accounts.ErrNoToken) {
			return "", errSignIn
		}
		return merchant, err
	}
	ctx, err := s.webSession(r)
	if err != nil {
		return "", err
	}
	id := s.sessions.GetString(ctx, keyMerchant)
	if id == "" {
		return "", errSignIn
	}
	a, err := s.Records.Account(r.Context(), id)
	return a.Merchant, err
}

// own returns the place if the request's merchant has it.
func (s *Server) own(r *http.Request, place string) (*shop, error) {
	merchant, err := s.merchant(r)
	if err != nil {
		return nil, err
	}
	p, err := s.shelves.shop(r.Context(), place)
	if err != nil {
		return nil, err
	}
	if p.place.Merchant != merchant {
		return nil, errNotYours
	}
	return p, nil
}

type importBody struct {
	catalog.Changes
	Version  string        `json:"version"`
	Said     *waysBody     `json:"said,omitempty"`     // where the till hears
	Pictures *picturesBody `json:"pictures,omitempty"` // where there are any
}

// waysBody counts the items by how shoppers can say them.
type waysBody struct {
	Ready     int `json:"ready"`
	Taught    int `json:"taught"`
	Respelled int `json:"respelled"`
	ByNumber  int `json:"by_number"`
}

// ways counts the items, nil where the till hears nothing.
func (s *Server) ways(items []catalog.Item) *waysBody {
	if s.Engine == nil {
		return nil
	}
	n := checkout.CountWays(items, s.Engine.Knows)
	return &waysBody{n[checkout.VoiceReady], n[checkout.ByTaught], n[checkout.ByGuess], n[checkout.ByNumber]}
}

// respell adds what was taught before and what can be worked out.
func (s *Server) respell(ctx context.Context, before, items []catalog.Item) ([]catalog.Item, error) {
	items = catalog.KeepTaught(before, items)
	if s.Respell == nil {
		return items, nil
	}
	return s.Respell(ctx, items)
}

type rowErrorsBody struct {
	Errors []rowErrorBody `json:"errors"`
}

type rowErrorBody struct {
	Line   int    `json:"line"`
	Column string `json:"column"`
	Value  string `json:"value"`
	Reason string `json:"reason"`
}

// putCatalog is PUT /v1/places/{id}/catalog, a CSV file or a ZIP of one with
// pictures: all or nothing, and in use when it is answered. A faulty picture is
// named and costs nothing else.
func (s *Server) putCatalog(w http.ResponseWriter, r *http.Request) error {
	p, err := s.own(r, r.PathValue("id"))
	if err != nil {
		return err
	}
	items, files, err := s.readUpload(http.MaxBytesReader(w, r.Body, s.Limits.Upload), p.place.Currency)
	var rows catalog.RowErrors
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &rows):
		writeJSON(w, http.StatusUnprocessableEntity, rowsBody(rows))
		return nil
	case errors.As(err, &long):
		return errTooBig
	case err != nil:
		return fmt.Errorf("read catalogue: %w", err)
	}
	_, before, err := s.Records.Catalog(r.Context(), p.place.ID)
	if err != nil {
		return err
	}
	if items, err = s.respell(r.Context(), before, items); err != nil {
		return err
	}
	items, shown, err := s.gatherPictures(r.Context(), p.place.ID, before, items, files)
	if err != nil {
		return err
	}
	version, err := s.Records.ReplaceCatalog(r.Context(), p.place.ID, items)
	if err != nil {
		return err
	}
	if err := s.shelves.reload(r.Context(), p); err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, importBody{catalog.Compare(before, items), version, s.ways(items), shown})
	return nil
}

func rowsBody(rows catalog.RowErrors) rowErrorsBody {
	body := rowErrorsBody{Errors: []rowErrorBody{}}
	for _, e := range rows {
		body.Errors = append(body.Errors, rowErrorBody{e.Line, e.Column, e.Value, e.Reason})
	}
	return body
}

type cartBody struct {
	ID      string         `json:"id"`
	State   checkout.State `json:"state"`
	Count   int            `json:"count"`
	Total   string         `json:"total"`
	Updated time.Time      `json:"updated"`
}

// carts are the place's live ones. Their ids are not the resume tokens.
func (s *Server) carts(r *http.Request, p *shop) ([]cartBody, error) {
	sessions, err := s.Records.Sessions(r.Context(), p.place.ID, s.Now().Add(-cartsFrom))
	if err != nil {
		return nil, err
	}
	list := []cartBody{}
	for _, x := range sessions {
		view, err := x.Cart()
		if err != nil {
			return nil, err
		}
		if view.Count > 0 && x.State != checkout.Paid {
			list = append(list, cartBody{view.ID, x.State, view.Count, view.Total, x.UpdatedAt})
		}
	}
	return list, nil
}

func (s *Server) getCalls(w http.ResponseWriter, r *http.Request) error {
	p, err := s.own(r, placeOf(r))
	if err != nil {
		return err
	}
	calls, err := s.Records.StaffCalls(r.Context(), p.place.ID)
	if err != nil {
		return err
	}
	if calls == nil {
		calls = []StaffCall{}
	}
	writeJSON(w, http.StatusOK, map[string]any{"calls": calls})
	return nil
}

func (s *Server) doneCall(w http.ResponseWriter, r *http.Request) error {
	p, err := s.own(r, placeOf(r))
	if err != nil {
		return err
	}
	if err := s.Records.StaffCallDone(r.Context(), p.place.ID, r.PathValue("id")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

type stockBody struct {
	Currency money.Currency  `json:"currency"`
	Version  string          `json:"version"`
	Items    []stockItemBody `json:"items"`
}

type stockItemBody struct {
	Number   string   `json:"number"`
	Name     string   `json:"name"`
	Also     []string `json:"also"`
	Price    string   `json:"price"`
	Unit     string   `json:"unit"`
	Tax      string   `json:"tax"` // percent
	Category string   `json:"category"`
	Stock    *string  `json:"stock"` // null: not counted
	MinAge   int      `json:"min_age"`
}

// getItems is GET /v1/merchant/items: the catalogue with the stock of now.
func (s *Server) getItems(w http.ResponseWriter, r *http.Request) error {
	p, err := s.own(r, placeOf(r))
	if err != nil {
		return err
	}
	version, items, err := s.Records.Catalog(r.Context(), p.place.ID)
	if err != nil {
		return err
	}
	body := stockBody{Currency: p.place.Currency, Version: version, Items: []stockItemBody{}}
	for _, it := range items {
		b := stockItemBody{Number: it.Number, Name: it.Name, Also: append([]string{}, it.Also...), Price: it.Price.Decimal(), Unit: it.Unit,
			Tax: strconv.FormatFloat(float64(it.TaxBP)/100, 'f', -1, 64), Category: it.Category, MinAge: it.MinAge}
		if it.Stock != nil {
			level := it.Stock.String()
			b.Stock = &level
		}
		body.Items = append(body.Items, b)
	}
	writeJSON(w, http.StatusOK, body)
	return nil
}

// putStock is PUT /v1/merchant/items/{number}/stock.
func (s *Server) putStock(w http.ResponseWriter, r *http.Request) error {
	p, err := s.own(r, placeOf(r))
	if err != nil {
		return err
	}
	var in struct {
		Stock *string `json:"stock"`
	}
	if err := readBody(w, r, &in); err != nil {
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

func (s *Server) getTokens(w http.ResponseWriter, r *http.Request) error {
	merchant, err := s.merchant(r)
	if err != nil {
		return err
	}
	tokens, err := s.Records.Tokens(r.Context(), merchant)
	if err != nil {
		return err
	}
	if tokens == nil {
		tokens = []Token{}
	}
	writeJSON(w, http.StatusOK, map[string]any{"tokens": tokens})
	return nil
}

type newTokenBody struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Token string `json:"token"` // shown this once
}

func (s *Server) addToken(w http.ResponseWriter, r *http.Request) error {
	merchant, err := s.merchant(r)
	if err != nil {
		return err
	}
	var in struct {
		Name string `json:"name"`
	}
	if err := readBody(w, r, &in); err != nil {
		return err
	}
	in.Name = clip(in.Name, 60)
	token, err := s.Records.AddToken(r.Context(), merchant, in.Name)
	if err != nil {
		return err
	}
	tokens, err := s.Records.Tokens(r.Context(), merchant)
	if err != nil {
		return err
	}
	body := newTokenBody{Name: in.Name, Token: token}
	for _, t := range tokens {
		if t.Name == in.Name {
			body.ID = t.ID // oldest first: the last of the name is the new one
		}
	}
	writeJSON(w, http.StatusCreated, body)
	return nil
}

func (s *Server) revokeToken(w http.ResponseWriter, r *http.Request) error {
	merchant, err := s.merchant(r)
	if err != nil {
		return err
	}
	if err := s.Records.RevokeToken(r.Context(), merchant, r.PathValue("id")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
