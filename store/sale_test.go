package store_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"voicetill/accounts"
	"voicetill/catalog"
	"voicetill/payments"
	"voicetill/payments/money"
)

func TestSale(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		b := s.freeze(t, "cart 1", line(t, 1, "1203", 3000), line(t, 2, "3340", 500), line(t, 3, "7001", 1000))
		if got, want := b.Total.Decimal(), "13.97"; got != want {
			t.Fatalf("total: got %s, want %s", got, want)
		}
		r := s.pay(t, b)
		if r.No != 1 || r.Total != b.Total || r.Payee != "Demo Shop" || r.Proven != accounts.Password || !r.Paid.Equal(s.clock.now()) {
			t.Errorf("receipt: got %+v", r)
		}
		if got, want := s.balance(t, ada), "186.03"; got != want {
			t.Errorf("balance: got %s, want %s", got, want)
		}
		for number, want := range map[string]string{"1203": "37", "7001": "0", "3340": "not counted"} {
			if got := s.stock(t, number); got != want {
				t.Errorf("stock of %s: got %s, want %s", number, got, want)
			}
		}
		again := s.pay(t, b)
		byBill, err := s.service.ReceiptFor(t.Context(), b.ID)
		if err != nil {
			t.Fatal(err)
		}
		byLink, err := s.service.ReceiptByLink(t.Context(), r.Link)
		if err != nil {
			t.Fatal(err)
		}
		for name, got := range map[string]payments.Receipt{"paid again": again, "by bill": byBill, "by link": byLink} {
			if !reflect.DeepEqual(got, r) {
				t.Errorf("%s: got %+v, want the first receipt %+v", name, got, r)
			}
		}
		if got, want := s.balance(t, ada), "186.03"; got != want {
			t.Errorf("balance after paying again: got %s, want %s", got, want)
		}
		if a := s.audited(t); a.Receipts != 1 || a.Entries != 4 {
			t.Errorf("audit: got %+v, want one receipt and four entries", a)
		}
	})
}

// The cases leave nothing charged and nothing taken.
func TestRefusedPayment(t *testing.T) {
	tests := []struct {
		name  string
		who   payments.Payer
		lines func(t *testing.T) []payments.Line
		spoil func(t *testing.T, s *till, b payments.Bill) payments.Bill
		want  error
	}{
		{name: "the password is wrong", who: payer(ada, "wrong"), want: accounts.ErrWrongProof},
		{name: "the account is unknown", who: payer("9999", adaPassword), want: accounts.ErrWrongProof},
		{name: "the bill has expired", want: payments.ErrBillExpired,
			spoil: func(t *testing.T, s *till, b payments.Bill) payments.Bill {
				s.clock.add(payments.BillLife)
				return b
			}},
		{name: "the cart was frozen again", want: payments.ErrBillVoid,
			spoil: func(t *testing.T, s *till, b payments.Bill) payments.Bill {
				if next := s.freeze(t, b.Cart, line(t, 1, "1203", 1000)); next.ID != b.ID || next.Version != 2 {
					t.Errorf("second bill: got %s version %d, want %s version 2", next.ID, next.Version, b.ID)
				}
				return b
			}},
		{name: "the cart was changed", want: payments.ErrBillVoid,
			spoil: func(t *testing.T, s *till, b payments.Bill) payments.Bill {
				if err := s.service.Void(t.Context(), b.ID); err != nil {
					t.Fatal(err)
				}
				return b
			}},
		{name: "the amount is not the one that was shown", want: payments.ErrBillVoid,
			spoil: func(t *testing.T, s *till, b payments.Bill) payments.Bill {
				b.Total.Minor--
				return b
			}},
		{name: "the bill was never issued", want: payments.ErrBillVoid,
			spoil: func(t *testing.T, s *till, b payments.Bill) payments.Bill {
				b.ID = "made up"
				return b
			}},
	}
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		for i, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				b := s.freeze(t, fmt.Sprint("cart ", i), line(t, 1, "1203", 2000))
				if tt.spoil != nil {
					b = tt.spoil(t, s, b)
				}
				who := tt.who
				if who.Account == "" {
					who = payer(ada, adaPassword)
				}
				if _, err := s.service.Pay(t.Context(), b, who); !errors.Is(err, tt.want) {
					t.Errorf("got %v, want %v", err, tt.want)
				}
				if got := s.balance(t, ada) + ", " + s.stock(t, "1203"); got != "200.00, 40" {
					t.Errorf("balance and stock: got %s, want 200.00, 40", got)
				}
			})
		}
		s.audited(t)
	})
}

