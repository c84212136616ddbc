package deliver_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"strings"
	"testing"
	"time"

	"voicetill/payments/deliver"
	"voicetill/payments/deliver/delivertest"
	"voicetill/payments/receipts"

	"github.com/emersion/go-smtp"
)

func post(t *testing.T, o *delivertest.Office, scheme, password string) *deliver.Post {
	t.Helper()
	p, err := deliver.NewPost(deliver.PostConfig{URL: scheme + "://till@" + o.Address, Password: password,
		From: "Café Zürich <receipts@shop.example>", TLS: o.TLS})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var letter = receipts.Letter{Subject: "您的收据 – your receipt", Text: "Hello Ada,\n.\nEUR 22.17 乌龙茶", HTML: "<p>乌龙茶</p>", Name: "receipt-12.pdf",
	PDF: []byte("%PDF-1.7 …"), Pass: []byte("\x89PNG")}

func TestALetterArrivesWhole(t *testing.T) {
	for scheme, encryption := range map[string]delivertest.Encryption{"smtp": delivertest.StartTLS, "smtps": delivertest.Implicit} {
		o := delivertest.OpenOffice(t, encryption)
		if err := post(t, o, scheme, "sesame").Send(t.Context(), "01K9", "ada@example.com", letter, time.Unix(1764262460, 0)); err != nil {
			t.Fatalf("%s: %v", scheme, err)
		}
		got := o.Letters()
		if len(got) != 1 || got[0].From != "receipts@shop.example" || len(got[0].To) != 1 || got[0].To[0] != "ada@example.com" || !o.Secure() {
			t.Fatalf("%s: got %+v", scheme, got)
		}
		m, err := mail.ReadMessage(bytes.NewReader(got[0].Data))
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
	o := delivertest.OpenOffice(t, delivertest.StartTLS)
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
		o.Refuse(tt.command, nil)
		if tt.code != 0 {
			o.Refuse(tt.command, &smtp.SMTPError{Code: tt.code, Message: "no: ada@example.com"})
		}
		err := post(t, o, "smtp", tt.password).Send(t.Context(), "01K9", "ada@example.com", letter, time.Now())
		if err == nil || errors.Is(err, deliver.ErrUndeliverable) != tt.forGood {
			t.Errorf("%s: got %v", tt.name, err)
		}
		if err != nil && (strings.Contains(err.Error(), "ada@") || strings.Contains(err.Error(), tt.password)) {
			t.Errorf("%s: personal data in %v", tt.name, err)
		}
	}
	if n := len(o.Letters()); n != 0 {
		t.Errorf("%d letters arrived", n)
	}
}

func TestNothingIsSentInClearOrToAnImpostor(t *testing.T) {
	o := delivertest.OpenOffice(t, delivertest.StartTLS)
	o.TLS = nil // the system does not know this server's certificate
	if err := post(t, o, "smtp", "sesame").Send(t.Context(), "01K9", "ada@example.com", letter, time.Now()); err == nil {
		t.Error("a letter went to a server of an unknown certificate")
	}
	clear := delivertest.OpenOffice(t, delivertest.Clear) // has no STARTTLS
	p, err := deliver.NewPost(deliver.PostConfig{URL: "smtp://" + clear.Address, From: "receipts@shop.example"})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Send(t.Context(), "01K9", "ada@example.com", letter, time.Now()); err == nil || len(clear.Letters()) != 0 {
		t.Errorf("a letter went in clear: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := post(t, o, "smtp", "sesame").Send(ctx, "01K9", "ada@example.com", letter, time.Now()); err == nil {
		t.Error("sent after the end")
	}
	if len(o.Letters()) != 0 {
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
