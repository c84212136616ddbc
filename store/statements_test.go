package store_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"voicetill/payments"
)

// A statement tells each movement of the balance once, with its receipt, begins
// where the one before ended, and lists what was paid in other ways.
func TestStatementsFollowTheLedger(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newCardTill(t, dsn)
		start := s.clock.now()
		sale := s.sellAs(t, "cart 1", payer(ada, adaPassword))
		s.clock.add(time.Hour)
		if _, _, err := s.service.TopUp(t.Context(), topUpOf("key number 1", 2000), byCard()); err != nil {
			t.Fatal(err)
		}
		s.clock.add(time.Hour)
		s.replace(t, shelf())
		other := s.sellAs(t, "cart 2", byCard())
		s.clock.add(time.Hour)
		back, err := s.service.Refund(t.Context(), "demo", sale.No, payments.RefundAsk{Key: "1", Amount: eur(100)})
		if err != nil {
			t.Fatal(err)
		}
		middle := start.Add(90 * time.Minute)
		first, err := s.Statement(t.Context(), "demo", sale.Account, "EUR", start.Add(-time.Hour), middle)
		if err != nil {
			t.Fatal(err)
		}
		second, err := s.Statement(t.Context(), "demo", sale.Account, "EUR", middle, s.clock.now().Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		if got := tell(first); !strings.HasSuffix(got, "purchase 1 prepaid -"+sale.Total.Decimal()+", topup 2 card 20.00") {
			t.Errorf("first: got %s", got)
		}
		if got, want := tell(second), "elsewhere 3 card "+other.Total.Decimal()+", refund 4 prepaid 1.00"; got != want || back.No != 4 {
			t.Errorf("second: got %s, want %s", got, want)
		}
		if second.Opening != first.Closing || second.Closing.Decimal() != s.balance(t, ada) {
			t.Errorf("%s to %s, then %s to %s; the balance is %s", first.Opening, first.Closing, second.Opening, second.Closing, s.balance(t, ada))
		}
		for _, row := range second.Rows[:1] {
			if row.Balance != second.Opening {
				t.Errorf("what was paid elsewhere moves the balance to %s", row.Balance)
			}
		}
	})
}

func tell(s payments.Statement) string {
	var rows []string
	for _, r := range s.Rows {
		rows = append(rows, strings.Join(strings.Fields(strings.Join([]string{r.What, strconv.FormatInt(r.Receipt, 10), string(r.Method), r.Amount.Decimal()}, " ")), " "))
	}
	return strings.Join(rows, ", ")
}
