package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"voicetill/accounts"
	"voicetill/payments/deliver"
)

// ErrNoAddressCheck says that no address waits for the token, or too long.
var ErrNoAddressCheck = errors.New("the link was used already, or is too old")

const (
	addressHeld  = day             // that a link is good, and that nobody else can have an address that waits
	addressAgain = 5 * time.Minute // between two letters
)

// askAddress posts the letter whose link proves the address of an account.
func (t *tx) askAddress(a accounts.Account, at time.Time) error {
	token := rand.Text()
	_, err := t.exec(`INSERT INTO address_checks (account_id, token, sent_at_us) VALUES (?, ?, ?)
		ON CONFLICT (account_id) DO UPDATE SET token = excluded.token, sent_at_us = excluded.sent_at_us`, a.ID, token, micros(at))
	if err != nil {
		return fmt.Errorf("ask for an address: %w", err)
	}
	return t.notify(a.Merchant, deliver.AddressAsked+token, a.ID, at)
}

// AskAddress posts another letter to an address that waits, whose link takes the place
// of the last one. It posts nothing where none waits, and returns ErrSentOften
// within five minutes.
func (db *DB) AskAddress(ctx context.Context, account string) error {
	now := db.now()
	return db.tx(ctx, func(t *tx) error {
		var row accountRow
		if err := t.get(&row, findAccount, account, account, account); err != nil {
			return none(err, accounts.ErrNoAccount)
		}
		if row.Unproved == 0 {
			return nil
		}
		// The update takes the row, so that of two requests of one moment one is refused.
		n, err := t.exec(`UPDATE address_checks SET sent_at_us = ? WHERE account_id = ? AND sent_at_us <= ?`, micros(now), account, micros(now.Add(-addressAgain)))
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrSentOften
		}
		return t.askAddress(row.account(), now)
	})
}

// ProveAddress is what the link of the letter does, once and within a day:
// ErrNoAddressCheck.
func (db *DB) ProveAddress(ctx context.Context, token string) error {
	return db.tx(ctx, func(t *tx) error {
		n, err := t.exec(`DELETE FROM address_checks WHERE token = ? AND sent_at_us > ?`, token, micros(db.now().Add(-addressHeld)))
		if err == nil && n == 0 {
			err = ErrNoAddressCheck
		}
		return err
	})
}

// releaseAddress takes an address that nobody has proved for a day from the shopper
// who typed it, who keeps the number.
func (t *tx) releaseAddress(email string, at time.Time) error {
	const late = `SELECT account_id FROM address_checks WHERE sent_at_us <= ?`
	var id string
	err := t.get(&id, `SELECT id FROM accounts WHERE email = ? AND kind = ? AND number IS NOT NULL AND id IN (`+late+`)`,
		email, accounts.Shopper, micros(at.Add(-addressHeld)))
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err == nil {
		_, err = t.exec(`UPDATE accounts SET email = id WHERE id = ?`, id)
	}
	if err == nil {
		_, err = t.exec(`DELETE FROM address_checks WHERE account_id = ?`, id)
	}
	if err != nil {
		return fmt.Errorf("release an address: %w", err)
	}
	return nil
}
