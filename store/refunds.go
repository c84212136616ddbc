package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"voicetill/payments"
)

type refundRow struct {
	Merchant string `db:"merchant_id"`
	Charge   string `db:"settlement_id"`
	State    string `db:"state"`
	Tries    int    `db:"tries"`
	Body     string `db:"body"`
}

const selectRefund = `SELECT merchant_id, settlement_id, state, tries, body FROM refunds`

func (r refundRow) refund() (x payments.Refunding, err error) {
	if err := json.Unmarshal([]byte(r.Body), &x); err != nil {
		return x, fmt.Errorf("read refund of settlement %s: %w", r.Charge, err)
	}
	x.State, x.Tries = r.State, r.Tries
	return x, nil
}

// Refundable is part of payments.Refunds.
func (db *DB) Refundable(ctx context.Context, merchant string, no int64) (f payments.Refundable, err error) {
	err = db.view(ctx, func(t *tx) error {
		f = payments.Refundable{}
		var row struct {
			Body string  `db:"body"`
			Key  *string `db:"settlement"`
			Ref  *string `db:"ref"`
		}
		err := t.get(&row, `SELECT r.body, s.id AS settlement, s.ref FROM receipts r
			LEFT JOIN settlements s ON s.merchant_id = r.merchant_id AND s.bill_id = r.bill_id AND s.state = 'booked'
			WHERE r.merchant_id = ? AND r.no = ?`, merchant, no)
		if err != nil {
			return none(err, payments.ErrNoReceipt)
		}
		if row.Key == nil {
			return fmt.Errorf("%w: receipt %d is of a refund itself", payments.ErrRefundAsk, no)
		}
		f.Charge, f.Ref = *row.Key, *row.Ref
		if f.Receipt, err = readReceipt(row.Body); err != nil {
			return err
		}
		if f.Receipt.Kind == payments.TopUp {
			if f.Balance, err = t.balance(merchant, payments.ShopperAccount(f.Receipt.Account), f.Receipt.Currency); err != nil {
				return err
			}
		}
		return t.earlierRefunds(&f, merchant)
	})
	return f, err
}

func (t *tx) earlierRefunds(f *payments.Refundable, merchant string) error {
	var rows []refundRow
	err := t.all(&rows, selectRefund+` WHERE merchant_id = ? AND settlement_id = ? ORDER BY nth`, merchant, f.Charge)
	if err != nil {
		return err
	}
	f.Count = len(rows)
	for _, row := range rows {
		r, err := row.refund()
		if err != nil {
			return err
		}
		if r.State == payments.RefundDone { // its number came with its booking
			if r.Receipt, err = t.receipt(`id = ?`, r.Receipt.ID); err != nil {
				return err
			}
		}
		if r.State != payments.RefundRefused {
			f.Earlier = append(f.Earlier, r.Receipt)
		}
	}
	return nil
}

// StartRefund is part of payments.Refunds.
func (db *DB) StartRefund(ctx context.Context, r payments.Refunding) error {
	err := db.tx(ctx, func(t *tx) error {
		row, _, err := t.holdSettlement(r.Charge)
		if err != nil {
			return err
		}
		if want := map[bool]string{false: payments.Booked, true: payments.Released}[r.Stray]; row.State != want {
			return fmt.Errorf("refund settlement %s: it is %s", r.Charge, row.State)
		}
		if r.Nth == 0 {
			err := t.get(&r.Nth, `SELECT COUNT(*) + 1 FROM refunds WHERE merchant_id = ? AND settlement_id = ?`, row.Merchant, r.Charge)
			if err != nil {
				return err
			}
		}
		if err := t.addRefund(row.Merchant, r); err != nil {
			return err
		}
		if err := t.coversRefunds(r); err != nil {
			return err
		}
		if err := t.holdBack(r, "hold/", r.StartedAt); err != nil {
			return err
		}
		if !r.Stray || r.Nth > 1 { // the first refund of a stray charge brings it into the books
			return nil
		}
		p := r.Postings[0]
		return t.enter(row.Merchant, "late/"+r.Charge, []payments.Posting{{From: p.To, To: p.From, Amount: p.Amount}}, r.StartedAt)
	})
	if isTaken(err) {
		return payments.ErrRefundRaced
	}
	return err
}

