package server

import (
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"voicetill/payments"
	"voicetill/payments/deliver"
	"voicetill/payments/money"
)

const historyPage, maxHistoryPage = 20, 100

type historyBody struct {
	Receipts []foundBody `json:"receipts"`
	Next     string      `json:"next,omitempty"` // the "before" of the next page
}

type foundBody struct {
	No       int64          `json:"no"`
	Payee    string         `json:"payee"`
	Paid     time.Time      `json:"paid"`
	Total    string         `json:"total"`
	Currency money.Currency `json:"currency"`
	RefundOf int64          `json:"refund_of,omitempty"`
	Payer    bool           `json:"payer"` // the account paid
	URL      string         `json:"url"`

	Kind   payments.Kind   `json:"kind,omitempty"` // "topup"
	Method payments.Method `json:"method"`
}

// accountReceipts is GET /v1/account/receipts: the signed-in shopper's, newest
// first, a page at a time; ?q= finds by number, shop, day, total or item.
func (s *Server) accountReceipts(w http.ResponseWriter, r *http.Request) error {
	ctx, err := s.webSession(r)
	if err != nil {
		return err
	}
	account := s.sessions.GetString(ctx, keyShopper)
	if account == "" {
		return errSignIn
	}
	before, err := readCursor(r.FormValue("before"))
	if err != nil {
		return err
	}
	limit, err := strconv.Atoi(r.FormValue("limit"))
	if err != nil || limit < 1 {
		limit = historyPage
	}
	limit = min(limit, maxHistoryPage)
	body := historyBody{Receipts: []foundBody{}}
	list, next, err := s.find(r.Context(), account, clip(r.FormValue("q"), 100), before, limit)
	if err != nil {
		return err
	}
	body.Next = next
	for _, x := range list {
		body.Receipts = append(body.Receipts, foundBody{x.No, x.Payee, x.Paid, x.Total.Decimal(), x.Currency, x.RefundOf, x.Account == account, x.URL(), x.Kind, x.Method})
	}
	writeJSON(w, http.StatusOK, body)
	return nil
}

// cursor names a receipt by time and id.
func cursor(r payments.Receipt) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(r.Paid.UnixMicro(), 10) + " " + r.ID))
}

func readCursor(s string) (r payments.Receipt, err error) {
	if s == "" {
		return r, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(s)
	at, id, ok := strings.Cut(string(text), " ")
	us, err2 := strconv.ParseInt(at, 10, 64)
	if err != nil || err2 != nil || !ok || id == "" || len(s) > 100 {
		return r, errUnacceptable
	}
	r.Paid, r.ID = time.UnixMicro(us), id
	return r, nil
}

type merchantReceiptBody struct {
	payments.ReceiptView
	Deliveries []deliver.Status `json:"deliveries"`
}

// merchantReceipt is GET /v1/merchant/receipts/{no}: a merchant's by its
// number, and where it went. It has no exit pass: that is the shopper's.
func (s *Server) merchantReceipt(w http.ResponseWriter, r *http.Request) error {
	merchant, err := s.merchant(r)
	if err != nil {
		return err
	}
	no, err := strconv.ParseInt(r.PathValue("no"), 10, 64)
	if err != nil {
		return payments.ErrNoReceipt
	}
	receipt, err := s.Records.ReceiptByNo(r.Context(), merchant, no)
	if err != nil {
		return err
	}
	body := merchantReceiptBody{ReceiptView: receipt.View()}
	if body.Deliveries, err = s.Records.Deliveries(r.Context(), merchant, receipt.ID); err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, body)
	return nil
}

// maxCSV is how many receipts one file has at most.
const maxCSV = 100_000

// listReceipts is GET /v1/merchant/receipts: a page of a place's, or a file.
func (s *Server) listReceipts(w http.ResponseWriter, r *http.Request) error {
	p, err := s.own(r, placeOf(r))
	if err != nil {
		return err
	}
	ask := readListAsk(r)
	f := payments.ReceiptFind{Text: ask.q, Kind: payments.ReceiptKind(r.FormValue("kind")), By: ask.sort, Down: ask.down, Offset: ask.offset, Limit: ask.limit}
	if a, err := money.Parse(ask.q, p.place.Currency); err == nil {
		f.Minor = a.Minor
	}
	if f.From, err = timeOf(r, "from", f.From); err != nil {
		return err
	}
	if f.To, err = timeOf(r, "to", f.To); err != nil {
		return err
	}
	if ask.csv {
		return s.receiptsCSV(w, r, p.place.ID, f)
	}
	list, total, err := s.Records.Receipts(r.Context(), p.place.ID, f)
	if err != nil {
		return err
	}
	rows := make([]saleBody, len(list))
	for i, x := range list {
		rows[i] = saleOf(x)
	}
	writeJSON(w, http.StatusOK, map[string]any{"currency": p.place.Currency, "receipts": rows, "total": total})
	return nil
}

func (s *Server) receiptsCSV(w http.ResponseWriter, r *http.Request, place string, f payments.ReceiptFind) error {
	rows := [][]string{{"no", "paid", "items", "total", "currency", "method", "refund_of"}}
	f.Limit, f.Page = reportPage, true
	for f.Offset = 0; f.Offset < maxCSV; f.Offset += reportPage {
		list, _, err := s.Records.Receipts(r.Context(), place, f)
		if err != nil {
			return err
		}
		for _, x := range list {
			b, of := saleOf(x), ""
			if b.RefundOf != 0 {
				of = strconv.FormatInt(b.RefundOf, 10)
			}
			rows = append(rows, []string{strconv.FormatInt(b.No, 10), b.At.UTC().Format(time.RFC3339), strconv.Itoa(b.Items), b.Total, string(x.Currency), string(b.Method), of})
		}
		if len(list) < reportPage {
			break
		}
	}
	return writeCSV(w, "receipts-"+place+".csv", rows)
}

type printingBody struct {
	Print   string `json:"print"`   // "never", "ask", "always"
	Printer bool   `json:"printer"` // this till has one for the place
}

// getPrinting is GET /v1/merchant/printing.
func (s *Server) getPrinting(w http.ResponseWriter, r *http.Request) error {
	p, err := s.own(r, placeOf(r))
	if err != nil {
		return err
	}
	print, err := s.Records.Printing(r.Context(), p.place.ID)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, printingBody{print, s.Delivering.Prints != nil && s.Delivering.Prints(p.place.ID)})
	return nil
}

// putPrinting is PUT /v1/merchant/printing.
func (s *Server) putPrinting(w http.ResponseWriter, r *http.Request) error {
	p, err := s.own(r, placeOf(r))
	if err != nil {
		return err
	}
	var in printingBody
	if err := readBody(w, r, &in); err != nil {
		return err
	}
	if err := s.Records.SetPrinting(r.Context(), p.place.ID, in.Print); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

var (
	errNoMail  = errors.New("this till sends no mail")
	errNoPaper = errors.New("this receipt cannot be printed here, or not any more")
	// ErrSentOften refuses to send a receipt once more for now.
	ErrSentOften = errors.New("the receipt was sent three times within the hour: look for it there first")
	// ErrPrinting refuses an unknown setting.
	ErrPrinting = errors.New("a place prints never, ask or always")
)
