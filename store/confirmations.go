package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"voicetill/payments"
)

// confirmSetting is the place's setting that ConfirmRule reads.
const confirmSetting = "confirm"

// ConfirmRule is which payments of a place staff confirms.
func (db *DB) ConfirmRule(ctx context.Context, place string) (r payments.ConfirmRule, err error) {
	_, err = db.PlaceSetting(ctx, place, confirmSetting, &r)
	return r, err
}

// SetConfirmRule is the rule for payments from now on. ErrNoPlace,
// payments.ErrConfirmRule.
func (db *DB) SetConfirmRule(ctx context.Context, place string, r payments.ConfirmRule) error {
	if err := r.Valid(); err != nil {
		return err
	}
	return db.SetPlaceSetting(ctx, place, confirmSetting, r)
}

type confirmationRow struct {
	ID     string `db:"id"`
	State  string `db:"state"`
	Reason string `db:"reason"`
	Who    string `db:"who"`
	Body   string `db:"body"`
}

const selectConfirmation = `SELECT c.id, c.state, c.reason, c.who, c.body FROM confirmations c`

func (r confirmationRow) confirmation() (c payments.Confirmation, err error) {
	if err := json.Unmarshal([]byte(r.Body), &c); err != nil {
		return c, fmt.Errorf("read confirmation %s: %w", r.ID, err)
	}
	c.State, c.Reason, c.Who = r.State, r.Reason, r.Who
	return c, nil
}

// useConfirmation makes sure that staff has confirmed what the place's rule asks
// for, and uses the confirmation up. One whose settlement has come to nothing can
// be used by the next try.
func (t *tx) useConfirmation(s payments.Settlement) error {
	b := s.Bill
	if s.Confirmed == "" {
		rule, err := t.confirmRule(b)
		if err == nil && rule.Asks(b) {
			err = payments.ErrUnconfirmed
		}
		return err
	}
	n, err := t.exec(`UPDATE confirmations SET state = 'used', settlement_id = ?
		WHERE merchant_id = ? AND id = ? AND bill_id = ? AND consent = ? AND account_id = ? AND expires_at_us > ?
		AND (state = 'approved' OR state = 'used' AND EXISTS (SELECT 1 FROM settlements s
			WHERE s.merchant_id = confirmations.merchant_id AND s.id = confirmations.settlement_id AND s.state IN ('released', 'reversing')))`,
		s.Key, b.Merchant, s.Confirmed, b.ID, s.Consent, s.Account, micros(s.StartedAt))
	if err == nil && n == 0 {
		err = payments.ErrUnconfirmed
	}
	return err
}

func (t *tx) confirmRule(b payments.Bill) (r payments.ConfirmRule, err error) {
	var bodies []string
	err = t.all(&bodies, `SELECT body FROM place_settings WHERE merchant_id = ? AND place_id = ? AND name = ?`, b.Merchant, b.Place, confirmSetting)
	if err == nil && len(bodies) > 0 {
		err = json.Unmarshal([]byte(bodies[0]), &r)
	}
	if err != nil {
		return r, fmt.Errorf("read the rule for confirmations of %s: %w", b.Place, err)
	}
	return r, nil
}

// AskConfirmation is part of payments.Confirmations.
func (db *DB) AskConfirmation(ctx context.Context, c payments.Confirmation) (asked payments.Confirmation, err error) {
	body, err := json.Marshal(c)
	if err != nil {
		return asked, fmt.Errorf("write confirmation: %w", err)
	}
	err = db.tx(ctx, func(t *tx) error {
		b := c.Bill
		if _, err := t.exec(`UPDATE bills SET state = state WHERE merchant_id = ? AND id = ?`, b.Merchant, b.ID); err != nil {
			return err
		}
		if err := t.checkBill(b, c.Asked); err != nil {
			return err
		}
		var rows []confirmationRow
		err := t.all(&rows, selectConfirmation+` WHERE c.merchant_id = ? AND c.bill_id = ? AND c.consent = ? AND c.account_id = ?
			AND c.state IN ('waiting', 'approved') AND c.expires_at_us > ?`, b.Merchant, b.ID, b.Consent(), c.Account, micros(c.Asked))
		if err != nil {
			return err
		}
		if len(rows) > 0 {
			asked, err = rows[0].confirmation()
			return err
		}
		if err := t.withdraw(b.ID); err != nil {
			return err
		}
		asked = c
		_, err = t.exec(`INSERT INTO confirmations (merchant_id, id, place_id, bill_id, consent, account_id, state, reason, who, settlement_id,
			asked_at_us, expires_at_us, body) VALUES (?, ?, ?, ?, ?, ?, 'waiting', '', '', '', ?, ?, ?)`,
			b.Merchant, c.ID, b.Place, b.ID, b.Consent(), c.Account, micros(c.Asked), micros(c.Expires), string(body))
		return err
	})
	return asked, err
}

