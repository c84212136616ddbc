// Package delivertest is a mail server for tests, which can be told to fail.
package delivertest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Office is a mail server that can be told to fail.
type Office struct {
	mu      sync.Mutex
	letters []Letter
	refuse  map[string]*smtp.SMTPError // by command: "AUTH", "RCPT", "DATA"
	TLS     *tls.Config                // for its clients
	Address string                     // host:port
	open    bool                       // takes letters of anybody
	secure  bool                       // the last client came over TLS
}

// Letter is one that was taken in.
type Letter struct {
	From string
	To   []string
	Data []byte
}

// Text is the letter with its quoted-printable lines (RFC 2045, section 6.7) joined.
func (l Letter) Text() string {
	return strings.NewReplacer("=\r\n", "", "=3D", "=").Replace(string(l.Data))
}

// NewSession is part of smtp.Backend.
func (o *Office) NewSession(c *smtp.Conn) (smtp.Session, error) {
	_, secure := c.TLSConnectionState()
	o.mu.Lock()
	defer o.mu.Unlock()
	o.secure = secure
	return &visit{office: o, known: o.open}, nil
}

func (o *Office) fails(command string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if e, ok := o.refuse[command]; ok {
		return e
	}
	return nil
}

// Refuse makes a command ("AUTH", "RCPT", "DATA") fail from now on, and all
// others succeed; nil: none fails.
func (o *Office) Refuse(command string, e *smtp.SMTPError) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.refuse = map[string]*smtp.SMTPError{}
	if e != nil {
		o.refuse[command] = e
	}
}

// Letters are those taken in so far.
func (o *Office) Letters() []Letter {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]Letter(nil), o.letters...)
}

// visit is one connection's dealings.
type visit struct {
	office *Office
	letter Letter
	known  bool // or everybody is welcome
}

func (v *visit) AuthMechanisms() []string { return []string{sasl.Plain} }

func (v *visit) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if err := v.office.fails("AUTH"); err != nil {
			return err
		}
		if user != "till" || password != "sesame" {
			return smtp.ErrAuthFailed
		}
		v.known = true
		return nil
	}), nil
}

func (v *visit) Mail(from string, _ *smtp.MailOptions) error {
	if !v.known {
		return smtp.ErrAuthRequired
	}
	v.letter.From = from
	return nil
}

func (v *visit) Rcpt(to string, _ *smtp.RcptOptions) error {
	v.letter.To = append(v.letter.To, to)
	return v.office.fails("RCPT")
}

func (v *visit) Data(r io.Reader) (err error) {
	if v.letter.Data, err = io.ReadAll(r); err != nil {
		return err
	}
	if err := v.office.fails("DATA"); err != nil {
		return err
	}
	v.office.mu.Lock()
	defer v.office.mu.Unlock()
	v.office.letters = append(v.office.letters, v.letter)
	return nil
}

func (v *visit) Reset()        { v.letter = Letter{} }
func (v *visit) Logout() error { return nil }

// Encryption of an Office's connections.
type Encryption int

const (
	StartTLS Encryption = iota // once the client asks
	Implicit                   // from the start
	Clear                      // none, and no password
)

// OpenOffice serves SMTP on a port of this machine until the test ends. Its
// user is "till", the password "sesame".
func OpenOffice(t testing.TB, e Encryption) *Office {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	certificate, roots := certify(t)
	o := &Office{TLS: &tls.Config{RootCAs: roots, ServerName: "localhost"}, Address: l.Addr().String(), open: e == Clear}
	s := smtp.NewServer(o)
	s.Domain = "localhost"
	config := &tls.Config{Certificates: []tls.Certificate{certificate}}
	switch e {
	case StartTLS:
		s.TLSConfig = config
	case Implicit:
		l = tls.NewListener(l, config)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(l) }() // ends with the test
	t.Cleanup(func() { _ = s.Close(); <-done })
	return o
}

// Secure reports whether the last client came over TLS.
func (o *Office) Secure() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.secure
}

// certify makes a certificate of localhost that signs itself.
func certify(t testing.TB) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}
