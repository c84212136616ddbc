package store_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"voicetill/payments"
	"voicetill/payments/deliver"
	"voicetill/payments/deliver/delivertest"
)

// biller sends companies' bills.
func (s *till) biller(t *testing.T, o *delivertest.Office) *deliver.Worker {
	t.Helper()
	w := s.mailer(t, o)
	post, err := deliver.NewPost(deliver.PostConfig{URL: "smtp://till:sesame@" + o.Address, From: "receipts@shop.example", TLS: o.TLS})
	if err != nil {
		t.Fatal(err)
	}
	w.Kind, w.Send = deliver.Bill, deliver.Clerk{Shop: counter{s}, Now: s.clock.now}.Bills(post, s.DB)
	return w
}

// A month is billed by itself once it is over at all places, on several nodes once,
// and goes to the company's address. What nobody bought is no bill.
func TestCompaniesAreBilledByThemselves(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s, acme := branches(t, dsn, "Asia/Shanghai", "America/New_York")
		c, err := s.Company(t.Context(), "demo", acme)
		if err != nil {
			t.Fatal(err)
		}
		c.Email = "books@acme.example"
		if _, err := s.SaveCompany(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		office := delivertest.OpenOffice(t, delivertest.StartTLS)
		post := s.biller(t, office)
		first := s.buysAt(t, "demo", "2026-11-12T12:00:00Z")
		s.buysAt(t, "demo", "2026-11-30T16:00:00Z") // December in Shanghai
		for _, step := range []struct {
			at    string
			bills int // in all
		}{
			{"2026-11-30T23:59:59Z", 0},
			{"2026-12-01T04:59:59Z", 0}, // November in New York
			{"2026-12-01T05:00:00Z", 1},
			{"2026-12-01T06:00:00Z", 1},
			{"2026-12-31T23:00:00Z", 1},
			{"2027-01-01T05:00:00Z", 2},
			{"2027-02-01T05:00:00Z", 2}, // nobody bought in January
		} {
			s.clock.add(clockAt(t, step.at).Sub(s.clock.now()))
			for _, err := range race(3, func(int) error { _, err := s.BillCompanies(t.Context()); return err }) {
				if err != nil {
					t.Error(err)
				}
			}
			if _, err := post.Deliver(t.Context()); err != nil {
				t.Error(err)
			}
			if n := lettersTo(office, "books@acme.example", "Message-ID: <bill."+acme+".20"); n != step.bills {
				t.Errorf("%s: %d letters, want %d", step.at, n, step.bills)
			}
		}
		b, err := s.CompanyBillOf(t.Context(), "demo", acme, "2026-11")
		if err != nil || len(b.Receipts) != 1 || b.Receipts[0].No != first.No || b.Due.Sub(b.Issued) != 14*24*time.Hour {
			t.Errorf("November's bill is %+v, %v", b, err)
		}
		if _, err := s.CompanyBillOf(t.Context(), "demo", acme, "2027-01"); !errors.Is(err, payments.ErrNothingBilled) {
			t.Errorf("January's bill: got %v", err)
		}
		for _, l := range office.Letters() {
			if text := string(l.Data); !strings.Contains(text, "bill-20") || !strings.Contains(text, "application/pdf") {
				t.Error("a letter has no bill")
			}
		}
		s.audited(t)
	})
}

// A company without an address is billed, and gets no letter.
func TestABillWithoutAnAddressStaysHere(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s, acme := branches(t, dsn, "UTC", "UTC")
		s.buysAt(t, "demo", "2026-11-12T12:00:00Z")
		s.clock.add(clockAt(t, "2026-12-01T00:00:00Z").Sub(s.clock.now()))
		if n, err := s.BillCompanies(t.Context()); n != 1 || err != nil {
			t.Fatalf("got %d bills, %v", n, err)
		}
		if _, err := s.CompanyBillOf(t.Context(), "demo", acme, "2026-11"); err != nil {
			t.Error(err)
		}
		if d, err := s.TakeDelivery(t.Context(), deliver.Bill, "", s.clock.now(), time.Minute); !errors.Is(err, deliver.ErrNothingDue) {
			t.Errorf("got %+v, %v", d, err)
		}
	})
}