func TestLowBalanceIsNamedAndLeavesTheBillOpen(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		b := s.freeze(t, "cart", line(t, 1, "1203", 3000))
		_, err := s.service.Pay(t.Context(), b, payer(ben, benPassword))
		var low *payments.LowBalanceError
		if !errors.As(err, &low) || low.Need.Decimal() != "7.47" || low.Have.Decimal() != "5.00" {
			t.Fatalf("got %v, want a low balance of 5.00 for 7.47", err)
		}
		if got := s.balance(t, ben) + ", " + s.stock(t, "1203"); got != "5.00, 40" {
			t.Errorf("balance and stock: got %s, want 5.00, 40", got)
		}
		s.pay(t, b) // Ada helps out
		s.audited(t)
	})
}

func TestWhatChangedSinceTheBill(t *testing.T) {
	dearer := func(items []catalog.Item) []catalog.Item {
		items[0].Price = money.Of(259, "EUR")
		return items
	}
	tests := []struct {
		name   string
		change func([]catalog.Item) []catalog.Item
		want   []payments.Change
	}{
		{"a price went up", dearer, []payments.Change{
			{Line: 1, Item: "1203", Name: "oat milk", What: payments.PriceChanged, Was: money.Of(249, "EUR"), Now: money.Of(259, "EUR")}}},
		{"the stock ran low", func(items []catalog.Item) []catalog.Item {
			items[0].Stock = qty(2000)
			return items
		}, []payments.Change{{Line: 1, Item: "1203", Name: "oat milk", What: payments.StockShort, Want: 3000, Have: 2000}}},
		{"an item is gone and another dearer", func(items []catalog.Item) []catalog.Item {
			return append(dearer(items)[:1], items[2:]...)
		}, []payments.Change{
			{Line: 1, Item: "1203", Name: "oat milk", What: payments.PriceChanged, Was: money.Of(249, "EUR"), Now: money.Of(259, "EUR")},
			{Line: 2, Item: "3340", Name: "tomatoes", What: payments.Gone, Was: money.Of(299, "EUR")}}},
		{"an option costs more", func(items []catalog.Item) []catalog.Item {
			items[3].Groups[0].Values[0].Surcharge = money.Of(60, "EUR")
			return items
		}, []payments.Change{{Line: 3, Item: "8001", Name: "latte", What: payments.PriceChanged, Was: money.Of(360, "EUR"), Now: money.Of(380, "EUR")}}},
		{"an option is gone", func(items []catalog.Item) []catalog.Item {
			items[3].Groups = nil
			return items
		}, []payments.Change{{Line: 3, Item: "8001", Name: "latte", What: payments.Gone, Was: money.Of(360, "EUR")}}},
	}
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		for i, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				s.replace(t, shelf())
				latte := line(t, 3, "8001", 1000)
				latte.Options, latte.Price, latte.Total = map[string]string{"milk": "soy"}, money.Of(360, "EUR"), money.Of(360, "EUR")
				b := s.freeze(t, fmt.Sprint("cart ", i), line(t, 1, "1203", 3000), line(t, 2, "3340", 500), latte)
				s.replace(t, tt.change(shelf()))
				_, err := s.service.Pay(t.Context(), b, payer(ada, adaPassword))
				var changed *payments.ChangedError
				if !errors.As(err, &changed) || !reflect.DeepEqual(changed.Changes, tt.want) {
					t.Errorf("got %+v, want %+v", err, tt.want)
				}
				if got := s.balance(t, ada); got != "200.00" {
					t.Errorf("balance: got %s, want 200.00", got)
				}
			})
		}
		s.audited(t)
	})
}

func (s *till) replace(t testing.TB, items []catalog.Item) {
	t.Helper()
	if _, err := s.ReplaceCatalog(t.Context(), "demo", items); err != nil {
		t.Fatal(err)
	}
}

func TestTheLastUnitIsSoldOnce(t *testing.T) {
	const rounds, racers = 25, 4
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		for round := range rounds {
			s.replace(t, shelf()) // one cake again
			bills := make([]payments.Bill, racers)
			for i := range bills {
				bills[i] = s.freeze(t, fmt.Sprint("cart ", round, " ", i), line(t, 1, "7001", 1000))
			}
			sold := race(racers, func(i int) error {
				_, err := s.service.Pay(t.Context(), bills[i], payer(ada, adaPassword))
				return err
			})
			for i, err := range sold {
				var changed *payments.ChangedError
				if err != nil && !errors.As(err, &changed) && !isLocked(err) {
					t.Errorf("round %d, racer %d: %v", round, i, err)
				}
			}
			if n := count(sold, nil); n != 1 {
				t.Errorf("round %d: sold %d times, want once", round, n)
			}
		}
		if a := s.audited(t); a.Receipts != rounds {
			t.Errorf("receipts: got %d, want %d", a.Receipts, rounds)
		}
	})
}

func isLocked(err error) bool {
	var locked *accounts.LockedError
	return errors.As(err, &locked)
}

