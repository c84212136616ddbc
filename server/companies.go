package server

import (
	"context"
	"net/http"
	"strings"
	"time"

	"voicetill/payments"
	"voicetill/payments/money"
)

// Companies are billed by the month. Unknown ones are payments.ErrNoCompany.
type Companies interface {
	CompanyStates(ctx context.Context, merchant string) ([]payments.CompanyState, error)
	Company(ctx context.Context, merchant, id string) (payments.Company, error)
	// SaveCompany adds or changes; payments.ErrCompany.
	SaveCompany(ctx context.Context, c payments.Company) (id string, err error)
	Members(ctx context.Context, merchant, company string) ([]payments.Member, error)
	AddMember(ctx context.Context, merchant string, m payments.Member) error
	DropMember(ctx context.Context, merchant string, m payments.Member) error
	// BillCompany makes the bill of a month that is over, once; payments.ErrMonthRuns.
	BillCompany(ctx context.Context, merchant, company, month string) (payments.CompanyBill, error)
	// CompanyBillOf is one that was made; payments.ErrNothingBilled.
	CompanyBillOf(ctx context.Context, merchant, company, month string) (payments.CompanyBill, error)
	// PayCompanyBill books a payment once per key; payments.ErrOtherAmount, ErrBillKey.
	PayCompanyBill(ctx context.Context, merchant, company, month, key string, a money.Amount) error
}

// companyRoutes are the merchant's.
func (s *Server) companyRoutes() map[string]handler {
	return map[string]handler{
		"GET /v1/merchant/companies":                              s.getCompanies,
		"PUT /v1/merchant/companies":                              s.putCompany,
		"GET /v1/merchant/companies/{id}/members":                 s.getMembers,
		"PUT /v1/merchant/companies/{id}/members":                 s.putMember,
		"DELETE /v1/merchant/companies/{id}/members/{account}":    s.dropMember,
		"POST /v1/merchant/companies/{id}/bills":                  s.billCompany,
		"GET /v1/merchant/companies/{id}/bills/{month}":           s.getCompanyBill,
		"POST /v1/merchant/companies/{id}/bills/{month}/payments": s.payCompanyBill,
	}
}

// getCompanies is GET /v1/merchant/companies: by name, with their bills.
func (s *Server) getCompanies(w http.ResponseWriter, r *http.Request) error {
	p, err := s.own(r, placeOf(r))
	if err != nil {
		return err
	}
	list, err := s.Records.CompanyStates(r.Context(), p.place.Merchant)
	if err != nil {
		return err
	}
	body := []companyStateBody{}
	for _, c := range list {
		body = append(body, companyStateOf(c))
	}
	writeJSON(w, http.StatusOK, map[string]any{"companies": body, "currency": p.place.Currency})
	return nil
}

type companyBody struct {
	ID    string  `json:"id"` // "": a new one
	Name  string  `json:"name"`
	Email *string `json:"email"` // for its bills, "": none; absent: as it is
	Limit string  `json:"limit"` // that may be owed
	Due   int     `json:"due"`   // days from a bill's issue
}

// putCompany is PUT /v1/merchant/companies: adds one, or changes the one with
// the id.
func (s *Server) putCompany(w http.ResponseWriter, r *http.Request) error {
	p, err := s.own(r, placeOf(r))
	if err != nil {
		return err
	}
	var in companyBody
	if err := readBody(w, r, &in); err != nil {
		return err
	}
	limit, err := amountIn("limit", in.Limit, p.place.Currency, 1, payments.ErrCompany)
	if err != nil {
		return err
	}
	if strings.TrimSpace(in.Name) == "" {
		return inField("name", payments.ErrCompany)
	}
	if in.ID != "" { // a mistyped id is no new company
		if _, err = s.Records.Company(r.Context(), p.place.Merchant, in.ID); err != nil {
			return err
		}
	}
	c := payments.Company{ID: in.ID, Merchant: p.place.Merchant, Name: clip(in.Name, 200), Limit: limit, DueDays: in.Due, KeepEmail: in.Email == nil}
	if in.Email != nil {
		if c.Email = strings.TrimSpace(*in.Email); c.Email != "" && !isEmail(c.Email) {
			return inField("email", payments.ErrCompany)
		}
	}
	id, err := s.Records.SaveCompany(r.Context(), c)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, map[string]string{"id": id})
	return nil
}

type memberBody struct {
	Account string `json:"account"` // number or e-mail
	Name    string `json:"name,omitempty"`
	Once    string `json:"once"`  // limit of one purchase; "": the company's alone
	Month   string `json:"month"` // of a calendar month; "": likewise
	Manager bool   `json:"manager"`
}

