package store_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"voicetill/payments"
	"voicetill/payments/deliver"
	"voicetill/store"
)

// buy is a sale whose buyer may be another than who pays.
func (s *till) buy(t testing.TB, cart string, b payments.Buyer) payments.Receipt {
	t.Helper()
	p := payer(ada, adaPassword)
	p.Buyer = b
	r, err := s.service.Pay(t.Context(), s.freeze(t, cart, line(t, 1, "1203", 1000)), p)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// take empties the outbox of a channel and returns to whom it went.
func (s *till) take(t testing.TB, kind deliver.Kind) (to []string) {
	t.Helper()
	for {
		d, err := s.TakeDelivery(t.Context(), kind, "", s.clock.now(), time.Minute)
		if errors.Is(err, deliver.ErrNothingDue) {
			return to
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Delivered(t.Context(), d, s.clock.now()); err != nil {
			t.Fatal(err)
		}
		to = append(to, d.To)
	}
}

func TestAReceiptGoesToItsBuyerAndToWhoPaid(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		for _, tt := range []struct {
			name  string
			buyer payments.Buyer
			want  []string
		}{
			{"nobody is signed in", payments.Buyer{}, []string{"demo-ada"}},
			{"the buyer pays", payments.Buyer{Account: "demo-ada"}, []string{"demo-ada"}},
			{"another pays", payments.Buyer{Account: "demo-ben", Lang: "zh"}, []string{"demo-ben", "demo-ada"}},
		} {
			r := s.buy(t, tt.name, tt.buyer)
			if got := s.take(t, deliver.Mail); !sameSet(got, tt.want) {
				t.Errorf("%s: mailed to %v, want %v", tt.name, got, tt.want)
			}
			for _, account := range tt.want {
				if list, err := s.History(t.Context(), account, payments.Receipt{}, 1); err != nil || list[0].ID != r.ID || list[0].Buyer != tt.buyer {
					t.Errorf("%s: the history of %s has %v, %v", tt.name, account, list, err)
				}
			}
		}
		if list, err := s.History(t.Context(), "demo-ben", payments.Receipt{}, 9); err != nil || len(list) != 1 {
			t.Errorf("ben has %d receipts, %v, want 1", len(list), err)
		}
		s.audited(t)
	})
}

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

func TestAReceiptThatIsIssuedTwiceIsPostedOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		b := s.freeze(t, "c", line(t, 1, "1203", 1000))
		first, second := s.pay(t, b), s.pay(t, b)
		if got := s.take(t, deliver.Mail); first.ID != second.ID || len(got) != 1 {
			t.Errorf("mailed to %v", got)
		}
	})
}

func TestOnlyAKioskOfAPlaceThatPrintsPrints(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		for _, tt := range []struct {
			print  store.Printing
			client string
			want   int
		}{
			{store.PrintNever, payments.Kiosk, 0}, {store.PrintAsk, payments.Kiosk, 0},
			{store.PrintAlways, "phone", 0}, {store.PrintAlways, payments.Kiosk, 1},
		} {
			if err := s.SetPrinting(t.Context(), "demo", tt.print); err != nil {
				t.Fatal(err)
			}
			s.buy(t, string(tt.print)+tt.client, payments.Buyer{Client: tt.client})
			if got := s.take(t, deliver.Print); len(got) != tt.want {
				t.Errorf("%s at a %s: printed %v, want %d", tt.print, tt.client, got, tt.want)
			}
		}
		if err := s.SetPrinting(t.Context(), "demo", "often"); !errors.Is(err, store.ErrPrinting) {
			t.Errorf("got %v", err)
		}
		if err := s.SetPrinting(t.Context(), "nowhere", store.PrintAsk); !errors.Is(err, store.ErrNoPlace) {
			t.Errorf("got %v", err)
		}
	})
}

