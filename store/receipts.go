package store

import (
	"context"
	"encoding/json"
	"fmt"
	"math"

	"voicetill/payments"
)

// addReceipt stores a receipt. A sale's stands for its bill and comes with an
// exit pass; in the column of a refund's bill is its own id.
func (t *tx) addReceipt(r payments.Receipt) (body []byte, err error) {
	if body, err = json.Marshal(r); err != nil {
		return nil, fmt.Errorf("write receipt: %w", err)
	}
	bill := r.Bill
	if r.RefundOf != 0 {
		bill = r.ID
	}
	_, err = t.exec(`INSERT INTO receipts (merchant_id, no, id, place_id, bill_id, link, total_minor, currency, paid_at_us, body)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.Merchant, r.No, r.ID, r.Place, bill, r.Link, r.Total.Minor, r.Currency, micros(r.Paid), string(body))
	if err != nil {
		return nil, fmt.Errorf("write receipt %d: %w", r.No, err)
	}
	if !r.Exits() {
		return body, t.addDeliveries(r)
	}
	if err := t.firstPass(r); err != nil {
		return nil, err
	}
	return body, t.addDeliveries(r)
}

// receipt returns the one that the condition on one column names.
func (t *tx) receipt(where string, arg any) (payments.Receipt, error) {
	var body string
	if err := t.get(&body, `SELECT body FROM receipts WHERE `+where, arg); err != nil {
		return payments.Receipt{}, none(err, payments.ErrNoReceipt)
	}
	r, err := readReceipt(body)
	if err != nil {
		return r, err
	}
	return t.withExit(r)
}

func readReceipt(body string) (r payments.Receipt, err error) {
	if err := json.Unmarshal([]byte(body), &r); err != nil {
		return r, fmt.Errorf("read stored receipt: %w", err)
	}
	return r, nil
}

// ReceiptByBill is part of payments.Receipts.
func (db *DB) ReceiptByBill(ctx context.Context, bill string) (r payments.Receipt, err error) {
	err = db.view(ctx, func(t *tx) error {
		r, err = t.receipt(`bill_id = ?`, bill)
		return err
	})
	return r, err
}

// ReceiptByLink is part of payments.Receipts.
func (db *DB) ReceiptByLink(ctx context.Context, link string) (r payments.Receipt, err error) {
	err = db.view(ctx, func(t *tx) error {
		r, err = t.receipt(`link = ?`, link)
		return err
	})
	return r, err
}

// ReceiptByNo is a merchant's by its number, without its pass, or
// payments.ErrNoReceipt.
func (db *DB) ReceiptByNo(ctx context.Context, merchant string, no int64) (payments.Receipt, error) {
	var body string
	err := db.get(ctx, &body, `SELECT body FROM receipts WHERE merchant_id = ? AND no = ?`, merchant, no)
	if err != nil {
		return payments.Receipt{}, none(err, payments.ErrNoReceipt)
	}
	return readReceipt(body)
}

// History are the receipts that an account bought or paid, newest first, at
// most limit: those before the one that before names by time and id, where it
// is given. Their Pass is empty.
func (db *DB) History(ctx context.Context, account string, before payments.Receipt, limit int) ([]payments.Receipt, error) {
	at := int64(math.MaxInt64)
	if before.ID != "" {
		at = micros(before.Paid)
	}
	var bodies []string
	err := db.all(ctx, &bodies, `SELECT r.body FROM receipt_holders h
		JOIN receipts r ON r.merchant_id = h.merchant_id AND r.id = h.receipt_id
		WHERE h.account_id = ? AND (h.paid_at_us < ? OR h.paid_at_us = ? AND h.receipt_id < ?)
		ORDER BY h.paid_at_us DESC, h.receipt_id DESC LIMIT ?`, account, at, at, before.ID, limit)
	if err != nil {
		return nil, err
	}
	return readReceipts(bodies)
}

func readReceipts(bodies []string) (list []payments.Receipt, err error) {
	list = make([]payments.Receipt, len(bodies))
	for i, b := range bodies {
		if list[i], err = readReceipt(b); err != nil {
			return nil, err
		}
	}
	return list, nil
}
