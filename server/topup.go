package server

import (
	"net/http"

	"voicetill/accounts"
	"voicetill/payments/money"
)

const maxKey = 100 // bytes of a key that names a payment

type topUpBody struct {
	Account string `json:"account"` // number or e-mail
	Amount  string `json:"amount"`  // decimal, in the place's currency
	Key     string `json:"key"`     // names the payment: it is booked once
}

type balanceBody struct {
	Account  string         `json:"account"`
	Name     string         `json:"name"`
	Balance  string         `json:"balance"`
	Currency money.Currency `json:"currency"`
}

// topUp is POST /v1/merchant/topup: a clerk has taken money for a balance.
func (s *Server) topUp(w http.ResponseWriter, r *http.Request) error {
	p, err := s.own(r, placeOf(r))
	if err != nil {
		return err
	}
	var in topUpBody
	if err := readBody(w, r, &in); err != nil {
		return err
	}
	amount, err := amountIn("amount", in.Amount, p.place.Currency, 1, errTopUp)
	if err != nil {
		return err
	}
	if in.Key == "" || len(in.Key) > maxKey {
		return inField("key", errTopUp)
	}
	a, err := s.Records.Account(r.Context(), in.Account)
	if err != nil {
		return inField("account", err)
	}
	if a.Kind != accounts.Shopper {
		return inField("account", errTopUp)
	}
	if err := s.Records.TopUp(r.Context(), p.place.Merchant, a.ID, "clerk/"+in.Key, amount); err != nil {
		return inField("key", err)
	}
	balance, err := s.Records.Balance(r.Context(), p.place.Merchant, a.ID, p.place.Currency)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, balanceBody{in.Account, a.Name, balance.Decimal(), p.place.Currency})
	return nil
}
