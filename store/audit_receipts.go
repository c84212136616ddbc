package store

import (
	"maps"
	"slices"
	"strings"

	"voicetill/payments"
	"voicetill/payments/money"
)

// receiptRow is a receipt with the key of its settlement, or of its refund.
type receiptRow struct {
	No       int64   `db:"no"`
	ID       string  `db:"id"`
	Place    string  `db:"place_id"`
	Bill     string  `db:"bill_id"`
	Link     string  `db:"link"`
	Minor    int64   `db:"total_minor"`
	Currency string  `db:"currency"`
	Paid     int64   `db:"paid_at_us"`
	Body     string  `db:"body"`
	Sale     *string `db:"sale"`
	Refund   *string `db:"refund"`
}

// differs names the first column that says something else than the receipt, or
// "".
func (row receiptRow) differs(r payments.Receipt) string {
	bill := r.Bill
	if r.RefundOf != 0 {
		bill = r.ID
	}
	for _, c := range []struct {
		name string
		same bool
	}{{"no", row.No == r.No}, {"id", row.ID == r.ID}, {"place_id", row.Place == r.Place}, {"bill_id", row.Bill == bill}, {"link", row.Link == r.Link},
		{"total_minor", row.Minor == r.Total.Minor}, {"currency", row.Currency == string(r.Currency)}, {"paid_at_us", row.Paid == micros(r.Paid)}} {
		if !c.same {
			return c.name
		}
	}
	return ""
}

// receipts compares each with its number, its entry and what was captured or
// given back.
func (a *auditor) receipts() error {
	var row receiptRow
	want := int64(1)
	err := a.each(&row, func() error {
		a.Receipts++
		for ; want < row.No; want++ {
			a.complain("receipt %d is missing", want)
		}
		want++
		return a.receipt(row)
	}, `SELECT r.no, r.id, r.place_id, r.bill_id, r.link, r.total_minor, r.currency, r.paid_at_us, r.body, s.id AS sale, f.id AS refund FROM receipts r
		LEFT JOIN settlements s ON s.merchant_id = r.merchant_id AND s.bill_id = r.bill_id AND s.state = 'booked'
		LEFT JOIN refunds f ON f.merchant_id = r.merchant_id AND f.id = r.id AND f.state = 'done'
		WHERE r.merchant_id = ? ORDER BY r.no`, a.merchant.ID)
	if err != nil {
		return err
	}
	for ; want <= a.merchant.ReceiptNo; want++ {
		a.complain("receipt %d is missing", want)
	}
	if last := want - 1; last != a.merchant.ReceiptNo || int64(len(a.booked)) != last {
		a.complain("the last receipt is %d, %d receipts are booked, the last number given is %d", last, len(a.booked), a.merchant.ReceiptNo)
	}
	return nil
}

func (a *auditor) receipt(row receiptRow) error {
	b, ok := a.booked[row.No]
	if !ok {
		a.complain("receipt %d was never booked", row.No)
	} else if b.digest != hashOf([]byte(row.Body)) {
		a.complain("entry %d: receipt %d is not the one that was booked", b.seq, row.No)
	}
	r, err := readReceipt(row.Body)
	if err != nil {
		return err
	}
	if wrong := r.Check(); wrong != nil {
		a.complain("receipt %d: %v", row.No, wrong)
	}
	if column := row.differs(r); column != "" {
		a.complain("receipt %d: the column %s is not what it says", row.No, column)
	}
	for _, account := range r.Holders() {
		a.holders[holder{r.ID, account}] = micros(r.Paid)
	}
	if r.Exits() {
		a.exits[r.ID] = exitWanted{r.No, r.Place, r.PassID, r.Paid}
	}
	switch {
	case r.RefundOf == 0 && row.Sale != nil:
		a.sold[r.No] = soldSoFar{total: r.Total.Minor}
		a.moves("book/"+*row.Sale, r.No, r.Total.Minor)
		a.paidInto("book/"+*row.Sale, r)
	case r.RefundOf != 0 && row.Refund != nil:
		a.Refunds++
		a.refunded(r)
		a.moves("refunded/"+*row.Refund, r.No, -r.Total.Minor)
	default:
		a.complain("receipt %d has no settlement or refund", row.No)
	}
	return nil
}

// moves compares an entry with the receipt that it books.
func (a *auditor) moves(entry string, no, minor int64) {
	if got := a.moved[entry]; got.minor != minor {
		a.complain("entry %d (%s) moved %d minor units, its receipt %d is over %d", got.seq, entry, got.minor, no, minor)
	}
}

// paidInto compares where a top-up went with whose it is; a sale is nobody's.
func (a *auditor) paidInto(entry string, r payments.Receipt) {
	into, own := a.moved[entry].into, payments.ShopperAccount(r.Account)
	if r.Kind == payments.TopUp && into != own || r.Kind != payments.TopUp && strings.HasPrefix(into, "shopper:") {
		a.complain("entry %d (%s) pays into %s, its receipt %d is of %s", a.moved[entry].seq, entry, into, r.No, r.Account)
	}
}

// refunded adds a refund to its sale, which it must not exceed.
func (a *auditor) refunded(r payments.Receipt) {
	sale, ok := a.sold[r.RefundOf]
	sale.refunded -= r.Total.Minor
	a.sold[r.RefundOf] = sale
	switch {
	case !ok:
		a.complain("receipt %d is a refund of receipt %d, which is no sale before it", r.No, r.RefundOf)
	case sale.refunded > sale.total:
		a.complain("receipt %d: %s were given back of receipt %d, which is over %s", r.No,
			money.Of(sale.refunded, r.Currency), r.RefundOf, money.Of(sale.total, r.Currency))
	}
}

// holder is an account that finds a receipt among its own.
type holder struct {
	Receipt string `db:"receipt_id"`
	Account string `db:"account_id"`
}

// shown proves that each receipt is shown to whom it is for, and to nobody else.
func (a *auditor) shown() error {
	var row struct {
		holder
		Paid int64 `db:"paid_at_us"`
	}
	err := a.each(&row, func() error {
		if paid, ok := a.holders[row.holder]; !ok || paid != row.Paid {
			a.complain("receipt %s is shown to account %s, whose it is not, or at another time", row.Receipt, row.Account)
		}
		delete(a.holders, row.holder)
		return nil
	}, `SELECT receipt_id, account_id, paid_at_us FROM receipt_holders WHERE merchant_id = ? ORDER BY receipt_id, account_id`, a.merchant.ID)
	missing := slices.SortedFunc(maps.Keys(a.holders), func(x, y holder) int { return strings.Compare(x.Receipt+x.Account, y.Receipt+y.Account) })
	for _, h := range missing {
		a.complain("receipt %s is not shown to account %s, whose it is", h.Receipt, h.Account)
	}
	return err
}
