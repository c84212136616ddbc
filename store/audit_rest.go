package store

import "voicetill/payments"

// ownClearing are the clearing accounts of what is paid in this ledger: what they
// hold is on its way.
var ownClearing = []payments.Method{payments.Prepaid, payments.Invoice}

// clearing compares what each of these accounts holds with what is on its way:
// charges not yet booked, less refunds given back and not yet booked.
func (a *auditor) clearing() error {
	want := map[string]int64{}
	var row struct {
		ID string `db:"id"`
	}
	err := a.each(&row, func() error {
		m := a.moved["charge/"+row.ID]
		want[m.into] += m.minor
		return nil
	}, `SELECT id FROM settlements WHERE merchant_id = ? AND state = 'charged'`, a.merchant.ID)
	if err != nil {
		return err
	}
	err = a.each(&row, func() error {
		m := a.moved["refund/"+row.ID]
		want[m.from] -= m.minor
		return nil
	}, `SELECT id FROM refunds WHERE merchant_id = ? AND state = 'open'`, a.merchant.ID)
	if err != nil {
		return err
	}
	for _, method := range ownClearing {
		var got int64
		account := "clearing:" + string(method)
		err := a.get(&got, `SELECT COALESCE(SUM(amount_minor), 0) FROM balances WHERE merchant_id = ? AND account = ?`, a.merchant.ID, account)
		if err != nil {
			return err
		}
		if got != want[account] {
			a.complain("%s clearing holds %d minor units, %d are on their way", method, got, want[account])
		}
	}
	return nil
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

// goodsAudit is what the movements say that one settlement took of an item.
type goodsAudit struct {
	Key    string  `db:"ref"`
	Number string  `db:"number"`
	Milli  int64   `db:"milli"`
	State  *string `db:"state"`
	Body   *string `db:"body"`
}

// goods compares what was taken off the shelf with the lines of what was sold. An
// item that is not counted has no movements.
func (a *auditor) goods() error {
	var row goodsAudit
	var key string
	var lines map[string]int64 // of the settlement with the key, by item
	return a.each(&row, func() error {
		if row.Body == nil {
			a.complain("item %s was taken for settlement %s, which there is not", row.Number, row.Key)
			return nil
		}
		if row.Key != key {
			s, err := settlementRow{State: *row.State, Bill: row.Key, Body: *row.Body}.settlement()
			if err != nil {
				return err
			}
			key, lines = row.Key, map[string]int64{}
			for _, l := range s.Bill.Lines {
				lines[l.Item] += l.Milli
			}
		}
		over := *row.State == payments.Released || *row.State == payments.Reversing
		if sold := lines[row.Number]; -row.Milli != sold && !(over && row.Milli == 0) {
			a.complain("settlement %s sells %d thousandths of item %s, %d were taken off the shelf", row.Key, sold, row.Number, -row.Milli)
		}
		return nil
	}, `SELECT g.ref, g.number, g.milli, s.state, s.body FROM (SELECT place_id, ref, number, SUM(qty_milli) AS milli FROM stock_moves
			WHERE merchant_id = ? AND reason IN ('sale', 'release') GROUP BY place_id, ref, number) AS g
		LEFT JOIN settlements s ON s.merchant_id = ? AND s.id = g.ref ORDER BY g.ref, g.number`, a.merchant.ID, a.merchant.ID)
}

// restocked compares what came back to the shelf with what refunds say. Nothing
// else moves stock but sales and the catalogue.
func (a *auditor) restocked() error {
	var row struct {
		Ref    string `db:"ref"`
		Number string `db:"number"`
		Milli  int64  `db:"milli"`
	}
	err := a.each(&row, func() error {
		var back int64
		for _, g := range a.restocks[row.Ref] {
			if g.Item == row.Number {
				back += g.Milli
			}
		}
		if back != row.Milli {
			a.complain("refund %s gives back %d thousandths of item %s, %d came to the shelf", row.Ref, back, row.Number, row.Milli)
		}
		return nil
	}, `SELECT ref, number, SUM(qty_milli) AS milli FROM stock_moves WHERE merchant_id = ? AND reason = 'refund'
		GROUP BY place_id, ref, number ORDER BY ref, number`, a.merchant.ID)
	if err != nil {
		return err
	}
	var ids []string
	err = a.all(&ids, `SELECT id FROM stock_moves WHERE merchant_id = ? AND reason NOT IN ('sale', 'release', 'refund', 'catalog') ORDER BY id`, a.merchant.ID)
	for _, id := range ids {
		a.complain("movement %s of stock has no reason", id)
	}
	return err
}
