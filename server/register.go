package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"voicetill/accounts"
)

// Registrations are places where shoppers make accounts by themselves.
type Registrations interface {
	// Registration is whether they do; open unless it was set otherwise.
	Registration(ctx context.Context, place string) (open bool, err error)
	SetRegistration(ctx context.Context, place string, open bool) error
}

// registerMost are the accounts that one address makes within an hour; loopback,
// where a proxy stands before the till, is not counted.
const registerMost = 20

// numberTries are enough to find a free number as long as a tenth of all are.
const numberTries = 20

type registrationBody struct {
	Open bool   `json:"open"` // for who asks: always, where staff is signed in
	Mail bool   `json:"mail"` // an e-mail address is of use
	Name string `json:"name"` // of the shop

	Examples []exampleBody `json:"examples,omitempty"` // of what it sells; a demo shop has those of the pages
}

// getRegistration is GET /v1/register: whether, and how, somebody gets an account.
func (s *Server) getRegistration(w http.ResponseWriter, r *http.Request) error {
	p, open, err := s.mayRegister(r)
	if err != nil {
		return err
	}
	body := registrationBody{Open: open, Mail: s.Delivering.Mail, Name: p.place.Payee}
	if !p.place.Demo {
		body.Examples = examplesOf(p.current().index.Items())
	}
	writeJSON(w, http.StatusOK, body)
	return nil
}

// mayRegister returns the request's place, and whether its setting lets people
// register; the merchant's own people always may, at a kiosk at the desk.
func (s *Server) mayRegister(r *http.Request) (p *shop, open bool, err error) {
	if p, err = s.shelves.shop(r.Context(), placeOf(r)); err != nil {
		return nil, false, err
	}
	if open, err = s.Records.Registration(r.Context(), p.place.ID); err != nil || open {
		return p, open, err
	}
	_, err = s.own(r, p.place.ID)
	if errors.Is(err, errSignIn) || errors.Is(err, errNotYours) {
		return p, false, nil
	}
	return p, err == nil, err
}

type registerBody struct {
	Name     string `json:"name"`
	Email    string `json:"email"` // may be empty
	Password string `json:"password"`
}

func (in registerBody) check() error {
	switch {
	case in.Name == "" || utf8.RuneCountInString(in.Name) > 60 || strings.ContainsFunc(in.Name, unicode.IsControl):
		return errName
	case in.Email != "" && !isEmail(in.Email):
		return errEmail
	case utf8.RuneCountInString(in.Password) < minSecret:
		return errShortSecret
	}
	return nil
}

// register is POST /v1/register: makes a shopper's account, with a number to
// sign in by, and signs in.
func (s *Server) register(w http.ResponseWriter, r *http.Request) error {
	var in registerBody
	if err := readBody(w, r, &in); err != nil {
		return err
	}
	in.Name, in.Email = strings.TrimSpace(in.Name), strings.ToLower(strings.TrimSpace(in.Email))
	if err := in.check(); err != nil {
		return err
	}
	_, open, err := s.mayRegister(r)
	if err != nil {
		return err
	}
	if !open {
		return errRegistration
	}
	if err := s.countRegistration(r); err != nil {
		return err
	}
	a, err := s.newShopper(r.Context(), accounts.Account{Email: in.Email, Name: in.Name, Kind: accounts.Shopper, Unproved: s.Delivering.Mail}, in.Password)
	if err != nil {
		return err
	}
	return s.signIn(w, r, keyShopper, a.ID, http.StatusCreated)
}

// countRegistration keeps one address from making accounts without end, on all
// nodes together.
func (s *Server) countRegistration(r *http.Request) error {
	address, loopback := clientAddress(r)
	if loopback {
		return nil
	}
	book, who, now := s.Verifier.Book, "register "+address, s.Now()
	made, err := book.TerminalFailures(r.Context(), who, now.Add(-time.Hour))
	if err != nil {
		return err
	}
	if made >= registerMost {
		return errRegisteredOften
	}
	return book.TerminalFailed(r.Context(), who, now)
}

// newShopper makes an account under a number that is free. ErrAccountTaken where
// its e-mail is not.
func (s *Server) newShopper(ctx context.Context, a accounts.Account, password string) (accounts.Account, error) {
	hash, err := accounts.Hash(ctx, password)
	if err != nil {
		return a, err
	}
	for range numberTries {
		if a.Number, err = shopperNumber(); err != nil {
			return a, err
		}
		a.ID, err = s.Records.CreateAccount(ctx, a, hash)
		if !errors.Is(err, ErrAccountTaken) {
			return a, err
		}
		a.ID = ""
		if a.Email == "" {
			continue
		}
		if _, found := s.Records.Account(ctx, a.Email); !errors.Is(found, accounts.ErrNoAccount) {
			return a, errors.Join(found, ErrAccountTaken)
		}
	}
	return a, fmt.Errorf("no free number for a shopper was found: %w", err)
}

type registrationSetBody struct {
	Open bool `json:"open"`
}

// getRegistering is GET /v1/merchant/registration: the setting.
func (s *Server) getRegistering(w http.ResponseWriter, r *http.Request) error {
	p, err := s.own(r, placeOf(r))
	if err != nil {
		return err
	}
	open, err := s.Records.Registration(r.Context(), p.place.ID)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, registrationSetBody{open})
	return nil
}

// putRegistering is PUT /v1/merchant/registration.
func (s *Server) putRegistering(w http.ResponseWriter, r *http.Request) error {
	p, err := s.own(r, placeOf(r))
	if err != nil {
		return err
	}
	var in registrationSetBody
	if err := readSetting(w, r, &in, "open"); err != nil {
		return err
	}
	if err := s.Records.SetRegistration(r.Context(), p.place.ID, in.Open); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
