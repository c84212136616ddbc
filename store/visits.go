package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"voicetill/payments"
	"voicetill/payments/deliver"
)

// tariffSetting is the place's setting that Tariff reads.
const tariffSetting = "tariff"

// Tariff is part of payments.Visits.
func (db *DB) Tariff(ctx context.Context, place string) (t payments.Tariff, err error) {
	set, err := db.PlaceSetting(ctx, place, tariffSetting, &t)
	if err == nil && !set {
		err = payments.ErrNoTariff
	}
	return t, err
}

// SetTariff is what visits of a place cost from now on; nil: there are none to
// pay. ErrNoPlace, payments.ErrTariff.
func (db *DB) SetTariff(ctx context.Context, place string, t *payments.Tariff) error {
	if t == nil {
		return db.SetPlaceSetting(ctx, place, tariffSetting, nil)
	}
	if err := t.Valid(); err != nil {
		return err
	}
	return db.SetPlaceSetting(ctx, place, tariffSetting, t)
}

type visitRow struct {
	Merchant     string `db:"merchant_id"`
	ID           string `db:"id"`
	Place        string `db:"place_id"`
	Key          string `db:"visit_key"`
	Gate         string `db:"gate"`
	Account      string `db:"account_id"`
	State        string `db:"state"`
	Subscription string `db:"subscription_id"`
	Receipt      string `db:"receipt_id"`
	Entered      int64  `db:"entered_at_us"`
	Left         *int64 `db:"left_at_us"`
}

const selectVisit = `SELECT merchant_id, id, place_id, visit_key, gate, account_id, state, subscription_id, receipt_id, entered_at_us, left_at_us FROM visits`

func (r visitRow) visit() payments.Visit {
	return payments.Visit{ID: r.ID, Merchant: r.Merchant, Place: r.Place, Key: r.Key, Gate: r.Gate, Account: r.Account, State: r.State,
		Subscription: r.Subscription, Receipt: r.Receipt, Entered: fromMicros(r.Entered), Left: timeOf(r.Left)}
}

// EnterVisit is part of payments.Visits.
func (db *DB) EnterVisit(ctx context.Context, v payments.Visit) (kept payments.Visit, err error) {
	err = db.tx(ctx, func(t *tx) error {
		n, err := t.exec(`INSERT INTO visits (merchant_id, id, place_id, visit_key, gate, account_id, state, subscription_id, receipt_id, entered_at_us)
			VALUES (?, ?, ?, ?, ?, ?, 'inside', '', '', ?) ON CONFLICT (merchant_id, place_id, visit_key) DO NOTHING`,
			v.Merchant, v.ID, v.Place, v.Key, v.Gate, v.Account, micros(v.Entered))
		if err != nil {
			return fmt.Errorf("enter visit %s: %w", v.Key, err)
		}
		if kept, err = t.visitByKey(v.Merchant, v.Place, v.Key); err != nil {
			return err
		}
		if kept.Account != v.Account {
			return payments.ErrVisitOther
		}
		if n == 0 {
			return nil
		}
		if kept, err = t.useSubscription(kept, kept.Entered); err != nil || kept.State == payments.VisitSubscribed || !v.Told {
			return err
		}
		return t.notify(v.Merchant, deliver.StayBegun+kept.ID, kept.Account, db.now())
	})
	return kept, err
}

func (t *tx) visitByKey(merchant, place, key string) (payments.Visit, error) {
	var row visitRow
	err := t.get(&row, selectVisit+` WHERE merchant_id = ? AND place_id = ? AND visit_key = ?`, merchant, place, key)
	return row.visit(), none(err, payments.ErrNoVisit)
}

// VisitByKey is part of payments.Visits.
func (db *DB) VisitByKey(ctx context.Context, merchant, place, key string) (v payments.Visit, err error) {
	err = db.view(ctx, func(t *tx) error {
		v, err = t.visitByKey(merchant, place, key)
		return err
	})
	return v, err
}

// holdVisit locks a visit's row and returns how it stands.
func (t *tx) holdVisit(v payments.Visit) (payments.Visit, error) {
	if _, err := t.exec(`UPDATE visits SET state = state WHERE merchant_id = ? AND id = ?`, v.Merchant, v.ID); err != nil {
		return v, err
	}
	return t.visitByKey(v.Merchant, v.Place, v.Key)
}

// LeaveVisit is part of payments.Visits.
func (db *DB) LeaveVisit(ctx context.Context, v payments.Visit, at time.Time) (kept payments.Visit, err error) {
	err = db.tx(ctx, func(t *tx) error {
		if kept, err = t.holdVisit(v); err != nil {
			return err
		}
		if kept, err = t.leaveAt(kept, at); err != nil {
			return err
		}
		if kept.State != payments.VisitInside {
			return nil
		}
		if kept, err = t.useSubscription(kept, kept.Left); err != nil || kept.State != payments.VisitInside {
			return err
		}
		kept.State = payments.VisitCharging
		_, err := t.exec(`UPDATE visits SET state = 'charging' WHERE merchant_id = ? AND id = ?`, v.Merchant, v.ID)
		return err
	})
	return kept, err
}

