package server

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"voicetill/accounts"
	"voicetill/payments"
	"voicetill/payments/money"
	"voicetill/payments/receipts"
)

// Accounting tells shoppers and companies of their money with a merchant.
type Accounting interface {
	// Statement is of a shopper's balance, from a time until another.
	Statement(ctx context.Context, merchant, account string, c money.Currency, from, to time.Time) (payments.Statement, error)
	// Managed are the companies whose manager an account is.
	Managed(ctx context.Context, merchant, account string) ([]payments.CompanyState, error)
	// ManagedBill is for a company's manager: payments.ErrNoCompany for anybody
	// else, payments.ErrNothingBilled.
	ManagedBill(ctx context.Context, merchant, account, company, month string) (payments.CompanyBill, error)
}

type statementBody struct {
	Month    string             `json:"month"`
	Currency money.Currency     `json:"currency"`
	Opening  string             `json:"opening"`
	Closing  string             `json:"closing"`
	Rows     []statementRowBody `json:"rows"` // oldest first
}

type statementRowBody struct {
	At      time.Time       `json:"at"`
	What    string          `json:"what"`
	Receipt int64           `json:"receipt,omitempty"`
	Method  payments.Method `json:"method,omitempty"`
	Amount  string          `json:"amount"`
	Balance string          `json:"balance"`
}

// getStatement is GET /v1/account/statements/{month}: what happened to the
// balance in a month; ?format=csv or pdf.
func (s *Server) getStatement(w http.ResponseWriter, r *http.Request) error {
	a, p, err := s.shopper(r)
	if err != nil {
		return err
	}
	month := r.PathValue("month")
	from, to, ok := payments.MonthOf(month, p.zone())
	if !ok {
		return errUnacceptable
	}
	st, err := s.Records.Statement(r.Context(), p.place.Merchant, a.ID, p.place.Currency, from, to)
	if err != nil {
		return err
	}
	if format := r.FormValue("format"); format != "" && format != "json" {
		l := receipts.Statement(st, p.place.Payee, nameOf(a), clip(r.FormValue("lang"), 10), p.zone(), s.Now())
		return sendList(w, l, format, "statement-"+month)
	}
	body := statementBody{Month: month, Currency: st.Currency, Opening: st.Opening.Decimal(), Closing: st.Closing.Decimal(), Rows: []statementRowBody{}}
	for _, x := range st.Rows {
		body.Rows = append(body.Rows, statementRowBody{x.At, x.What, x.Receipt, x.Method, x.Amount.Decimal(), x.Balance.Decimal()})
	}
	writeJSON(w, http.StatusOK, body)
	return nil
}

// nameOf is what an account is called by: its number, or its e-mail.
func nameOf(a accounts.Account) string {
	if a.Number != "" {
		return a.Number
	}
	return a.Email
}

// sendList sends a list as a file: "csv" or "pdf".
func sendList(w http.ResponseWriter, l receipts.List, format, name string) error {
	kind, draw := "text/csv; charset=utf-8", l.CSV
	switch format {
	case "csv":
	case "pdf":
		kind, draw = "application/pdf", l.PDF
	default:
		return errUnacceptable
	}
	data, err := draw()
	if err != nil {
		return err
	}
	sendFile(w, kind, name+"."+format, data)
	return nil
}

type companyStateBody struct {
	ID       string            `json:"id"`
	Name     string            `json:"name"`
	Email    string            `json:"email,omitempty"` // where its bills go
	Owed     string            `json:"owed"`
	Limit    string            `json:"limit"`
	Currency money.Currency    `json:"currency"`
	Bills    []companyHeadBody `json:"bills"` // latest first
}

type companyHeadBody struct {
	Month  string    `json:"month"`
	Total  string    `json:"total"`
	Paid   string    `json:"paid"`
	Left   string    `json:"left"`
	Issued time.Time `json:"issued"`
	Due    time.Time `json:"due"`
}

