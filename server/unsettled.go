package server

import (
	"errors"
	"net/http"
	"time"

	"voicetill/payments"
	"voicetill/payments/money"
)

// troubleBody is one line of the merchant's list of what is not settled.
type troubleBody struct {
	Key      string          `json:"key"`
	Kind     string          `json:"kind"` // charge, refund
	State    string          `json:"state"`
	Place    string          `json:"place"`
	Bill     string          `json:"bill"`
	Receipt  int64           `json:"receipt,omitempty"`
	Stray    bool            `json:"stray,omitempty"` // taken for no sale
	Method   payments.Method `json:"method"`
	Amount   string          `json:"amount"`
	Currency money.Currency  `json:"currency"`
	Since    time.Time       `json:"since"`
	Tries    int             `json:"tries"`
	Trouble  string          `json:"trouble"`
	Next     *time.Time      `json:"next"` // null: not tried again
	Todo     string          `json:"todo"`
}

// getUnsettled is GET /v1/merchant/unsettled: oldest first. Refused callbacks are
// those of all of the till's providers, newest first.
func (s *Server) getUnsettled(w http.ResponseWriter, r *http.Request) error {
	merchant, err := s.merchant(r)
	if err != nil {
		return err
	}
	list, err := s.Cashier.Unsettled(r.Context(), merchant)
	if err != nil {
		return err
	}
	body := make([]troubleBody, len(list))
	for i, t := range list {
		body[i] = troubleBody{Key: t.Key, Kind: t.Kind, State: t.State, Place: t.Place, Bill: t.Bill, Receipt: t.Receipt, Stray: t.Stray,
			Method: t.Method, Amount: t.Amount.Decimal(), Currency: t.Amount.Currency, Since: t.Since, Tries: t.Tries, Trouble: t.Trouble, Todo: t.Todo}
		if !t.Next.IsZero() {
			body[i].Next = &t.Next
		}
	}
	writeJSON(w, http.StatusOK, map[string]any{"unsettled": body, "callbacks": s.refused.latest()})
	return nil
}

type troubleKey struct {
	Key   string `json:"key"`
	Given bool   `json:"given"` // by hand; only for close
}

// retryUnsettled is POST /v1/merchant/unsettled/retry: tries now. 204 whatever
// came of it: the list says how it stands.
func (s *Server) retryUnsettled(w http.ResponseWriter, r *http.Request) error {
	merchant, err := s.merchant(r)
	if err != nil {
		return err
	}
	var in troubleKey
	if err := readBody(w, r, &in); err != nil {
		return err
	}
	if err := s.Cashier.Retry(r.Context(), merchant, in.Key); errors.Is(err, payments.ErrNotReserved) {
		return errNotFound
	} else if err != nil {
		s.log.Warn("tried again in vain", "key", in.Key, "err", err)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// closeUnsettled is POST /v1/merchant/unsettled/close: a refund that its
// provider refuses was given by hand, or is not owed.
func (s *Server) closeUnsettled(w http.ResponseWriter, r *http.Request) error {
	merchant, err := s.merchant(r)
	if err != nil {
		return err
	}
	var in troubleKey
	if err := readBody(w, r, &in); err != nil {
		return err
	}
	if err := s.Cashier.CloseRefund(r.Context(), merchant, in.Key, in.Given); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
