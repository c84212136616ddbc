package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"voicetill/checkout"
	"voicetill/payments"
	"voicetill/payments/deliver"
	"voicetill/store"

	"github.com/jmoiron/sqlx"
)

// purged purges as if it were so much later, and says how many rows of a table
// went.
func (s *till) purged(t *testing.T, table string, later time.Duration) int64 {
	t.Helper()
	gone, err := s.Purge(t.Context(), store.DefaultKeep, s.clock.now().Add(later))
	if err != nil {
		t.Fatal(err)
	}
	return gone[table]
}

// rows are how many each table has.
func rows(t *testing.T, dsn string, tables ...string) map[string]int {
	t.Helper()
	n := map[string]int{}
	withRaw(t, dsn, func(db *sqlx.DB) {
		for _, table := range tables {
			var count int
			if err := db.Get(&count, `SELECT COUNT(*) FROM `+table); err != nil {
				t.Fatal(err)
			}
			n[table] = count
		}
	})
	return n
}

var (
	purgedTables = []string{"heard", "sessions", "replies", "moves", "deliveries", "checks", "gate_events", "gate_releases", "staff_calls",
		"confirmations", "tries", "terminal_failures"}
	books = []string{"entries", "postings", "balances", "receipts", "receipt_holders", "settlements", "refunds", "bills", "stock", "stock_moves",
		"passes", "mandates", "mandate_uses", "visits", "accounts", "credentials", "items", "places", "tokens", "signing_keys"}
)

// busyYear leaves something in all tables, and returns a receipt.
func busyYear(t *testing.T, s *till) payments.Receipt {
	t.Helper()
	ctx := t.Context()
	r := s.sell(t, payer(ada, adaPassword))
	if _, err := s.service.Refund(ctx, "demo", r.No, payments.RefundAsk{Key: "back", Amount: eur(100)}); err != nil {
		t.Fatal(err)
	}
	m := payments.Mandate{Merchant: "demo", Account: "demo-ada", Method: payments.Prepaid, Once: eur(1000)}
	if _, _, err := s.service.Allow(ctx, m, "demo", "kiosk 1", adaProof); err != nil {
		t.Fatal(err)
	}
	if _, err := s.service.PayByMandate(ctx, s.freeze(t, "by mandate", line(t, 1, "1203", 1000)), payments.Payer{Account: "demo-ada"}); err != nil {
		t.Fatal(err)
	}
	s.confirmed(t)
	now := s.clock.now()
	x := checkout.Session{ID: "a session", Place: "demo", Version: 1, State: checkout.Shopping, Data: []byte("{}"), UpdatedAt: now}
	_, callErr := s.CallStaff(ctx, "demo", "a session", "kiosk", "help")
	_, keepErr := s.KeepCheck(ctx, checkout.Check{Cart: "a cart", Place: "demo", Account: "demo-ada", Digest: "d", Reason: "[]", Total: eur(100), At: now})
	err := errors.Join(callErr, keepErr, s.CreateSession(ctx, x),
		s.ReleaseGate(ctx, payments.GateEvent{Place: "demo", Gate: "exit", Open: true, Reason: payments.PassReleased, At: now}),
		s.SaveHeard(ctx, "a session", store.HeardLine{At: now, Text: "checkout", Commands: []byte("[]")}))
	if err != nil {
		t.Fatal(err)
	}
	x.Version++
	if err := s.SaveSession(ctx, x, "say", []byte(`"hello"`)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.OfferMove(ctx, "a session", now.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	_ = s.prove("kiosk 2", ada, "a guess")
	s.sent(t)
	return r
}

// confirmed is one payment that staff approves and one that it refuses.
func (s *till) confirmed(t *testing.T) {
	t.Helper()
	if err := s.SetConfirmRule(t.Context(), "demo", payments.ConfirmRule{Always: true}); err != nil {
		t.Fatal(err)
	}
	defer s.SetConfirmRule(t.Context(), "demo", payments.ConfirmRule{})
	for i, approve := range []bool{true, false} {
		b := s.freeze(t, fmt.Sprint("to confirm ", i), line(t, 1, "1203", 1000))
		var waiting *payments.UnconfirmedError
		if _, err := s.service.Pay(t.Context(), b, payer(ada, adaPassword)); !errors.As(err, &waiting) {
			t.Fatal(err)
		}
		d := payments.Decision{ID: waiting.Confirmation.ID, Place: "demo", Approve: approve, Reason: "no"}
		if err := s.service.Decide(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		if _, err := s.service.Confirmed(t.Context(), b.ID); (err == nil) != approve {
			t.Fatal(err)
		}
	}
}

// sent delivers all that waits, but the last.
func (s *till) sent(t *testing.T) {
	t.Helper()
	for _, kind := range []deliver.Kind{deliver.Mail, deliver.Notice} {
		d, err := s.TakeDelivery(t.Context(), kind, "", s.clock.now(), time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Delivered(t.Context(), d, s.clock.now()); err != nil {
			t.Fatal(err)
		}
	}
}

// What is no book goes when it is old, and not before; books stay whole.
func TestWhatIsOldIsPurgedAndNoBook(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		r := busyYear(t, s)
		raw(t, dsn, `INSERT INTO tries (account_id, factor, id, at_us) VALUES ('demo-ada', 'password', 'of who died', ?)`, s.clock.now().UnixMicro())
		full, kept := rows(t, dsn, purgedTables...), rows(t, dsn, books...)
		for table, n := range full {
			if n == 0 {
				t.Errorf("%s is empty: nothing is tried", table)
			}
		}
		if gone, err := s.Purge(t.Context(), store.DefaultKeep, s.clock.now()); err != nil {
			t.Fatal(err)
		} else if got := rows(t, dsn, purgedTables...); fmt.Sprint(got) != fmt.Sprint(full) {
			t.Errorf("purged %v at once: %v, it was %v", gone, got, full)
		}
		waiting := full["deliveries"] - 2
		kept["bills"]-- // the one that staff refused
		s.clock.add(500 * 24 * time.Hour)
		for range 2 {
			if _, err := s.Purge(t.Context(), store.DefaultKeep, s.clock.now()); err != nil {
				t.Fatal(err)
			}
			for table, n := range rows(t, dsn, purgedTables...) {
				want := map[string]int{"deliveries": waiting, "confirmations": 1}[table] // not sent yet; used by a settlement
				if n != want {
					t.Errorf("%s has %d rows after more than a year, want %d", table, n, want)
				}
			}
		}
		if got := rows(t, dsn, books...); fmt.Sprint(got) != fmt.Sprint(kept) {
			t.Errorf("books: got %v, want %v", got, kept)
		}
		if again, err := s.service.ReceiptByLink(t.Context(), r.Link); err != nil || again.Pass == "" {
			t.Errorf("the receipt: %v", err)
		}
		if _, err := s.service.Refund(t.Context(), "demo", r.No, payments.RefundAsk{Key: "the rest"}); err != nil {
			t.Error(err)
		}
		s.audited(t)
	})
}

// A receipt that goes out once more is a copy, though nobody knows any more that
// it went out before.
func TestAPurgedReceiptGoesOutAsACopy(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		r := s.sell(t, payer(ada, adaPassword))
		raw(t, dsn, `UPDATE deliveries SET state = 'sent', finished_at_us = created_at_us`)
		s.clock.add(100 * 24 * time.Hour)
		if n := s.purged(t, "deliveries", 0); n == 0 {
			t.Error("nothing was purged")
		}
		for want := 2; want < 4; want++ {
			now := s.clock.now()
			if err := s.Resend(t.Context(), r, deliver.Print, []string{"demo"}, now, now.Add(-time.Hour), 3); err != nil {
				t.Fatal(err)
			}
			list, err := s.Deliveries(t.Context(), "demo", r.ID)
			if err != nil || list[len(list)-1].Nth != want {
				t.Errorf("got %+v, %v, want number %d", list, err, want)
			}
		}
	})
}

