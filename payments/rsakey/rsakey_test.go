package rsakey

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func der(t testing.TB) func([]byte, error) []byte {
	return func(b []byte, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
}

func block(kind string, b []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}))
}

func TestKeys(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8 := der(t)(x509.MarshalPKCS8PrivateKey(key))
	pkix := der(t)(x509.MarshalPKIXPublicKey(&key.PublicKey))
	cert := der(t)(x509.CreateCertificate(rand.Reader, &x509.Certificate{}, &x509.Certificate{}, &key.PublicKey, key))
	for name, tt := range map[string]struct {
		text            string
		private, public bool
	}{
		"PKCS #8":             {text: block("PRIVATE KEY", pkcs8), private: true},
		"PKCS #1":             {text: block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key)), private: true},
		"bare base64":         {text: base64.StdEncoding.EncodeToString(pkcs8) + "\n", private: true},
		"base64 in lines":     {text: strings.Join(strings.SplitAfter(base64.StdEncoding.EncodeToString(pkix), "A"), "\n"), public: true},
		"PKIX":                {text: block("PUBLIC KEY", pkix), public: true},
		"a certificate":       {text: block("CERTIFICATE", cert), public: true},
		"1024 bits":           {text: block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(short))},
		"1024 bits, public":   {text: block("PUBLIC KEY", der(t)(x509.MarshalPKIXPublicKey(&short.PublicKey)))},
		"an elliptic curve's": {text: block("PRIVATE KEY", der(t)(x509.MarshalPKCS8PrivateKey(curve)))},
		"another's, public":   {text: block("PUBLIC KEY", der(t)(x509.MarshalPKIXPublicKey(&curve.PublicKey)))},
		"nothing":             {},
		"cut off":             {text: block("PRIVATE KEY", pkcs8[:100])},
	} {
		file := filepath.Join(t.TempDir(), "key.pem")
		if err := os.WriteFile(file, []byte(tt.text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, privateErr := ReadPrivate(file)
		_, publicErr := ReadPublic(file)
		if (privateErr == nil) != tt.private || (publicErr == nil) != tt.public {
			t.Errorf("%s: got %v and %v", name, privateErr, publicErr)
		}
		if !tt.private && !(errors.Is(privateErr, ErrPrivate) && strings.Contains(privateErr.Error(), file)) {
			t.Errorf("%s: got %v, want ErrPrivate that names the file", name, privateErr)
		}
	}
}

func TestSignatures(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	good, err := Sign(key, []byte("pay"))
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		key             *rsa.PrivateKey
		text, signature string
		want            error
	}{
		"the text":        {key, "pay", good, nil},
		"another text":    {key, "pays", good, ErrSignature},
		"another key":     {other, "pay", good, ErrSignature},
		"no signature":    {key, "pay", "", ErrSignature},
		"not base64":      {key, "pay", "§", ErrSignature},
		"half of it":      {key, "pay", good[:len(good)/2], ErrSignature},
		"something added": {key, "pay", good + "AAAA", ErrSignature},
	} {
		if err := Verify(&tt.key.PublicKey, []byte(tt.text), tt.signature); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", name, err, tt.want)
		}
	}
}

func FuzzPrivate(f *testing.F) {
	f.Add([]byte("-----BEGIN PRIVATE KEY-----\nMA==\n-----END PRIVATE KEY-----\n"))
	f.Add([]byte("MA=="))
	f.Fuzz(func(t *testing.T, text []byte) {
		if key, err := Private(text); err == nil && key.Validate() != nil {
			t.Errorf("%q is read as a key that is none", text)
		}
		if key, err := Public(text); err == nil && key.Size() < 256 {
			t.Errorf("%q is read as a short key", text)
		}
	})
}