func (t *tx) addRefund(merchant string, r payments.Refunding) error {
	body, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("write refund %s: %w", r.Key, err)
	}
	_, err = t.exec(`INSERT INTO refunds (merchant_id, id, settlement_id, nth, ask, digest, state, amount_minor, ref, tries, trouble,
		started_at_us, next_at_us, body) VALUES (?, ?, ?, ?, ?, ?, 'open', ?, '', 0, '', ?, ?, ?)`,
		merchant, r.Key, r.Charge, r.Nth, r.Ask, r.Digest, r.Amount.Minor,
		micros(r.StartedAt), micros(r.StartedAt.Add(payments.Patience)), string(body))
	return err
}

// coversRefunds returns ErrRefundTooMuch if a charge's refunds exceed it.
func (t *tx) coversRefunds(r payments.Refunding) error {
	var sum int64
	err := t.get(&sum, `SELECT COALESCE(SUM(amount_minor), 0) FROM refunds
		WHERE merchant_id = ? AND settlement_id = ? AND state <> 'refused'`, r.Receipt.Merchant, r.Charge)
	if err == nil && sum > r.Charged.Minor {
		return payments.ErrRefundTooMuch
	}
	return err
}

// holdBack takes what is given back of a payment into a balance off the balance,
// or returns ErrRefundTooMuch.
func (t *tx) holdBack(r payments.Refunding, entry string, at time.Time) error {
	if len(r.Held()) == 0 {
		return nil
	}
	err := t.enter(r.Receipt.Merchant, entry+r.Key, r.Held(), at)
	var low *payments.LowBalanceError
	if errors.As(err, &low) {
		return fmt.Errorf("%w: %s is on the balance", payments.ErrRefundTooMuch, low.Have)
	}
	return err
}

// FinishRefund is part of payments.Refunds.
func (db *DB) FinishRefund(ctx context.Context, key, ref string, at time.Time) (receipt payments.Receipt, err error) {
	err = db.tx(ctx, func(t *tx) error {
		r, err := t.holdRefund(key)
		switch {
		case err != nil:
			return err
		case r.State == payments.RefundDone && r.Stray:
			return nil
		case r.State == payments.RefundDone:
			receipt, err = t.receipt(`id = ?`, r.Receipt.ID)
			return err
		}
		if err := t.endRefund(r, payments.RefundDone, ref, "", at); err != nil {
			return err
		}
		if r.State == payments.RefundRefused { // and given back after all: nothing else may have been meanwhile
			if err := errors.Join(t.coversRefunds(r), t.holdBack(r, "rehold/", at)); err != nil {
				return fmt.Errorf("refund %s was refused and given back: %w", key, err)
			}
		}
		receipt, err = t.bookRefund(r, at)
		return err
	})
	return receipt, err
}

// holdRefund locks the bill of a refund's charge and returns the refund.
func (t *tx) holdRefund(key string) (payments.Refunding, error) {
	var row refundRow
	_, err := t.exec(`UPDATE bills SET state = state WHERE id =
		(SELECT s.bill_id FROM refunds r JOIN settlements s ON s.merchant_id = r.merchant_id AND s.id = r.settlement_id WHERE r.id = ?)`, key)
	if err != nil {
		return payments.Refunding{}, err
	}
	if err := t.get(&row, selectRefund+` WHERE id = ?`, key); err != nil {
		return payments.Refunding{}, none(err, payments.ErrNoRefund)
	}
	return row.refund()
}

