package storetest

import (
	"encoding/base64"
	"fmt"

	"golang.org/x/crypto/argon2"
)

// CheapHash is a password's hash of the least cost there is, for tests that are
// not about passwords: a real one takes 34 ms of a core at each proof.
func CheapHash(password string) string {
	salt, b64 := []byte("a salt for tests"), base64.RawStdEncoding
	key := argon2.IDKey([]byte(password), salt, 1, 8, 1, 32)
	return fmt.Sprintf("$argon2id$v=19$m=8,t=1,p=1$%s$%s", b64.EncodeToString(salt), b64.EncodeToString(key))
}
