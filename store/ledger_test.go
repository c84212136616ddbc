package store_test

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"voicetill/payments"
	"voicetill/payments/money"
	"voicetill/store"

	"github.com/jmoiron/sqlx"
	"pgregory.net/rapid"
)

// Whatever is bought, refused, paid in and restocked, in whatever order: the
// ledger sums to zero, receipts have no gaps and stock equals its movements.
func TestBooksStayInOrder(t *testing.T) {
	onBothAnew(t, func(t *testing.T, another func() string) {
		var s *till
		sold, n, sequences := 0, 0, 0
		rapid.Check(t, func(rt *rapid.T) {
			if sequences%20 == 0 {
				s = newTill(t, another())
			}
			sequences++
			for range rapid.IntRange(1, 6).Draw(rt, "operations") {
				n++
				switch rapid.IntRange(0, 9).Draw(rt, "operation") {
				case 0:
					a, err := s.Account(t.Context(), rapid.SampledFrom([]string{ada, ben}).Draw(rt, "account"))
					if err != nil {
						rt.Fatal(err)
					}
					cents := rapid.Int64Range(1, 2000).Draw(rt, "cents")
					if err := s.TopUp(t.Context(), "demo", a.ID, fmt.Sprint(n), money.Of(cents, "EUR")); err != nil {
						rt.Fatal(err)
					}
				case 1:
					items := shelf()
					items[0].Stock = qty(rapid.Int64Range(0, 9).Draw(rt, "stock") * 1000)
					s.replace(t, items)
				default:
					s.buySomething(rt, n)
				}
			}
			a, err := s.Audit(t.Context())
			if err != nil || len(a.Problems) > 0 {
				rt.Fatalf("audit: %v %v", a.Problems, err)
			}
			sold += a.Receipts
		})
		if sold == 0 {
			t.Error("nothing was ever sold")
		}
	})
}

// buySomething may be refused for the reasons that a shop knows.
func (s *till) buySomething(t *rapid.T, n int) {
	var lines []payments.Line
	for i, number := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"1203", "3340", "7001", "8001"}), 1, 3, rapid.ID).Draw(t, "items") {
		milli := rapid.Int64Range(1, 4).Draw(t, "pieces") * 1000
		if number == "3340" {
			milli = rapid.Int64Range(1, 3000).Draw(t, "grams")
		}
		lines = append(lines, line(t, i+1, number, milli))
	}
	b, err := s.service.Freeze(t.Context(), order(fmt.Sprint("cart ", n), lines...))
	if err != nil {
		t.Fatal(err)
	}
	who := rapid.SampledFrom([]payments.Payer{payer(ada, adaPassword), payer(ben, benPassword)}).Draw(t, "payer")
	_, err = s.service.Pay(t.Context(), b, who)
	var low *payments.LowBalanceError
	var changed *payments.ChangedError
	if err != nil && !errors.As(err, &low) && !errors.As(err, &changed) {
		t.Fatal(err)
	}
}