// endRefund moves a refund to its last state. What was refused can be found to
// be done after all, and not the other way round.
func (t *tx) endRefund(r payments.Refunding, state, ref, trouble string, at time.Time) error {
	n, err := t.exec(`UPDATE refunds SET state = ?, ref = ?, trouble = ?, finished_at_us = ?
		WHERE merchant_id = ? AND id = ? AND state IN ('open', 'refused')`, state, ref, trouble, micros(at), r.Receipt.Merchant, r.Key)
	if err == nil && n != 1 {
		return fmt.Errorf("refund %s is %s", r.Key, r.State)
	}
	return err
}

func (t *tx) bookRefund(r payments.Refunding, at time.Time) (payments.Receipt, error) {
	if r.Stray {
		return payments.Receipt{}, t.enter(r.Receipt.Merchant, "refunded/"+r.Key, r.Postings, at)
	}
	goods := slices.SortedFunc(slices.Values(r.Restock), func(a, b payments.Good) int { return strings.Compare(a.Item, b.Item) })
	s := shelf{tx: t, merchant: r.Receipt.Merchant, place: r.Receipt.Place}
	for _, g := range goods {
		if err := s.put(g.Item, g.Milli, "refund", r.Key, micros(at)); err != nil {
			return payments.Receipt{}, fmt.Errorf("restock item %s: %w", g.Item, err)
		}
	}
	r.Receipt.Paid = at.UTC()
	if err := t.endPlans(r.Receipt); err != nil {
		return payments.Receipt{}, err
	}
	return t.issue(r.Receipt, "refunded/"+r.Key, "", r.Postings, at)
}

// RefuseRefund is part of payments.Refunds.
func (db *DB) RefuseRefund(ctx context.Context, key, reason string, at time.Time) error {
	return db.tx(ctx, func(t *tx) error {
		r, err := t.holdRefund(key)
		if err != nil || r.State == payments.RefundRefused {
			return err
		}
		if err := t.endRefund(r, payments.RefundRefused, "", reason, at); err != nil || len(r.Held()) == 0 {
			return err
		}
		return t.enter(r.Receipt.Merchant, "free/"+r.Key, r.Returned(), at)
	})
}

// RefundAsked is part of payments.OpenRefunds.
func (db *DB) RefundAsked(ctx context.Context, merchant, ask string) (payments.Refunding, error) {
	var row refundRow
	if err := db.get(ctx, &row, selectRefund+` WHERE merchant_id = ? AND ask = ?`, merchant, ask); err != nil {
		return payments.Refunding{}, none(err, payments.ErrNoRefund)
	}
	return row.refund()
}

// RefundByKey is part of payments.OpenRefunds.
func (db *DB) RefundByKey(ctx context.Context, key string) (payments.Refunding, error) {
	var row refundRow
	if err := db.get(ctx, &row, selectRefund+` WHERE id = ?`, key); err != nil {
		return payments.Refunding{}, none(err, payments.ErrNoRefund)
	}
	return row.refund()
}

// PendingRefunds is part of payments.OpenRefunds.
func (db *DB) PendingRefunds(ctx context.Context, due time.Time) ([]payments.Refunding, error) {
	var rows []refundRow
	err := db.all(ctx, &rows, selectRefund+` WHERE (next_at_us <= ? OR next_at_us > ?) AND state = 'open' ORDER BY started_at_us, id`,
		micros(due), micros(due.Add(payments.FarthestTry)))
	if err != nil {
		return nil, err
	}
	open := make([]payments.Refunding, len(rows))
	for i, row := range rows {
		if open[i], err = row.refund(); err != nil {
			return nil, err
		}
	}
	return open, nil
}

// RefundTried is part of payments.OpenRefunds.
func (db *DB) RefundTried(ctx context.Context, key, trouble string, next time.Time) error {
	_, err := db.exec(ctx, `UPDATE refunds SET tries = tries + 1, trouble = ?, next_at_us = ? WHERE id = ? AND state = 'open'`,
		trouble, micros(next), key)
	return err
}
