package accounts

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// Argon2id with t=2 and 19 MiB (RFC 9106, OWASP's least setting), one lane.
const (
	passes    = 2
	memoryKiB = 19 * 1024
	lanes     = 1
	keyLen    = 32
	saltLen   = 16
)

const (
	minSecret = 8   // characters
	maxSecret = 256 // characters
)

// ErrSecretLength refuses a new password that is too short or too long.
var ErrSecretLength = fmt.Errorf("a password has %d to %d characters", minSecret, maxSecret)

var errHash = errors.New("the stored password hash is damaged")

// slots bounds the memory of hashing: two at a time in this process.
var slots = make(chan struct{}, 2)

// Hash makes the PHC string to store for a new password. Any characters may
// be in it; they are compared after Unicode normalisation (NFKC, NIST SP
// 800-63B 5.1.1.2). It returns ErrSecretLength, or the context's error while
// it waits for its turn.
func Hash(ctx context.Context, secret string) (string, error) {
	if n := utf8.RuneCountInString(secret); n < minSecret || n > maxSecret {
		return "", ErrSecretLength
	}
	salt := make([]byte, saltLen)
	rand.Read(salt)
	key, err := derive(ctx, secret, salt)
	if err != nil {
		return "", err
	}
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("%s%s$%s", phcPrefix, b64.EncodeToString(salt), b64.EncodeToString(key)), nil
}

var phcPrefix = fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$", argon2.Version, memoryKiB, passes, lanes)

// Matches reports whether the secret fits the hash. An empty hash fits
// nothing, at the same cost as a real one.
func Matches(ctx context.Context, phc, secret string) (bool, error) {
	if utf8.RuneCountInString(secret) > maxSecret {
		return false, nil
	}
	salt, want := make([]byte, saltLen), []byte(nil)
	if phc != "" {
		var err error
		if salt, want, err = readPHC(phc); err != nil {
			return false, err
		}
	}
	got, err := derive(ctx, secret, salt)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1, nil
}

func readPHC(phc string) (salt, key []byte, err error) {
	rest, ok := strings.CutPrefix(phc, phcPrefix)
	s, k, both := strings.Cut(rest, "$")
	if !ok || !both {
		return nil, nil, errHash
	}
	b64 := base64.RawStdEncoding.Strict()
	if salt, err = b64.DecodeString(s); err != nil || len(salt) != saltLen {
		return nil, nil, errHash
	}
	if key, err = b64.DecodeString(k); err != nil || len(key) != keyLen {
		return nil, nil, errHash
	}
	return salt, key, nil
}

func derive(ctx context.Context, secret string, salt []byte) ([]byte, error) {
	select {
	case slots <- struct{}{}:
		defer func() { <-slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return argon2.IDKey([]byte(norm.NFKC.String(secret)), salt, passes, memoryKiB, lanes, keyLen), nil
}
