package store

import (
	"context"
	"encoding/json"
	"fmt"

	"voicetill/payments"
)

func (t *tx) addReceipt(r payments.Receipt) (body []byte, err error) {
	if body, err = json.Marshal(r); err != nil {
		return nil, fmt.Errorf("write receipt: %w", err)
	}
	_, err = t.exec(`INSERT INTO receipts (merchant_id, no, id, place_id, bill_id, link, total_minor, currency, paid_at_us, body)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.Merchant, r.No, r.ID, r.Place, r.Bill, r.Link, r.Total.Minor, r.Currency, micros(r.Paid), string(body))
	if err != nil {
		return nil, fmt.Errorf("write receipt %d: %w", r.No, err)
	}
	_, err = t.exec(`INSERT INTO passes (merchant_id, id, place_id, receipt_id, expires_at_us, gate) VALUES (?, ?, ?, ?, ?, '')`,
		r.Merchant, r.PassID, r.Place, r.ID, micros(r.Paid.Add(payments.PassLife)))
	return body, err
}

// receipt returns the one that the condition on one column names.
func (t *tx) receipt(where string, arg any) (payments.Receipt, error) {
	var body string
	if err := t.get(&body, `SELECT body FROM receipts WHERE `+where, arg); err != nil {
		return payments.Receipt{}, none(err, payments.ErrNoReceipt)
	}
	return readReceipt(body)
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

// Sales are the latest receipts of a place, newest first, at most limit. Their
// Pass is empty.
func (db *DB) Sales(ctx context.Context, place string, limit int) ([]payments.Receipt, error) {
	var bodies []string
	err := db.all(ctx, &bodies, `SELECT body FROM receipts
		WHERE merchant_id = (SELECT merchant_id FROM places WHERE id = ?) AND place_id = ? ORDER BY no DESC LIMIT ?`, place, place, limit)
	if err != nil {
		return nil, err
	}
	sales := make([]payments.Receipt, len(bodies))
	for i, b := range bodies {
		if sales[i], err = readReceipt(b); err != nil {
			return nil, err
		}
	}
	return sales, nil
}
