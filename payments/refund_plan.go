package payments

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"time"

	"voicetill/payments/money"
)

// plan works out a refund: its lines, its tax so that refunds of everything add
// up to the sale's to the cent, and its postings.
func (f Refundable) plan(ask RefundAsk, method Method, clearing string, at time.Time) (Refunding, error) {
	sale := f.Receipt
	if sale.Kind == TopUp {
		return f.planTopUp(ask, method, clearing, at)
	}
	if byAmount := ask.Amount != (money.Amount{}); byAmount && (len(ask.Lines) > 0 || ask.Restock) {
		return Refunding{}, fmt.Errorf("%w: an amount has no lines and no goods", ErrRefundAsk)
	}
	if err := ask.check(sale.Currency); err != nil {
		return Refunding{}, err
	}
	lines, gross, err := f.parts(ask)
	if err != nil {
		return Refunding{}, err
	}
	taxes, total, err := f.taxes(gross)
	if err != nil {
		return Refunding{}, err
	}
	r := f.refunding(ask, method, money.Of(total, sale.Currency), at)
	r.Restock, r.Postings = f.goods(ask, lines), refundPostings(sale.Merchant, taxes, clearing)
	r.Receipt.Lines, r.Receipt.Tax = lines, taxes
	return r, nil
}

// check refuses an amount in another currency, or none above zero; no amount at
// all is right.
func (a RefundAsk) check(c money.Currency) error {
	if a.Amount != (money.Amount{}) && (a.Amount.Currency != c || a.Amount.Minor <= 0) {
		return fmt.Errorf("%w: %s is not an amount of %s above zero", ErrRefundAsk, a.Amount, c)
	}
	return nil
}

// refunding is a refund of so much without its lines, taxes and postings.
func (f Refundable) refunding(ask RefundAsk, method Method, amount money.Amount, at time.Time) Refunding {
	key, paid := newID(at), f.Receipt
	return Refunding{
		Key: key, Charge: f.Charge, Nth: f.Count + 1, Ref: f.Ref, Ask: ask.Key, Method: method,
		Amount: amount, Charged: paid.Total, StartedAt: at, State: RefundOpen,
		Receipt: Receipt{
			ID: key, Kind: paid.Kind, Merchant: paid.Merchant, Place: paid.Place, Payee: paid.Payee, Bill: paid.Bill, Version: paid.Version,
			Account: paid.Account, Buyer: paid.Buyer, Currency: paid.Currency, Total: money.Of(-amount.Minor, paid.Currency),
			Method: method, Proven: ProvenMerchant, Link: newLink(), RefundOf: paid.No, Reason: ask.Reason,
		},
	}
}

// ProvenMerchant is how a refund is proven: the merchant asked for it.
const ProvenMerchant = "merchant"

// goods are what goes back to the shelf: of the lines given back, or, where all
// that is left is money, of all lines.
func (f Refundable) goods(ask RefundAsk, lines []Line) (goods []Good) {
	if !ask.Restock {
		return nil
	}
	for _, l := range lines {
		goods = append(goods, Good{l.Item, -l.Milli})
	}
	if len(lines) > 0 {
		return goods
	}
	for _, l := range f.Receipt.Lines {
		if milli, _ := f.leftOf(l); milli > 0 {
			goods = append(goods, Good{l.Item, milli})
		}
	}
	return goods
}

// parts are the lines given back, and what is given back at each tax rate in
// minor units.
func (f Refundable) parts(ask RefundAsk) (lines []Line, gross map[int]int64, err error) {
	switch {
	case ask.Amount != money.Amount{}:
		gross, err = f.spread(ask.Amount.Minor)
		return nil, gross, err
	case len(ask.Lines) == 0 && f.hadAmounts():
		gross, err = f.spread(f.left())
		return nil, gross, err
	case len(ask.Lines) == 0:
		ask.Lines = f.LinesLeft()
	}
	gross, seen := map[int]int64{}, map[int]bool{}
	for _, a := range ask.Lines {
		i := slices.IndexFunc(f.Receipt.Lines, func(l Line) bool { return l.Line == a.Line })
		if i < 0 || seen[a.Line] || a.Milli < 0 {
			return nil, nil, fmt.Errorf("%w: line %d", ErrRefundAsk, a.Line)
		}
		seen[a.Line] = true
		l, err := f.partOf(f.Receipt.Lines[i], a.Milli)
		if err != nil {
			return nil, nil, err
		}
		lines = append(lines, l)
		gross[l.TaxBP] -= l.Total.Minor
	}
	return lines, gross, nil
}

