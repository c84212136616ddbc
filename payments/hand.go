package payments

import (
	"context"
	"errors"

	"voicetill/payments/money"
)

// ByHand is how a refund is given back in cash by the merchant, where its
// provider refuses or does not answer. Nothing is charged by hand.
const ByHand Method = "hand"

// hand is the gateway of ByHand: the merchant's word that it is done.
type hand struct{}

var errByHand = errors.New("nothing is charged by hand")

func (hand) Charge(context.Context, Charge) (string, error) {
	return "", errors.Join(ErrNoCharge, errByHand)
}

func (hand) Lookup(context.Context, string, money.Amount) (string, error) { return "", ErrNoCharge }

func (hand) Reverse(context.Context, string) error { return nil }

func (hand) Refund(context.Context, Refund) (string, error) { return "by hand", nil }

func (hand) Clearing() string { return "clearing:hand" }
