package checkout

import (
	"errors"
	"fmt"

	"voicetill/payments"
)

// paysAllowed reports whether who is signed in pays the bill without a proof, and was
// told so.
func (t *turn) paysAllowed() bool { return t.account != "" && t.talk.Allowed == t.account }

// findMandate looks whether who is signed in has allowed the bill in advance, and
// says so before it is confirmed; or that it is more than was allowed.
func (t *turn) findMandate() {
	t.talk.Allowed = ""
	if t.till.Mandates == nil || t.account == "" || t.err != nil {
		return
	}
	var limit *payments.MandateLimitError
	_, err := t.till.Mandates.Allowed(t.ctx, *t.talk.Bill, t.account, t.talk.Method)
	switch {
	case err == nil:
		t.talk.Allowed = t.account
		t.tell("allowed")
	case errors.As(err, &limit):
		t.tell("allowed-over", "left", t.words.money(limit.Left))
	case !errors.Is(err, payments.ErrNoMandate):
		t.err = fmt.Errorf("look for a mandate: %w", err)
	}
}

// payAsAllowed pays the confirmed bill without a proof, and reports whether that
// is all there is to do: what is not allowed any more is to be proved.
func (t *turn) payAsAllowed() bool {
	if !t.paysAllowed() {
		return false
	}
	t.talk.Allowed = ""
	r, err := t.till.Mandates.PayByMandate(t.ctx, *t.talk.Bill, payments.Payer{Account: t.account, Method: t.talk.Method,
		Buyer: payments.Buyer{Account: t.account, Lang: t.talk.Lang, Client: t.client}})
	var limit *payments.MandateLimitError
	switch {
	case err == nil:
		t.paid(r)
	case errors.As(err, &limit):
		t.tell("allowed-over", "left", t.words.money(limit.Left))
		return false
	case errors.Is(err, payments.ErrNoMandate), errors.Is(err, payments.ErrNotOffered), errors.Is(err, payments.ErrNotBound):
		return false
	default:
		t.notPaid(err)
	}
	return true
}
