package server

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"time"

	"voicetill/checkout"
)

// Moves carries conversations from a kiosk to its shopper's phone.
type Moves interface {
	// OfferMove makes a code that moves a conversation once, until a time, and
	// ends its earlier ones.
	OfferMove(ctx context.Context, session string, until time.Time) (code string, err error)
	// TakeMove gives the conversation a new id and ends the old one. ErrNoMove for
	// a code that is unknown, taken or too old, or while somebody pays.
	TakeMove(ctx context.Context, code, newID string) (checkout.Session, error)
	// MoveTaken says whether a conversation was moved away from this id.
	MoveTaken(ctx context.Context, session string) (bool, error)
}

// ErrNoMove says that a code moves nothing.
var ErrNoMove = errors.New("this code was used already or is too old: ask for a new one")

var errNotMovable = errors.New("only a basket with something in it can be taken along, before its bill")

// moveFor is how long a code is good.
const moveFor = 2 * time.Minute

type offerBody struct {
	URL     string    `json:"url"` // to be shown as a QR code
	Expires time.Time `json:"expires"`
}

// offerMove is POST /v1/moves. The code stands behind the #, which browsers send
// to nobody and no log has.
func (s *Server) offerMove(w http.ResponseWriter, r *http.Request) error {
	session, err := s.session(r)
	if err != nil {
		return err
	}
	cart, err := session.Cart()
	if err != nil {
		return err
	}
	if cart.Count == 0 || session.State != checkout.Shopping && session.State != checkout.Choosing {
		return errNotMovable
	}
	until := s.Now().Add(moveFor).UTC()
	code, err := s.Records.OfferMove(r.Context(), session.ID, until)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusCreated, offerBody{s.phonesAddress(r) + "/?place=" + url.QueryEscape(session.Place) + "#move=" + code, until})
	return nil
}

// phonesAddress is the till's as a phone reaches it: that of the kiosk's page,
// unless it is the same machine's own.
func (s *Server) phonesAddress(r *http.Request) string {
	origin := r.Header.Get("Origin")
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" || u.Hostname() == "localhost" || u.Hostname() == "127.0.0.1" || u.Hostname() == "::1" {
		return s.Delivering.Base
	}
	return origin
}

// getMove is GET /v1/moves: whether the conversation of the request's token was
// taken along.
func (s *Server) getMove(w http.ResponseWriter, r *http.Request) error {
	token := bearer(r)
	if token == "" {
		return errSignIn
	}
	taken, err := s.Records.MoveTaken(r.Context(), token)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, map[string]bool{"taken": taken})
	return nil
}

type movedBody struct {
	Resume string `json:"resume"`
	Place  string `json:"place"`
}

// takeMove is POST /v1/moves/take: the code comes in the body and stays out of
// logs.
func (s *Server) takeMove(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Code string `json:"code"`
	}
	if err := readBody(w, r, &in); err != nil {
		return err
	}
	session, err := s.Records.TakeMove(r.Context(), in.Code, rand.Text())
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, movedBody{session.ID, session.Place})
	return nil
}
