package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"voicetill/payments"
)

// plansSetting is the place's setting that Plans reads.
const plansSetting = "plans"

// Plans are what a place sells for visits.
func (db *DB) Plans(ctx context.Context, place string) (plans []payments.Plan, err error) {
	_, err = db.PlaceSetting(ctx, place, plansSetting, &plans)
	return plans, err
}

// SetPlans is what a place sells from now on; what was sold stays as it was.
// ErrNoPlace, payments.ErrPlan.
func (db *DB) SetPlans(ctx context.Context, place string, plans []payments.Plan) error {
	for i, p := range plans {
		if err := p.Valid(); err != nil {
			return err
		}
		if slices.ContainsFunc(plans[:i], func(q payments.Plan) bool { return q.Item == p.Item }) {
			return payments.ErrPlan
		}
	}
	if len(plans) == 0 {
		return db.SetPlaceSetting(ctx, place, plansSetting, nil)
	}
	return db.SetPlaceSetting(ctx, place, plansSetting, plans)
}

// sellPlans makes the subscriptions that were bought with a receipt, in the
// transaction that issues it. They belong to the buyer.
func (t *tx) sellPlans(r payments.Receipt) error {
	var bodies []string
	err := t.all(&bodies, `SELECT body FROM place_settings WHERE merchant_id = ? AND place_id = ? AND name = ?`, r.Merchant, r.Place, plansSetting)
	if err != nil || len(bodies) == 0 {
		return err
	}
	var plans []payments.Plan
	if err := json.Unmarshal([]byte(bodies[0]), &plans); err != nil {
		return fmt.Errorf("read the plans of %s: %w", r.Place, err)
	}
	for _, l := range r.Lines {
		for _, p := range plans {
			if p.Item != l.Item || l.Milli < 1000 {
				continue
			}
			if err := t.sellPlan(r, l, p); err != nil {
				return err
			}
		}
	}
	return nil
}

// sellPlan keeps one subscription for a line: of several pieces the visits, or
// where they are any number the days, add up.
func (t *tx) sellPlan(r payments.Receipt, l payments.Line, p payments.Plan) error {
	pieces := l.Milli / 1000
	var ends *int64
	if p.Days > 0 {
		days := p.Days
		if p.Visits == 0 {
			days *= int(pieces)
		}
		us := micros(r.Paid.AddDate(0, 0, days))
		ends = &us
	}
	_, err := t.exec(`INSERT INTO subscriptions (merchant_id, id, place_id, receipt_id, receipt_no, line, account_id, name, visits, used, starts_at_us, ends_at_us)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)`, r.Merchant, fmt.Sprintf("%s/%d", r.ID, l.Line), r.Place, r.ID, r.No, l.Line,
		r.Holders()[0], l.Name, int64(p.Visits)*pieces, micros(r.Paid), ends)
	if err != nil {
		return fmt.Errorf("sell plan %s: %w", p.Item, err)
	}
	return nil
}

// endPlans ends the subscriptions whose lines a refund gives back. What has used
// them before did so before they ended, whatever the clocks of two nodes say.
func (t *tx) endPlans(r payments.Receipt) error {
	for _, l := range r.Lines {
		var last int64
		_, err := t.exec(`UPDATE subscriptions SET used = used WHERE merchant_id = ? AND receipt_no = ? AND line = ?`, r.Merchant, r.RefundOf, l.Line)
		if err == nil {
			err = t.get(&last, `SELECT COALESCE(MAX(u.at_us), 0) FROM subscription_uses u JOIN subscriptions s
				ON s.merchant_id = u.merchant_id AND s.id = u.subscription_id WHERE s.merchant_id = ? AND s.receipt_no = ? AND s.line = ?`,
				r.Merchant, r.RefundOf, l.Line)
		}
		if err == nil {
			_, err = t.exec(`UPDATE subscriptions SET ended_at_us = ? WHERE merchant_id = ? AND receipt_no = ? AND line = ? AND ended_at_us IS NULL`,
				max(micros(r.Paid), last+1), r.Merchant, r.RefundOf, l.Line)
		}
		if err != nil {
			return fmt.Errorf("end the visits of receipt %d: %w", r.RefundOf, err)
		}
	}
	return nil
}

type subscriptionRow struct {
	ID      string `db:"id"`
	Place   string `db:"place_id"`
	Receipt int64  `db:"receipt_no"`
	Name    string `db:"name"`
	Visits  int64  `db:"visits"`
	Used    int64  `db:"used"`
	Starts  int64  `db:"starts_at_us"`
	Ends    *int64 `db:"ends_at_us"`
	Ended   *int64 `db:"ended_at_us"`
}

func (r subscriptionRow) subscription() payments.Subscription {
	return payments.Subscription{ID: r.ID, Place: r.Place, Receipt: r.Receipt, Name: r.Name, Visits: r.Visits, Used: r.Used,
		Starts: fromMicros(r.Starts), Ends: timeOf(r.Ends), Ended: timeOf(r.Ended)}
}

// SubscriptionsOf is part of payments.Visits.
func (db *DB) SubscriptionsOf(ctx context.Context, merchant, account string) ([]payments.Subscription, error) {
	var rows []subscriptionRow
	err := db.all(ctx, &rows, `SELECT id, place_id, receipt_no, name, visits, used, starts_at_us, ends_at_us, ended_at_us FROM subscriptions
		WHERE merchant_id = ? AND account_id = ? ORDER BY starts_at_us DESC, id`, merchant, account)
	list := make([]payments.Subscription, len(rows))
	for i, r := range rows {
		list[i] = r.subscription()
	}
	return list, err
}

// HolderOf is part of payments.Visits.
func (db *DB) HolderOf(ctx context.Context, merchant, link string) (account string, err error) {
	err = db.get(ctx, &account, `SELECT s.account_id FROM subscriptions s JOIN receipts r ON r.merchant_id = s.merchant_id AND r.id = s.receipt_id
		WHERE r.merchant_id = ? AND r.link = ? LIMIT 1`, merchant, link)
	return account, none(err, payments.ErrNoMandate)
}
