package server

import (
	"net/http"
	"time"

	"voicetill/accounts"
	"voicetill/payments"
	"voicetill/payments/money"
)

// mandateBody is a mandate as its holder sees it.
type mandateBody struct {
	ID        string          `json:"id"`
	Place     string          `json:"place"` // "": all places of the merchant
	Method    payments.Method `json:"method"`
	Currency  money.Currency  `json:"currency"`
	Once      string          `json:"once"`
	Day       string          `json:"day"`   // "": no limit of its own
	Month     string          `json:"month"` // "": likewise
	Plates    []string        `json:"plates"`
	Made      time.Time       `json:"made"`
	Until     *time.Time      `json:"until"`   // null: until it is revoked
	Revoked   *time.Time      `json:"revoked"` // null: in force
	Active    bool            `json:"active"`
	Today     string          `json:"today"` // deducted today, by the place's clock
	ThisMonth string          `json:"this_month"`
	Token     string          `json:"token,omitempty"` // that gates know the holder by, shown this once
}

func showMandate(m payments.Mandate, used payments.MandateUse, now time.Time) mandateBody {
	body := mandateBody{ID: m.ID, Place: m.Place, Method: m.Method, Currency: m.Once.Currency, Once: m.Once.Decimal(),
		Day: limitText(m.Day), Month: limitText(m.Month), Plates: append([]string{}, m.Plates...), Made: m.Made,
		Active: m.InForce(now), Today: used.Today.Decimal(), ThisMonth: used.Month.Decimal()}
	if !m.Until.IsZero() {
		body.Until = &m.Until
	}
	if !m.Revoked.IsZero() {
		body.Revoked = &m.Revoked
	}
	return body
}

func limitText(a money.Amount) string {
	if a.Minor == 0 {
		return ""
	}
	return a.Decimal()
}

// getMandates is GET /v1/account/mandates: what the signed-in shopper allows this
// merchant, newest first.
func (s *Server) getMandates(w http.ResponseWriter, r *http.Request) error {
	a, p, err := s.shopper(r)
	if err != nil {
		return err
	}
	list, err := s.Cashier.Mandates(r.Context(), p.place.Merchant, a.ID)
	if err != nil {
		return err
	}
	bodies := []mandateBody{}
	for _, m := range list {
		used, err := s.Cashier.MandateUse(r.Context(), m, p.place.ID)
		if err != nil {
			return err
		}
		bodies = append(bodies, showMandate(m, used, s.Now()))
	}
	writeJSON(w, http.StatusOK, map[string]any{"mandates": bodies})
	return nil
}

// allowBody asks for a mandate.
type allowBody struct {
	All      bool            `json:"all"`    // at all places of the merchant, not only this one
	Method   payments.Method `json:"method"` // "": prepaid
	Once     string          `json:"once"`   // decimal
	Day      string          `json:"day"`    // "": no limit of its own
	Month    string          `json:"month"`
	Until    *time.Time      `json:"until"`
	Plates   []string        `json:"plates"`
	Password string          `json:"password"`
}

// mandate reads the amounts, or returns payments.ErrMandate.
func (b allowBody) mandate(c money.Currency) (m payments.Mandate, err error) {
	m = payments.Mandate{Method: b.Method, Plates: b.Plates}
	if m.Method == "" {
		m.Method = payments.Prepaid
	}
	if b.Until != nil {
		m.Until = b.Until.UTC().Truncate(time.Microsecond)
	}
	for _, f := range []struct {
		text string
		into *money.Amount
	}{{b.Once, &m.Once}, {b.Day, &m.Day}, {b.Month, &m.Month}} {
		*f.into = c.Zero()
		if f.text == "" {
			continue
		}
		if *f.into, err = money.Parse(f.text, c); err != nil {
			return m, payments.ErrMandate
		}
	}
	return m, nil
}

// addMandate is POST /v1/account/mandates: proved by the password, since it will
// stand in its place.
func (s *Server) addMandate(w http.ResponseWriter, r *http.Request) error {
	a, p, err := s.shopper(r)
	if err != nil {
		return err
	}
	var in allowBody
	if err := readBody(w, r, &in); err != nil {
		return err
	}
	m, err := in.mandate(p.place.Currency)
	if err != nil {
		return err
	}
	m.Merchant, m.Account = p.place.Merchant, a.ID
	if !in.All {
		m.Place = p.place.ID
	}
	address, _ := clientAddress(r)
	m, token, err := s.Cashier.Allow(r.Context(), m, p.place.ID, address, accounts.Proof{Factor: accounts.Password, Secret: in.Password})
	if err != nil {
		return err
	}
	zero := p.place.Currency.Zero()
	body := showMandate(m, payments.MandateUse{Today: zero, Month: zero}, s.Now())
	body.Token = token
	writeJSON(w, http.StatusCreated, body)
	return nil
}

// revokeMandate is DELETE /v1/account/mandates/{id}: at once, and without a
// password.
func (s *Server) revokeMandate(w http.ResponseWriter, r *http.Request) error {
	a, p, err := s.shopper(r)
	if err != nil {
		return err
	}
	if err := s.Cashier.Revoke(r.Context(), p.place.Merchant, a.ID, r.PathValue("id")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
