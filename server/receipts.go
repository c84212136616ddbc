package server

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"voicetill/payments"
	"voicetill/payments/deliver"
	"voicetill/payments/receipts"
)

// Papers finds receipts and brings them to people. A missing one is
// payments.ErrNoReceipt.
type Papers interface {
	// History is what an account bought or paid, newest first, before another
	// receipt by time and id; an empty one is the end of time.
	History(ctx context.Context, account string, before payments.Receipt, limit int) ([]payments.Receipt, error)
	ReceiptByNo(ctx context.Context, merchant string, no int64) (payments.Receipt, error)
	Deliveries(ctx context.Context, merchant, receipt string) ([]deliver.Status, error)
	// Resend returns ErrSentOften, and sends nothing, if a recipient was to have
	// the receipt as often as most since a time.
	Resend(ctx context.Context, r payments.Receipt, kind deliver.Kind, to []string, at, since time.Time, most int) error
	// Printing is "never", "ask" or "always".
	Printing(ctx context.Context, place string) (string, error)
	// SetPrinting returns ErrPrinting for any other word.
	SetPrinting(ctx context.Context, place, print string) error
}

// Delivering is what this till can do with a receipt besides showing it.
type Delivering struct {
	Base   string                  // address of the till, for links; "": none
	Public string                  // Base where the operator has given it; "": that of whatever page is open
	Mail   bool                    // there is a mail server
	Prints func(place string) bool // there is a printer; nil: nowhere
}

const (
	resendWithin = time.Hour
	resendMost   = 3 // in that time, the first one included
)

type receiptBody struct {
	payments.ReceiptView
	At    time.Time `json:"at"`
	Mail  bool      `json:"mail"`  // POST …/send would mail it
	Paper bool      `json:"paper"` // POST …/print would print it

	Names chineseNames `json:"names,omitempty"`
}

// getReceipt is GET /v1/receipt/{token}, the data of /receipt/{token}; with
// .pdf or .escpos after the token, the receipt as that.
func (s *Server) getReceipt(w http.ResponseWriter, r *http.Request) error {
	token := r.PathValue("token")
	if link, ok := strings.CutSuffix(token, ".pdf"); ok {
		return s.getPDF(w, r, link)
	}
	if link, ok := strings.CutSuffix(token, ".escpos"); ok {
		return s.getESCPOS(w, r, link)
	}
	receipt, err := s.Cashier.ReceiptByLink(r.Context(), token)
	if err != nil {
		return err
	}
	paper, err := s.printable(r.Context(), receipt)
	if err != nil {
		return err
	}
	p, err := s.shelves.shop(r.Context(), receipt.Place)
	if err != nil {
		return err
	}
	view := receipt.View()
	writeJSON(w, http.StatusOK, receiptBody{view, receipt.Paid, s.Delivering.Mail, paper, namesOfLines(p.current().index, view.Lines)})
	return nil
}

// document is a copy of the receipt: the original went out by itself.
func (s *Server) document(r *http.Request, link string) (d receipts.Document, err error) {
	receipt, err := s.Cashier.ReceiptByLink(r.Context(), link)
	if err != nil {
		return d, err
	}
	place, err := s.Records.Place(r.Context(), receipt.Place)
	if err != nil {
		return d, err
	}
	return receipts.New(receipt, receipts.Options{Lang: clip(r.FormValue("lang"), 10), Copy: true, Base: s.Delivering.Base,
		Place: place.Name, Zone: place.Zone, Pass: s.Now().Before(receipt.Paid.Add(payments.PassLife))}), nil
}

func (s *Server) getPDF(w http.ResponseWriter, r *http.Request, link string) error {
	size := receipts.Size(r.FormValue("size"))
	if size == "" {
		size = receipts.A4
	}
	if size != receipts.A4 && size != receipts.Roll {
		return errUnacceptable
	}
	d, err := s.document(r, link)
	if err != nil {
		return err
	}
	data, err := d.PDF(size)
	if err != nil {
		return err
	}
	sendFile(w, "application/pdf", "receipt-"+strconv.FormatInt(d.No, 10)+".pdf", data)
	return nil
}

func (s *Server) getESCPOS(w http.ResponseWriter, r *http.Request, link string) error {
	d, err := s.document(r, link)
	if err != nil {
		return err
	}
	data, err := d.ESCPOS()
	if err != nil {
		return err
	}
	sendFile(w, "application/octet-stream", "receipt-"+strconv.FormatInt(d.No, 10)+".escpos", data)
	return nil
}

func sendFile(w http.ResponseWriter, kind, name string, data []byte) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `inline; filename="`+name+`"`)
	h.Set("Cache-Control", "private, no-store")
	h.Set("Content-Length", strconv.Itoa(len(data)))
	_, _ = w.Write(data) // the client may be gone
}

// sendReceipt is POST /v1/receipt/{token}/send: mails it once more, to the
// addresses that its accounts have and to no other.
func (s *Server) sendReceipt(w http.ResponseWriter, r *http.Request) error {
	receipt, err := s.Cashier.ReceiptByLink(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	if !s.Delivering.Mail {
		return errNoMail
	}
	return s.resend(w, r, receipt, deliver.Mail, receipt.Holders())
}

// printReceipt is POST /v1/receipt/{token}/print: on the paper of its place,
// while its buyer may still stand there.
func (s *Server) printReceipt(w http.ResponseWriter, r *http.Request) error {
	receipt, err := s.Cashier.ReceiptByLink(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	paper, err := s.printable(r.Context(), receipt)
	if err != nil {
		return err
	}
	if !paper {
		return errNoPaper
	}
	return s.resend(w, r, receipt, deliver.Print, []string{receipt.Place})
}

func (s *Server) resend(w http.ResponseWriter, r *http.Request, receipt payments.Receipt, kind deliver.Kind, to []string) error {
	now := s.Now().UTC()
	if err := s.Records.Resend(r.Context(), receipt, kind, to, now, now.Add(-resendWithin), resendMost); err != nil {
		return err
	}
	w.WriteHeader(http.StatusAccepted)
	return nil
}

// printable reports whether a receipt can be printed where it was bought.
func (s *Server) printable(ctx context.Context, r payments.Receipt) (bool, error) {
	if s.Delivering.Prints == nil || !s.Delivering.Prints(r.Place) || !s.Now().Before(r.Paid.Add(payments.PassLife)) {
		return false, nil
	}
	print, err := s.Records.Printing(ctx, r.Place)
	return err == nil && print != "never", err
}
