package store_test

import (
	"os"
	"strings"
	"testing"

	"voicetill/payments"
)

// Receipts of before there were holders are given to who paid: the migration's
// own statement is run again on a database that has lost them.
func TestOldReceiptsFindTheirHolders(t *testing.T) {
	text, err := os.ReadFile("migrations/00008_deliveries.sql")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), "INSERT INTO receipt_holders")
	if !ok {
		t.Fatal("the migration gives receipts to nobody")
	}
	statement, _, _ := strings.Cut(rest, ";")
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		l := line(t, 1, "1203", 1000)
		l.Name = `"account":"demo-ben"` // a name is no holder
		first := s.pay(t, s.freeze(t, "a", line(t, 1, "1203", 1000)))
		items := shelf()
		items[0].Name = l.Name
		if _, err := s.ReplaceCatalog(t.Context(), "demo", items); err != nil {
			t.Fatal(err)
		}
		second := s.pay(t, s.freeze(t, "b", l))
		raw(t, dsn, `DELETE FROM receipt_holders`)
		raw(t, dsn, "INSERT INTO receipt_holders"+statement)
		list, err := s.History(t.Context(), "demo-ada", payments.Receipt{}, 9)
		if err != nil || len(list) != 2 || list[0].ID != second.ID || list[1].ID != first.ID {
			t.Errorf("ada has %v, %v", list, err)
		}
		if list, err := s.History(t.Context(), "demo-ben", payments.Receipt{}, 9); err != nil || len(list) != 0 {
			t.Errorf("ben has %v, %v", list, err)
		}
	})
}