// The books: 1 the top-ups of the demo accounts (2 entries), a sale of three
// milk (3, 4), a sale of two (5, 6), a refund of one of the three (7, 8). The first
// one's pass was used.
func TestAuditNamesTheFirstBadEntry(t *testing.T) {
	tests := []struct{ name, spoil, want string }{
		{"an amount was changed", `UPDATE postings SET amount_minor = amount_minor + 1 WHERE seq = 3 AND n = 0`, "entry 3 (charge/"},
		{"a posting went elsewhere", `UPDATE postings SET to_account = 'shopper:demo-ben' WHERE seq = 7`, "entry 7 (refund/"},
		{"a posting was added", `INSERT INTO postings VALUES ('demo', 4, 9, 'world', 'shopper:demo-ben', 100, 'EUR')`, "entry 4 (book/"},
		{"a posting was deleted", `DELETE FROM postings WHERE seq = 8 AND n = 0`, "entry 8 (refunded/"},
		{"a posting of no entry", `INSERT INTO postings VALUES ('demo', 99, 0, 'world', 'shopper:demo-ben', 100, 'EUR')`, "postings of entry 99 belong to no entry"},
		{"an entry was deleted", `DELETE FROM entries WHERE seq = 2`, "entry 2 is missing"},
		{"an entry's time was changed", `UPDATE entries SET at_us = at_us + 1 WHERE seq = 5`, "entry 5 (charge/"},
		{"an entry was written anew", `UPDATE entries SET hash = 'abc' WHERE seq = 4`, "entry 4 (book/"},
		{"the last entry was cut off", `DELETE FROM entries WHERE seq = (SELECT MAX(seq) FROM entries)`, "should end at 8"},
		{"a balance was raised", `UPDATE balances SET amount_minor = amount_minor + 100000 WHERE account = 'shopper:demo-ben'`, "shopper:demo-ben holds 1005.00 EUR, its postings say 5.00 EUR"},
		{"a balance was deleted", `DELETE FROM balances WHERE account = 'merchant:demo:sales'`, "the balance of merchant:demo:sales is missing"},
		{"a receipt was changed", `UPDATE receipts SET body = REPLACE(body, 'oat milk', 'goat milk') WHERE no = 2`, "entry 6: receipt 2 is not the one that was booked"},
		{"a receipt was deleted", `DELETE FROM receipts WHERE no = 1`, "receipt 1 is missing"},
		{"a refund's receipt was deleted", `DELETE FROM receipts WHERE no = 3`, "receipt 3 is missing"},
		{"a receipt number was left out", `UPDATE merchants SET receipt_no = 4`, "receipt 4 is missing"},
		{"a sale was made undone", `UPDATE settlements SET state = 'released' WHERE id = (SELECT MIN(id) FROM settlements)`, "receipt 1 has no settlement or refund"},
		{"a refund was forgotten", `UPDATE refunds SET state = 'refused'`, "receipt 3 has no settlement or refund"},
		{"a refund was made bigger", `UPDATE refunds SET amount_minor = amount_minor + 1`, "gave back 250 minor units, 249 are booked"},
		{"a charge was forgotten", `UPDATE settlements SET state = 'charged' WHERE id = (SELECT MIN(id) FROM settlements)`, "receipt 1 has no settlement or refund"},
		{"stock was stolen", `UPDATE stock SET qty_milli = qty_milli - 1000 WHERE number = '1203'`, "item 1203 has 35000 thousandths in stock, its movements say 36000"},
		{"a movement was deleted", `DELETE FROM stock_moves WHERE reason = 'refund'`, "item 1203 has 36000 thousandths in stock, its movements say 35000"},
		{"stock was stolen by a movement", `UPDATE stock_moves SET qty_milli = -4000 WHERE qty_milli = -3000; UPDATE stock SET qty_milli = qty_milli - 1000 WHERE number = '1203'`,
			"sells 3000 thousandths of item 1203, 4000 were taken off the shelf"},
		{"a movement is of no sale", `UPDATE stock_moves SET ref = 'x' WHERE qty_milli = -3000`, "taken for settlement x, which there is not"},
		{"a movement has another reason", `UPDATE stock_moves SET reason = 'x' WHERE qty_milli = -3000`, "of stock has no reason"},
		{"more came back than was given back", `UPDATE stock_moves SET qty_milli = 2000 WHERE reason = 'refund'; UPDATE stock SET qty_milli = qty_milli + 1000 WHERE number = '1203'`,
			"gives back 1000 thousandths of item 1203, 2000 came to the shelf"},
		{"a refund is of another sale", `UPDATE refunds SET settlement_id = (SELECT MAX(id) FROM settlements)`, "is noted otherwise than it was begun"},
		{"a settlement is noted over less", `UPDATE settlements SET amount_minor = 1`, "1 minor units are noted"},
		{"a bill was agreed to otherwise", `UPDATE bills SET consent = 'x' WHERE cart = 'cart 2'`, "is not the one that was agreed to"},
		{"books of nobody", `INSERT INTO balances VALUES ('ghost', 'world', 'EUR', 0)`, "merchant ghost has books and is missing"},
		{"a receipt is shown to another account", `UPDATE receipt_holders SET account_id = 'demo-ben' WHERE receipt_id = (SELECT id FROM receipts WHERE no = 2)`, "is shown to account demo-ben, whose it is not"},
		{"a receipt is shown to nobody", `DELETE FROM receipt_holders WHERE receipt_id = (SELECT id FROM receipts WHERE no = 2)`, "is not shown to account demo-ada, whose it is"},
		{"a receipt is listed over less", `UPDATE receipts SET total_minor = 1 WHERE no = 1`, "receipt 1: the column total_minor is not what it says"},
		{"a receipt has another address", `UPDATE receipts SET link = 'x' WHERE no = 2`, "receipt 2: the column link is not what it says"},
		{"a receipt was moved to another day", `UPDATE receipts SET paid_at_us = paid_at_us + 1 WHERE no = 3`, "receipt 3: the column paid_at_us is not what it says"},
		{"a paid bill was opened again", `UPDATE bills SET state = 'open' WHERE cart = 'cart 2'`, "is booked, its bill is open"},
		{"a bill was called paid", `INSERT INTO bills VALUES ('demo', 'x', 'cart x', 1, 'paid', '', 0, '{}')`, "bill x is paid, and no settlement is of it"},
		{"what was agreed to was changed", `UPDATE settlements SET body = REPLACE(body, 'Demo Shop', 'Other Shop')`, "is not the one that was agreed to"},
		{"a pass was deleted", `DELETE FROM passes WHERE spent_at_us IS NULL`, "receipt 2 has lost its exit pass"},
		{"a pass was made for nothing", `INSERT INTO passes (merchant_id, id, place_id, receipt_id, expires_at_us, gate) VALUES ('demo', 'x', 'demo', 'x', 0, '')`, "exit pass x belongs to no sale"},
		{"a pass was given another id", `UPDATE passes SET id = 'x' WHERE spent_at_us IS NULL`, "receipt 2: exit pass x is not one that was issued for it"},
		{"a pass was made to last", `UPDATE passes SET issued_at_us = 2000000000000000, expires_at_us = 2000001800000000 WHERE spent_at_us IS NULL`, "is not one that was issued for it"},
		{"a pass ends later", `UPDATE passes SET expires_at_us = expires_at_us + 1`, "does not end when it has to"},
		{"a used pass can be used again", `UPDATE passes SET spent_at_us = NULL`, "receipt 1: exit pass"},
		{"a pass was used at another time", `UPDATE passes SET spent_at_us = spent_at_us + 1`, "was spent at another time than it opened a gate"},
		{"a pass was used up at no gate", `UPDATE passes SET spent_at_us = 1795521600123456 WHERE spent_at_us IS NULL`, "is spent, and no gate has opened for it"},
		{"a pass was cancelled for none", `UPDATE passes SET cancelled_at_us = 1795521600123456 WHERE spent_at_us IS NULL`, "is cancelled, and none takes its place"},
	}
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		first := s.pay(t, s.freeze(t, "cart 1", line(t, 1, "1203", 3000)))
		s.clock.add(time.Second)
		s.pay(t, s.freeze(t, "cart 2", line(t, 1, "1203", 2000)))
		ask := payments.RefundAsk{Key: "1", Lines: []payments.RefundLine{{Line: 1, Milli: 1000}}, Restock: true}
		if _, err := s.service.Refund(t.Context(), "demo", first.No, ask); err != nil {
			t.Fatal(err)
		}
		if v, err := s.service.Open(t.Context(), first.Pass, payments.Gate{Place: "demo", Name: "front"}); err != nil || !v.Open {
			t.Fatal(v, err)
		}
		s.audited(t)
		spoiled := spoiler(t, dsn)
		for _, tt := range tests {
			a := spoiled(tt.spoil)
			if len(a.Problems) == 0 || !strings.Contains(a.Problems[0], tt.want) {
				t.Errorf("%s: got %q, want %q first", tt.name, a.Problems, tt.want)
			}
		}
		s.audited(t)
	})
}

