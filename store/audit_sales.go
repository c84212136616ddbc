package store

import "voicetill/payments"

// settlementAudit is a settlement as its entries should show it.
type settlementAudit struct {
	ID     string `db:"id"`
	State  string `db:"state"`
	Body   string `db:"body"`
	Issued int    `db:"issued"` // receipts of its bill
	Amount int64  `db:"amount_minor"`
	Bill   string `db:"bill_state"`
	Agreed string `db:"bill_consent"`
}

// approval is the use of a confirmation, as the settlement tells it.
type approval struct{ settlement, consent, account string }

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
		case row.State == payments.Booked && row.Bill != "paid", row.State != payments.Booked && row.live() && row.Bill != "reserved":
			a.complain("settlement %s is %s, its bill is %s", row.ID, row.State, row.Bill)
		case (row.State == payments.Released || row.State == payments.Reversing) && charge != reverse:
			a.complain("settlement %s is %s: %d minor units were charged, %d given back", row.ID, row.State, charge, reverse)
		}
		s, err := settlementRow{State: row.State, Bill: row.ID, Body: row.Body}.settlement()
		if err != nil {
			return err
		}
		switch {
		case s.Bill.Consent() != s.Consent, isBooked && s.Consent != book.consent, row.live() && row.Agreed != s.Consent:
			a.complain("settlement %s is not the one that was agreed to", row.ID)
		case row.Amount != 0 && row.Amount != s.Bill.Total.Minor: // 0: of before the column
			a.complain("settlement %s is over %s, %d minor units are noted", row.ID, s.Bill.Total, row.Amount)
		}
		if row.live() && s.Confirmed != "" {
			a.approved[s.Confirmed] = approval{row.ID, s.Consent, s.Account}
		}
		return nil
	}, `SELECT s.id, s.state, s.body, s.amount_minor, COALESCE(b.state, 'missing') AS bill_state, COALESCE(b.consent, '') AS bill_consent, (SELECT COUNT(*) FROM receipts r WHERE r.merchant_id = s.merchant_id AND r.bill_id = s.bill_id) AS issued
		FROM settlements s LEFT JOIN bills b ON b.merchant_id = s.merchant_id AND b.id = s.bill_id
		WHERE s.merchant_id = ? ORDER BY s.started_at_us, s.id`, a.merchant.ID)
}

// live reports whether the settlement may yet be booked, or is.
func (row settlementAudit) live() bool {
	return row.State == payments.Reserved || row.State == payments.Charged || row.State == payments.Booked
}

// bills are paid, or being paid, by a settlement of theirs.
func (a *auditor) bills() error {
	var row struct {
		ID    string `db:"id"`
		State string `db:"state"`
	}
	return a.each(&row, func() error {
		a.complain("bill %s is %s, and no settlement is of it", row.ID, row.State)
		return nil
	}, `SELECT b.id, b.state FROM bills b WHERE b.merchant_id = ? AND b.state IN ('paid', 'reserved') AND NOT EXISTS (SELECT 1 FROM settlements s
		WHERE s.merchant_id = b.merchant_id AND s.bill_id = b.id AND s.state IN ('reserved', 'charged', 'booked')) ORDER BY b.id`, a.merchant.ID)
}

// refundAudit is a refund as its entries should show it.
type refundAudit struct {
	ID     string `db:"id"`
	Charge string `db:"settlement_id"`
	Nth    int    `db:"nth"`
	Ask    string `db:"ask"`
	Digest string `db:"digest"`
	State  string `db:"state"`
	Amount int64  `db:"amount_minor"`
	Body   string `db:"body"`
}

// differs reports whether a column says something else than the refund.
func (row refundAudit) differs(r payments.Refunding) bool {
	return row.Charge != r.Charge || row.Nth != r.Nth || row.Ask != r.Ask || row.Digest != r.Digest || row.Amount != r.Amount.Minor
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
		r, err := refundRow{Body: row.Body}.refund()
		if err != nil {
			return err
		}
		if row.differs(r) {
			a.complain("refund %s is noted otherwise than it was begun", row.ID)
		}
		if row.State == payments.RefundDone {
			a.restocks[row.ID] = r.Restock
		}
		a.held(row, r)
		return nil
	}, `SELECT id, settlement_id, nth, ask, digest, state, amount_minor, body FROM refunds WHERE merchant_id = ? ORDER BY started_at_us, id`, a.merchant.ID)
}

// held compares what was taken off a balance for a refund with what is to be
// given back of it: nothing for the refund of a sale, or one that was refused.
func (a *auditor) held(row refundAudit, r payments.Refunding) {
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
}
