package store

import "voicetill/payments"

// clearing compares what the prepaid clearing account holds with what is on its
// way: charges not yet booked, less refunds given back and not yet booked.
func (a *auditor) clearing() error {
	var want, got int64
	var row struct {
		ID string `db:"id"`
	}
	err := a.each(&row, func() error {
		want += a.moved["charge/"+row.ID].minor
		return nil
	}, `SELECT id FROM settlements WHERE merchant_id = ? AND state = 'charged'`, a.merchant.ID)
	if err != nil {
		return err
	}
	err = a.each(&row, func() error {
		want -= a.moved["refund/"+row.ID].minor
		return nil
	}, `SELECT id FROM refunds WHERE merchant_id = ? AND state = 'open'`, a.merchant.ID)
	if err != nil {
		return err
	}
	err = a.get(&got, `SELECT COALESCE(SUM(amount_minor), 0) FROM balances WHERE merchant_id = ? AND account = ?`,
		a.merchant.ID, "clearing:"+string(payments.Prepaid))
	if err == nil && got != want {
		a.complain("prepaid clearing holds %d minor units, %d are on their way", got, want)
	}
	return err
}

// stock compares every item's level with its movements.
func (a *auditor) stock() error {
	var row struct {
		Place  string `db:"place_id"`
		Number string `db:"number"`
		Have   int64  `db:"have"`
		Moved  int64  `db:"moved"`
	}
	return a.each(&row, func() error {
		a.Items++
		if row.Have != row.Moved {
			a.complain("place %s: item %s has %d thousandths in stock, its movements say %d", row.Place, row.Number, row.Have, row.Moved)
		}
		return nil
	}, `SELECT place_id, number, SUM(have) AS have, SUM(moved) AS moved FROM (
			SELECT place_id, number, qty_milli AS have, 0 AS moved FROM stock WHERE merchant_id = ?
			UNION ALL
			SELECT place_id, number, 0 AS have, qty_milli AS moved FROM stock_moves WHERE merchant_id = ?
		) AS both_sides GROUP BY place_id, number ORDER BY place_id, number`, a.merchant.ID, a.merchant.ID)
}
