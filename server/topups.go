package server

import (
	"context"
	"errors"
	"net/http"

	"voicetill/accounts"
	"voicetill/payments"
	"voicetill/payments/money"
)

// A shopper pays into the own balance, from a phone or at the till.

type topUpWaysBody struct {
	Methods  []payments.Method `json:"methods"` // none: only at the desk
	Currency money.Currency    `json:"currency"`
	Least    string            `json:"least"` // at a time
	Most     string            `json:"most"`
	Ceiling  string            `json:"ceiling"` // of a balance
}

func waysOf(w payments.TopUpWays) topUpWaysBody {
	return topUpWaysBody{w.Methods, w.Limits.Least.Currency, w.Limits.Least.Decimal(), w.Limits.Most.Decimal(), w.Limits.Ceiling.Decimal()}
}

// getTopUpWays is GET /v1/topup: how balances are topped up at the place.
func (s *Server) getTopUpWays(w http.ResponseWriter, r *http.Request) error {
	p, err := s.shelves.shop(r.Context(), placeOf(r))
	if err != nil {
		return err
	}
	ways, err := s.Cashier.TopUpWays(r.Context(), p.place.ID, p.place.Currency)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, waysOf(ways))
	return nil
}

type ownTopUpBody struct {
	Key     string          `json:"key"`
	Amount  string          `json:"amount"`
	Method  payments.Method `json:"method"`
	Account string          `json:"account"` // number or e-mail; not needed when signed in
	Factor  string          `json:"factor"`
	Secret  string          `json:"secret"`
	Code    string          `json:"code"` // payment code scanned from the shopper's app
	Lang    string          `json:"lang"`
	Client  string          `json:"client"`
}

// States of a payment into a balance, as told.
const (
	topUpPaid    = "paid"
	topUpWaiting = "waiting" // for the shopper, or for the provider
	topUpOver    = "over"    // nothing is kept
)

type topUpStateBody struct {
	State    string                `json:"state"`
	Bill     string                `json:"bill"`
	Token    string                `json:"token"` // asks how it stands, and gives it up
	Amount   string                `json:"amount"`
	Currency money.Currency        `json:"currency"`
	Handoff  *payments.Handoff     `json:"handoff,omitempty"`
	Receipt  *payments.ReceiptView `json:"receipt,omitempty"`
	Balance  string                `json:"balance,omitempty"` // once it is paid
}

// topUpOwn is POST /v1/account/topups. The same key pays in once.
func (s *Server) topUpOwn(w http.ResponseWriter, r *http.Request) error {
	p, err := s.shelves.shop(r.Context(), placeOf(r))
	if err != nil {
		return err
	}
	ctx, err := s.webSession(r)
	if err != nil {
		return err
	}
	var in ownTopUpBody
	if err := readBody(w, r, &in); err != nil {
		return err
	}
	amount, err := money.Parse(in.Amount, p.place.Currency)
	if err != nil || in.Secret == "" || len(in.Code) > maxKey {
		return errOwnTopUp
	}
	account := s.sessions.GetString(ctx, keyShopper)
	if in.Account != "" {
		account = in.Account
	}
	if account == "" {
		return errSignIn
	}
	if in.Factor == "" {
		in.Factor = accounts.Password
	}
	address, _ := clientAddress(r)
	ask := payments.TopUpAsk{Key: in.Key, Merchant: p.place.Merchant, Place: p.place.ID, Payee: p.place.Payee, Amount: amount}
	b, receipt, err := s.Cashier.TopUp(r.Context(), ask, payments.Payer{Account: account, Terminal: address, Method: in.Method, Code: in.Code,
		Proof: accounts.Proof{Factor: in.Factor, Secret: in.Secret}, Return: backTo(r, p.place.ID),
		Buyer: payments.Buyer{Lang: clip(in.Lang, 10), Client: clip(in.Client, 20)}})
	var handoff *payments.HandoffError
	switch {
	case err == nil:
		return s.tellTopUp(r.Context(), w, http.StatusCreated, b, nil, receipt)
	case errors.As(err, &handoff):
		return s.tellTopUp(r.Context(), w, http.StatusAccepted, b, &handoff.Handoff, receipt)
	}
	if _, known := faultOf(err); known || b.ID == "" {
		return err
	}
	if _, how := s.Cashier.Progress(r.Context(), b.ID, false); !errors.Is(how, payments.ErrBillPending) {
		return err
	}
	s.log.Warn("the outcome of a payment into a balance is not known yet", "bill", b.ID, "err", err)
	return s.tellTopUp(r.Context(), w, http.StatusAccepted, b, nil, receipt)
}

