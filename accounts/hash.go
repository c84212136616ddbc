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
	key, err := today.derive(ctx, secret, salt)
	if err != nil {
		return "", err
	}
	b64 := base64.RawStdEncoding
	return fmt.Sprintf(phcFormat+"%s$%s", today.memory, today.passes, today.lanes, b64.EncodeToString(salt), b64.EncodeToString(key)), nil
}

// costs are Argon2id's, kept with each hash so that they can be raised later.
type costs struct {
	memory, passes uint32 // memory in KiB
	lanes          uint8
}

var today = costs{memoryKiB, passes, lanes}

const phcFormat = "$argon2id$v=19$m=%d,t=%d,p=%d$"

// Matches reports whether the secret fits the hash. An empty hash fits
// nothing, at the same cost as a real one.
func Matches(ctx context.Context, stored, secret string) (bool, error) {
	if utf8.RuneCountInString(secret) > maxSecret {
		return false, nil
	}
	h := phc{costs: today, salt: make([]byte, saltLen)}
	if stored != "" {
		var err error
		if h, err = readPHC(stored); err != nil {
			return false, err
		}
	}
	got, err := h.derive(ctx, secret, h.salt)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, h.key) == 1, nil
}

// phc is a stored hash taken apart.
type phc struct {
	costs
	salt, key []byte
}

func readPHC(s string) (h phc, err error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 {
		return h, errHash
	}
	head := strings.Join(parts[:4], "$") + "$"
	n, err := fmt.Sscanf(head, phcFormat, &h.memory, &h.passes, &h.lanes)
	if err != nil || n != 3 || h.passes == 0 || h.lanes == 0 {
		return h, errHash
	}
	b64 := base64.RawStdEncoding.Strict()
	if h.salt, err = b64.DecodeString(parts[4]); err != nil {
		return h, errHash
	}
	if h.key, err = b64.DecodeString(parts[5]); err != nil || len(h.key) != keyLen {
		return h, errHash
	}
	return h, nil
}

func (c costs) derive(ctx context.Context, secret string, salt []byte) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case slots <- struct{}{}:
		defer func() { <-slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return argon2.IDKey([]byte(norm.NFKC.String(secret)), salt, c.passes, c.memory, c.lanes, keyLen), nil
}
