// Package rsakey reads RSA keys from PEM files, and signs and verifies with
// them as WeChat Pay and Alipay do: PKCS #1 v1.5 over SHA-256, in base64.
package rsakey

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
)

var (
	// ErrPrivate refuses what is not a private RSA key of 2048 bits or more.
	ErrPrivate = errors.New("this is no private RSA key of at least 2048 bits in PEM (BEGIN PRIVATE KEY or BEGIN RSA PRIVATE KEY)")
	// ErrPublic refuses what is not a public RSA key of 2048 bits or more.
	ErrPublic = errors.New("this is no public RSA key of at least 2048 bits in PEM (BEGIN PUBLIC KEY or BEGIN CERTIFICATE)")
	// ErrSignature says that a signature does not fit text and key.
	ErrSignature = errors.New("the RSA signature does not fit")
)

const minBytes = 256 // of a modulus: 2048 bits

// ReadPrivate reads a private key, PKCS #8 or #1, from a file. An error names
// the file.
func ReadPrivate(file string) (*rsa.PrivateKey, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	key, err := Private(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return key, nil
}

// ReadPublic reads a public key, PKIX or that of a certificate, from a file. An
// error names the file.
func ReadPublic(file string) (*rsa.PublicKey, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	key, err := Public(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return key, nil
}

// Private reads a private key from PEM, or from the bare base64 that Alipay's
// key tool writes. ErrPrivate if it is none.
func Private(text []byte) (*rsa.PrivateKey, error) {
	der := decode(text)
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil && key.Size() >= minBytes {
		return key, nil
	}
	any, err := x509.ParsePKCS8PrivateKey(der)
	if key, ok := any.(*rsa.PrivateKey); err == nil && ok && key.Size() >= minBytes {
		return key, nil
	}
	return nil, ErrPrivate
}

// Public reads a public key from PEM or bare base64. ErrPublic if it is none.
func Public(text []byte) (*rsa.PublicKey, error) {
	der := decode(text)
	any, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		if cert, err := x509.ParseCertificate(der); err == nil {
			any = cert.PublicKey
		}
	}
	if key, ok := any.(*rsa.PublicKey); ok && key.Size() >= minBytes {
		return key, nil
	}
	return nil, ErrPublic
}

// decode is the DER in a PEM block or in bare base64, or nil.
func decode(text []byte) []byte {
	if block, _ := pem.Decode(text); block != nil {
		return block.Bytes
	}
	der, err := base64.StdEncoding.DecodeString(string(bytes.Join(bytes.Fields(text), nil)))
	if err != nil {
		return nil
	}
	return der
}

// Sign is the signature of a text.
func Sign(key *rsa.PrivateKey, text []byte) (string, error) {
	sum := sha256.Sum256(text)
	signature, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	return base64.StdEncoding.EncodeToString(signature), nil
}

// Verify is nil for a signature that Sign made, else ErrSignature.
func Verify(key *rsa.PublicKey, text []byte, signature string) error {
	raw, err := base64.StdEncoding.DecodeString(signature)
	if err != nil {
		return ErrSignature
	}
	sum := sha256.Sum256(text)
	if rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], raw) != nil {
		return ErrSignature
	}
	return nil
}
