package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// writeCertificate makes one for a serial number, signed by itself.
func writeCertificate(t *testing.T, f tlsFlags, serial int64, at time.Time) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(serial), DNSNames: []string{"localhost"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{f.key: {Type: "PRIVATE KEY", Bytes: pkcs8}, f.cert: {Type: "CERTIFICATE", Bytes: der}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(f.cert, at, at); err != nil {
		t.Fatal(err)
	}
}

func TestARenewedCertificateIsServed(t *testing.T) {
	dir := t.TempDir()
	f := tlsFlags{filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")}
	if _, err := f.config(); err == nil {
		t.Error("files that are not there were taken")
	}
	if _, err := (tlsFlags{cert: f.cert}).config(); !errors.Is(err, errTLS) {
		t.Errorf("a certificate without a key: %v", err)
	}
	if c, err := (tlsFlags{}).config(); c != nil || err != nil {
		t.Errorf("no files: %v, %v", c, err)
	}
	start := time.Now().Truncate(time.Second)
	writeCertificate(t, f, 1, start)
	config, err := f.config()
	if err != nil {
		t.Fatal(err)
	}
	serves := func(name string, want int64) {
		t.Helper()
		got, err := config.GetCertificate(&tls.ClientHelloInfo{})
		if err != nil || got.Leaf.SerialNumber.Int64() != want {
			t.Errorf("%s: got %v, %v, want number %d", name, got, err, want)
		}
	}
	serves("the first", 1)
	writeCertificate(t, f, 2, start.Add(time.Hour))
	serves("renewed", 2)
	if err := os.WriteFile(f.cert, []byte("half a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	serves("half written", 2)
	writeCertificate(t, f, 3, start.Add(2*time.Hour))
	serves("written", 3)
}
