package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"voicetill/accounts"
)

// Keys of the web session.
const (
	keyShopper  = "shopper"
	keyMerchant = "merchant"
)

// maxBody bounds JSON request bodies.
const maxBody = 16 << 10

// placeOf is the place that a request is about: ?place=, the demo shop without.
func placeOf(r *http.Request) string {
	if id := r.URL.Query().Get("place"); id != "" {
		return id
	}
	return "demo"
}

// webSession loads the request's web session into its context.
func (s *Server) webSession(r *http.Request) (context.Context, error) {
	token := ""
	if c, err := r.Cookie(s.sessions.Cookie.Name); err == nil {
		token = c.Value
	}
	ctx, err := s.sessions.Load(r.Context(), token)
	if err != nil {
		return nil, fmt.Errorf("load web session: %w", err)
	}
	return ctx, nil
}

// keepSession stores a changed web session and sets its cookie.
func (s *Server) keepSession(ctx context.Context, w http.ResponseWriter) error {
	token, expiry, err := s.sessions.Commit(ctx)
	if err != nil {
		return fmt.Errorf("keep web session: %w", err)
	}
	s.sessions.WriteSessionCookie(ctx, w, token, expiry)
	return nil
}

// mayShop returns the signed-in account of a shopper. Without one a demo place
// still takes the cart, and a merchant's terminal with its token.
func (s *Server) mayShop(r *http.Request, p Place) (account string, err error) {
	ctx, err := s.webSession(r)
	if err != nil {
		return "", err
	}
	if account = s.sessions.GetString(ctx, keyShopper); account != "" || p.Demo {
		return account, nil
	}
	if token := bearer(r); token != "" {
		merchant, err := s.Records.MerchantByToken(r.Context(), token)
		if err == nil && merchant == p.Merchant {
			return "", nil
		}
		if err != nil && !errors.Is(err, accounts.ErrNoToken) {
			return "", err
		}
	}
	return "", errSignIn
}

func bearer(r *http.Request) string {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return ""
	}
	return strings.TrimSpace(token)
}

type sessionBody struct {
	Shopper  *shopperBody  `json:"shopper"`
	Merchant *merchantBody `json:"merchant"`
}

type shopperBody struct {
	Account string `json:"account"` // number, or e-mail where there is none
	Name    string `json:"name"`
}

type merchantBody struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Place string `json:"place"` // the first of the merchant's

	Places []placeBody `json:"places"` // all, by id

	Unproved string `json:"unproved,omitempty"` // the e-mail, if its link was not opened yet

	Address string `json:"address,omitempty"` // of the till as shoppers reach it, where the operator has given it
}

type placeBody struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// who says who is signed in.
func (s *Server) who(ctx context.Context) (body sessionBody, err error) {
	if id := s.sessions.GetString(ctx, keyShopper); id != "" {
		a, err := s.Records.Account(ctx, id)
		if err != nil {
			return body, err
		}
		body.Shopper = &shopperBody{Account: a.Number, Name: a.Name}
		if a.Number == "" {
			body.Shopper.Account = a.Email
		}
	}
	if id := s.sessions.GetString(ctx, keyMerchant); id != "" {
		a, err := s.Records.Account(ctx, id)
		if err != nil {
			return body, err
		}
		body.Merchant = &merchantBody{ID: a.Merchant, Name: a.Name, Places: []placeBody{}, Address: s.Delivering.Public}
		if a.Unproved {
			body.Merchant.Unproved = a.Email
		}
		places, err := s.Records.Places(ctx, a.Merchant)
		if err != nil {
			return body, err
		}
		for _, p := range places {
			body.Merchant.Places = append(body.Merchant.Places, placeBody{p.ID, p.Name})
		}
		if len(places) > 0 {
			body.Merchant.Place = places[0].ID
		}
	}
	return body, nil
}

func (s *Server) getSession(w http.ResponseWriter, r *http.Request) error {
	ctx, err := s.webSession(r)
	if err != nil {
		return err
	}
	body, err := s.who(ctx)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, body)
	return nil
}

