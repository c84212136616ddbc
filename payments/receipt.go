package payments

import (
	"fmt"
	"strconv"
	"time"

	"voicetill/payments/money"
)

// Receipt proves a sale, or a refund: its quantities and amounts are below
// zero. Numbers of one merchant are 1, 2, 3, … without gaps.
type Receipt struct {
	ID       string         `json:"id"`
	No       int64          `json:"no"`
	Kind     Kind           `json:"kind,omitempty"` // of its bill
	Merchant string         `json:"merchant"`
	Place    string         `json:"place"`
	Payee    string         `json:"payee"`
	Bill     string         `json:"bill"`
	Version  int            `json:"version"`
	Account  string         `json:"account"` // id of who paid
	Buyer    Buyer          `json:"buyer,omitzero"`
	Currency money.Currency `json:"currency"`
	Lines    []Line         `json:"lines"`
	Tax      []Tax          `json:"tax"`
	Total    money.Amount   `json:"total"`
	Method   Method         `json:"method"`
	Proven   string         `json:"proven"` // the proof's factor
	Paid     time.Time      `json:"paid"`
	Link     string         `json:"link"`                // path element of its address
	PassID   string         `json:"pass_id"`             // see Pass
	RefundOf int64          `json:"refund_of,omitempty"` // number of the receipt that is refunded
	Reason   string         `json:"reason,omitempty"`    // of a refund
	Exit     Pass           `json:"-"`                   // the exit pass of now, from the store: id, gates, replaces, issued
	Pass     string         `json:"-"`                   // token of the exit pass, set by Service
}

// Check says whether a receipt adds up: lines, where it has any, and taxes to
// its total. ErrOrder if not.
func (r Receipt) Check() error {
	gross, lines := r.Currency.Zero(), r.Currency.Zero()
	var err error
	for _, t := range r.Tax {
		if net, e := t.Gross.Sub(t.Tax); e != nil || net != t.Net {
			return fmt.Errorf("%w: tax at %d hundredths of a percent", ErrOrder, t.RateBP)
		}
		if gross, err = gross.Add(t.Gross); err != nil {
			return fmt.Errorf("%w: %w", ErrOrder, err)
		}
	}
	for _, l := range r.Lines {
		if lines, err = lines.Add(l.Total); err != nil {
			return fmt.Errorf("%w: %w", ErrOrder, err)
		}
	}
	if r.Kind == TopUp {
		paid := r.Total
		if r.RefundOf != 0 {
			paid.Minor = -paid.Minor
		}
		return Bill{Kind: TopUp, Lines: r.Lines, Tax: r.Tax, Total: paid, Currency: r.Currency}.Check()
	}
	if gross != r.Total || len(r.Lines) > 0 && lines != r.Total {
		return fmt.Errorf("%w: the lines make %s, the taxes %s, the total is %s", ErrOrder, lines, gross, r.Total)
	}
	return nil
}

// Exits says whether an exit pass goes with the receipt: with a sale's, but not a
// visit's, whose gate has opened.
func (r Receipt) Exits() bool { return r.Kind == Sale && r.RefundOf == 0 && r.PassID != "" }

// URL is the receipt's address below the till's.
func (r Receipt) URL() string { return "/receipt/" + r.Link }

// LineView is a line as screens and protocols show it: amounts and quantity
// are decimal strings, and evidence stays behind.
type LineView struct {
	Line     int               `json:"line"`
	Item     string            `json:"item"`
	Name     string            `json:"name"`
	Options  map[string]string `json:"options,omitempty"`
	Quantity string            `json:"quantity"`
	Unit     string            `json:"unit"`
	Price    string            `json:"price"`
	Total    string            `json:"total"`
}

// TaxView is tax at one rate: {"rate": "19", "net": …, "tax": …, "gross": …}.
type TaxView struct {
	Rate  string `json:"rate"` // percent, decimal
	Net   string `json:"net"`
	Tax   string `json:"tax"`
	Gross string `json:"gross"`
}

// BillView is the protocol's bill.
type BillView struct {
	Bill     string         `json:"bill"`
	Version  int            `json:"version"`
	Lines    []LineView     `json:"lines"`
	Tax      []TaxView      `json:"tax"`
	Total    string         `json:"total"`
	Currency money.Currency `json:"currency"`
	Payee    string         `json:"payee"`
	Expires  time.Time      `json:"expires"`
}

// ReceiptView is the protocol's receipt.
type ReceiptView struct {
	Receipt  string         `json:"receipt"`
	No       int64          `json:"no"`
	Kind     Kind           `json:"kind,omitempty"` // "topup": paid into the balance of who paid
	Lines    []LineView     `json:"lines"`
	Tax      []TaxView      `json:"tax"`
	Total    string         `json:"total"`
	Currency money.Currency `json:"currency"`
	Payee    string         `json:"payee"`
	Place    string         `json:"place"`
	Method   Method         `json:"method"`
	Proven   string         `json:"proven"`
	Paid     time.Time      `json:"paid"`
	Pass     string         `json:"pass"`
	URL      string         `json:"url"`
	RefundOf int64          `json:"refund_of,omitempty"`
	Reason   string         `json:"reason,omitempty"`
}

// View is the bill without what is ours alone.
func (b Bill) View() BillView {
	return BillView{Bill: b.ID, Version: b.Version, Lines: viewLines(b.Lines), Tax: viewTax(b.Tax),
		Total: b.Total.Decimal(), Currency: b.Currency, Payee: b.Payee, Expires: b.Expires}
}

// View is the receipt without what is ours alone.
func (r Receipt) View() ReceiptView {
	return ReceiptView{Receipt: r.ID, No: r.No, Kind: r.Kind, Lines: viewLines(r.Lines), Tax: viewTax(r.Tax),
		Total: r.Total.Decimal(), Currency: r.Currency, Payee: r.Payee, Place: r.Place,
		Method: r.Method, Proven: r.Proven, Paid: r.Paid, Pass: r.Pass, URL: r.URL(),
		RefundOf: r.RefundOf, Reason: r.Reason}
}

func viewLines(lines []Line) []LineView {
	views := make([]LineView, len(lines))
	for i, l := range lines {
		views[i] = LineView{Line: l.Line, Item: l.Item, Name: l.Name, Options: l.Options, Quantity: decimal(l.Milli, 1000),
			Unit: l.Unit, Price: l.Price.Decimal(), Total: l.Total.Decimal()}
	}
	return views
}

func viewTax(taxes []Tax) []TaxView {
	views := make([]TaxView, len(taxes))
	for i, t := range taxes {
		views[i] = TaxView{Rate: decimal(int64(t.RateBP), 100), Net: t.Net.Decimal(), Tax: t.Tax.Decimal(), Gross: t.Gross.Decimal()}
	}
	return views
}

// decimal is n/unit without trailing zeros.
func decimal(n, unit int64) string {
	return strconv.FormatFloat(float64(n)/float64(unit), 'f', -1, 64)
}
