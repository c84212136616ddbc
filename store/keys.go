package store

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"fmt"
)

// PassKey is the key that signs exit passes, made at the first call and the
// same on every node since.
func (db *DB) PassKey(ctx context.Context) (ed25519.PrivateKey, error) {
	fresh := make([]byte, ed25519.SeedSize)
	rand.Read(fresh)
	var stored string
	err := db.tx(ctx, func(t *tx) error {
		_, err := t.exec(`INSERT INTO signing_keys (purpose, seed, created_at_us) VALUES ('exit pass', ?, ?) ON CONFLICT DO NOTHING`,
			hex.EncodeToString(fresh), micros(db.now()))
		if err != nil {
			return err
		}
		return t.get(&stored, `SELECT seed FROM signing_keys WHERE purpose = 'exit pass'`)
	})
	if err != nil {
		return nil, fmt.Errorf("find the exit pass key: %w", err)
	}
	seed, err := hex.DecodeString(stored)
	if err != nil || len(seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("the stored exit pass key is damaged")
	}
	return ed25519.NewKeyFromSeed(seed), nil
}
