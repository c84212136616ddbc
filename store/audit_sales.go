package store

import "voicetill/payments"

// receipts compares each with its number, its entry and what was captured.
func (a *auditor) receipts() error {
	var rows []struct {
		No   int64  `db:"no"`
		Body string `db:"body"`
		Key  string `db:"settlement"`
	}
	err := a.all(&rows, `SELECT r.no, r.body, s.id AS settlement FROM receipts r
		JOIN settlements s ON s.merchant_id = r.merchant_id AND s.bill_id = r.bill_id AND s.state = 'booked'
		WHERE r.merchant_id = ? ORDER BY r.no`, a.merchant.ID)
	if err != nil {
		return err
	}
	a.Receipts += len(rows)
	for i, row := range rows {
		if row.No != int64(i)+1 {
			a.complain("merchant %s: receipt %d is missing, or its settlement is", a.merchant.ID, i+1)
			return nil
		}
		if b, ok := a.booked[row.No]; !ok || b.Digest != hashOf([]byte(row.Body)) {
			a.complain("merchant %s: receipt %d is not the one that was booked", a.merchant.ID, row.No)
		}
		r, err := readReceipt(row.Body)
		if err != nil {
			return err
		}
		a.capture(r, row.Key)
	}
	if a.merchant.ReceiptNo != int64(len(rows)) || len(a.booked) != len(rows) {
		a.complain("merchant %s: %d receipts, %d booked, the last number given is %d",
			a.merchant.ID, len(rows), len(a.booked), a.merchant.ReceiptNo)
	}
	return nil
}

func (a *auditor) capture(r payments.Receipt, key string) {
	if got := a.captured["book/"+key]; got != r.Total.Minor {
		a.complain("merchant %s: receipt %d is over %s, %d minor units were booked", a.merchant.ID, r.No, r.Total, got)
	}
	if got := a.captured["charge/"+key]; r.Method == payments.Prepaid && got != r.Total.Minor {
		a.complain("merchant %s: receipt %d is over %s, %d minor units were charged", a.merchant.ID, r.No, r.Total, got)
	}
}

// pending compares what clearing holds with the charges not yet booked.
func (a *auditor) pending() error {
	var keys []string
	err := a.all(&keys, `SELECT id FROM settlements WHERE merchant_id = ? AND state = 'charged'`, a.merchant.ID)
	if err != nil {
		return err
	}
	var want, got int64
	for _, key := range keys {
		want += a.captured["charge/"+key]
	}
	err = a.get(&got, `SELECT COALESCE(SUM(amount_minor), 0) FROM balances WHERE merchant_id = ? AND account = 'clearing:prepaid'`, a.merchant.ID)
	if err == nil && got != want {
		a.complain("merchant %s: clearing holds %d minor units, unbooked charges are %d", a.merchant.ID, got, want)
	}
	return err
}

// stock compares every item's level with its movements.
func (a *auditor) stock() error {
	var rows []struct {
		Place  string `db:"place_id"`
		Number string `db:"number"`
		Have   int64  `db:"have"`
		Moved  int64  `db:"moved"`
	}
	err := a.all(&rows, `SELECT place_id, number, SUM(have) AS have, SUM(moved) AS moved FROM (
			SELECT place_id, number, qty_milli AS have, 0 AS moved FROM stock WHERE merchant_id = ?
			UNION ALL
			SELECT place_id, number, 0 AS have, qty_milli AS moved FROM stock_moves WHERE merchant_id = ?
		) AS both_sides GROUP BY place_id, number ORDER BY place_id, number`, a.merchant.ID, a.merchant.ID)
	if err != nil {
		return err
	}
	a.Items += len(rows)
	for _, r := range rows {
		if r.Have != r.Moved {
			a.complain("place %s: item %s has %d thousandths in stock, its movements say %d", r.Place, r.Number, r.Have, r.Moved)
		}
	}
	return nil
}