// spoiler audits books that somebody changed who may do everything: each change
// is made on a copy of the books as they are now.
func spoiler(t *testing.T, dsn string) func(change string) store.Audit {
	t.Helper()
	lite := strings.HasPrefix(dsn, "sqlite:")
	script := ""
	for _, table := range []string{"entries", "postings", "stock_moves", "receipts"} {
		for _, event := range []string{"update", "delete"} {
			drop := "DROP TRIGGER " + table + "_no_" + event
			if !lite {
				drop += " ON " + table
			}
			script += drop + ";\n"
		}
	}
	still := copyOf(t, dsn)
	raw(t, still, script)
	return func(change string) store.Audit {
		t.Helper()
		where := ""
		if lite {
			where = copyOf(t, still)
		} else {
			where = cluster.Clone(t, still)
		}
		raw(t, where, change)
		db, err := store.Open(t.Context(), where)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		a, err := db.Audit(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
}

// copyOf is a copy of a database that is in use.
func copyOf(t *testing.T, dsn string) string {
	t.Helper()
	if path, ok := store.SQLitePath(dsn); ok {
		to := filepath.Join(t.TempDir(), "copy.db")
		if err := store.BackupSQLite(t.Context(), path, to); err != nil {
			t.Fatal(err)
		}
		return "sqlite:" + to
	}
	return cluster.Copy(t, dsn)
}

// The databases themselves refuse to change what is written.
func TestTheBooksAreAppendOnly(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		s.pay(t, s.freeze(t, "cart 1", line(t, 1, "1203", 3000)))
		for _, query := range []string{
			`UPDATE entries SET at_us = 0`, `DELETE FROM entries`,
			`UPDATE postings SET amount_minor = 1`, `DELETE FROM postings`,
			`UPDATE stock_moves SET qty_milli = 1`, `DELETE FROM stock_moves`,
			`UPDATE receipts SET total_minor = 1`, `UPDATE receipts SET body = ''`, `DELETE FROM receipts`,
		} {
			if err := tryRaw(t, dsn, query); err == nil || !strings.Contains(err.Error(), "only ever added to") {
				t.Errorf("%s: got %v", query, err)
			}
		}
		s.audited(t)
	})
}

