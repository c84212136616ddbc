// Package receipts draws receipts: as text, HTML, PDF and the bytes of a
// thermal printer. It opens no sockets and knows no database.
package receipts

import (
	"strconv"
	"time"

	"voicetill/payments"
)

// Options say how a receipt is to look.
type Options struct {
	Lang  string         // "en", "zh"; "": the buyer's
	Copy  bool           // it was issued before
	Base  string         // address of the till, "https://till.example"; "": no link
	Place string         // name of the place; "": its id
	Zone  *time.Location // of the place; nil: UTC
	Pass  bool           // draw the exit pass, if the receipt has one
}

// Document is a receipt in words, ready to be laid out. Amounts are decimals
// of Currency.
type Document struct {
	Lang     string
	No       int64
	Title    string // "Receipt 12"
	Refund   bool
	TopUp    bool   // a payment into a balance, or its refund: no lines, no tax
	Copy     string // "COPY", or ""
	Shop     string
	Currency string
	Facts    []Fact
	Lines    []Row
	TaxHead  TaxRow
	Tax      []TaxRow
	Total    Fact
	Pass     string // token of the exit pass, "": none
	PassHint string
	Link     string // "": none
	Thanks   string
	Made     time.Time // when the receipt was issued
}

// Fact is one thing to know, with its name.
type Fact struct{ Name, Value string }

// Row is one line of the bill.
type Row struct {
	Item   string // its number; may be empty
	Name   string // with its options
	Detail string // "1203 · 3 × 2.49"
	Total  string
}

// TaxRow is the tax at one rate.
type TaxRow struct{ Rate, Net, Tax, Gross string }

// New puts a receipt into words.
func New(r payments.Receipt, o Options) Document {
	if o.Lang == "" {
		o.Lang = r.Buyer.Lang
	}
	w := wordsOf(o.Lang)
	d := Document{Lang: w.lang, No: r.No, Title: w.receipt(r.No), Shop: plain(r.Payee), Currency: string(r.Currency), Facts: facts(r, o, w),
		Total: Fact{w.total, string(r.Currency) + " " + r.Total.Decimal()}, TaxHead: TaxRow{w.rate, w.net, w.tax, w.gross},
		Thanks: w.thanks, Made: r.Paid}
	d.TopUp, d.Refund = r.Kind == payments.TopUp, r.RefundOf != 0
	switch {
	case d.Refund:
		d.Title, d.Total.Name, d.Thanks = w.refund(r.No), w.refunded, ""
	case d.TopUp:
		d.Title, d.Total.Name, d.Thanks = w.topUp(r.No), w.paidIn, w.topUpThanks
	}
	if o.Copy {
		d.Copy = w.copy
	}
	if o.Base != "" {
		d.Link = o.Base + r.URL()
	}
	if o.Pass && r.Pass != "" {
		d.Pass, d.PassHint = r.Pass, w.passHint
	}
	view := r.View()
	for _, l := range view.Lines {
		d.Lines = append(d.Lines, row(l))
	}
	for _, t := range view.Tax {
		d.Tax = append(d.Tax, TaxRow{t.Rate + " %", t.Net, t.Tax, t.Gross})
	}
	return d
}

func row(l payments.LineView) Row {
	name := plain(l.Name)
	for _, group := range sorted(l.Options) {
		name += ", " + plain(l.Options[group])
	}
	quantity := l.Quantity
	if l.Unit != "" && l.Unit != "each" {
		quantity += " " + plain(l.Unit)
	}
	detail := quantity + " × " + l.Price
	if l.Item != "" {
		detail = plain(l.Item) + " · " + detail
	}
	return Row{Item: plain(l.Item), Name: name, Detail: detail, Total: l.Total}
}

// facts are the number of what is refunded, the time, how it was paid and how
// that was proven.
func facts(r payments.Receipt, o Options, w words) []Fact {
	zone := o.Zone
	if zone == nil {
		zone = time.UTC
	}
	place := o.Place
	if place == "" {
		place = r.Place
	}
	f := []Fact{{w.time, r.Paid.In(zone).Format("2006-01-02 15:04 MST")}, {w.place, plain(place)}}
	if r.RefundOf != 0 {
		f = append(f, Fact{w.refundOf, strconv.FormatInt(r.RefundOf, 10)})
		if r.Reason != "" {
			f = append(f, Fact{w.reason, plain(r.Reason)})
		}
	}
	f = append(f, Fact{w.method, named(w.methods, string(r.Method))})
	if r.Proven != "" {
		f = append(f, Fact{w.proven, named(w.factors, r.Proven)})
	}
	return f
}