// tellTopUp answers with how a payment stands: a receipt without an id is none.
func (s *Server) tellTopUp(ctx context.Context, w http.ResponseWriter, status int, b payments.Bill, h *payments.Handoff, r payments.Receipt) error {
	body := topUpStateBody{State: topUpWaiting, Bill: b.ID, Token: b.Nonce, Amount: b.Total.Decimal(), Currency: b.Currency, Handoff: h}
	if r.ID != "" {
		balance, err := s.Records.Balance(ctx, r.Merchant, r.Account, r.Currency)
		if err != nil {
			return err
		}
		view := r.View()
		body.State, body.Receipt, body.Balance = topUpPaid, &view, balance.Decimal()
	}
	writeJSON(w, status, body)
	return nil
}

// getTopUp is GET /v1/account/topups/{bill}, with the token that its beginning
// told.
func (s *Server) getTopUp(w http.ResponseWriter, r *http.Request) error {
	b, err := s.Cashier.TopUpBill(r.Context(), r.PathValue("bill"), bearer(r))
	if err != nil {
		return err
	}
	receipt, err := s.Cashier.Progress(r.Context(), b.ID, false)
	switch {
	case errors.Is(err, payments.ErrNoReceipt):
		writeJSON(w, http.StatusOK, topUpStateBody{State: topUpOver, Bill: b.ID, Token: b.Nonce, Amount: b.Total.Decimal(), Currency: b.Currency})
		return nil
	case err != nil && !errors.Is(err, payments.ErrBillPending):
		return err
	}
	return s.tellTopUp(r.Context(), w, http.StatusOK, b, nil, receipt)
}

// cancelTopUp is DELETE /v1/account/topups/{bill}: what is not paid yet goes
// back as soon as it is; what was paid first is told.
func (s *Server) cancelTopUp(w http.ResponseWriter, r *http.Request) error {
	b, err := s.Cashier.TopUpBill(r.Context(), r.PathValue("bill"), bearer(r))
	if err != nil {
		return err
	}
	if err := s.Cashier.Cancel(r.Context(), b.ID); err != nil && !errors.Is(err, payments.ErrBillPaid) {
		return err
	}
	return s.getTopUp(w, r)
}

// getTopUpLimits is GET /v1/merchant/topup-limits.
func (s *Server) getTopUpLimits(w http.ResponseWriter, r *http.Request) error {
	p, err := s.own(r, placeOf(r))
	if err != nil {
		return err
	}
	ways, err := s.Cashier.TopUpWays(r.Context(), p.place.ID, p.place.Currency)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, waysOf(ways))
	return nil
}

// putTopUpLimits is PUT /v1/merchant/topup-limits.
func (s *Server) putTopUpLimits(w http.ResponseWriter, r *http.Request) error {
	p, err := s.own(r, placeOf(r))
	if err != nil {
		return err
	}
	var in topUpWaysBody
	if err := readBody(w, r, &in); err != nil {
		return err
	}
	var l payments.TopUpLimits
	for _, f := range []struct {
		field, text string
		into        *money.Amount
		least       *money.Amount // nil: above zero
	}{{"least", in.Least, &l.Least, nil}, {"most", in.Most, &l.Most, &l.Least}, {"ceiling", in.Ceiling, &l.Ceiling, &l.Most}} {
		least := int64(1)
		if f.least != nil {
			least = f.least.Minor
		}
		if *f.into, err = amountIn(f.field, f.text, p.place.Currency, least, payments.ErrTopUpAmount); err != nil {
			return err
		}
	}
	if err := s.Records.SetTopUpLimits(r.Context(), p.place.ID, l); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
