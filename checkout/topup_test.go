package checkout_test

import (
	"context"
	"strings"
	"testing"

	"voicetill/accounts"
	"voicetill/checkout"
	"voicetill/parser"
	"voicetill/payments"
	"voicetill/payments/money"
)

// purse takes cards, or nothing.
type purse struct{ methods []payments.Method }

func (p purse) TopUpWays(_ context.Context, _ string, c money.Currency) (payments.TopUpWays, error) {
	return payments.TopUpWays{Methods: p.methods, Limits: payments.DefaultTopUpLimits(c)}, nil
}

func TestTopUpsAreSaidAndLeadToTheScreen(t *testing.T) {
	s := newShop(t)
	s.Purse = purse{[]payments.Method{payments.Card}}
	for _, tt := range []struct {
		lang, text string
		want       *checkout.TopUpOffer
		say        string
	}{
		{"en", "top up twenty", &checkout.TopUpOffer{Amount: "20.00", Open: true}, "Top up by twenty euros"},
		{"en", "top up", &checkout.TopUpOffer{Open: true}, "choose on the screen"},
		{"en", "put fifty euros on my account", &checkout.TopUpOffer{Amount: "50.00", Open: true}, "fifty euros"},
		{"en", "top up by two", &checkout.TopUpOffer{Open: true}, "five euros to two hundred euros"},
		{"zh", "充值五十元", &checkout.TopUpOffer{Amount: "50.00", Open: true}, "充值"},
		{"zh", "充值", &checkout.TopUpOffer{Open: true}, "屏幕"},
		{"en", "three oat milk", nil, "Three oat milk"},
	} {
		r := s.hear(t, s.open(t, tt.lang), tt.text, false)
		if r == nil || (r.TopUp == nil) != (tt.want == nil) || r.TopUp != nil && *r.TopUp != *tt.want || !strings.Contains(r.Say, tt.say) {
			t.Errorf("%s: got %+v", tt.text, r)
		}
	}
	s.Purse = purse{}
	if r := s.hear(t, s.open(t, "en"), "top up twenty", true); r.TopUp != nil || !strings.Contains(r.Say, "desk") {
		t.Errorf("without a way to pay: %+v", r)
	}
}

// A balance that is too low stays at the bill and offers what is missing.
func TestALowBalanceOffersToTopUp(t *testing.T) {
	s := newShop(t)
	for _, tt := range []struct {
		name       string
		have, need int64
		methods    []payments.Method
		want       string
	}{
		{"what is missing, in whole euros", 500, 1734, []payments.Method{payments.Card}, "13.00"},
		{"the least there is", 700, 747, []payments.Method{payments.Card}, "5.00"},
		{"more than one can pay in", 0, 30_000, []payments.Method{payments.Card}, ""},
		{"no way to pay in", 500, 1734, nil, ""},
	} {
		s.Purse = purse{tt.methods}
		d := s.open(t, "en")
		do(t, d, "1", threeOat)
		bill := do(t, d, "2", checkout.Command{Do: parser.Checkout}).Bill
		do(t, d, "3", checkout.Command{Do: parser.Confirm})
		s.desk.refusals = []error{&payments.LowBalanceError{Need: money.Of(tt.need, "EUR"), Have: money.Of(tt.have, "EUR")}}
		r, err := d.Prove(ctx, "4", checkout.Proof{Bill: bill.Bill, Version: bill.Version, Account: "1001", Proof: accounts.Proof{Secret: "x"}})
		got := ""
		if r.TopUp != nil {
			got = r.TopUp.Amount
		}
		if err != nil || got != tt.want || r.State != checkout.Billed || r.TopUp != nil && r.TopUp.Open || strings.Contains(r.Say, "top up") != (tt.want != "") {
			t.Errorf("%s: got %+v, %v", tt.name, r, err)
		}
	}
}
