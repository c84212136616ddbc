package store_test

import (
	"errors"
	"fmt"
	"reflect"
	"testing"

	"voicetill/payments"
	"voicetill/payments/money"
)

// sell makes receipt 1 over 13.97: 3 milk, 500 g of tomatoes, a cake.
func (s *till) sell(t testing.TB, who payments.Payer) payments.Receipt {
	t.Helper()
	return s.sellAs(t, "cart", who)
}

func (s *till) sellAs(t testing.TB, cart string, who payments.Payer) payments.Receipt {
	t.Helper()
	b := s.freeze(t, cart, line(t, 1, "1203", 3000), line(t, 2, "3340", 500), line(t, 3, "7001", 1000))
	r, err := s.service.Pay(t.Context(), b, who)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRefunds(t *testing.T) {
	tests := []struct {
		name    string
		asks    []payments.RefundAsk // all but the last go well
		total   string               // of the last
		want    error
		stock   string // of milk and cake
		balance string
	}{
		{name: "the whole sale", asks: []payments.RefundAsk{{Key: "1", Restock: true}},
			total: "-13.97", stock: "40, 1", balance: "200.00"},
		{name: "without the goods", asks: []payments.RefundAsk{{Key: "1"}},
			total: "-13.97", stock: "37, 0", balance: "200.00"},
		{name: "a line", asks: []payments.RefundAsk{{Key: "1", Lines: []payments.RefundLine{{Line: 3}}, Restock: true}},
			total: "-5.00", stock: "37, 1", balance: "191.03"},
		{name: "a part of a line", asks: []payments.RefundAsk{{Key: "1", Lines: []payments.RefundLine{{Line: 1, Milli: 2000}}, Restock: true}},
			total: "-4.98", stock: "39, 0", balance: "191.01"},
		{name: "an amount", asks: []payments.RefundAsk{{Key: "1", Amount: money.Of(100, "EUR")}},
			total: "-1.00", stock: "37, 0", balance: "187.03"},
		{name: "a line, then the rest", asks: []payments.RefundAsk{{Key: "1", Lines: []payments.RefundLine{{Line: 1}}, Restock: true}, {Key: "2", Restock: true}},
			total: "-6.50", stock: "40, 1", balance: "200.00"},
		{name: "an amount, then the rest with the goods", asks: []payments.RefundAsk{{Key: "1", Amount: money.Of(100, "EUR")}, {Key: "2", Restock: true}},
			total: "-12.97", stock: "40, 1", balance: "200.00"},
		{name: "the same key again", asks: []payments.RefundAsk{{Key: "1", Amount: money.Of(100, "EUR")}, {Key: "1", Amount: money.Of(100, "EUR")}},
			total: "-1.00", stock: "37, 0", balance: "187.03"},
		{name: "the same key for something else", asks: []payments.RefundAsk{{Key: "1", Amount: money.Of(100, "EUR")}, {Key: "1", Amount: money.Of(101, "EUR")}},
			want: payments.ErrRefundKey, stock: "37, 0", balance: "187.03"},
		{name: "more than was charged", asks: []payments.RefundAsk{{Key: "1", Amount: money.Of(1398, "EUR")}},
			want: payments.ErrRefundTooMuch, stock: "37, 0", balance: "186.03"},
		{name: "more than is left", asks: []payments.RefundAsk{{Key: "1", Lines: []payments.RefundLine{{Line: 3}}}, {Key: "2", Amount: money.Of(898, "EUR")}},
			want: payments.ErrRefundTooMuch, stock: "37, 0", balance: "191.03"},
		{name: "a line twice", asks: []payments.RefundAsk{{Key: "1", Lines: []payments.RefundLine{{Line: 3}}}, {Key: "2", Lines: []payments.RefundLine{{Line: 3}}}},
			want: payments.ErrRefundTooMuch, stock: "37, 0", balance: "191.03"},
		{name: "everything twice", asks: []payments.RefundAsk{{Key: "1"}, {Key: "2"}},
			want: payments.ErrRefundTooMuch, stock: "37, 0", balance: "200.00"},
		{name: "a line that is not there", asks: []payments.RefundAsk{{Key: "1", Lines: []payments.RefundLine{{Line: 4}}}},
			want: payments.ErrRefundAsk, stock: "37, 0", balance: "186.03"},
		{name: "a quantity below zero", asks: []payments.RefundAsk{{Key: "1", Lines: []payments.RefundLine{{Line: 1, Milli: -1000}}}},
			want: payments.ErrRefundAsk, stock: "37, 0", balance: "186.03"},
		{name: "an amount below zero", asks: []payments.RefundAsk{{Key: "1", Amount: money.Of(-100, "EUR")}},
			want: payments.ErrRefundAsk, stock: "37, 0", balance: "186.03"},
		{name: "another currency", asks: []payments.RefundAsk{{Key: "1", Amount: money.Of(100, "USD")}},
			want: payments.ErrRefundAsk, stock: "37, 0", balance: "186.03"},
		{name: "no key", asks: []payments.RefundAsk{{}},
			want: payments.ErrRefundAsk, stock: "37, 0", balance: "186.03"},
	}
	onBoth(t, func(t *testing.T, dsn string) {
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				s := newTill(t, fresh(t, dsn))
				sale := s.sell(t, payer(ada, adaPassword))
				var last payments.Receipt
				var err error
				for i, ask := range tt.asks {
					last, err = s.service.Refund(t.Context(), "demo", sale.No, ask)
					if err != nil && i < len(tt.asks)-1 {
						t.Fatal(err)
					}
				}
				if !errors.Is(err, tt.want) || err == nil && (last.Total.Decimal() != tt.total || last.RefundOf != sale.No) {
					t.Errorf("got %s of receipt %d, %v, want %s, %v", last.Total.Decimal(), last.RefundOf, err, tt.total, tt.want)
				}
				if got := s.stock(t, "1203") + ", " + s.stock(t, "7001"); got != tt.stock {
					t.Errorf("stock: got %s, want %s", got, tt.stock)
				}
				if got := s.balance(t, ada); got != tt.balance {
					t.Errorf("balance: got %s, want %s", got, tt.balance)
				}
				s.audited(t)
			})
		}
	})
}

