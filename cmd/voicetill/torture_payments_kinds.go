package main

import (
	"context"
	"errors"
	"fmt"

	"voicetill/payments"
	"voicetill/payments/money"
	"voicetill/store"
)

// What is paid otherwise than by a password alone: staff confirms one of the
// items, and each shopper has allowed deductions.

// prepare sets the rule and makes the mandates, whose limit of a day some
// shoppers reach.
func (m *market) prepare(ctx context.Context) error {
	db := m.nodes[0]
	if err := db.SetConfirmRule(ctx, store.DemoPlace, payments.ConfirmRule{Items: tortureItems[:1]}); err != nil {
		return err
	}
	m.accounts = map[string]string{}
	for i, number := range m.shop.shoppers {
		a, err := db.Account(ctx, number)
		if err != nil {
			return err
		}
		m.accounts[number] = a.ID
		err = db.AddMandate(ctx, payments.Mandate{ID: fmt.Sprint("torture ", number), Merchant: store.DemoPlace, Account: a.ID, Method: viaProvider,
			Once: money.Of(50_00, "EUR"), Day: money.Of(int64(i+1)*100_00, "EUR"), Made: m.clock()}, "hash of "+number)
		if err != nil {
			return fmt.Errorf("allow for %s: %w", number, err)
		}
	}
	return nil
}

// settle pays a bill by password or, one in four, by mandate, and goes on with it
// where staff has to confirm it.
func (m *market) settle(ctx context.Context, s *payments.Service, b payments.Bill, shopper string) (payments.Receipt, error) {
	var r payments.Receipt
	var err error
	if m.intN(4) == 0 {
		r, err = s.PayByMandate(ctx, b, payments.Payer{Account: m.accounts[shopper]})
	} else {
		p := payerOf(shopper)
		p.Method = viaProvider
		r, err = s.Pay(ctx, b, p)
	}
	var waiting *payments.UnconfirmedError
	if !errors.As(err, &waiting) {
		return r, err
	}
	if err := m.decide(ctx, waiting.Confirmation.ID); err != nil {
		return r, err
	}
	return s.Confirmed(ctx, b.ID)
}

// decide has two clerks say what they think, from two processes: one of them
// counts.
func (m *market) decide(ctx context.Context, id string) error {
	for range 2 {
		s, l, err := m.process(ctx, 15)
		if err != nil {
			return err
		}
		_ = s.Decide(ctx, payments.Decision{ID: id, Place: store.DemoPlace, Approve: m.intN(5) > 0, Who: "clerk"})
		m.count(l)
	}
	return nil
}

// noteKind counts how a sale was paid.
func (m *market) noteKind(ctx context.Context, db *store.DB, r payments.Receipt) error {
	if r.Proven == payments.ByMandate {
		m.report.Mandates++
	}
	c, err := db.ConfirmationOf(ctx, r.Bill)
	switch {
	case errors.Is(err, payments.ErrNoConfirmation):
		return nil
	case err == nil && c.State == payments.ConfirmUsed:
		m.report.Confirmed++
	}
	return err
}
