package store

import (
	"context"
	"fmt"
	"time"

	"voicetill/accounts"

	"github.com/oklog/ulid/v2"
)

// Token is an API token of a merchant, without the token itself.
type Token struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Created time.Time `json:"created"`
}

// AddToken makes an API token for a merchant. It is returned this once; only
// its hash is stored.
func (db *DB) AddToken(ctx context.Context, merchant, name string) (token string, err error) {
	token, hash := accounts.NewToken()
	_, err = db.exec(ctx, `INSERT INTO tokens (hash, id, merchant_id, name, created_at_us) VALUES (?, ?, ?, ?, ?)`,
		hash, ulid.Make().String(), merchant, name, micros(db.now()))
	if err != nil {
		return "", fmt.Errorf("add token: %w", err)
	}
	return token, nil
}

// MerchantByToken returns whose token it is, or accounts.ErrNoToken.
func (db *DB) MerchantByToken(ctx context.Context, token string) (merchant string, err error) {
	err = db.get(ctx, &merchant, `SELECT merchant_id FROM tokens WHERE hash = ?`, accounts.TokenHash(token))
	return merchant, none(err, accounts.ErrNoToken)
}

// Tokens are a merchant's, oldest first.
func (db *DB) Tokens(ctx context.Context, merchant string) ([]Token, error) {
	var rows []struct {
		ID      string `db:"id"`
		Name    string `db:"name"`
		Created int64  `db:"created_at_us"`
	}
	err := db.all(ctx, &rows, `SELECT id, name, created_at_us FROM tokens WHERE merchant_id = ? ORDER BY id`, merchant)
	tokens := make([]Token, len(rows))
	for i, r := range rows {
		tokens[i] = Token{r.ID, r.Name, fromMicros(r.Created)}
	}
	return tokens, err
}

// RevokeToken ends a merchant's token, or returns accounts.ErrNoToken.
func (db *DB) RevokeToken(ctx context.Context, merchant, id string) error {
	n, err := db.exec(ctx, `DELETE FROM tokens WHERE merchant_id = ? AND id = ?`, merchant, id)
	if err == nil && n == 0 {
		return accounts.ErrNoToken
	}
	return err
}
