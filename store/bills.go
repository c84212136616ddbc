package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"voicetill/payments"
)

// IssueBill is part of payments.Bills.
func (db *DB) IssueBill(ctx context.Context, b payments.Bill) (payments.Bill, error) {
	err := db.tx(ctx, func(t *tx) error {
		var row struct {
			ID      string `db:"id"`
			Version int    `db:"version"`
		}
		err := t.get(&row, `INSERT INTO bills (merchant_id, id, cart, version, state, consent, expires_at_us, body)
			VALUES (?, ?, ?, 1, 'open', '', ?, '')
			ON CONFLICT (merchant_id, cart) DO UPDATE
			SET version = bills.version + 1, state = 'open', expires_at_us = excluded.expires_at_us
			WHERE bills.state IN ('open', 'void') RETURNING id, version`,
			b.Merchant, b.ID, b.Cart, micros(b.Expires))
		if errors.Is(err, sql.ErrNoRows) {
			return t.whyNotIssued(b)
		}
		if err != nil {
			return fmt.Errorf("issue bill of cart %s: %w", b.Cart, err)
		}
		b.ID, b.Version = row.ID, row.Version
		return t.saveBill(b)
	})
	return b, err
}

func (t *tx) saveBill(b payments.Bill) error {
	body, err := json.Marshal(b)
	if err != nil {
		return fmt.Errorf("write bill %s: %w", b.ID, err)
	}
	_, err = t.exec(`UPDATE bills SET consent = ?, body = ? WHERE merchant_id = ? AND id = ?`,
		b.Consent(), string(body), b.Merchant, b.ID)
	return err
}

func (t *tx) whyNotIssued(b payments.Bill) error {
	var state string
	err := t.get(&state, `SELECT state FROM bills WHERE merchant_id = ? AND cart = ?`, b.Merchant, b.Cart)
	if err != nil {
		return fmt.Errorf("issue bill of cart %s: %w", b.Cart, err)
	}
	if state == "paid" {
		return payments.ErrBillPaid
	}
	return payments.ErrBillPending
}

// BillByCart is part of payments.Bills.
func (db *DB) BillByCart(ctx context.Context, merchant, cart string) (payments.Bill, error) {
	return db.bill(ctx, `merchant_id = ? AND cart = ?`, merchant, cart)
}

// BillByID is part of payments.Bills.
func (db *DB) BillByID(ctx context.Context, id string) (payments.Bill, error) {
	return db.bill(ctx, `id = ?`, id)
}

func (db *DB) bill(ctx context.Context, where string, args ...any) (b payments.Bill, err error) {
	var body string
	if err := db.get(ctx, &body, `SELECT body FROM bills WHERE `+where, args...); err != nil {
		return b, none(err, payments.ErrBillVoid)
	}
	if err := json.Unmarshal([]byte(body), &b); err != nil {
		return b, fmt.Errorf("read stored bill: %w", err)
	}
	return b, nil
}

// VoidBill is part of payments.Bills.
func (db *DB) VoidBill(ctx context.Context, id string) error {
	return db.tx(ctx, func(t *tx) error {
		n, err := t.exec(`UPDATE bills SET state = 'void' WHERE id = ? AND state = 'open'`, id)
		if err != nil || n == 1 {
			return err
		}
		var state string
		err = none(t.get(&state, `SELECT state FROM bills WHERE id = ?`, id), payments.ErrBillVoid)
		switch {
		case err == nil && state == "reserved":
			return payments.ErrBillPending
		case err == nil && state == "paid":
			return payments.ErrBillPaid
		case errors.Is(err, payments.ErrBillVoid):
			return nil
		}
		return err
	})
}

// BillOf is part of payments.Bills.
func (db *DB) BillOf(ctx context.Context, merchant, cart string) (id string, err error) {
	err = db.get(ctx, &id, `SELECT id FROM bills WHERE merchant_id = ? AND cart = ?`, merchant, cart)
	return id, none(err, payments.ErrBillVoid)
}

// CheckBill is part of payments.Bills.
func (db *DB) CheckBill(ctx context.Context, b payments.Bill, at time.Time) error {
	return db.view(ctx, func(t *tx) error { return t.checkBill(b, at) })
}

func (t *tx) checkBill(b payments.Bill, at time.Time) error {
	var row struct {
		Version int    `db:"version"`
		State   string `db:"state"`
		Consent string `db:"consent"`
		Expires int64  `db:"expires_at_us"`
	}
	err := t.get(&row, `SELECT version, state, consent, expires_at_us FROM bills WHERE merchant_id = ? AND id = ?`, b.Merchant, b.ID)
	switch {
	case err != nil:
		return none(err, payments.ErrBillVoid)
	case row.Version != b.Version || row.Consent != b.Consent() || row.State == "void":
		return payments.ErrBillVoid
	case row.State == "paid":
		return payments.ErrBillPaid
	case row.State == "reserved":
		return payments.ErrBillPending
	case micros(at) >= row.Expires:
		return payments.ErrBillExpired
	}
	return nil
}

// holdBill moves a bill from open to reserved, or says why not.
func (t *tx) holdBill(b payments.Bill, consent string, at time.Time) error {
	n, err := t.exec(`UPDATE bills SET state = 'reserved'
		WHERE merchant_id = ? AND id = ? AND version = ? AND consent = ? AND state = 'open' AND expires_at_us > ?`,
		b.Merchant, b.ID, b.Version, consent, micros(at))
	if err != nil {
		return fmt.Errorf("reserve bill %s: %w", b.ID, err)
	}
	if n == 1 {
		return nil
	}
	if err := t.checkBill(b, at); err != nil {
		return err
	}
	return payments.ErrBillVoid
}