func TestADeliveryIsLentToOneAndComesBackAfterACrash(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		r := s.buy(t, "c", payments.Buyer{})
		now := s.clock.now()
		first, err := s.TakeDelivery(t.Context(), deliver.Mail, "", now, time.Minute)
		if err != nil || first.Receipt != r.ID || first.Link != r.Link || first.Tries != 1 || first.Copy() {
			t.Fatalf("got %+v, %v", first, err)
		}
		if _, err := s.TakeDelivery(t.Context(), deliver.Mail, "", now.Add(59*time.Second), time.Minute); !errors.Is(err, deliver.ErrNothingDue) {
			t.Errorf("lent twice: %v", err)
		}
		second, err := s.TakeDelivery(t.Context(), deliver.Mail, "", now.Add(time.Minute), time.Minute)
		if err != nil || second.ID != first.ID || second.Tries != 2 {
			t.Fatalf("got %+v, %v", second, err)
		}
		// The first one's failure comes late, and changes nothing.
		if err := s.NotDelivered(t.Context(), first, "late", now, time.Time{}); err != nil {
			t.Fatal(err)
		}
		if err := s.NotDelivered(t.Context(), second, "no route", now, time.Time{}); err != nil {
			t.Fatal(err)
		}
		list, err := s.Deliveries(t.Context(), "demo", r.ID)
		if err != nil || len(list) != 1 || list[0].State != deliver.GivenUp || list[0].Trouble != "no route" || list[0].Tries != 2 {
			t.Errorf("got %+v, %v", list, err)
		}
	})
}

func TestManyWorkersShareAnOutbox(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		const sales, workers = 12, 4
		for n := range sales {
			s.buy(t, string(rune('a'+n)), payments.Buyer{})
		}
		taken := make(chan string, 2*sales)
		done := make(chan error, workers)
		for range workers {
			go func() {
				for {
					d, err := s.TakeDelivery(t.Context(), deliver.Mail, "", s.clock.now(), time.Minute)
					if err != nil {
						done <- err
						return
					}
					taken <- d.ID
				}
			}()
		}
		for range workers {
			if err := <-done; !errors.Is(err, deliver.ErrNothingDue) {
				t.Error(err)
			}
		}
		close(taken)
		seen := map[string]int{}
		for id := range taken {
			seen[id]++
		}
		if len(seen) != sales {
			t.Errorf("%d of %d were taken", len(seen), sales)
		}
		for id, n := range seen {
			if n != 1 {
				t.Errorf("%s was lent %d times", id, n)
			}
		}
	})
}

func TestAReceiptIsSentAgainSoOftenAndNoMore(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		r := s.buy(t, "c", payments.Buyer{Account: "demo-ben"})
		again := func() error {
			at := s.clock.now()
			return s.Resend(t.Context(), r, deliver.Mail, r.Holders(), at, at.Add(-time.Hour), 3)
		}
		if err := errors.Join(again(), again()); err != nil {
			t.Fatal(err)
		}
		if err := again(); !errors.Is(err, store.ErrSentOften) {
			t.Errorf("the fourth within an hour: %v", err)
		}
		if got := s.take(t, deliver.Mail); len(got) != 6 {
			t.Errorf("%d mails, want 6", len(got))
		}
		s.clock.add(2 * time.Hour)
		if err := again(); err != nil {
			t.Error(err)
		}
		d, err := s.TakeDelivery(t.Context(), deliver.Mail, "demo-ben", s.clock.now(), time.Minute)
		if err != nil || d.Nth != 4 || !d.Copy() {
			t.Errorf("got %+v, %v", d, err)
		}
		r.No = 99
		if err := again(); !errors.Is(err, payments.ErrNoReceipt) {
			t.Errorf("got %v", err)
		}
	})
}

// pages are the numbers of an account's receipts, read page by page.
func (s *till) pages(t *testing.T, account string, limit int) (seen []int64) {
	t.Helper()
	for before := (payments.Receipt{}); ; {
		page, err := s.History(t.Context(), account, before, limit)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			return seen
		}
		for _, r := range page {
			seen = append(seen, r.No)
		}
		before = page[len(page)-1]
	}
}

func TestTheHistoryHasPages(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		for n := range 5 { // at one and the same moment, some of them
			s.buy(t, string(rune('a'+n)), payments.Buyer{})
			if n%2 == 0 {
				s.clock.add(time.Second)
			}
		}
		for _, limit := range []int{1, 2, 3} { // a page may end within a moment
			if seen := s.pages(t, "demo-ada", limit); !slices.Equal(seen, []int64{5, 4, 3, 2, 1}) {
				t.Errorf("pages of %d: got %v", limit, seen)
			}
		}
		if r, err := s.ReceiptByNo(t.Context(), "demo", 3); err != nil || r.No != 3 {
			t.Errorf("got %+v, %v", r, err)
		}
		if _, err := s.ReceiptByNo(t.Context(), "demo", 6); !errors.Is(err, payments.ErrNoReceipt) {
			t.Errorf("got %v", err)
		}
	})
}
