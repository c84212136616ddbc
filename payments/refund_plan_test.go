package payments

import (
	"context"
	"errors"
	"testing"

	"voicetill/payments/money"

	"pgregory.net/rapid"
)

// Any refunds of a sale, in any order, until nothing is left: each adds up, none
// exceeds what is left, and together they are the sale to the cent, at every
// tax rate.
func TestRefundsAddUpToTheSale(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := Refundable{Receipt: saleOf(t), Charge: "B/1"}
		for f.left() > 0 {
			ask := askOf(t, f)
			r, err := f.plan(ask, Prepaid, "clearing:prepaid", noon)
			if errors.Is(err, ErrRefundTooMuch) && (ask.Amount.Minor > 0 || len(ask.Lines) > 0) {
				r, err = f.plan(RefundAsk{Key: "rest"}, Prepaid, "clearing:prepaid", noon)
			}
			if err != nil {
				t.Fatalf("%+v of %s left: %v", ask, f.Left(), err)
			}
			checkRefund(t, f, r)
			f.Earlier = append(f.Earlier, r.Receipt)
		}
		for rate, left := range f.taxLeft() {
			if left.Gross.Minor != 0 || left.Net.Minor != 0 || left.Tax.Minor != 0 {
				t.Fatalf("at rate %d is left: %+v", rate, left)
			}
		}
		if _, err := f.plan(RefundAsk{Key: "more"}, Prepaid, "clearing:prepaid", noon); !errors.Is(err, ErrRefundTooMuch) {
			t.Fatalf("one more: got %v, want %v", err, ErrRefundTooMuch)
		}
	})
}

func saleOf(t *rapid.T) Receipt {
	o := Order{Cart: "cart", Currency: "EUR"}
	for i := range rapid.IntRange(1, 5).Draw(t, "lines") {
		l := milk(i+1, rapid.Int64Range(1, 5000).Draw(t, "milli"))
		l.Price.Minor = rapid.Int64Range(1, 2000).Draw(t, "price")
		l.Total, _ = l.Price.Times(l.Milli)
		l.TaxBP = rapid.SampledFrom([]int{0, 250, 700, 1900}).Draw(t, "rate")
		o.Lines = append(o.Lines, l)
	}
	b, err := newService('k').Freeze(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return Receipt{ID: "R", No: 1, Merchant: "demo", Currency: "EUR", Lines: b.Lines, Tax: b.Tax, Total: b.Total, Method: Prepaid}
}

func askOf(t *rapid.T, f Refundable) RefundAsk {
	ask := RefundAsk{Key: "k"}
	left := f.LinesLeft()
	switch kind := rapid.IntRange(0, 5).Draw(t, "kind"); {
	case kind == 0:
	case kind < 3 || len(left) == 0:
		ask.Amount = money.Of(rapid.Int64Range(1, f.left()).Draw(t, "amount"), "EUR")
	default:
		l := rapid.SampledFrom(left).Draw(t, "line")
		l.Milli = rapid.Int64Range(1, l.Milli).Draw(t, "part")
		ask.Lines, ask.Restock = []RefundLine{l}, rapid.Bool().Draw(t, "restock")
	}
	return ask
}

func checkRefund(t *rapid.T, f Refundable, r Refunding) {
	if err := r.Receipt.Check(); err != nil {
		t.Fatal(err)
	}
	if r.Amount.Minor <= 0 || r.Amount.Minor > f.left() || r.Amount.Minor != -r.Receipt.Total.Minor {
		t.Fatalf("%s of %s", r.Amount, f.Left())
	}
	sum := int64(0)
	for _, p := range r.Postings {
		if p.Amount.Minor <= 0 || p.To != "clearing:prepaid" {
			t.Fatalf("posting %+v", p)
		}
		sum += p.Amount.Minor
	}
	if sum != r.Amount.Minor {
		t.Fatalf("postings of %d for %s", sum, r.Amount)
	}
	for _, x := range r.Receipt.Tax {
		if x.Net.Minor > 0 || x.Tax.Minor > 0 {
			t.Fatalf("tax %+v of a refund is above zero", x)
		}
	}
}