func TestOneBillPaidFromTwoScreensIsChargedOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		b := s.freeze(t, "cart", line(t, 1, "1203", 1000))
		errs := race(4, func(i int) error {
			r, err := s.service.Pay(t.Context(), b, payer(ada, adaPassword))
			if err == nil && r.No != 1 {
				return fmt.Errorf("receipt %d", r.No)
			}
			return err
		})
		if n := count(errs, nil); n != 4 {
			t.Errorf("got %v, want the same receipt four times", errs)
		}
		if got := s.balance(t, ada); got != "197.51" {
			t.Errorf("balance: got %s, want 197.51", got)
		}
		if _, err := s.service.Pay(t.Context(), b, payer(ben, benPassword)); !errors.Is(err, payments.ErrBillVoid) {
			t.Errorf("paid by another: got %v, want %v", err, payments.ErrBillVoid)
		}
		if _, err := s.service.Freeze(t.Context(), order("cart", line(t, 1, "1203", 1000))); !errors.Is(err, payments.ErrBillPaid) {
			t.Errorf("frozen again: got %v, want %v", err, payments.ErrBillPaid)
		}
		s.audited(t)
	})
}

// race runs fn n times at once.
func race(n int, fn func(i int) error) []error {
	errs, start := make([]error, n), make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-start
			errs[i] = fn(i)
		})
	}
	close(start)
	wg.Wait()
	return errs
}

func count(errs []error, want error) (n int) {
	for _, err := range errs {
		if errors.Is(err, want) {
			n++
		}
	}
	return n
}

// crashing is a gateway whose process dies before or after the charge.
type crashing struct {
	payments.Gateway
	before, after bool
}

var errCrash = errors.New("the process died here")

func (g *crashing) Charge(ctx context.Context, c payments.Charge) (string, error) {
	if g.before {
		return "", errCrash
	}
	ref, err := g.Gateway.Charge(ctx, c)
	if g.after {
		return "", errCrash
	}
	return ref, err
}

func TestCrashWhilePaying(t *testing.T) {
	tests := []struct {
		name          string
		before, after bool
		balance       string
		stock         string
		receipt       error
	}{
		{"before the charge: released", true, false, "200.00", "40", payments.ErrNoReceipt},
		{"after the charge: booked", false, true, "192.53", "37", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, dsn string) {
				g := &crashing{before: tt.before, after: tt.after}
				s := newTillWith(t, dsn, func(real payments.Gateway) payments.Gateway {
					g.Gateway = real
					return g
				})
				b := s.freeze(t, "cart", line(t, 1, "1203", 3000))
				if _, err := s.service.Pay(t.Context(), b, payer(ada, adaPassword)); !errors.Is(err, errCrash) {
					t.Fatalf("got %v, want %v", err, errCrash)
				}
				if _, err := s.service.Freeze(t.Context(), order("cart", line(t, 1, "1203", 1000))); !errors.Is(err, payments.ErrBillPending) {
					t.Errorf("frozen while pending: got %v, want %v", err, payments.ErrBillPending)
				}
				s.clock.add(payments.Patience + time.Second)
				if err := s.service.Recover(t.Context()); err != nil {
					t.Fatal(err)
				}
				if got, want := s.balance(t, ada)+", "+s.stock(t, "1203"), tt.balance+", "+tt.stock; got != want {
					t.Errorf("balance and stock: got %s, want %s", got, want)
				}
				if _, err := s.service.ReceiptFor(t.Context(), b.ID); !errors.Is(err, tt.receipt) {
					t.Errorf("receipt: got %v, want %v", err, tt.receipt)
				}
				g.before, g.after = false, false
				if r := s.pay(t, b); r.No != 1 {
					t.Errorf("paid after the crash: got receipt %d, want 1", r.No)
				}
				if got := s.balance(t, ada); got != "192.53" {
					t.Errorf("balance in the end: got %s, want 192.53", got)
				}
				s.audited(t)
			})
		})
	}
}

func TestPayingAgainGoesOnAfterACrash(t *testing.T) {
	for _, g := range []*crashing{{before: true}, {after: true}} {
		t.Run(fmt.Sprintf("before %v", g.before), func(t *testing.T) {
			onBoth(t, func(t *testing.T, dsn string) {
				g := &crashing{before: g.before, after: g.after}
				s := newTillWith(t, dsn, func(real payments.Gateway) payments.Gateway {
					g.Gateway = real
					return g
				})
				b := s.freeze(t, "cart", line(t, 1, "1203", 3000))
				if _, err := s.service.Pay(t.Context(), b, payer(ada, adaPassword)); !errors.Is(err, errCrash) {
					t.Fatalf("got %v, want %v", err, errCrash)
				}
				g.before, g.after = false, false
				s.pay(t, b)
				if got := s.balance(t, ada) + ", " + s.stock(t, "1203"); got != "192.53, 37" {
					t.Errorf("balance and stock: got %s, want 192.53, 37", got)
				}
				s.audited(t)
			})
		})
	}
}