func (t *tx) withdraw(bill string) error {
	_, err := t.exec(`UPDATE confirmations SET state = 'void' WHERE bill_id = ? AND state IN ('waiting', 'approved')`, bill)
	return err
}

// WithdrawConfirmation is part of payments.Confirmations.
func (db *DB) WithdrawConfirmation(ctx context.Context, bill string) error {
	return db.tx(ctx, func(t *tx) error { return t.withdraw(bill) })
}

// ConfirmationOf is part of payments.Confirmations.
func (db *DB) ConfirmationOf(ctx context.Context, bill string) (payments.Confirmation, error) {
	var row confirmationRow
	err := db.get(ctx, &row, selectConfirmation+` WHERE c.bill_id = ? ORDER BY c.asked_at_us DESC, c.id DESC LIMIT 1`, bill)
	if err != nil {
		return payments.Confirmation{}, none(err, payments.ErrNoConfirmation)
	}
	return row.confirmation()
}

// DecideConfirmation is part of payments.Confirmations.
func (db *DB) DecideConfirmation(ctx context.Context, d payments.Decision) (c payments.Confirmation, err error) {
	state := payments.ConfirmRefused
	if d.Approve {
		state = payments.ConfirmApproved
	}
	err = db.tx(ctx, func(t *tx) error {
		n, err := t.exec(`UPDATE confirmations SET state = ?, reason = ?, who = ?, decided_at_us = ?
			WHERE place_id = ? AND id = ? AND state = 'waiting' AND expires_at_us > ? AND EXISTS (SELECT 1 FROM bills b
				WHERE b.merchant_id = confirmations.merchant_id AND b.id = confirmations.bill_id
				AND b.state = 'open' AND b.consent = confirmations.consent)`,
			state, d.Reason, d.Who, micros(d.At), d.Place, d.ID, micros(d.At))
		if err != nil {
			return err
		}
		var row confirmationRow
		if err := t.get(&row, selectConfirmation+` WHERE c.place_id = ? AND c.id = ?`, d.Place, d.ID); err != nil {
			return none(err, payments.ErrNoConfirmation)
		}
		if c, err = row.confirmation(); err != nil || n == 1 {
			return err
		}
		return whyUndecided(c, d.At)
	})
	return c, err
}

func whyUndecided(c payments.Confirmation, at time.Time) error {
	switch {
	case c.State == payments.ConfirmVoid:
		return payments.ErrConfirmVoid
	case c.State != payments.ConfirmWaiting:
		return payments.ErrDecided
	case !at.Before(c.Expires):
		return payments.ErrConfirmLate
	}
	return payments.ErrConfirmVoid
}

// WaitingConfirmations is part of payments.Confirmations.
func (db *DB) WaitingConfirmations(ctx context.Context, place string, at time.Time) ([]payments.Confirmation, error) {
	return db.confirmations(ctx, selectConfirmation+` JOIN bills b ON b.merchant_id = c.merchant_id AND b.id = c.bill_id
		WHERE c.place_id = ? AND c.state = 'waiting' AND c.expires_at_us > ? AND b.state = 'open' AND b.consent = c.consent
		ORDER BY c.asked_at_us, c.id`, place, micros(at))
}

// ApprovedConfirmations is part of payments.Confirmations.
func (db *DB) ApprovedConfirmations(ctx context.Context, before time.Time) ([]payments.Confirmation, error) {
	return db.confirmations(ctx, selectConfirmation+` WHERE c.state = 'approved' AND (c.decided_at_us <= ? OR c.decided_at_us > ?) AND c.expires_at_us > ?
		ORDER BY c.decided_at_us, c.id`, micros(before), micros(before.Add(payments.Ahead)), micros(before))
}

func (db *DB) confirmations(ctx context.Context, query string, args ...any) ([]payments.Confirmation, error) {
	var rows []confirmationRow
	if err := db.all(ctx, &rows, query, args...); err != nil {
		return nil, err
	}
	list := make([]payments.Confirmation, len(rows))
	var errs []error
	for i, r := range rows {
		c, err := r.confirmation()
		list[i], errs = c, append(errs, err)
	}
	return list, errors.Join(errs...)
}
