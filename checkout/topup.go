package checkout

import (
	"fmt"

	"voicetill/payments"
	"voicetill/payments/money"
)

// TopUpOffer leads to the screen on which a balance is topped up: amount, way
// to pay and password are chosen and typed there, never said.
type TopUpOffer struct {
	Amount string `json:"amount,omitempty"` // decimal; "": to be chosen
	Open   bool   `json:"open,omitempty"`   // the shopper asked for it; else it is offered
}

// topUp leads to that screen, with the amount that was said.
func (t *turn) topUp(amount string) {
	w, ok := t.topUpWays()
	if !ok {
		if t.err == nil {
			t.refuse("topup-desk")
		}
		return
	}
	t.acted, t.sound = true, SoundQuestion
	t.paysIn = &TopUpOffer{Open: true}
	if amount == "" {
		t.tell("topup")
		return
	}
	a, err := money.Parse(amount, t.till.Place.Currency)
	if l := w.Limits; err != nil || a.Minor < l.Least.Minor || a.Minor > l.Most.Minor {
		t.refuse("topup-limits", "least", t.words.money(l.Least), "most", t.words.money(l.Most))
		return
	}
	t.paysIn.Amount = a.Decimal()
	t.tell("topup-amount", "amount", t.words.money(a))
}

// topUpWays reports whether shoppers can top up here.
func (t *turn) topUpWays() (payments.TopUpWays, bool) {
	if t.till.Purse == nil {
		return payments.TopUpWays{}, false
	}
	w, err := t.till.Purse.TopUpWays(t.ctx, t.till.Place.ID, t.till.Place.Currency)
	if err != nil {
		t.err = fmt.Errorf("find how to top up: %w", err)
	}
	return w, err == nil && len(w.Methods) > 0
}

// offerTopUp offers what is missing, in whole units of the currency and within
// the limits, where it can be had at once.
func (t *turn) offerTopUp(low payments.LowBalanceError) {
	w, ok := t.topUpWays()
	if !ok {
		return
	}
	unit := int64(1)
	for range low.Need.Currency.Digits() {
		unit *= 10
	}
	missing := max(low.Need.Minor-low.Have.Minor, w.Limits.Least.Minor)
	missing = (missing + unit - 1) / unit * unit
	if missing > w.Limits.Most.Minor {
		return
	}
	t.tell("topup-offer")
	t.paysIn = &TopUpOffer{Amount: money.Of(missing, low.Need.Currency).Decimal()}
}
