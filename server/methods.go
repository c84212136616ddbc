package server

import (
	"net/http"

	"voicetill/accounts"
	"voicetill/payments"
)

// shopper returns the signed-in account and the place that a request is about.
func (s *Server) shopper(r *http.Request) (accounts.Account, *shop, error) {
	ctx, err := s.webSession(r)
	if err != nil {
		return accounts.Account{}, nil, err
	}
	id := s.sessions.GetString(ctx, keyShopper)
	if id == "" {
		return accounts.Account{}, nil, errSignIn
	}
	a, err := s.Records.Account(ctx, id)
	if err != nil {
		return a, nil, err
	}
	p, err := s.shelves.shop(r.Context(), placeOf(r))
	return a, p, err
}

// getMethods is GET /v1/account/methods: what is offered, bound and preferred.
// Bindings that the owner has finished at a provider become bound by it.
func (s *Server) getMethods(w http.ResponseWriter, r *http.Request) error {
	a, p, err := s.shopper(r)
	if err != nil {
		return err
	}
	body, err := s.Cashier.MethodsOf(r.Context(), p.place.Merchant, p.place.ID, a.ID, p.place.Currency)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, body)
	return nil
}

type bindBody struct {
	Method payments.Method `json:"method"`
}

type boundBody struct {
	payments.Binding
	Handoff payments.Handoff `json:"handoff"`
}

// bindMethod is POST /v1/account/methods: begins to bind, and says where the
// owner finishes it.
func (s *Server) bindMethod(w http.ResponseWriter, r *http.Request) error {
	a, p, err := s.shopper(r)
	if err != nil {
		return err
	}
	var in bindBody
	if err := readBody(w, r, &in); err != nil {
		return err
	}
	b, h, err := s.Cashier.Bind(r.Context(), p.place.Merchant, a.ID, in.Method, backTo(r, p.place.ID))
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusCreated, boundBody{b, h})
	return nil
}

// unbindMethod is DELETE /v1/account/methods/{id}.
func (s *Server) unbindMethod(w http.ResponseWriter, r *http.Request) error {
	a, p, err := s.shopper(r)
	if err != nil {
		return err
	}
	if err := s.Cashier.Unbind(r.Context(), p.place.Merchant, a.ID, r.PathValue("id")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// preferMethod is PUT /v1/account/methods/preferred.
func (s *Server) preferMethod(w http.ResponseWriter, r *http.Request) error {
	a, p, err := s.shopper(r)
	if err != nil {
		return err
	}
	var in bindBody
	if err := readBody(w, r, &in); err != nil {
		return err
	}
	err = s.Cashier.Prefer(r.Context(), p.place.Merchant, p.place.ID, a.ID, p.place.Currency, in.Method)
	if err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
