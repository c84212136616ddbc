package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"voicetill/payments"
	"voicetill/payments/deliver"

	"github.com/oklog/ulid/v2"
)

// notify leaves a notice for an account, once for what it is about, in the
// transaction that makes it true.
func (t *tx) notify(merchant, about, account string, at time.Time) error {
	return t.postAbout(deliver.Notice, merchant, about, account, at)
}

// postAbout puts into the outbox what is no receipt, once for what it is about.
func (t *tx) postAbout(kind deliver.Kind, merchant, about, to string, at time.Time) error {
	_, err := t.exec(`INSERT INTO deliveries (merchant_id, id, receipt_id, kind, recipient, nth, state, tries, trouble, created_at_us, next_at_us)
		VALUES (?, ?, ?, ?, ?, 1, 'waiting', 0, '', ?, ?) ON CONFLICT DO NOTHING`,
		merchant, ulid.Make().String(), about, kind, to, micros(at), micros(at))
	if err != nil {
		return fmt.Errorf("post %s of %s: %w", kind, about, err)
	}
	return nil
}

// Mandate is part of deliver.Allowances.
func (db *DB) Mandate(ctx context.Context, merchant, id string) (payments.Mandate, error) {
	var row mandateRow
	err := db.get(ctx, &row, selectMandate+` WHERE m.merchant_id = ? AND m.id = ?`, merchant, id)
	return row.mandate(), none(err, payments.ErrNoMandate)
}

// Visit is part of deliver.Allowances.
func (db *DB) Visit(ctx context.Context, merchant, id string) (payments.Visit, error) {
	var row visitRow
	err := db.get(ctx, &row, selectVisit+` WHERE merchant_id = ? AND id = ?`, merchant, id)
	return row.visit(), none(err, payments.ErrNoVisit)
}

// TariffWords is part of deliver.Allowances.
func (db *DB) TariffWords(ctx context.Context, place string) ([]string, error) {
	tariff, err := db.Tariff(ctx, place)
	if errors.Is(err, payments.ErrNoTariff) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	_, items, err := db.Catalog(ctx, place)
	if err != nil {
		return nil, err
	}
	var words []string
	for _, it := range items {
		switch it.Number {
		case tariff.Item:
			words = append(words, it.Name+": "+it.Price.String())
		case tariff.DayItem:
			words = append(words, it.Name+" (max. 24 h): "+it.Price.String())
		}
	}
	if tariff.FreeMin > 0 {
		words = append(words, fmt.Sprintf("%d min: 0", tariff.FreeMin))
	}
	return words, nil
}
