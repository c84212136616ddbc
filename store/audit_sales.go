package store

import (
	"strings"

	"voicetill/payments"
	"voicetill/payments/money"
)

// receiptRow is a receipt with the key of its settlement, or of its refund.
type receiptRow struct {
	No     int64   `db:"no"`
	Body   string  `db:"body"`
	Sale   *string `db:"sale"`
	Refund *string `db:"refund"`
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
	}, `SELECT r.no, r.body, s.id AS sale, f.id AS refund FROM receipts r
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

// settlementAudit is a settlement as its entries should show it.
type settlementAudit struct {
	ID     string `db:"id"`
	State  string `db:"state"`
	Issued int    `db:"issued"` // receipts of its bill
}

// settlements compares the state of each with what the ledger says of it: what
// was captured is booked with a receipt, on its way, or given back.
func (a *auditor) settlements() error {
	var row settlementAudit
	return a.each(&row, func() error {
		charge, reverse := a.moved["charge/"+row.ID].minor, a.moved["reverse/"+row.ID].minor
		book, isBooked := a.moved["book/"+row.ID]
		switch {
		case row.State == payments.Booked && (!isBooked || row.Issued != 1):
			a.complain("settlement %s is booked without an entry or a receipt", row.ID)
		case row.State != payments.Booked && isBooked:
			a.complain("entry %d (book/%s) books a settlement that is %s", book.seq, row.ID, row.State)
		case row.State == payments.Booked && charge != 0 && charge != book.minor:
			a.complain("settlement %s: %d minor units were charged, %d booked", row.ID, charge, book.minor)
		case (row.State == payments.Released || row.State == payments.Reversing) && charge != reverse:
			a.complain("settlement %s is %s: %d minor units were charged, %d given back", row.ID, row.State, charge, reverse)
		}
		return nil
	}, `SELECT s.id, s.state, (SELECT COUNT(*) FROM receipts r WHERE r.merchant_id = s.merchant_id AND r.bill_id = s.bill_id) AS issued
		FROM settlements s WHERE s.merchant_id = ? ORDER BY s.started_at_us, s.id`, a.merchant.ID)
}

// refundAudit is a refund as its entries should show it.
type refundAudit struct {
	ID     string `db:"id"`
	State  string `db:"state"`
	Amount int64  `db:"amount_minor"`
	Body   string `db:"body"`
}

// refunds compares the state of each with the ledger.
func (a *auditor) refunds() error {
	var row refundAudit
	return a.each(&row, func() error {
		got, isBooked := a.moved["refunded/"+row.ID]
		switch {
		case row.State == payments.RefundDone && got.minor != row.Amount:
			a.complain("refund %s gave back %d minor units, %d are booked", row.ID, row.Amount, got.minor)
		case row.State != payments.RefundDone && isBooked:
			a.complain("entry %d (refunded/%s) books a refund that is %s", got.seq, row.ID, row.State)
		}
		return a.held(row)
	}, `SELECT id, state, amount_minor, body FROM refunds WHERE merchant_id = ? ORDER BY started_at_us, id`, a.merchant.ID)
}

// held compares what was taken off a balance for a refund with what is to be
// given back of it: nothing for the refund of a sale, or one that was refused.
func (a *auditor) held(row refundAudit) error {
	r, err := refundRow{Body: row.Body}.refund()
	if err != nil {
		return err
	}
	own, owed := payments.ShopperAccount(r.Receipt.Account), payments.OwedAccount(a.merchant.ID)
	want, got := int64(0), int64(0)
	if len(r.Held()) > 0 && row.State != payments.RefundRefused {
		want = row.Amount
	}
	for _, entry := range []string{"hold/", "rehold/", "free/"} {
		moved, ok := a.moved[entry+row.ID]
		from, into, sign := own, owed, int64(1)
		if entry == "free/" {
			from, into, sign = owed, own, -1
		}
		if got += sign * moved.minor; ok && (moved.from != from || moved.into != into) {
			a.complain("entry %d (%s%s) moves %s to %s, the refund is of %s", moved.seq, entry, row.ID, moved.from, moved.into, own)
		}
	}
	if got != want {
		a.complain("refund %s is %s: %d minor units are held of the balance, not %d", row.ID, row.State, got, want)
	}
	return nil
}