type loginBody struct {
	Role     string `json:"role"`    // "shopper", "merchant"
	Account  string `json:"account"` // number or e-mail
	Password string `json:"password"`
}

func (s *Server) login(w http.ResponseWriter, r *http.Request) error {
	var in loginBody
	if err := readBody(w, r, &in); err != nil {
		return err
	}
	key, kind := keyShopper, accounts.Shopper
	if in.Role == "merchant" {
		key, kind = keyMerchant, accounts.Merchant
	}
	address, _ := clientAddress(r)
	a, err := s.Verifier.Verify(r.Context(), address, in.Account, accounts.Proof{Factor: accounts.Password, Secret: in.Password})
	if err != nil {
		return err
	}
	if a.Kind != kind {
		return accounts.ErrWrongProof
	}
	return s.signIn(w, r, key, a.ID, http.StatusOK)
}

// signedInAs is the account that is signed in as "shopper" or "merchant": errSignIn.
func (s *Server) signedInAs(ctx context.Context, role string) (string, error) {
	key := keyShopper
	if role == "merchant" {
		key = keyMerchant
	}
	account := s.sessions.GetString(ctx, key)
	if account == "" {
		return "", errSignIn
	}
	return account, nil
}

// signIn makes the account the one that is signed in, and says so.
func (s *Server) signIn(w http.ResponseWriter, r *http.Request, key, account string, status int) error {
	ctx, err := s.webSession(r)
	if err != nil {
		return err
	}
	if err := s.sessions.RenewToken(ctx); err != nil {
		return fmt.Errorf("renew web session: %w", err)
	}
	s.sessions.Put(ctx, key, account)
	body, err := s.who(ctx)
	if err != nil {
		return err
	}
	if err := s.keepSession(ctx, w); err != nil {
		return err
	}
	writeJSON(w, status, body)
	return nil
}

func (s *Server) logout(w http.ResponseWriter, r *http.Request) error {
	ctx, err := s.webSession(r)
	if err != nil {
		return err
	}
	if err := s.sessions.Destroy(ctx); err != nil {
		return fmt.Errorf("end web session: %w", err)
	}
	http.SetCookie(w, &http.Cookie{Name: s.sessions.Cookie.Name, Path: "/", MaxAge: -1, HttpOnly: true,
		SameSite: s.sessions.Cookie.SameSite, Secure: s.Secure})
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func readBody(w http.ResponseWriter, r *http.Request, into any) error {
	return readUpTo(w, r, maxBody, into)
}

// setting is a body that is decoded, and the fields that it names.
type setting struct {
	into   any
	fields map[string]json.RawMessage
}

// UnmarshalJSON implements json.Unmarshaler.
func (s *setting) UnmarshalJSON(data []byte) error {
	if err := json.Unmarshal(data, &s.fields); err != nil {
		return err
	}
	return json.Unmarshal(data, s.into)
}

// readSetting reads a body that sets something. What is left out would be set to
// nothing: of each need, names with | between, one has to be there.
func readSetting(w http.ResponseWriter, r *http.Request, into any, needs ...string) error {
	sent := setting{into: into}
	if err := readBody(w, r, &sent); err != nil {
		return err
	}
	for _, need := range needs {
		names := strings.Split(need, "|")
		if !slices.ContainsFunc(names, func(name string) bool { _, is := sent.fields[name]; return is }) {
			return inField(names[0], errLeftOut)
		}
	}
	return nil
}

// readUpTo reads a body that is one JSON value and nothing more.
func readUpTo(w http.ResponseWriter, r *http.Request, bytes int64, into any) error {
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bytes))
	if tooBig := new(http.MaxBytesError); errors.As(err, &tooBig) {
		return errTooBig
	}
	if err != nil || json.Unmarshal(data, into) != nil || holdsNUL(data) {
		return errUnacceptable
	}
	return nil
}