// leaveAt moves the end of a visit, until it is closed or its bill is being paid:
// who comes to the exit and turns back pays for what came after, too.
func (t *tx) leaveAt(v payments.Visit, at time.Time) (payments.Visit, error) {
	open := v.State == payments.VisitInside || v.State == payments.VisitCharging
	if at.Before(v.Entered) {
		at = v.Entered
	}
	if !open || !at.After(v.Left) {
		return v, nil
	}
	n, err := t.exec(`UPDATE visits SET left_at_us = ? WHERE merchant_id = ? AND id = ? AND NOT EXISTS (SELECT 1 FROM bills b
		WHERE b.merchant_id = visits.merchant_id AND b.cart = ? AND b.state IN ('reserved', 'paid'))`,
		micros(at), v.Merchant, v.ID, payments.VisitCart(v.ID))
	if n == 1 {
		v.Left = at
	}
	return v, err
}

// FreeVisit is part of payments.Visits.
func (db *DB) FreeVisit(ctx context.Context, v payments.Visit) error {
	_, err := db.exec(ctx, `UPDATE visits SET state = 'free' WHERE merchant_id = ? AND id = ? AND state = 'charging'`, v.Merchant, v.ID)
	if err != nil {
		return fmt.Errorf("close visit %s: %w", v.ID, err)
	}
	return nil
}

// payVisit ends the visit whose bill was booked, in the transaction that books it.
func (t *tx) payVisit(b payments.Bill, receipt string) error {
	id, ok := strings.CutPrefix(b.Cart, payments.VisitCart(""))
	if !ok {
		return nil
	}
	_, err := t.exec(`UPDATE visits SET state = 'paid', receipt_id = ? WHERE merchant_id = ? AND id = ? AND state = 'charging'`, receipt, b.Merchant, id)
	if err != nil {
		return fmt.Errorf("close visit %s: %w", id, err)
	}
	return nil
}

// VisitsOf is part of payments.Visits.
func (db *DB) VisitsOf(ctx context.Context, merchant, account string, limit int) ([]payments.Visit, error) {
	var rows []visitRow
	err := db.all(ctx, &rows, selectVisit+` WHERE merchant_id = ? AND account_id = ? ORDER BY entered_at_us DESC, id DESC LIMIT ?`, merchant, account, limit)
	list := make([]payments.Visit, len(rows))
	for i, r := range rows {
		list[i] = r.visit()
	}
	return list, err
}

// useSubscription uses up one visit of what the account has at the place, what
// ends first before what lasts, or leaves v as it is. What was sold by a clock that
// was set back since is used from then on, too.
func (t *tx) useSubscription(v payments.Visit, at time.Time) (payments.Visit, error) {
	for {
		var sub subscriptionRow
		err := t.get(&sub, `SELECT id, starts_at_us FROM subscriptions WHERE merchant_id = ? AND account_id = ? AND place_id = ? AND ended_at_us IS NULL
			AND (ends_at_us IS NULL OR ends_at_us > ?) AND (visits = 0 OR used < visits)
			ORDER BY COALESCE(ends_at_us, 9223372036854775807), starts_at_us, id LIMIT 1`, v.Merchant, v.Account, v.Place, micros(at))
		if errors.Is(none(err, payments.ErrNoVisit), payments.ErrNoVisit) {
			return v, nil
		}
		if err != nil {
			return v, fmt.Errorf("find subscription of visit %s: %w", v.ID, err)
		}
		n, err := t.exec(`UPDATE subscriptions SET used = used + 1
			WHERE merchant_id = ? AND id = ? AND ended_at_us IS NULL AND (visits = 0 OR used < visits)`, v.Merchant, sub.ID)
		if err != nil {
			return v, err
		}
		if n == 0 {
			continue // another gate was faster
		}
		v.State, v.Subscription = payments.VisitSubscribed, sub.ID
		_, err = t.exec(`INSERT INTO subscription_uses (merchant_id, id, subscription_id, at_us) VALUES (?, ?, ?, ?)`, v.Merchant, v.ID, sub.ID, max(micros(at), sub.Starts))
		if err != nil {
			return v, fmt.Errorf("use subscription %s: %w", sub.ID, err)
		}
		_, err = t.exec(`UPDATE visits SET state = ?, subscription_id = ? WHERE merchant_id = ? AND id = ?`, v.State, sub.ID, v.Merchant, v.ID)
		return v, err
	}
}
