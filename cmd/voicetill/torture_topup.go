package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"voicetill/payments"
	"voicetill/payments/money"
	"voicetill/store"

	"pgregory.net/rapid"
)

// Shoppers of tortures pay into their balances, too.

// tortureTopUps are limits above the balances that tortures begin with.
var tortureTopUps = payments.TopUpLimits{Least: money.Of(1, "EUR"), Most: money.Of(1000_00, "EUR"), Ceiling: money.Of(2*tortureBalance, "EUR")}

// topUpOf pays an amount into the balance of a shopper, through the provider.
func topUpOf(ctx context.Context, s *payments.Service, key, shopper string, minor int64) (payments.Bill, payments.Receipt, error) {
	p := payerOf(shopper)
	p.Method = viaProvider
	return s.TopUp(ctx, payments.TopUpAsk{Key: "torture " + key, Merchant: store.DemoPlace, Place: store.DemoPlace, Payee: "Demo Shop",
		Amount: money.Of(minor, "EUR")}, p)
}

// topUp is a payment into a balance instead of a purchase: up to three tries
// under one key, each in another process.
func (m *market) topUp(ctx context.Context, i int, shopper string) error {
	amount, noted := int64(1+m.intN(1000_00)), false
	for range 1 + m.intN(3) {
		s, l, err := m.process(ctx, 15)
		if err != nil {
			return err
		}
		b, r, err := topUpOf(ctx, s, fmt.Sprint(i), shopper, amount)
		m.count(l)
		m.mu.Lock()
		if b.ID != "" && !noted {
			noted = true
			m.bills = append(m.bills, b.ID)
		}
		if err == nil {
			m.told[b.ID] = r.No
		}
		m.mu.Unlock()
		if err == nil {
			return nil
		}
	}
	return nil
}

// judgeBalances compares each shopper's balance with the receipts of top-ups.
func (m *market) judgeBalances(ctx context.Context, db *store.DB) error {
	want := map[string]int64{}
	for _, bill := range m.bills {
		r, err := db.ReceiptByBill(ctx, bill)
		if errors.Is(err, payments.ErrNoReceipt) {
			continue
		}
		if err != nil {
			return err
		}
		if r.Kind == payments.TopUp {
			m.report.TopUps++
			want[r.Account] += r.Total.Minor
		}
	}
	for _, shopper := range m.shop.shoppers {
		a, err := db.Account(ctx, shopper)
		if err != nil {
			return err
		}
		got, err := db.Balance(ctx, store.DemoPlace, a.ID, "EUR")
		if err != nil {
			return err
		}
		if got.Minor != tortureBalance+want[a.ID] {
			fmt.Fprintf(os.Stderr, "shopper %s has %s, receipts of top-ups say %d more than at first\n", shopper, got, want[a.ID])
			m.report.Wrong++
		}
	}
	return nil
}

// payInVia pays into a balance through a provider, with a process that may die.
func (k *books) payInVia(shopper string, amount int64) error {
	s, l := k.process()
	k.keys++
	b, _, err := topUpOf(k.ctx, s, fmt.Sprint(k.keys), shopper, amount)
	k.count(l)
	if b.ID != "" {
		k.paidIn = append(k.paidIn, b.ID)
	}
	if rapid.Bool().Draw(k.t, "a callback") {
		if key, ok := k.provider.callback(); ok {
			err = errors.Join(err, s.Settle(k.ctx, key))
		}
	}
	return err
}

// paidInBy is what receipts say that a shopper paid in through the provider.
func (k *books) paidInBy(account string) (minor int64) {
	for _, bill := range k.paidIn {
		r, err := k.db.ReceiptByBill(k.ctx, bill)
		if err != nil && !errors.Is(err, payments.ErrNoReceipt) {
			k.t.Fatal(err)
		}
		if r.Account == account {
			minor += r.Total.Minor
		}
	}
	return minor
}
