package server

import (
	"context"
	"errors"
	"net/http"
)

// Addresses are proved by a link that is sent there.
type Addresses interface {
	// AskAddress sends it once more where the account's waits; ErrSentOften.
	AskAddress(ctx context.Context, account string) error
	// ProveAddress returns ErrAddressLink for a token that is not, or no more, good.
	ProveAddress(ctx context.Context, token string) error
}

// ErrAddressLink says that a link proves no address.
var ErrAddressLink = errors.New("this link was used already, or is too old")

type addressBody struct {
	Token string `json:"token"`
}

// proveAddress is POST /v1/address: what the link in the letter does.
func (s *Server) proveAddress(w http.ResponseWriter, r *http.Request) error {
	var in addressBody
	if err := readBody(w, r, &in); err != nil {
		return err
	}
	if err := s.Records.ProveAddress(r.Context(), in.Token); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

type addressAskBody struct {
	Role string `json:"role"` // "shopper", "merchant"
}

// askAddress is POST /v1/address/ask: the letter once more, to who is signed in.
func (s *Server) askAddress(w http.ResponseWriter, r *http.Request) error {
	var in addressAskBody
	if err := readBody(w, r, &in); err != nil {
		return err
	}
	ctx, err := s.webSession(r)
	if err != nil {
		return err
	}
	account, err := s.signedInAs(ctx, in.Role)
	if err != nil {
		return err
	}
	if !s.Delivering.Mail {
		return errNoMail
	}
	if err := s.Records.AskAddress(r.Context(), account); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
