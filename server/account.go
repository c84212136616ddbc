package server

import (
	"net/http"

	"voicetill/payments/money"
)

// accountRoutes are those of shoppers' balances and statements.
func (s *Server) accountRoutes() map[string]handler {
	return map[string]handler{
		"GET /v1/account":                              s.getAccount,
		"GET /v1/account/statements/{month}":           s.getStatement,
		"GET /v1/account/companies":                    s.getManaged,
		"GET /v1/account/companies/{id}/bills/{month}": s.getManagedBill,
		"GET /v1/topup":                                s.getTopUpWays,
		"POST /v1/account/topups":                      s.topUpOwn,
		"GET /v1/account/topups/{bill}":                s.getTopUp,
		"DELETE /v1/account/topups/{bill}":             s.cancelTopUp,
		"GET /v1/merchant/topup-limits":                s.getTopUpLimits,
		"PUT /v1/merchant/topup-limits":                s.putTopUpLimits,
	}
}

type accountBody struct {
	Account  string         `json:"account"` // number, or e-mail where there is none
	Name     string         `json:"name"`
	Email    string         `json:"email"`
	Balance  string         `json:"balance"` // with the place's merchant
	Currency money.Currency `json:"currency"`
	TopUp    topUpWaysBody  `json:"topup"`

	Unproved bool `json:"unproved,omitempty"` // nothing is sent to Email before its link was opened
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
	body := accountBody{Account: nameOf(a), Name: a.Name, Email: a.Email, Balance: balance.Decimal(), Currency: p.place.Currency, TopUp: waysOf(ways), Unproved: a.Unproved}
	writeJSON(w, http.StatusOK, body)
	return nil
}
