package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/alexedwards/scs/v2"

	"voicetill/accounts"
)

// Passwords are changed.
type Passwords interface {
	// SetPassword replaces an account's password by a hash that accounts.Hash made,
	// and ends all sign-ins whose data are its but that of the cookie's token keep.
	SetPassword(ctx context.Context, account, hash, keep string, its func(signIn []byte) bool) error
}

// SignedIn says, for SetPassword, whether the data of a sign-in are of an account.
func SignedIn(account string) func(signIn []byte) bool {
	return func(signIn []byte) bool {
		_, values, err := scs.GobCodec{}.Decode(signIn)
		return err == nil && (values[keyShopper] == account || values[keyMerchant] == account)
	}
}

type passwordBody struct {
	Role string `json:"role"` // "shopper", "merchant"
	Old  string `json:"old"`
	New  string `json:"new"`
}

// putPassword is PUT /v1/session/password: who is signed in has another password
// from now on, and is signed in nowhere else.
func (s *Server) putPassword(w http.ResponseWriter, r *http.Request) error {
	var in passwordBody
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
	address, _ := clientAddress(r)
	if _, err := s.Verifier.Verify(r.Context(), address, account, accounts.Proof{Factor: accounts.Password, Secret: in.Old}); err != nil {
		if errors.Is(err, accounts.ErrWrongProof) {
			err = inField("old", err)
		}
		return err
	}
	hash, err := accounts.Hash(r.Context(), in.New)
	if errors.Is(err, accounts.ErrSecretLength) {
		return inField("new", err)
	}
	if err != nil {
		return err
	}
	if err := s.Records.SetPassword(r.Context(), account, hash, s.sessions.Token(ctx), SignedIn(account)); err != nil {
		return err
	}
	if err := s.sessions.RenewToken(ctx); err != nil {
		return fmt.Errorf("renew web session: %w", err)
	}
	if err := s.keepSession(ctx, w); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
