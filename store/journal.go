package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"voicetill/payments"
)

// Rows are always locked in this order, so that payments do not deadlock:
// place, bill, confirmation, mandate, settlement, stock by number, balances by
// name, merchant.

type settlementRow struct {
	Merchant string `db:"merchant_id"`
	Bill     string `db:"bill_id"`
	State    string `db:"state"`
	Tries    int    `db:"tries"`
	Body     string `db:"body"`
}

const selectSettlement = `SELECT merchant_id, bill_id, state, tries, body FROM settlements`

func (r settlementRow) settlement() (s payments.Settlement, err error) {
	if err := json.Unmarshal([]byte(r.Body), &s); err != nil {
		return s, fmt.Errorf("read settlement of bill %s: %w", r.Bill, err)
	}
	s.State, s.Tries = r.State, r.Tries
	return s, nil
}

// Reserve is part of payments.Journal.
func (db *DB) Reserve(ctx context.Context, s payments.Settlement) error {
	if s.Bill.Kind == payments.TopUp {
		return db.reserveTopUp(ctx, s)
	}
	return db.tx(ctx, func(t *tx) error {
		// Holding the place's row keeps the catalogue from being replaced
		// between the check of a price and the sale at that price.
		_, err := t.exec(`UPDATE places SET catalog_version = catalog_version WHERE id = ?`, s.Bill.Place)
		if err != nil {
			return fmt.Errorf("hold place %s: %w", s.Bill.Place, err)
		}
		if err := s.Bill.Check(); err != nil {
			return fmt.Errorf("%w: %w", payments.ErrBillVoid, err)
		}
		if err := t.holdBill(s.Bill, s.Consent, s.StartedAt); err != nil {
			return err
		}
		if err := t.useConfirmation(s); err != nil {
			return err
		}
		if err := db.useMandate(t, s); err != nil {
			return err
		}
		if err := t.addSettlement(s); err != nil {
			return err
		}
		return shelf{tx: t, merchant: s.Bill.Merchant, place: s.Bill.Place}.takeAll(s)
	})
}

func (t *tx) addSettlement(s payments.Settlement) error {
	body, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("write settlement %s: %w", s.Key, err)
	}
	into := ""
	if s.Bill.Kind == payments.TopUp {
		into = balanceOf(s)
	}
	_, err = t.exec(`INSERT INTO settlements (merchant_id, id, bill_id, state, ref, reason, started_at_us, next_at_us, body, into_account, amount_minor)
		VALUES (?, ?, ?, 'reserved', '', '', ?, ?, ?, ?, ?)`, s.Bill.Merchant, s.Key, s.Bill.ID,
		micros(s.StartedAt), micros(s.StartedAt.Add(payments.Patience)), string(body), into, s.Bill.Total.Minor)
	if err != nil {
		return fmt.Errorf("reserve %s: %w", s.Key, err)
	}
	return nil
}

// takeAll compares every line with the shelf and takes the stock;
// *payments.ChangedError lists all differences.
func (s shelf) takeAll(set payments.Settlement) error {
	var changes []payments.Change
	wanted := map[string]payments.Line{} // by item, Milli summed up
	for _, l := range set.Bill.Lines {
		differs, err := s.compare(l)
		if err != nil {
			return err
		}
		changes = append(changes, differs...)
		sum := l
		if before, ok := wanted[l.Item]; ok {
			sum = before
			sum.Milli += l.Milli
		}
		wanted[l.Item] = sum
	}
	for _, number := range slices.Sorted(maps.Keys(wanted)) {
		l := wanted[number]
		have, short, err := s.take(number, l.Milli, set.Key, micros(set.StartedAt))
		if err != nil && !errors.Is(err, ErrNotCounted) {
			return fmt.Errorf("take stock of item %s: %w", number, err)
		}
		if short {
			changes = append(changes, payments.Change{Line: l.Line, Item: number, Name: l.Name, What: payments.StockShort, Want: l.Milli, Have: have})
		}
	}
	if len(changes) > 0 {
		return &payments.ChangedError{Changes: changes}
	}
	return nil
}

// holdSettlement locks the bill of a settlement, so that nobody else books or
// releases it meanwhile, and returns how it stands. ErrNotReserved if unknown.
func (t *tx) holdSettlement(key string) (row settlementRow, s payments.Settlement, err error) {
	_, err = t.exec(`UPDATE bills SET state = state WHERE id = (SELECT bill_id FROM settlements WHERE id = ?)`, key)
	if err != nil {
		return row, s, err
	}
	if err = t.get(&row, selectSettlement+` WHERE id = ?`, key); err != nil {
		return row, s, none(err, payments.ErrNotReserved)
	}
	s, err = row.settlement()
	return row, s, err
}

// StartReverse is part of payments.Journal.
func (db *DB) StartReverse(ctx context.Context, key, reason string, at time.Time) error {
	return db.tx(ctx, func(t *tx) error {
		row, s, err := t.holdSettlement(key)
		if err != nil || row.State == payments.Reversing {
			return err
		}
		return t.startReverse(row, s, reason, at)
	})
}

