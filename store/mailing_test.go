package store_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"voicetill/accounts"
	"voicetill/payments"
	"voicetill/payments/deliver"
	"voicetill/payments/deliver/delivertest"

	"github.com/emersion/go-smtp"
)

// counter is where a clerk looks things up.
type counter struct{ *till }

func (c counter) ReceiptByLink(ctx context.Context, link string) (payments.Receipt, error) {
	return c.service.ReceiptByLink(ctx, link)
}

func (c counter) Account(ctx context.Context, id string) (accounts.Account, error) {
	return c.DB.Account(ctx, id)
}

func (c counter) PlaceName(ctx context.Context, id string) (string, *time.Location, error) {
	p, err := c.Place(ctx, id)
	return p.Name, c.ZoneOf(p), err
}

// mailer is a worker as a till runs it, on a clock that the test moves.
func (s *till) mailer(t *testing.T, o *delivertest.Office) *deliver.Worker {
	t.Helper()
	post, err := deliver.NewPost(deliver.PostConfig{URL: "smtp://till:sesame@" + o.Address, From: "receipts@shop.example", TLS: o.TLS})
	if err != nil {
		t.Fatal(err)
	}
	clerk := deliver.Clerk{Shop: counter{s}, Base: "https://till.example", Now: s.clock.now}
	return &deliver.Worker{Outbox: s.DB, Kind: deliver.Mail, Send: clerk.Mail(post), Backoff: deliver.MailBackoff,
		Now: s.clock.now, Log: slog.New(slog.DiscardHandler)}
}

// A mail server fails for a while, and a node dies after the letter went and
// before that was kept: each gets the letter, with one and the same Message-ID.
func TestLettersOutliveAMailServerAndACrash(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		o := delivertest.OpenOffice(t, delivertest.StartTLS)
		w := s.mailer(t, o)
		r := s.buy(t, "c", payments.Buyer{Account: "demo-ben", Lang: "zh"})
		o.Refuse("DATA", &smtp.SMTPError{Code: 451, Message: "later"})
		for _, wait := range []time.Duration{0, 15 * time.Second, 30 * time.Second} {
			s.clock.add(wait)
			if n, err := w.Deliver(t.Context()); n != 0 || err != nil {
				t.Fatalf("got %d, %v", n, err)
			}
		}
		o.Refuse("", nil)
		s.clock.add(time.Minute)
		dead := *w
		dead.Outbox = forgetful{s.DB}
		if n, err := dead.Deliver(t.Context()); n != 2 || err != nil {
			t.Fatalf("got %d, %v", n, err)
		}
		if n, err := w.Deliver(t.Context()); n != 0 || err != nil {
			t.Fatalf("while it is lent: got %d, %v", n, err)
		}
		s.clock.add(3 * time.Minute)
		if n, err := w.Deliver(t.Context()); n != 2 || err != nil {
			t.Fatalf("after the crash: got %d, %v", n, err)
		}
		s.clock.add(time.Hour)
		if n, err := w.Deliver(t.Context()); n != 0 || err != nil {
			t.Fatalf("for ever: got %d, %v", n, err)
		}
		for address, id := range map[string]string{"ben@example.com": r.ID, "ada@example.com": r.ID + ".payer"} {
			if n := lettersTo(o, address, "Message-ID: <"+id+"@shop.example>"); n != 2 {
				t.Errorf("%d letters to %s, want the two of before and after the crash", n, address)
			}
		}
		if n := len(o.Letters()); n != 4 {
			t.Errorf("%d letters", n)
		}
	})
}

// forgetful is an outbox whose node dies before it keeps what was delivered.
type forgetful struct{ deliver.Outbox }

func (forgetful) Delivered(context.Context, deliver.Delivery, time.Time) error { return nil }

func lettersTo(o *delivertest.Office, address, header string) (n int) {
	for _, l := range o.Letters() {
		if l.To[0] == address && strings.Contains(string(l.Data), header) {
			n++
		}
	}
	return n
}
