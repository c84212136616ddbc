package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"voicetill/payments"
	"voicetill/payments/money"
)

type payoutRow struct {
	Provider string         `db:"provider"`
	ID       string         `db:"id"`
	Amount   int64          `db:"amount_minor"`
	Fee      int64          `db:"fee_minor"`
	Currency money.Currency `db:"currency"`
	Paid     int64          `db:"paid_at_us"`
	Items    string         `db:"items"`
}

const selectPayout = `SELECT provider, id, amount_minor, fee_minor, currency, paid_at_us, items FROM payouts`

func (r payoutRow) payout() (p payments.Payout, err error) {
	p = payments.Payout{Provider: r.Provider, ID: r.ID, Paid: fromMicros(r.Paid), Amount: money.Of(r.Amount, r.Currency), Fee: money.Of(r.Fee, r.Currency)}
	if err := json.Unmarshal([]byte(r.Items), &p.Items); err != nil {
		return p, fmt.Errorf("read payout %s: %w", r.ID, err)
	}
	return p, nil
}

// AddPayout books a payout, once by provider and id: added is false for the same
// again. payments.ErrPayout, ErrOtherPayout for another amount under the id,
// ErrNoProvider where nothing was charged by the provider.
func (db *DB) AddPayout(ctx context.Context, merchant string, p payments.Payout) (added bool, err error) {
	if err := p.Check(); err != nil {
		return false, err
	}
	items, err := json.Marshal(p.Items)
	if err != nil {
		return false, fmt.Errorf("write payout %s: %w", p.ID, err)
	}
	err = db.tx(ctx, func(t *tx) error {
		if err := t.hasClearing(merchant, p.Provider, p.Amount.Currency); err != nil {
			return err
		}
		now := db.now()
		_, err := t.exec(`INSERT INTO payouts (merchant_id, provider, id, amount_minor, fee_minor, currency, paid_at_us, booked_at_us, items)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			merchant, p.Provider, p.ID, p.Amount.Minor, p.Fee.Minor, p.Amount.Currency, micros(p.Paid), micros(now), string(items))
		if err != nil {
			return fmt.Errorf("write payout %s: %w", p.ID, err)
		}
		return t.enter(merchant, p.Entry(), p.Postings(merchant), now)
	})
	if isTaken(err) {
		return false, db.samePayout(ctx, merchant, p)
	}
	return err == nil, err
}

// hasClearing keeps a mistyped provider from having books of its own. What is
// charged within this ledger is never paid out.
func (t *tx) hasClearing(merchant, provider string, c money.Currency) error {
	if m := payments.Method(provider); m == payments.Prepaid || m == payments.Invoice || m == payments.ByHand {
		return fmt.Errorf("%w: %s is kept in this ledger", payments.ErrNoProvider, provider)
	}
	found := 0
	err := t.get(&found, `SELECT 1 FROM balances WHERE merchant_id = ? AND account = ? AND currency = ?`, merchant, payments.ClearingOf(provider), c)
	return none(err, fmt.Errorf("%w: %s in %s", payments.ErrNoProvider, provider, c))
}

func (db *DB) samePayout(ctx context.Context, merchant string, p payments.Payout) error {
	var row payoutRow
	err := db.get(ctx, &row, selectPayout+` WHERE merchant_id = ? AND provider = ? AND id = ?`, merchant, p.Provider, p.ID)
	if err == nil && (row.Amount != p.Amount.Minor || row.Fee != p.Fee.Minor || row.Currency != p.Amount.Currency) {
		err = fmt.Errorf("payout %s: %w", p.ID, payments.ErrOtherPayout)
	}
	return err
}

// Payouts are a merchant's, latest first, at most limit; of one provider where
// it is named.
func (db *DB) Payouts(ctx context.Context, merchant, provider string, limit int) ([]payments.Payout, error) {
	var rows []payoutRow
	err := db.all(ctx, &rows, selectPayout+` WHERE merchant_id = ? AND (? = '' OR provider = ?) ORDER BY paid_at_us DESC, id DESC LIMIT ?`,
		merchant, provider, provider, limit)
	list := make([]payments.Payout, len(rows))
	for i, r := range rows {
		p, err := r.payout()
		if err != nil {
			return nil, err
		}
		list[i] = p
	}
	return list, err
}

// LedgerAccounts are all accounts of a merchant's ledger by name; those of
// shoppers and companies as one each, and those that hold nothing left out.
func (db *DB) LedgerAccounts(ctx context.Context, merchant string) ([]payments.AccountBalance, error) {
	var rows []struct {
		Account  string         `db:"name"`
		Currency money.Currency `db:"currency"`
		Minor    int64          `db:"minor"`
	}
	err := db.all(ctx, &rows, `SELECT name, currency, SUM(amount_minor) AS minor FROM (
			SELECT CASE WHEN account LIKE 'shopper:%' THEN 'shoppers' WHEN account LIKE 'company:%' THEN 'companies' ELSE account END AS name,
				currency, amount_minor FROM balances WHERE merchant_id = ?
		) AS named GROUP BY name, currency ORDER BY name, currency`, merchant)
	list := []payments.AccountBalance{}
	for _, r := range rows {
		if r.Minor != 0 {
			list = append(list, payments.AccountBalance{Account: r.Account, Balance: money.Of(r.Minor, r.Currency)})
		}
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		err = fmt.Errorf("read balances: %w", err)
	}
	return list, err
}
