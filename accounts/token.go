package accounts

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
)

// NewToken makes an unguessable API token (26 characters, 130 bits) and the
// hash of it to store. The token itself is shown once and kept nowhere.
func NewToken() (token, hash string) {
	token = rand.Text()
	return token, TokenHash(token)
}

// TokenHash is what is stored of a token. A plain hash will do, since a token
// cannot be guessed.
func TokenHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
