package deliver_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"mime"
	"mime/multipart"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"voicetill/payments/deliver"
	"voicetill/payments/receipts"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// office is a mail server that can be told to fail.
type office struct {
	mu      sync.Mutex
	letters []received
	refuse  map[string]*smtp.SMTPError // by command: "AUTH", "RCPT", "DATA"
	tls     *tls.Config                // for its clients
	address string
	secure  bool // clients came over TLS
}

type received struct {
	from string
	to   []string
	data []byte
}

// NewSession is part of smtp.Backend.
func (o *office) NewSession(c *smtp.Conn) (smtp.Session, error) {
	_, secure := c.TLSConnectionState()
	o.mu.Lock()
	defer o.mu.Unlock()
	o.secure = secure
	return &visit{office: o}, nil
}

func (o *office) fails(command string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if e, ok := o.refuse[command]; ok {
		return e
	}
	return nil
}

func (o *office) set(command string, e *smtp.SMTPError) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.refuse = map[string]*smtp.SMTPError{}
	if e != nil {
		o.refuse[command] = e
	}
}

func (o *office) got() []received {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]received(nil), o.letters...)
}

// visit is one connection's dealings.
type visit struct {
	office *office
	received
	known bool
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
	v.from = from
	return nil
}

func (v *visit) Rcpt(to string, _ *smtp.RcptOptions) error {
	v.to = append(v.to, to)
	return v.office.fails("RCPT")
}

func (v *visit) Data(r io.Reader) (err error) {
	if v.data, err = io.ReadAll(r); err != nil {
		return err
	}
	if err := v.office.fails("DATA"); err != nil {
		return err
	}
	v.office.mu.Lock()
	defer v.office.mu.Unlock()
	v.office.letters = append(v.office.letters, v.received)
	return nil
}

func (v *visit) Reset()        { v.received = received{} }
func (v *visit) Logout() error { return nil }