// raw changes the database behind the store's back.
func raw(t *testing.T, dsn, query string, args ...any) {
	t.Helper()
	if err := tryRaw(t, dsn, query, args...); err != nil {
		t.Fatal(err)
	}
}

func tryRaw(t *testing.T, dsn, query string, args ...any) (err error) {
	t.Helper()
	withRaw(t, dsn, func(db *sqlx.DB) { _, err = db.Exec(db.Rebind(query), args...) })
	return err
}

// withRaw opens a database past the store.
func withRaw(t *testing.T, dsn string, do func(db *sqlx.DB)) {
	t.Helper()
	driver, address := "pgx", dsn
	if path, ok := strings.CutPrefix(dsn, "sqlite:"); ok {
		driver, address = "sqlite3", "file:"+(&url.URL{Path: path}).EscapedPath()+"?_busy_timeout=5000"
	}
	db, err := sqlx.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	do(db)
}

func TestReceiptsOfRacingSalesHaveNoGaps(t *testing.T) {
	const sales = 12
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		bills := make([]payments.Bill, sales)
		for i := range bills {
			bills[i] = s.freeze(t, fmt.Sprint("cart ", i), line(t, 1, "1203", 1000))
		}
		// Four at a time: a fifth proof at the same moment would be a lockout.
		for i := 0; i < sales; i += 4 {
			for _, err := range race(4, func(j int) error {
				_, err := s.service.Pay(t.Context(), bills[i+j], payer(ada, adaPassword))
				return err
			}) {
				if err != nil {
					t.Error(err)
				}
			}
		}
		receipts, _, err := s.Receipts(t.Context(), "demo", payments.ReceiptFind{Down: true, Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range receipts {
			if r.No != int64(sales-i) {
				t.Errorf("sale %d from the end: got receipt %d, want %d", i, r.No, sales-i)
			}
		}
		if a := s.audited(t); a.Receipts != sales {
			t.Errorf("receipts: got %d, want %d", a.Receipts, sales)
		}
	})
}

func TestExitPass(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		r := s.pay(t, s.freeze(t, "cart 1", line(t, 1, "1203", 1000)))
		here, there := payments.Gate{Place: "demo", Name: "gate 1"}, payments.Gate{Place: "elsewhere", Name: "gate 9"}
		tampered := r.Pass[:len(r.Pass)-3] + "AAA"
		for _, tt := range []struct {
			name, token string
			gate        payments.Gate
			want        string
		}{
			{"nonsense", "v4.public.nonsense", here, payments.PassUnknown},
			{"tampered", tampered, here, payments.PassUnknown},
			{"long", strings.Repeat("v4.public.", 10_000), here, payments.PassUnknown},
			{"another place", r.Pass, there, payments.PassWrongPlace},
		} {
			if v, err := s.service.Open(t.Context(), tt.token, tt.gate); err != nil || v.Open || v.Reason != tt.want {
				t.Errorf("%s: got %+v, %v, want %q", tt.name, v, err, tt.want)
			}
		}
		for range 2 {
			if v, err := s.service.Look(t.Context(), r.Pass, here); err != nil || !v.Open || v.Receipt != r.ID {
				t.Errorf("look: got %+v, %v, want it to open", v, err)
			}
		}
		verdicts := make([]payments.Verdict, 50)
		for _, err := range race(len(verdicts), func(i int) (err error) {
			verdicts[i], err = s.service.Open(t.Context(), r.Pass, here)
			return err
		}) {
			if err != nil {
				t.Error(err)
			}
		}
		opened := 0
		for _, v := range verdicts {
			if v.Open {
				opened++
			} else if v.Reason != payments.PassUsed {
				t.Errorf("second opening: got %q, want %q", v.Reason, payments.PassUsed)
			}
		}
		if opened != 1 {
			t.Errorf("opened %d times, want once", opened)
		}
		if v, _ := s.service.Look(t.Context(), r.Pass, here); v.Open || v.Reason != payments.PassUsed {
			t.Errorf("look after use: got %+v, want %q", v, payments.PassUsed)
		}
		late := s.pay(t, s.freeze(t, "cart 2", line(t, 1, "1203", 1000)))
		s.clock.add(payments.PassLife - time.Second)
		if v, _ := s.service.Look(t.Context(), late.Pass, payments.Gate{}); !v.Open {
			t.Errorf("in the last moment: got %+v, want it to open", v)
		}
		s.clock.add(time.Second)
		if v, _ := s.service.Open(t.Context(), late.Pass, here); v.Open || v.Reason != payments.PassExpired {
			t.Errorf("late: got %+v, want %q", v, payments.PassExpired)
		}
	})
}
