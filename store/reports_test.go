package store_test

import (
	"fmt"
	"testing"
	"time"

	"voicetill/checkout"
	"voicetill/payments"
	"voicetill/payments/money"
)

func TestReportsOfWhatWasSold(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s, ctx := newTill(t, dsn), t.Context()
		s.clock.t = time.Date(2026, 11, 24, 8, 20, 0, 0, time.UTC)
		first := s.buys(t, "a")
		s.clock.add(30 * time.Minute)
		s.buys(t, "b")
		s.clock.add(24 * time.Hour)
		third := s.buys(t, "c")
		s.clock.add(time.Minute)
		if _, err := s.service.Refund(ctx, "demo", third.No, payments.RefundAsk{Key: "k", Amount: money.Of(100, "EUR")}); err != nil {
			t.Fatal(err)
		}
		total := first.Total.Minor
		from := time.Date(2026, 11, 24, 7, 45, 0, 0, time.UTC) // the hours of a clock at +05:45, say
		hours, err := s.SoldByHour(ctx, "demo", from, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, h := range hours {
			got = append(got, fmt.Sprintf("%s %d %d %d %d", h.Start.Format("02 15:04"), h.Sales, h.Sold.Minor, h.Refunds, h.Back.Minor))
		}
		want := []string{fmt.Sprintf("24 07:45 1 %d 0 0", total), fmt.Sprintf("24 08:45 1 %d 0 0", total), fmt.Sprintf("25 08:45 1 %d 1 100", total)}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("by hour: got %q, want %q", got, want)
		}
		day := from.Add(24 * time.Hour)
		for _, tt := range []struct {
			name  string
			find  payments.ReceiptFind
			nos   string
			total int
		}{
			{"all, newest first", payments.ReceiptFind{Down: true, Limit: 9}, "[4 3 2 1]", 4},
			{"the second page", payments.ReceiptFind{Offset: 2, Limit: 2}, "[3 4]", 4},
			{"from a day on", payments.ReceiptFind{From: day, Limit: 9}, "[3 4]", 2},
			{"before it", payments.ReceiptFind{To: day, Limit: 9}, "[1 2]", 2},
			{"from after the last", payments.ReceiptFind{From: day.Add(24 * time.Hour), Limit: 9}, "[]", 0},
			{"refunds alone", payments.ReceiptFind{Kind: payments.OnlyRefunds, Limit: 9}, "[4]", 1},
			{"sales alone", payments.ReceiptFind{Kind: payments.OnlySales, Limit: 9}, "[1 2 3]", 3},
			{"by total", payments.ReceiptFind{By: "total", Limit: 1}, "[4]", 4},
			{"a number", payments.ReceiptFind{Text: "2", Limit: 9}, "[2]", 1},
			{"an amount", payments.ReceiptFind{Text: "1.00", Minor: 100, Limit: 9}, "[4]", 1},
			{"an item's name in any case", payments.ReceiptFind{Text: "Oat MILK", Limit: 9}, "[1 2 3]", 3},
			{"what no receipt has", payments.ReceiptFind{Text: "100% _", Limit: 9}, "[]", 0},
		} {
			list, n, err := s.Receipts(ctx, "demo", tt.find)
			if err != nil {
				t.Fatalf("%s: %v", tt.name, err)
			}
			nos := make([]int64, len(list))
			for i, r := range list {
				nos[i] = r.No
			}
			if fmt.Sprint(nos) != tt.nos || n != tt.total {
				t.Errorf("%s: got %v of %d, want %s of %d", tt.name, nos, n, tt.nos, tt.total)
			}
		}
	})
}

func TestHowShoppersWereUnderstoodAddsUp(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s, ctx := newTill(t, dsn), t.Context()
		for _, add := range []struct {
			day string
			n   checkout.Understood
		}{
			{"2026-11-23", checkout.Understood{Ignored: 9}},
			{"2026-11-24", checkout.Understood{Obeyed: 3, Asked: 1}},
			{"2026-11-24", checkout.Understood{Obeyed: 1, Corrected: 2}},
			{"2026-11-25", checkout.Understood{Asked: 1}},
		} {
			if err := s.AddUnderstood(ctx, "demo", add.day, add.n); err != nil {
				t.Fatal(err)
			}
		}
		got, err := s.Understood(ctx, "demo", "2026-11-24", "2026-11-25")
		if err != nil || len(got) != 2 || got["2026-11-24"] != (checkout.Understood{Obeyed: 4, Asked: 1, Corrected: 2}) || got["2026-11-25"] != (checkout.Understood{Asked: 1}) {
			t.Errorf("got %+v, %v", got, err)
		}
		if err := s.AddUnderstood(ctx, "nowhere", "2026-11-24", checkout.Understood{Asked: 1}); err == nil {
			t.Error("an unknown place was counted")
		}
	})
}

func TestAPaymentIntoABalanceIsNoSale(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s, ctx := newCardTill(t, dsn), t.Context()
		if _, _, err := s.service.TopUp(ctx, topUpOf("key number 1", 2000), byCard()); err != nil {
			t.Fatal(err)
		}
		if hours, err := s.SoldByHour(ctx, "demo", s.clock.now().Add(-24*time.Hour), time.Time{}); err != nil || len(hours) != 0 {
			t.Errorf("sold %+v, %v", hours, err)
		}
		for kind, want := range map[payments.ReceiptKind]int{payments.OnlySales: 0, payments.OnlyRefunds: 0, payments.OnlyTopUps: 1, "": 1} {
			if _, n, err := s.Receipts(ctx, "demo", payments.ReceiptFind{Kind: kind, Limit: 9}); err != nil || n != want {
				t.Errorf("kind %q: got %d, %v, want %d", kind, n, err, want)
			}
		}
	})
}