// partOf is milli thousandths of a line, below zero; the last part takes what
// rounding left.
func (f Refundable) partOf(l Line, milli int64) (Line, error) {
	leftMilli, left := f.leftOf(l)
	if milli == 0 {
		milli = leftMilli
	}
	if milli == 0 || milli > leftMilli {
		return l, fmt.Errorf("%w: %s of line %d are left", ErrRefundTooMuch, decimal(leftMilli, 1000), l.Line)
	}
	if milli < leftMilli {
		part, err := l.Price.Times(milli)
		if err != nil {
			return l, err
		}
		left = min(part.Minor, left)
	}
	l.Milli, l.Total.Minor, l.Evidence = -milli, -left, nil
	return l, nil
}

func (f Refundable) leftOf(l Line) (milli, minor int64) {
	milli, minor = l.Milli, l.Total.Minor
	for _, r := range f.Earlier {
		for _, x := range r.Lines {
			if x.Line == l.Line {
				milli, minor = milli+x.Milli, minor+x.Total.Minor
			}
		}
	}
	return milli, minor
}

// Left is what of the sale was not given back; of a TopUp what of that is still
// on the balance.
func (f Refundable) Left() money.Amount { return money.Of(f.left(), f.Receipt.Currency) }

// LinesLeft are the quantities that were not given back.
func (f Refundable) LinesLeft() (lines []RefundLine) {
	for _, l := range f.Receipt.Lines {
		if milli, _ := f.leftOf(l); milli > 0 {
			lines = append(lines, RefundLine{l.Line, milli})
		}
	}
	return lines
}

func (f Refundable) hadAmounts() bool {
	return slices.ContainsFunc(f.Earlier, func(r Receipt) bool { return len(r.Lines) == 0 })
}

func (f Refundable) left() int64 {
	left := f.Receipt.Total.Minor
	for _, r := range f.Earlier {
		left += r.Total.Minor
	}
	if f.Receipt.Kind == TopUp {
		left = min(left, f.Balance.Minor)
	}
	return left
}

// taxLeft is what is left at each rate.
func (f Refundable) taxLeft() map[int]Tax {
	left := map[int]Tax{}
	for _, t := range f.Receipt.Tax {
		left[t.RateBP] = t
	}
	for _, r := range f.Earlier {
		for _, t := range r.Tax {
			l := left[t.RateBP]
			l.Gross.Minor += t.Gross.Minor
			l.Net.Minor += t.Net.Minor
			l.Tax.Minor += t.Tax.Minor
			left[t.RateBP] = l
		}
	}
	return left
}

// spread divides an amount over the rates in proportion to what is left.
func (f Refundable) spread(amount int64) (map[int]int64, error) {
	rest := f.left()
	if amount > rest || amount <= 0 {
		return nil, fmt.Errorf("%w: %s", ErrRefundTooMuch, money.Of(rest, f.Receipt.Currency))
	}
	gross, left := map[int]int64{}, f.taxLeft()
	for _, rate := range slices.Sorted(maps.Keys(left)) {
		g := left[rate].Gross.Minor
		if g == 0 {
			continue
		}
		share := new(big.Int).Mul(big.NewInt(amount), big.NewInt(g))
		gross[rate] = share.Div(share, big.NewInt(rest)).Int64() // at most g, since amount is at most rest
		amount, rest = amount-gross[rate], rest-g
	}
	return gross, nil
}

// taxes are the refund's, below zero: at each rate the tax of all that was
// given back so far less the tax that was given back before.
func (f Refundable) taxes(gross map[int]int64) (taxes []Tax, total int64, err error) {
	c, left := f.Receipt.Currency, f.taxLeft()
	for _, sold := range f.Receipt.Tax {
		g, rest := gross[sold.RateBP], left[sold.RateBP]
		if g > rest.Gross.Minor {
			return nil, 0, fmt.Errorf("%w: %s at this tax rate", ErrRefundTooMuch, rest.Gross)
		}
		if g == 0 {
			continue
		}
		_, now, err := money.Of(sold.Gross.Minor-rest.Gross.Minor+g, c).SplitTax(sold.RateBP)
		if err != nil {
			return nil, 0, err
		}
		tax := now.Minor - (sold.Tax.Minor - rest.Tax.Minor)
		taxes = append(taxes, Tax{RateBP: sold.RateBP, Net: money.Of(tax-g, c), Tax: money.Of(-tax, c), Gross: money.Of(-g, c)})
		total += g
	}
	if total <= 0 {
		return nil, 0, fmt.Errorf("%w: nothing", ErrRefundTooMuch)
	}
	return taxes, total, nil
}

// refundPostings are sales and tax → clearing; taxes are below zero.
func refundPostings(merchant string, taxes []Tax, clearing string) (postings []Posting) {
	for _, t := range taxes {
		for _, p := range []Posting{
			{From: SalesAccount(merchant), To: clearing, Amount: money.Of(-t.Net.Minor, t.Net.Currency)},
			{From: TaxAccount(merchant, t.RateBP), To: clearing, Amount: money.Of(-t.Tax.Minor, t.Tax.Currency)},
		} {
			if p.Amount.Minor > 0 {
				postings = append(postings, p)
			}
		}
	}
	return postings
}
