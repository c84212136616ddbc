package store

import (
	"context"
	"fmt"

	"voicetill/payments"
	"voicetill/payments/money"
)

// reserveTopUp is Reserve of a payment into a balance: nothing is taken from a
// shelf, and the balance must stay below its ceiling with all that is on its way.
func (db *DB) reserveTopUp(ctx context.Context, s payments.Settlement) error {
	return db.tx(ctx, func(t *tx) error {
		if err := s.Bill.Check(); err != nil {
			return fmt.Errorf("%w: %w", payments.ErrBillVoid, err)
		}
		if err := t.holdBill(s.Bill, s.Consent, s.StartedAt); err != nil {
			return err
		}
		if err := t.addSettlement(s); err != nil {
			return err
		}
		return t.belowCeiling(s)
	})
}

// belowCeiling holds the balance's row, so that of two payments into it the
// later one sees the earlier.
func (t *tx) belowCeiling(s payments.Settlement) error {
	currency := s.Bill.Currency
	var have, coming int64
	err := t.get(&have, `INSERT INTO balances (merchant_id, account, currency, amount_minor) VALUES (?, ?, ?, 0)
		ON CONFLICT (merchant_id, account, currency) DO UPDATE SET amount_minor = balances.amount_minor
		RETURNING amount_minor`, s.Bill.Merchant, payments.ShopperAccount(s.Account), currency)
	if err != nil {
		return fmt.Errorf("hold balance of %s: %w", s.Account, err)
	}
	err = t.get(&coming, `SELECT COALESCE(SUM(amount_minor), 0) FROM settlements
		WHERE merchant_id = ? AND into_account = ? AND state = 'reserved'`, s.Bill.Merchant, balanceOf(s))
	if err != nil {
		return fmt.Errorf("find what is on its way to %s: %w", s.Account, err)
	}
	if have+coming > s.Ceiling.Minor {
		return &payments.CeilingError{Have: money.Of(have+coming-s.Bill.Total.Minor, currency), Ceiling: s.Ceiling}
	}
	return nil
}

// balanceOf names the balance that a settlement pays into.
func balanceOf(s payments.Settlement) string {
	return payments.ShopperAccount(s.Account) + " " + string(s.Bill.Currency)
}

// topUpSetting is the place's setting that TopUpLimits reads.
const topUpSetting = "topup"

type topUpLimits struct {
	Least   int64 `json:"least_minor"`
	Most    int64 `json:"most_minor"`
	Ceiling int64 `json:"ceiling_minor"`
}

// TopUpLimits is part of payments.Wallet.
func (db *DB) TopUpLimits(ctx context.Context, place string, c money.Currency) (payments.TopUpLimits, error) {
	var l topUpLimits
	set, err := db.PlaceSetting(ctx, place, topUpSetting, &l)
	if err != nil || !set {
		return payments.DefaultTopUpLimits(c), err
	}
	return payments.TopUpLimits{Least: money.Of(l.Least, c), Most: money.Of(l.Most, c), Ceiling: money.Of(l.Ceiling, c)}, nil
}

// SetTopUpLimits makes l those of a place, or returns payments.ErrTopUpAmount
// where they leave nothing to pay in.
func (db *DB) SetTopUpLimits(ctx context.Context, place string, l payments.TopUpLimits) error {
	if !l.Valid() {
		return fmt.Errorf("%w: the least is above zero, the most not below it, the ceiling not below that", payments.ErrTopUpAmount)
	}
	return db.SetPlaceSetting(ctx, place, topUpSetting, topUpLimits{l.Least.Minor, l.Most.Minor, l.Ceiling.Minor})
}
