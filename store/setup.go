package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"voicetill/accounts"
)

// ErrSetUp says that a till has its first merchant already, or that the token is
// not the one that lets in.
var ErrSetUp = errors.New("this till is set up already, or the link is not the one that it printed")

const setUpKey = "set up"

// SetUpToken lets whoever has it make the first merchant of this database: the
// same on every node, and "" once there is one, the demo shop not counted.
func (db *DB) SetUpToken(ctx context.Context) (token string, err error) {
	fresh := rand.Text()
	err = db.tx(ctx, func(t *tx) error {
		var merchants int
		if err := t.get(&merchants, `SELECT COUNT(*) FROM merchants WHERE demo = 0`); err != nil {
			return err
		}
		if merchants > 0 {
			token = ""
			return nil
		}
		_, err := t.exec(`INSERT INTO signing_keys (purpose, seed, created_at_us) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
			setUpKey, fresh, micros(db.now()))
		if err != nil {
			return err
		}
		return t.get(&token, `SELECT seed FROM signing_keys WHERE purpose = ?`, setUpKey)
	})
	if err != nil {
		return "", fmt.Errorf("find the key of the first set-up: %w", err)
	}
	return token, nil
}

// SetUp spends the token, and makes the first merchant with a place and a login;
// all or nothing. ErrSetUp, ErrPlaceTaken, or ErrAccountTaken.
func (db *DB) SetUp(ctx context.Context, token string, p Place, a accounts.Account, passwordHash string) error {
	if !p.Currency.Valid() {
		return fmt.Errorf("place %s: %q is not a currency code", p.ID, p.Currency)
	}
	return db.tx(ctx, func(t *tx) error {
		n, err := t.exec(`UPDATE signing_keys SET seed = '' WHERE purpose = ? AND seed = ? AND seed <> ''`, setUpKey, token)
		if err != nil {
			return err
		}
		if n != 1 {
			return ErrSetUp
		}
		if n, err = t.addPlace(p); err != nil {
			return err
		}
		if n != 1 {
			return ErrPlaceTaken
		}
		return t.createAccount(a, passwordHash, db.now())
	})
}