// getMembers is GET /v1/merchant/companies/{id}/members.
func (s *Server) getMembers(w http.ResponseWriter, r *http.Request) error {
	merchant, err := s.merchant(r)
	if err != nil {
		return err
	}
	list, err := s.Records.Members(r.Context(), merchant, r.PathValue("id"))
	if err != nil {
		return err
	}
	body := []memberBody{}
	for _, m := range list {
		a, err := s.Records.Account(r.Context(), m.Account)
		if err != nil {
			return err
		}
		body = append(body, memberBody{Account: nameOf(a), Name: a.Name, Once: decimalOf(m.Once), Month: decimalOf(m.Month), Manager: m.Manager})
	}
	writeJSON(w, http.StatusOK, map[string]any{"members": body})
	return nil
}

func decimalOf(a *money.Amount) string {
	if a == nil {
		return ""
	}
	return a.Decimal()
}

// putMember is PUT /v1/merchant/companies/{id}/members: adds one, or changes its
// limits.
func (s *Server) putMember(w http.ResponseWriter, r *http.Request) error {
	p, err := s.own(r, placeOf(r))
	if err != nil {
		return err
	}
	var in memberBody
	if err := readBody(w, r, &in); err != nil {
		return err
	}
	a, err := s.Records.Account(r.Context(), in.Account)
	if err != nil {
		return inField("account", err)
	}
	m := payments.Member{Company: r.PathValue("id"), Account: a.ID, Manager: in.Manager}
	for _, l := range []struct {
		field, text string
		into        **money.Amount
	}{{"once", in.Once, &m.Once}, {"month", in.Month, &m.Month}} {
		if l.text == "" {
			continue
		}
		amount, err := amountIn(l.field, l.text, p.place.Currency, 0, payments.ErrCompany)
		if err != nil {
			return err
		}
		*l.into = &amount
	}
	if err := s.Records.AddMember(r.Context(), p.place.Merchant, m); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// dropMember is DELETE /v1/merchant/companies/{id}/members/{account}.
func (s *Server) dropMember(w http.ResponseWriter, r *http.Request) error {
	merchant, err := s.merchant(r)
	if err != nil {
		return err
	}
	a, err := s.Records.Account(r.Context(), r.PathValue("account"))
	if err != nil {
		return err
	}
	if err := s.Records.DropMember(r.Context(), merchant, payments.Member{Company: r.PathValue("id"), Account: a.ID}); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// billCompany is POST /v1/merchant/companies/{id}/bills: of a month that is over;
// again it is the first bill.
func (s *Server) billCompany(w http.ResponseWriter, r *http.Request) error {
	merchant, err := s.merchant(r)
	if err != nil {
		return err
	}
	var in struct {
		Month string `json:"month"`
	}
	if err := readBody(w, r, &in); err != nil {
		return err
	}
	if _, _, ok := payments.MonthOf(in.Month, time.UTC); !ok {
		return inField("month", errUnacceptable)
	}
	b, err := s.Records.BillCompany(r.Context(), merchant, r.PathValue("id"), in.Month)
	if err != nil {
		return inField("month", err)
	}
	writeJSON(w, http.StatusOK, b)
	return nil
}

// getCompanyBill is GET /v1/merchant/companies/{id}/bills/{month}: ?format=csv
// or pdf.
func (s *Server) getCompanyBill(w http.ResponseWriter, r *http.Request) error {
	p, err := s.own(r, placeOf(r))
	if err != nil {
		return err
	}
	b, err := s.Records.CompanyBillOf(r.Context(), p.place.Merchant, r.PathValue("id"), r.PathValue("month"))
	if err != nil {
		return err
	}
	return s.sendCompanyBill(w, r, p, b)
}

// payCompanyBill is POST /v1/merchant/companies/{id}/bills/{month}/payments:
// whole or in part, once per key.
func (s *Server) payCompanyBill(w http.ResponseWriter, r *http.Request) error {
	p, err := s.own(r, placeOf(r))
	if err != nil {
		return err
	}
	var in struct {
		Amount string `json:"amount"`
		Key    string `json:"key"`
	}
	if err := readBody(w, r, &in); err != nil {
		return err
	}
	amount, err := amountIn("amount", in.Amount, p.place.Currency, 1, payments.ErrOtherAmount)
	if err != nil {
		return err
	}
	if in.Key == "" || len(in.Key) > maxKey {
		return inField("key", payments.ErrOtherAmount)
	}
	if err := s.Records.PayCompanyBill(r.Context(), p.place.Merchant, r.PathValue("id"), r.PathValue("month"), in.Key, amount); err != nil {
		return inField("amount", err)
	}
	b, err := s.Records.CompanyBillOf(r.Context(), p.place.Merchant, r.PathValue("id"), r.PathValue("month"))
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, map[string]any{"total": b.Total.Decimal(), "received": b.Received.Decimal(), "currency": b.Currency})
	return nil
}
