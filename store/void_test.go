package store_test

import (
	"context"
	"errors"
	"testing"

	"voicetill/payments"
	"voicetill/payments/money"
)

var errNoAnswer = errors.New("no answer")

// mute charges, and tells nobody.
type mute struct{ payments.Gateway }

func (g mute) Charge(ctx context.Context, c payments.Charge) (string, error) {
	_, err := g.Gateway.Charge(ctx, c)
	return "", errors.Join(errNoAnswer, err)
}

// deaf charges nothing, and does not know it.
type deaf struct{ payments.Gateway }

func (deaf) Charge(context.Context, payments.Charge) (string, error) { return "", errNoAnswer }

func (deaf) Lookup(context.Context, string, money.Amount) (string, error) { return "", errNoAnswer }

// A bill whose cart changes while its payment is under way is not sold any more;
// one that was paid cannot be left.
func TestVoidingABillThatIsBeingPaid(t *testing.T) {
	for _, tt := range []struct {
		name    string
		wrap    func(payments.Gateway) payments.Gateway
		void    error
		balance string
		stock   string
	}{
		{"it succeeded", func(g payments.Gateway) payments.Gateway { return mute{g} }, payments.ErrBillPaid, "192.53", "37"},
		{"nobody knows", func(g payments.Gateway) payments.Gateway { return deaf{g} }, nil, "200.00", "40"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, dsn string) {
				s := newTillWith(t, dsn, tt.wrap)
				b := s.freeze(t, "cart 1", line(t, 1, "1203", 3000))
				if _, err := s.service.Pay(t.Context(), b, payer(ada, adaPassword)); !errors.Is(err, errNoAnswer) {
					t.Fatal(err)
				}
				for range 2 {
					if err := s.service.Void(t.Context(), b.ID); !errors.Is(err, tt.void) {
						t.Errorf("got %v, want %v", err, tt.void)
					}
				}
				if err := s.service.Recover(t.Context()); err != nil {
					t.Error(err)
				}
				if got := s.balance(t, ada); got != tt.balance {
					t.Errorf("the balance is %s, want %s", got, tt.balance)
				}
				if got := s.stock(t, "1203"); got != tt.stock {
					t.Errorf("in stock are %s, want %s", got, tt.stock)
				}
				if _, err := s.service.Pay(t.Context(), b, payer(ada, adaPassword)); tt.void == nil && !errors.Is(err, payments.ErrBillVoid) {
					t.Errorf("paid after all: %v", err)
				}
				s.audited(t)
			})
		})
	}
}