// startReverse gives back what a settlement held, except its money.
func (t *tx) startReverse(row settlementRow, s payments.Settlement, reason string, at time.Time) error {
	n, err := t.exec(`UPDATE settlements SET state = 'reversing', reason = ?, tries = 0, next_at_us = ?
		WHERE merchant_id = ? AND id = ? AND state = 'reserved'`, reason, micros(at), row.Merchant, s.Key)
	if err != nil {
		return err
	}
	if n == 0 {
		return payments.ErrNotReserved
	}
	return t.reopen(s, at)
}

// reopen opens a settlement's bill again and puts the goods back.
func (t *tx) reopen(s payments.Settlement, at time.Time) error {
	n, err := t.exec(`UPDATE bills SET state = 'open' WHERE merchant_id = ? AND id = ? AND state = 'reserved'`, s.Bill.Merchant, s.Bill.ID)
	if err != nil {
		return err
	}
	if n != 1 {
		return fmt.Errorf("open bill %s again: it is not reserved", s.Bill.ID)
	}
	return shelf{tx: t, merchant: s.Bill.Merchant, place: s.Bill.Place}.putBack(s.Key, micros(at))
}

// Release is part of payments.Journal.
func (db *DB) Release(ctx context.Context, key, reason string, at time.Time) error {
	return db.tx(ctx, func(t *tx) error {
		row, s, err := t.holdSettlement(key)
		if err != nil || row.State == payments.Released {
			return err
		}
		n, err := t.exec(`UPDATE settlements SET state = 'released', reason = ?, finished_at_us = ?
			WHERE merchant_id = ? AND id = ? AND state IN ('reserved', 'reversing')`, reason, micros(at), row.Merchant, key)
		if err != nil {
			return err
		}
		if n == 0 {
			return payments.ErrNotReserved
		}
		if row.State == payments.Reversing { // startReverse has reopened the bill, which may be paid by now
			return nil
		}
		return t.reopen(s, at)
	})
}

// Book is part of payments.Journal.
func (db *DB) Book(ctx context.Context, key, ref string, at time.Time) (receipt payments.Receipt, err error) {
	err = db.tx(ctx, func(t *tx) error {
		row, s, err := t.holdSettlement(key)
		if err != nil {
			return err
		}
		switch {
		case row.State == payments.Booked:
			receipt, err = t.receipt(`id = ?`, s.Receipt)
			return err
		case row.State == payments.Charged, row.State == payments.Reserved && s.Method != payments.Prepaid:
			receipt, err = t.book(s, ref, at)
			return err
		}
		return payments.ErrNotReserved
	})
	return receipt, err
}

func (t *tx) book(s payments.Settlement, ref string, at time.Time) (r payments.Receipt, err error) {
	n, err := t.exec(`UPDATE settlements SET state = 'booked', ref = ?, finished_at_us = ?
		WHERE merchant_id = ? AND id = ? AND state IN ('reserved', 'charged')`, ref, micros(at), s.Bill.Merchant, s.Key)
	if err != nil {
		return r, err
	}
	if n != 1 {
		return r, payments.ErrNotReserved
	}
	if _, err := t.exec(`UPDATE bills SET state = 'paid' WHERE merchant_id = ? AND id = ?`, s.Bill.Merchant, s.Bill.ID); err != nil {
		return r, err
	}
	if r, err = t.issue(receiptOf(s, at), "book/"+s.Key, s.Consent, s.Postings, at); err != nil {
		return r, err
	}
	if err := t.payVisit(s.Bill, r.ID); err != nil {
		return r, err
	}
	return r, t.sellPlans(r)
}

// issue posts, numbers the receipt and binds it to the entry.
func (t *tx) issue(r payments.Receipt, entry, consent string, postings []payments.Posting, at time.Time) (payments.Receipt, error) {
	if err := t.apply(r.Merchant, postings); err != nil {
		return r, err
	}
	if err := t.get(&r.No, `UPDATE merchants SET receipt_no = receipt_no + 1 WHERE id = ? RETURNING receipt_no`, r.Merchant); err != nil {
		return r, fmt.Errorf("number receipt: %w", err)
	}
	body, err := t.addReceipt(r)
	if err != nil {
		return r, err
	}
	if r, err = t.withExit(r); err != nil {
		return r, err
	}
	return r, t.chain(r.Merchant, entry, bound{Receipt: r.No, Digest: hashOf(body), Consent: consent}, postings, at)
}

func receiptOf(s payments.Settlement, at time.Time) payments.Receipt {
	b := s.Bill
	return payments.Receipt{
		ID: s.Receipt, Kind: b.Kind, Merchant: b.Merchant, Place: b.Place, Payee: b.Payee, Bill: b.ID, Version: b.Version,
		Account: s.Account, Currency: b.Currency, Lines: b.Lines, Tax: b.Tax, Total: b.Total,
		Method: s.Method, Proven: s.Proven, Buyer: s.Buyer, Paid: at.UTC(), Link: s.Link, PassID: s.Pass,
	}
}
