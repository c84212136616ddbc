package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"voicetill/payments"
	"voicetill/payments/money"
)

// Reconcile compares what a provider has paid out with what was charged and
// given back through it, of what was booked or paid out since a time, on one
// snapshot. payments.ErrNoProvider.
func (db *DB) Reconcile(ctx context.Context, merchant, provider string, c money.Currency, since time.Time) (r payments.Reconciliation, err error) {
	err = db.view(ctx, func(t *tx) error {
		if err := t.hasClearing(merchant, provider, c); err != nil {
			return err
		}
		zero := c.Zero()
		r = payments.Reconciliation{Provider: provider, Since: since, Owed: zero, OpenSum: zero, Untold: zero, Rest: zero}
		var clearing int64
		err := t.get(&clearing, `SELECT amount_minor FROM balances WHERE merchant_id = ? AND account = ? AND currency = ?`,
			merchant, payments.ClearingOf(provider), c)
		if err != nil {
			return fmt.Errorf("find what %s owes: %w", provider, err)
		}
		r.Owed.Minor = -clearing
		own, err := t.ownItems(merchant, provider, c, since)
		if err != nil {
			return err
		}
		payouts, err := t.payoutsSince(merchant, provider, c, since)
		if err != nil {
			return err
		}
		match(&r, own, payouts)
		return nil
	})
	return r, err
}

// ownItems are the booked charges and refunds of a provider, oldest first.
func (t *tx) ownItems(merchant, provider string, c money.Currency, since time.Time) (list []payments.OwnItem, err error) {
	var row struct {
		ID   string `db:"id"`
		Ref  string `db:"ref"`
		At   int64  `db:"finished_at_us"`
		Body string `db:"body"`
	}
	clearing := payments.ClearingOf(provider)
	err = t.each(&row, func() error {
		s, err := settlementRow{Body: row.Body}.settlement()
		if err != nil {
			return err
		}
		if len(s.Postings) > 0 && s.Postings[0].From == clearing && s.Bill.Currency == c {
			list = append(list, payments.OwnItem{Key: row.ID, Ref: row.Ref, Kind: "charge", Amount: s.Bill.Total, At: fromMicros(row.At)})
		}
		return nil
	}, `SELECT id, ref, finished_at_us, body FROM settlements WHERE merchant_id = ? AND state = 'booked' AND finished_at_us >= ?`, merchant, micros(since))
	if err != nil {
		return nil, fmt.Errorf("find charges of %s: %w", provider, err)
	}
	err = t.each(&row, func() error {
		f, err := refundRow{Body: row.Body}.refund()
		if err != nil {
			return err
		}
		if len(f.Postings) == 0 || f.Postings[0].To != clearing || f.Amount.Currency != c {
			return nil
		}
		back := f.Amount
		back.Minor = -back.Minor
		if f.Stray { // its charge was for no sale, and stands in the provider's list too
			list = append(list, payments.OwnItem{Key: f.Charge, Ref: f.Ref, Kind: "charge", Amount: f.Amount, At: fromMicros(row.At)})
		}
		list = append(list, payments.OwnItem{Key: row.ID, Ref: row.Ref, Kind: "refund", Amount: back, At: fromMicros(row.At)})
		return nil
	}, `SELECT id, ref, finished_at_us, body FROM refunds WHERE merchant_id = ? AND state = 'done' AND finished_at_us >= ?`, merchant, micros(since))
	if err != nil {
		return nil, fmt.Errorf("find refunds of %s: %w", provider, err)
	}
	slices.SortStableFunc(list, func(a, b payments.OwnItem) int { return a.At.Compare(b.At) })
	return list, nil
}

func (t *tx) payoutsSince(merchant, provider string, c money.Currency, since time.Time) (list []payments.Payout, err error) {
	var row payoutRow
	err = t.each(&row, func() error {
		p, err := row.payout()
		list = append(list, p)
		return err
	}, selectPayout+` WHERE merchant_id = ? AND provider = ? AND currency = ? AND paid_at_us >= ? ORDER BY paid_at_us, id`,
		merchant, provider, c, micros(since))
	return list, err
}

// match pairs ours with the provider's, by any reference or key.
func match(r *payments.Reconciliation, own []payments.OwnItem, payouts []payments.Payout) {
	by := map[string]int{}
	for i, o := range own {
		if o.Ref != "" {
			by[o.Kind+o.Ref] = i
		}
		by[o.Kind+o.Key] = i
	}
	paid, explained := make([]bool, len(own)), r.Owed.Currency.Zero()
	for _, p := range payouts {
		if len(p.Items) == 0 {
			r.Untold.Minor += p.Amount.Minor + p.Fee.Minor
		}
		for _, item := range p.Items {
			i, found := find(by, item)
			their := payments.TheirItem{Payout: p.ID, PayoutItem: item}
			switch {
			case item.Gross.Minor == 0: // a fee of its own: nothing of ours goes with it
			case !found:
				r.Unknown = append(r.Unknown, their)
				explained.Minor -= item.Gross.Minor
			case paid[i]:
				r.Twice = append(r.Twice, their)
				explained.Minor -= item.Gross.Minor
			default:
				paid[i] = true
				if their.Own = own[i].Amount; their.Own != item.Gross {
					r.Differ = append(r.Differ, their)
					explained.Minor += their.Own.Minor - item.Gross.Minor
				}
			}
		}
	}
	for i, o := range own {
		if !paid[i] {
			r.Open = append(r.Open, o)
			r.OpenSum.Minor += o.Amount.Minor
		}
	}
	r.Rest.Minor = r.Owed.Minor - (r.OpenSum.Minor + explained.Minor - r.Untold.Minor)
}

// find looks for an item as a charge if it brings money, else as a refund.
func find(by map[string]int, item payments.PayoutItem) (int, bool) {
	kind := "charge"
	if item.Gross.Minor < 0 {
		kind = "refund"
	}
	for _, ref := range append([]string{item.ID}, item.Refs...) {
		if i, ok := by[kind+ref]; ok && ref != "" {
			return i, true
		}
	}
	return 0, false
}
