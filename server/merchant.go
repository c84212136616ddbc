package server

import (
	"errors"
	"net/http"
	"time"

	"voicetill/accounts"
	"voicetill/checkout"
)

// cartsFrom is how long a cart that nobody touches is live.
const cartsFrom = 30 * time.Minute

// merchant is the id of the merchant that the request's cookie or token names.
func (s *Server) merchant(r *http.Request) (string, error) {
	if token := bearer(r); token != "" {
		merchant, err := s.Records.MerchantByToken(r.Context(), token)
		if errors.Is(err, accounts.ErrNoToken) {
			return "", errSignIn
		}
		return merchant, err
	}
	ctx, err := s.webSession(r)
	if err != nil {
		return "", err
	}
	id := s.sessions.GetString(ctx, keyMerchant)
	if id == "" {
		return "", errSignIn
	}
	a, err := s.Records.Account(r.Context(), id)
	return a.Merchant, err
}

// own returns the place if the request's merchant has it.
func (s *Server) own(r *http.Request, place string) (*shop, error) {
	merchant, err := s.merchant(r)
	if err != nil {
		return nil, err
	}
	p, err := s.shelves.shop(r.Context(), place)
	if err != nil {
		return nil, err
	}
	if p.place.Merchant != merchant {
		return nil, errNotYours
	}
	return p, nil
}

type cartBody struct {
	ID      string         `json:"id"`
	State   checkout.State `json:"state"`
	Count   int            `json:"count"`
	Total   string         `json:"total"`
	Updated time.Time      `json:"updated"`
}

// carts are the place's live ones. Their ids are not the resume tokens.
func (s *Server) carts(r *http.Request, p *shop) ([]cartBody, error) {
	sessions, err := s.Records.Sessions(r.Context(), p.place.ID, s.Now().Add(-cartsFrom))
	if err != nil {
		return nil, err
	}
	list := []cartBody{}
	for _, x := range sessions {
		view, err := x.Cart()
		if err != nil {
			return nil, err
		}
		if view.Count > 0 && x.State != checkout.Paid {
			list = append(list, cartBody{view.ID, x.State, view.Count, view.Total, x.UpdatedAt})
		}
	}
	return list, nil
}

func (s *Server) getCalls(w http.ResponseWriter, r *http.Request) error {
	p, err := s.own(r, placeOf(r))
	if err != nil {
		return err
	}
	calls, err := s.Records.StaffCalls(r.Context(), p.place.ID)
	if err != nil {
		return err
	}
	if calls == nil {
		calls = []StaffCall{}
	}
	writeJSON(w, http.StatusOK, map[string]any{"calls": calls})
	return nil
}

func (s *Server) doneCall(w http.ResponseWriter, r *http.Request) error {
	p, err := s.own(r, placeOf(r))
	if err != nil {
		return err
	}
	if err := s.Records.StaffCallDone(r.Context(), p.place.ID, r.PathValue("id")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) getTokens(w http.ResponseWriter, r *http.Request) error {
	merchant, err := s.merchant(r)
	if err != nil {
		return err
	}
	tokens, err := s.Records.Tokens(r.Context(), merchant)
	if err != nil {
		return err
	}
	if tokens == nil {
		tokens = []Token{}
	}
	writeJSON(w, http.StatusOK, map[string]any{"tokens": tokens})
	return nil
}

type newTokenBody struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Token string `json:"token"` // shown this once
}

func (s *Server) addToken(w http.ResponseWriter, r *http.Request) error {
	merchant, err := s.merchant(r)
	if err != nil {
		return err
	}
	var in struct {
		Name string `json:"name"`
	}
	if err := readBody(w, r, &in); err != nil {
		return err
	}
	in.Name = clip(in.Name, 60)
	token, err := s.Records.AddToken(r.Context(), merchant, in.Name)
	if err != nil {
		return err
	}
	tokens, err := s.Records.Tokens(r.Context(), merchant)
	if err != nil {
		return err
	}
	body := newTokenBody{Name: in.Name, Token: token}
	for _, t := range tokens {
		if t.Name == in.Name {
			body.ID = t.ID // oldest first: the last of the name is the new one
		}
	}
	writeJSON(w, http.StatusCreated, body)
	return nil
}

func (s *Server) revokeToken(w http.ResponseWriter, r *http.Request) error {
	merchant, err := s.merchant(r)
	if err != nil {
		return err
	}
	if err := s.Records.RevokeToken(r.Context(), merchant, r.PathValue("id")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