func companyStateOf(c payments.CompanyState) companyStateBody {
	body := companyStateBody{ID: c.Company.ID, Name: c.Company.Name, Email: c.Company.Email, Owed: c.Owed.Decimal(), Limit: c.Company.Limit.Decimal(),
		Currency: c.Company.Limit.Currency, Bills: []companyHeadBody{}}
	for _, h := range c.Bills {
		body.Bills = append(body.Bills, companyHeadBody{h.Month, h.Total.Decimal(), h.Paid.Decimal(), h.Left().Decimal(), h.Issued, h.Due})
	}
	return body
}

// getManaged is GET /v1/account/companies: those whose manager is signed in.
func (s *Server) getManaged(w http.ResponseWriter, r *http.Request) error {
	a, p, err := s.shopper(r)
	if err != nil {
		return err
	}
	list, err := s.Records.Managed(r.Context(), p.place.Merchant, a.ID)
	if err != nil {
		return err
	}
	body := []companyStateBody{}
	for _, c := range list {
		body = append(body, companyStateOf(c))
	}
	writeJSON(w, http.StatusOK, map[string]any{"companies": body})
	return nil
}

// getManagedBill is GET /v1/account/companies/{id}/bills/{month}: ?format=csv or
// pdf.
func (s *Server) getManagedBill(w http.ResponseWriter, r *http.Request) error {
	a, p, err := s.shopper(r)
	if err != nil {
		return err
	}
	b, err := s.Records.ManagedBill(r.Context(), p.place.Merchant, a.ID, r.PathValue("id"), r.PathValue("month"))
	if err != nil {
		return err
	}
	return s.sendCompanyBill(w, r, p, b)
}

// sendCompanyBill sends a company's bill as JSON, CSV or PDF.
func (s *Server) sendCompanyBill(w http.ResponseWriter, r *http.Request, p *shop, b payments.CompanyBill) error {
	format := r.FormValue("format")
	if format == "" || format == "json" {
		writeJSON(w, http.StatusOK, b)
		return nil
	}
	bill, err := receipts.NewCompanyBill(b, p.place.Payee, func(account string) (string, error) {
		a, err := s.Records.Account(r.Context(), account)
		return strings.TrimSpace(a.Name + " " + a.Number), err
	})
	if err != nil {
		return err
	}
	return sendList(w, bill.List(clip(r.FormValue("lang"), 10), p.zone()), format, "bill-"+b.Month)
}

// searched is how many receipts a search looks at for one page.
const searched = 2000

// find returns the account's receipts before one that a query fits, newest
// first, at most limit, and where the next page begins if there may be more.
func (s *Server) find(ctx context.Context, account, query string, before payments.Receipt, limit int) (found []payments.Receipt, next string, err error) {
	query = strings.ToLower(strings.TrimSpace(query))
	for looked := 0; looked < searched; {
		page := maxHistoryPage
		if query == "" {
			page = limit + 1 // one more tells whether there is more
		}
		list, err := s.Records.History(ctx, account, before, page)
		if err != nil {
			return nil, "", err
		}
		for _, x := range list {
			if len(found) == limit {
				return found, cursor(before), nil
			}
			if before = x; fits(x, query) {
				found = append(found, x)
			}
		}
		if looked += len(list); len(list) < page {
			return found, "", nil
		}
	}
	return found, cursor(before), nil
}

// fits reports whether what is typed is in the number, the shop, the total, the
// day or a line of a receipt.
func fits(r payments.Receipt, query string) bool {
	if query == "" {
		return true
	}
	texts := []string{strconv.FormatInt(r.No, 10), r.Payee, r.Total.Decimal(), r.Paid.UTC().Format("2006-01-02"), string(r.Method)}
	for _, l := range r.Lines {
		texts = append(texts, l.Name, l.Item)
	}
	for _, text := range texts {
		if strings.Contains(strings.ToLower(text), query) {
			return true
		}
	}
	return false
}
