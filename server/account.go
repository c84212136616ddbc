package server

import (
	"net/http"

	"voicetill/payments/money"
)

type accountBody struct {
	Account  string         `json:"account"` // number, or e-mail where there is none
	Name     string         `json:"name"`
	Email    string         `json:"email"`
	Balance  string         `json:"balance"` // with the place's merchant
	Currency money.Currency `json:"currency"`
	TopUp    topUpWaysBody  `json:"topup"`
}

// getAccount is GET /v1/account: who is signed in, and the prepaid balance.
func (s *Server) getAccount(w http.ResponseWriter, r *http.Request) error {
	a, p, err := s.shopper(r)
	if err != nil {
		return err
	}
	balance, err := s.Records.Balance(r.Context(), p.place.Merchant, a.ID, p.place.Currency)
	if err != nil {
		return err
	}
	ways, err := s.Cashier.TopUpWays(r.Context(), p.place.ID, p.place.Currency)
	if err != nil {
		return err
	}
	body := accountBody{Account: a.Number, Name: a.Name, Email: a.Email, Balance: balance.Decimal(), Currency: p.place.Currency, TopUp: waysOf(ways)}
	if body.Account == "" {
		body.Account = a.Email
	}
	writeJSON(w, http.StatusOK, body)
	return nil
}