// fresh is a database of its own for a case.
func fresh(t *testing.T, dsn string) string {
	if dsn[:6] == "sqlite" {
		return sqliteFile(t)
	}
	return cluster.Database(t)
}

func TestARefundHasAReceiptOfItsOwn(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		sale := s.sell(t, payer(ada, adaPassword))
		ask := payments.RefundAsk{Key: "a key", Lines: []payments.RefundLine{{Line: 1, Milli: 1000}}, Reason: "sour"}
		r, err := s.service.Refund(t.Context(), "demo", sale.No, ask)
		if err != nil {
			t.Fatal(err)
		}
		want := payments.Line{Line: 1, Item: "1203", Name: "oat milk", Milli: -1000, Unit: "each", Price: money.Of(249, "EUR"), Total: money.Of(-249, "EUR"), TaxBP: 700}
		if len(r.Lines) != 1 || !reflect.DeepEqual(r.Lines[0], want) {
			t.Errorf("lines: got %+v, want %+v", r.Lines, want)
		}
		tax := []payments.Tax{{RateBP: 700, Net: money.Of(-233, "EUR"), Tax: money.Of(-16, "EUR"), Gross: money.Of(-249, "EUR")}}
		if !reflect.DeepEqual(r.Tax, tax) || r.No != 2 || r.Reason != "sour" || r.Proven != payments.ProvenMerchant || r.Pass != "" {
			t.Errorf("receipt: got %+v", r)
		}
		byLink, err := s.service.ReceiptByLink(t.Context(), r.Link)
		if err != nil || !reflect.DeepEqual(byLink, r) {
			t.Errorf("by link: got %+v, %v, want %+v", byLink, err, r)
		}
		if again, err := s.service.ReceiptFor(t.Context(), sale.Bill); err != nil || again.No != sale.No {
			t.Errorf("the bill's receipt: got %d, %v, want %d", again.No, err, sale.No)
		}
		for name, no := range map[string]int64{"unknown": 9, "a refund's": r.No} {
			if _, err := s.service.Refund(t.Context(), "demo", no, payments.RefundAsk{Key: name}); !errors.Is(err, payments.ErrNoReceipt) && !errors.Is(err, payments.ErrRefundAsk) {
				t.Errorf("%s receipt: got %v", name, err)
			}
		}
		if _, err := s.service.Refund(t.Context(), "another", sale.No, payments.RefundAsk{Key: "k"}); !errors.Is(err, payments.ErrNoReceipt) {
			t.Errorf("another merchant's: got %v, want %v", err, payments.ErrNoReceipt)
		}
	})
}

// Refunds of one receipt from two nodes at once never exceed it.
func TestRacingRefundsNeverExceedTheSale(t *testing.T) {
	const rounds, racers = 10, 6
	onBoth(t, func(t *testing.T, dsn string) {
		s := newCardTill(t, dsn)
		nodes := []*payments.Service{s.node(t, &mortal{}), s.node(t, &mortal{})}
		for round := range rounds {
			b := s.freeze(t, fmt.Sprint("cart ", round), line(t, 1, "1203", 2000)) // 4.98
			sale, err := s.service.Pay(t.Context(), b, byCard())
			if err != nil {
				t.Fatal(err)
			}
			errs := race(racers, func(i int) error {
				_, err := nodes[i%2].Refund(t.Context(), "demo", sale.No, payments.RefundAsk{Key: fmt.Sprint(round, " ", i), Amount: money.Of(200, "EUR")})
				return err
			})
			if done, refused := count(errs, nil), count(errs, payments.ErrRefundTooMuch); done != 2 || done+refused != racers {
				t.Errorf("round %d: got %v, want two of 2.00 each", round, errs)
			}
			errs = race(racers, func(i int) error {
				r, err := nodes[i%2].Refund(t.Context(), "demo", sale.No, payments.RefundAsk{Key: fmt.Sprint(round, " rest")})
				if err == nil && r.Total.Decimal() != "-0.98" {
					err = fmt.Errorf("got %s", r.Total)
				}
				return err
			})
			if done := count(errs, nil); done != racers {
				t.Errorf("round %d: got %v, want one refund of the rest for all who ask under one key", round, errs)
			}
		}
		s.proven(t)
	})
}

func TestARefusedRefundIsGivenByHand(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newCardTill(t, dsn)
		sale := s.sell(t, byCard())
		s.card.fault = func(string) string { return refused }
		for range 2 {
			if _, err := s.service.Refund(t.Context(), "demo", sale.No, payments.RefundAsk{Key: "1"}); !errors.Is(err, payments.ErrNoRefund) {
				t.Errorf("got %v, want %v", err, payments.ErrNoRefund)
			}
		}
		r, err := s.service.Refund(t.Context(), "demo", sale.No, payments.RefundAsk{Key: "2", ByHand: true})
		if err != nil || r.Method != payments.ByHand || r.Total.Decimal() != "-13.97" {
			t.Errorf("by hand: got %+v, %v", r, err)
		}
		if _, err := s.service.Refund(t.Context(), "demo", sale.No, payments.RefundAsk{Key: "3"}); !errors.Is(err, payments.ErrRefundTooMuch) {
			t.Errorf("once more: got %v, want %v", err, payments.ErrRefundTooMuch)
		}
		s.proven(t)
	})
}
