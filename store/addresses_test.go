package store_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"voicetill/accounts"
	"voicetill/payments"
	"voicetill/payments/deliver"
	"voicetill/payments/deliver/delivertest"
	"voicetill/store"
)

// Nothing but the question goes to an address before its link was opened.
func TestAnAddressIsWrittenToOnceItIsProved(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		o := delivertest.OpenOffice(t, delivertest.StartTLS)
		mail := s.mailer(t, o)
		notices := *mail
		post, err := deliver.NewPost(deliver.PostConfig{URL: "smtp://till:sesame@" + o.Address, From: "receipts@shop.example", TLS: o.TLS})
		if err != nil {
			t.Fatal(err)
		}
		notices.Kind, notices.Send = deliver.Notice, deliver.Clerk{Shop: counter{s}, Base: "https://till.example", Now: s.clock.now}.Notices(post, s.DB)
		deliverAll := func(want int) {
			t.Helper()
			for _, w := range []*deliver.Worker{mail, &notices} {
				if _, err := w.Deliver(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if got := len(o.Letters()); got != want {
				t.Fatalf("%d letters went out, want %d", got, want)
			}
		}

		cleo := accounts.Account{Number: "4711", Email: "cleo@example.com", Name: "Cleo", Kind: accounts.Shopper, Unproved: true}
		id, err := s.CreateAccount(t.Context(), cleo, "hash")
		if err != nil {
			t.Fatal(err)
		}
		s.buy(t, "c", payments.Buyer{Account: id})
		deliverAll(2) // the question, and the receipt of Ada, who pays
		for _, l := range o.Letters() {
			if l.To[0] == "cleo@example.com" && !strings.Contains(string(l.Data), "address") {
				t.Errorf("a letter went to an address that nobody proved: %s", l.Data)
			}
		}
		if err := s.AskAddress(t.Context(), id); !errors.Is(err, store.ErrSentOften) {
			t.Errorf("asked again at once: got %v", err)
		}
		first := askedOf(t, o, "cleo@example.com")
		s.clock.add(10 * time.Minute)
		if err := s.AskAddress(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		deliverAll(3)
		second := askedOf(t, o, "cleo@example.com")
		for _, wrong := range []string{"", first, strings.ToLower(second)} {
			if err := s.ProveAddress(t.Context(), wrong); !errors.Is(err, store.ErrNoAddressCheck) {
				t.Errorf("%q: got %v", wrong, err)
			}
		}
		if a, err := s.Account(t.Context(), id); err != nil || !a.Unproved {
			t.Errorf("before: got %+v, %v", a, err)
		}
		if err := s.ProveAddress(t.Context(), second); err != nil {
			t.Fatal(err)
		}
		if a, err := s.Account(t.Context(), id); err != nil || a.Unproved || a.Email != "cleo@example.com" {
			t.Errorf("after: got %+v, %v", a, err)
		}
		if err := s.AskAddress(t.Context(), id); err != nil {
			t.Error(err)
		}
		s.buy(t, "d", payments.Buyer{Account: id})
		deliverAll(5)
	})
}

// askedOf is the token of the last letter to an address.
func askedOf(t *testing.T, o *delivertest.Office, to string) (token string) {
	t.Helper()
	for _, l := range o.Letters() {
		text := l.Text()
		if _, after, found := strings.Cut(text, "https://till.example/receipts#address="); found && l.To[0] == to {
			token = after[:26]
		}
	}
	if token == "" {
		t.Fatalf("no letter asks for %s", to)
	}
	return token
}

// Who typed another person's address keeps it from them for a day at most, and
// keeps the account.
func TestAnAddressThatNobodyProvesIsReleased(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		add := func(number string) (string, error) {
			return s.CreateAccount(t.Context(), accounts.Account{Number: number, Email: "cleo@example.com", Kind: accounts.Shopper, Unproved: true}, "hash")
		}
		first, err := add("4711")
		if err != nil {
			t.Fatal(err)
		}
		s.clock.add(23 * time.Hour)
		if _, err := add("4712"); !errors.Is(err, store.ErrAccountTaken) {
			t.Errorf("within a day: got %v", err)
		}
		s.clock.add(2 * time.Hour)
		second, err := add("4712")
		if err != nil {
			t.Fatal(err)
		}
		if a, err := s.Account(t.Context(), "4711"); err != nil || a.ID != first || a.Email != "" || a.Unproved {
			t.Errorf("the first has %+v, %v", a, err)
		}
		if a, err := s.Account(t.Context(), "cleo@example.com"); err != nil || a.ID != second {
			t.Errorf("the address is of %+v, %v", a, err)
		}
	})
}
