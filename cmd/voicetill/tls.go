package main

import (
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"os"
	"sync"
	"time"
)

// tlsFlags name the files of a certificate.
type tlsFlags struct{ cert, key string }

var errTLS = errors.New("--tls-cert and --tls-key go together")

func (f *tlsFlags) register(set *flag.FlagSet) {
	set.StringVar(&f.cert, "tls-cert", "", "`file` with the certificate and its chain, PEM: the till itself serves https")
	set.StringVar(&f.key, "tls-key", "", "`file` with the certificate's key, PEM")
}

func (f tlsFlags) on() bool { return f.cert != "" }

// scheme is that of the till's addresses.
func (f tlsFlags) scheme() string {
	if f.on() {
		return "https"
	}
	return "http"
}

// config serves the certificate as the files have it now, so that a renewed one
// is used without a new start; nil without files.
func (f tlsFlags) config() (*tls.Config, error) {
	if (f.cert == "") != (f.key == "") {
		return nil, errTLS
	}
	if !f.on() {
		return nil, nil
	}
	c := &certificate{files: f}
	if _, err := c.now(nil); err != nil {
		return nil, err
	}
	return &tls.Config{GetCertificate: c.now, MinVersion: tls.VersionTLS12}, nil
}

// certificate is read again when its file is a newer one.
type certificate struct {
	files tlsFlags

	mu    sync.Mutex
	pair  *tls.Certificate
	taken time.Time // of the file that pair is of
}

// now keeps the last good one while the files do not fit each other.
func (c *certificate) now(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	info, err := os.Stat(c.files.cert)
	if err == nil && (c.pair == nil || !info.ModTime().Equal(c.taken)) {
		var pair tls.Certificate
		if pair, err = tls.LoadX509KeyPair(c.files.cert, c.files.key); err == nil {
			c.pair, c.taken = &pair, info.ModTime()
		}
	}
	if c.pair == nil {
		return nil, fmt.Errorf("read certificate %s with key %s: %w", c.files.cert, c.files.key, err)
	}
	return c.pair, nil
}
