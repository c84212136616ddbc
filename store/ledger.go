package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"voicetill/payments"
	"voicetill/payments/money"
)

// bound is what an entry's hash covers besides its postings.
type bound struct {
	Receipt int64  `json:"receipt,omitempty"` // its number
	Digest  string `json:"digest,omitempty"`  // hash of the receipt's stored JSON
	Consent string `json:"consent,omitempty"`
}

// apply adds postings to the balances, in the order of their names. A
// shopper's balance never falls below zero: *payments.LowBalanceError.
func (t *tx) apply(merchant string, postings []payments.Posting) error {
	type account struct {
		name     string
		currency money.Currency
	}
	change := map[account]int64{}
	for _, p := range postings {
		change[account{p.From, p.Amount.Currency}] -= p.Amount.Minor
		change[account{p.To, p.Amount.Currency}] += p.Amount.Minor
	}
	order := slices.SortedFunc(maps.Keys(change), func(a, b account) int {
		return strings.Compare(a.name+"\x00"+string(a.currency), b.name+"\x00"+string(b.currency))
	})
	for _, a := range order {
		var after int64
		err := t.get(&after, `INSERT INTO balances (merchant_id, account, currency, amount_minor) VALUES (?, ?, ?, ?)
			ON CONFLICT (merchant_id, account, currency) DO UPDATE SET amount_minor = balances.amount_minor + excluded.amount_minor
			RETURNING amount_minor`, merchant, a.name, a.currency, change[a])
		if err != nil {
			return fmt.Errorf("post to %s: %w", a.name, err)
		}
		if after < 0 && strings.HasPrefix(a.name, "shopper:") {
			need := -change[a]
			return &payments.LowBalanceError{Need: money.Of(need, a.currency), Have: money.Of(after+need, a.currency)}
		}
	}
	return nil
}

// chain appends an entry to the merchant's ledger, bound by hash to the one
// before. It takes the merchant's row, so it comes last in a transaction. id
// must be new: an entry is written once.
func (t *tx) chain(merchant, id string, b bound, postings []payments.Posting, at time.Time) error {
	var head struct {
		Seq  int64  `db:"chain_seq"`
		Hash string `db:"chain_hash"`
	}
	err := t.get(&head, `UPDATE merchants SET chain_seq = chain_seq + 1 WHERE id = ? RETURNING chain_seq, chain_hash`, merchant)
	if err != nil {
		return fmt.Errorf("find ledger of %s: %w", merchant, err)
	}
	body, err := json.Marshal(b)
	if err != nil {
		return err
	}
	e := entryRow{Merchant: merchant, Seq: head.Seq, ID: id, At: micros(at), Body: string(body), Prev: head.Hash}
	e.Hash = e.hash(postings)
	_, err = t.NamedExecContext(t.ctx, `INSERT INTO entries (merchant_id, seq, id, at_us, body, prev, hash)
		VALUES (:merchant_id, :seq, :id, :at_us, :body, :prev, :hash)`, e)
	if err != nil {
		return fmt.Errorf("write entry %s: %w", id, err)
	}
	for n, p := range postings {
		_, err := t.exec(`INSERT INTO postings (merchant_id, seq, n, from_account, to_account, amount_minor, currency)
			VALUES (?, ?, ?, ?, ?, ?, ?)`, merchant, e.Seq, n, p.From, p.To, p.Amount.Minor, p.Amount.Currency)
		if err != nil {
			return fmt.Errorf("write posting %d of %s: %w", n, id, err)
		}
	}
	_, err = t.exec(`UPDATE merchants SET chain_hash = ? WHERE id = ?`, e.Hash, merchant)
	return err
}

// enter applies postings and appends their entry.
func (t *tx) enter(merchant, id string, postings []payments.Posting, at time.Time) error {
	if err := t.apply(merchant, postings); err != nil {
		return err
	}
	return t.chain(merchant, id, bound{}, postings, at)
}

type entryRow struct {
	Merchant string `db:"merchant_id"`
	Seq      int64  `db:"seq"`
	ID       string `db:"id"`
	At       int64  `db:"at_us"`
	Body     string `db:"body"`
	Prev     string `db:"prev"`
	Hash     string `db:"hash"`
}

// hash covers the entry, its postings and the hash of the entry before.
func (e entryRow) hash(postings []payments.Posting) string {
	data, err := json.Marshal([]any{"voicetill entry 1", e.Prev, e.Merchant, e.Seq, e.ID, e.At, e.Body, postings})
	if err != nil {
		return "" // strings and integers always encode
	}
	return hashOf(data)
}

func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Balance is what a shopper's account holds with a merchant.
func (db *DB) Balance(ctx context.Context, merchant, account string, c money.Currency) (money.Amount, error) {
	return db.LedgerBalance(ctx, merchant, payments.ShopperAccount(account), c)
}

// LedgerBalance is what an account of a merchant's ledger holds.
func (db *DB) LedgerBalance(ctx context.Context, merchant, account string, c money.Currency) (money.Amount, error) {
	var minor int64
	err := db.get(ctx, &minor, selectBalance, merchant, account, c)
	return money.Of(minor, c), err
}

const selectBalance = `SELECT COALESCE(SUM(amount_minor), 0) FROM balances WHERE merchant_id = ? AND account = ? AND currency = ?`

func (t *tx) balance(merchant, account string, c money.Currency) (money.Amount, error) {
	var minor int64
	err := t.get(&minor, selectBalance, merchant, account, c)
	return money.Of(minor, c), err
}

// TopUp adds to a shopper's balance with a merchant, once per key: the same
// again is done already, another account or amount under the key is
// payments.ErrOtherTopUp.
func (db *DB) TopUp(ctx context.Context, merchant, account, key string, a money.Amount) error {
	if a.Minor <= 0 {
		return fmt.Errorf("top up %s: %s is not above zero", account, a)
	}
	postings := []payments.Posting{{From: payments.World, To: payments.ShopperAccount(account), Amount: a}}
	err := db.tx(ctx, func(t *tx) error { return t.enter(merchant, "topup/"+key, postings, db.now()) })
	if isTaken(err) {
		return db.sameTopUp(ctx, merchant, key, postings[0])
	}
	return err
}

func (db *DB) sameTopUp(ctx context.Context, merchant, key string, p payments.Posting) error {
	var n int
	err := db.get(ctx, &n, `SELECT COUNT(*) FROM entries e JOIN postings p ON p.merchant_id = e.merchant_id AND p.seq = e.seq
		WHERE e.merchant_id = ? AND e.id = ? AND p.to_account = ? AND p.amount_minor = ? AND p.currency = ?`,
		merchant, "topup/"+key, p.To, p.Amount.Minor, p.Amount.Currency)
	if err == nil && n != 1 {
		err = fmt.Errorf("top up %s: %w", key, payments.ErrOtherTopUp)
	}
	return err
}