// More than a batch goes, though others write meanwhile, on two nodes at once.
func TestPurgingInBatches(t *testing.T) {
	const events = 1300
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		other, err := store.Open(t.Context(), dsn, store.Clock(s.clock.now))
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		withRaw(t, dsn, func(db *sqlx.DB) {
			for i := range events {
				db.MustExec(db.Rebind(`INSERT INTO gate_events (merchant_id, id, place_id, gate, pass_id, receipt_id, opened, reason, note, who, seen, at_us)
					VALUES ('demo', ?, 'demo', 'exit', '', '', 0, 'none', '', '', 1, ?)`), fmt.Sprint(i), i)
				db.MustExec(db.Rebind(`INSERT INTO sessions (merchant_id, id, place_id, version, state, data, updated_at_us)
					VALUES ('demo', ?, 'demo', 1, 'shopping', '{}', ?)`), fmt.Sprint(i), i)
				db.MustExec(db.Rebind(`INSERT INTO replies (merchant_id, session_id, command_id, body, at_us) VALUES ('demo', ?, 'c', '', 1)`), fmt.Sprint(i))
			}
		})
		gone := make([]map[string]int64, 2)
		errs := race(3, func(i int) (err error) {
			if i == 2 {
				s.sell(t, payer(ada, adaPassword))
				return nil
			}
			gone[i], err = []*store.DB{s.DB, other}[i].Purge(t.Context(), store.DefaultKeep, s.clock.now())
			return err
		})
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		for table, want := range map[string]int64{"gate_events": events, "sessions": events} {
			if n := gone[0][table] + gone[1][table]; n != want {
				t.Errorf("%s: %d rows went, want %d", table, n, want)
			}
		}
		if left := rows(t, dsn, "replies", "sessions"); left["replies"]+left["sessions"] != 0 {
			t.Errorf("left: %v", left)
		}
		s.audited(t)
	})
}

func TestWhatIsNeededIsNotPurged(t *testing.T) {
	for name, change := range map[string]func(*store.Keep){
		"sessions":   func(k *store.Keep) { k.Sessions = time.Hour },
		"deliveries": func(k *store.Keep) { k.Deliveries = 24 * time.Hour },
		"checks":     func(k *store.Keep) { k.Checks = 30 * 24 * time.Hour },
		"gates":      func(k *store.Keep) { k.Gates = 0 },
		"calls":      func(k *store.Keep) { k.Calls = 0 },
		"below zero": func(k *store.Keep) { k.Heard = -time.Hour },
	} {
		k := store.DefaultKeep
		change(&k)
		if err := k.Check(); !errors.Is(err, store.ErrKeep) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if err := store.DefaultKeep.Check(); err != nil {
		t.Error(err)
	}
}