// openOffice serves SMTP on a port of this machine until the test ends, with
// STARTTLS or TLS from the start.
func openOffice(t *testing.T, implicit bool) *office {
	t.Helper()
	certificate, roots := certify(t)
	o := &office{tls: &tls.Config{RootCAs: roots, ServerName: "localhost"}}
	s := smtp.NewServer(o)
	s.Domain, s.TLSConfig = "localhost", &tls.Config{Certificates: []tls.Certificate{certificate}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o.address = l.Addr().String()
	if implicit {
		l = tls.NewListener(l, s.TLSConfig)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(l) }() // ends with the test
	t.Cleanup(func() { _ = s.Close(); <-done })
	return o
}

// certify makes a certificate of localhost that signs itself.
func certify(t *testing.T) (tls.Certificate, *x509.CertPool) {
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

func (o *office) post(t *testing.T, scheme, password string) *deliver.Post {
	t.Helper()
	p, err := deliver.NewPost(deliver.PostConfig{URL: scheme + "://till@" + o.address, Password: password,
		From: "Café Zürich <receipts@shop.example>", TLS: o.tls})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var letter = receipts.Letter{Subject: "您的收据 – your receipt", Text: "Hello Ada,\n.\nEUR 22.17 乌龙茶", HTML: "<p>乌龙茶</p>", Name: "receipt-12.pdf",
	PDF: []byte("%PDF-1.7 …"), Pass: []byte("\x89PNG")}

func TestALetterArrivesWhole(t *testing.T) {
	for scheme, implicit := range map[string]bool{"smtp": false, "smtps": true} {
		o := openOffice(t, implicit)
		if err := o.post(t, scheme, "sesame").Send(t.Context(), "01K9", "ada@example.com", letter, time.Unix(1764262460, 0)); err != nil {
			t.Fatalf("%s: %v", scheme, err)
		}
		got := o.got()
		if len(got) != 1 || got[0].from != "receipts@shop.example" || len(got[0].to) != 1 || got[0].to[0] != "ada@example.com" || !o.secure {
			t.Fatalf("%s: got %+v", scheme, got)
		}
		m, err := mail.ReadMessage(bytes.NewReader(got[0].data))
		if err != nil {
			t.Fatal(err)
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
		if err != nil || subject != letter.Subject || m.Header.Get("Message-ID") != "<01K9@shop.example>" || m.Header.Get("Auto-Submitted") == "" {
			t.Errorf("%s: got %q, %v, %v", scheme, subject, err, m.Header)
		}
		parts := map[string]string{}
		openParts(t, m.Header.Get("Content-Type"), m.Body, parts)
		if strings.ReplaceAll(parts["text/plain"], "\r\n", "\n") != letter.Text || parts["text/html"] != letter.HTML ||
			parts["application/pdf"] != string(letter.PDF) || parts["image/png"] != string(letter.Pass) {
			t.Errorf("%s: got %q", scheme, parts)
		}
	}
}

// openParts reads the leaves of a MIME message by their type.
func openParts(t *testing.T, kind string, r io.Reader, into map[string]string) {
	t.Helper()
	media, params, err := mime.ParseMediaType(kind)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(media, "multipart/") {
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		into[media] = string(data)
		return
	}
	for reader := multipart.NewReader(r, params["boundary"]); ; {
		p, err := reader.NextRawPart()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		openParts(t, p.Header.Get("Content-Type"), decoded(p), into)
	}
}

func TestWhatAServerRefuses(t *testing.T) {
	o := openOffice(t, false)
	for _, tt := range []struct {
		name, command string
		code          int
		password      string
		forGood       bool
	}{
		{"a mailbox that is full", "RCPT", 452, "sesame", false},
		{"a mailbox that does not exist", "RCPT", 550, "sesame", true},
		{"a letter that is put off", "DATA", 451, "sesame", false},
		{"a letter taken for spam: the shop can mend it", "DATA", 554, "sesame", false},
		{"a wrong password", "", 0, "guess", false},
	} {
		o.set(tt.command, nil)
		if tt.code != 0 {
			o.set(tt.command, &smtp.SMTPError{Code: tt.code, Message: "no: ada@example.com"})
		}
		err := o.post(t, "smtp", tt.password).Send(t.Context(), "01K9", "ada@example.com", letter, time.Now())
		if err == nil || errors.Is(err, deliver.ErrUndeliverable) != tt.forGood {
			t.Errorf("%s: got %v", tt.name, err)
		}
		if err != nil && (strings.Contains(err.Error(), "ada@") || strings.Contains(err.Error(), tt.password)) {
			t.Errorf("%s: personal data in %v", tt.name, err)
		}
	}
	if n := len(o.got()); n != 0 {
		t.Errorf("%d letters arrived", n)
	}
}

func TestNothingIsSentInClearOrToAnImpostor(t *testing.T) {
	o := openOffice(t, false)
	o.tls = nil // the system does not know this server's certificate
	if err := o.post(t, "smtp", "sesame").Send(t.Context(), "01K9", "ada@example.com", letter, time.Now()); err == nil {
		t.Error("a letter went to a server of an unknown certificate")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := o.post(t, "smtp", "sesame").Send(ctx, "01K9", "ada@example.com", letter, time.Now()); err == nil {
		t.Error("sent after the end")
	}
	if len(o.got()) != 0 {
		t.Error("it arrived")
	}
}

func TestAddressesOfMailServers(t *testing.T) {
	for _, bad := range []string{"", "mail.example", "http://mail.example", "smtp://", "smtp://mail.example?tls=none", "smtps://localhost?tls=none",
		"smtp://till:secret@localhost?tls=none", "smtp://mail.example:port", "smtp://%zz"} {
		_, err := deliver.NewPost(deliver.PostConfig{URL: bad, From: "a@shop.example"})
		if !errors.Is(err, deliver.ErrSMTP) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: got %v", bad, err)
		}
	}
	for _, good := range []string{"smtp://mail.example", "smtps://till@mail.example", "smtp://localhost:2525?tls=none", "smtp://till:secret@mail.example:587"} {
		if _, err := deliver.NewPost(deliver.PostConfig{URL: good, From: "Shop <a@shop.example>"}); err != nil {
			t.Errorf("%q: got %v", good, err)
		}
	}
	for _, from := range []string{"", "shop", "a@b\r\nBcc: c@example.com"} {
		if _, err := deliver.NewPost(deliver.PostConfig{URL: "smtp://mail.example", From: from}); !errors.Is(err, deliver.ErrFrom) {
			t.Errorf("from %q: got %v", from, err)
		}
	}
}
