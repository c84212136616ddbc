package server

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"voicetill/accounts"
	"voicetill/payments"
)

const (
	maxEvents = 100
	// gateGone is how long a gate may be silent and still count as online: it
	// asks for news every two seconds.
	gateGone = 10 * time.Second
)

// gateOf is the gate that a request names. It is a known one where the request
// carries a token of the place's merchant, and without a place then serves all
// of this till, as a gate page does.
func (s *Server) gateOf(r *http.Request) (payments.Gate, error) {
	g := payments.Gate{Place: r.FormValue("place"), Name: clip(r.FormValue("gate"), 40)}
	token := bearer(r)
	if token == "" || g.Place == "" || g.Name == "" {
		return g, nil
	}
	merchant, err := s.Records.MerchantByToken(r.Context(), token)
	if errors.Is(err, accounts.ErrNoToken) {
		return g, errSignIn
	}
	if err != nil {
		return g, err
	}
	p, err := s.Records.Place(r.Context(), g.Place)
	if err != nil {
		return g, err
	}
	if p.Merchant != merchant {
		return g, errNotYours
	}
	g.Known, g.Ask = true, clip(r.FormValue("ask"), 40)
	return g, nil
}

// lookPass is GET /v1/pass/{token}: whether it would open.
func (s *Server) lookPass(w http.ResponseWriter, r *http.Request) error {
	g, err := s.gateOf(r)
	if err != nil {
		return err
	}
	v, err := s.Cashier.Look(r.Context(), r.PathValue("token"), g)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, v)
	return nil
}

// openPass is POST /v1/pass/{token}/open: opens once and only once.
func (s *Server) openPass(w http.ResponseWriter, r *http.Request) error {
	g, err := s.gateOf(r)
	if err != nil {
		return err
	}
	v, err := s.Cashier.Open(r.Context(), r.PathValue("token"), g)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, v)
	return nil
}

// PassBook tells how exit passes stand.
type PassBook interface {
	// PassUse is when and at which gate a pass was spent; the zero time for one
	// that was not.
	PassUse(ctx context.Context, id string) (at time.Time, gate string, err error)
}

// States of a receipt's exit pass.
const (
	passOpens   = "opens"
	passUsed    = "used"
	passExpired = "expired"
)

type passStateBody struct {
	State string     `json:"state"`
	Pass  string     `json:"pass,omitempty"` // the one that opens: staff may have made another
	At    *time.Time `json:"at,omitempty"`   // of its use
	Gate  string     `json:"gate,omitempty"` // where
}

// getPass is GET /v1/receipt/{token}/pass: how the receipt's pass stands. A page
// that shows it asks again and again.
func (s *Server) getPass(w http.ResponseWriter, r *http.Request) error {
	receipt, err := s.Cashier.ReceiptByLink(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	if !receipt.Exits() {
		return errNotFound
	}
	at, gate, err := s.Records.PassUse(r.Context(), receipt.Exit.ID)
	switch {
	case err != nil:
		return err
	case !at.IsZero():
		writeJSON(w, http.StatusOK, passStateBody{State: passUsed, At: &at, Gate: gate})
	case s.Now().After(receipt.Exit.Issued.Add(payments.PassLife)):
		writeJSON(w, http.StatusOK, passStateBody{State: passExpired})
	default:
		writeJSON(w, http.StatusOK, passStateBody{State: passOpens, Pass: receipt.Pass})
	}
	return nil
}

type renewBody struct {
	Gates []string `json:"gates"` // none: those of the old pass
}

type passBody struct {
	Pass    string    `json:"pass"`
	Expires time.Time `json:"expires"`
}

// renewPass is POST /v1/receipt/{token}/pass: the shopper's pass anew, which
// cancels the old one.
func (s *Server) renewPass(w http.ResponseWriter, r *http.Request) error {
	receipt, err := s.Cashier.ReceiptByLink(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	var in renewBody
	if err := readBody(w, r, &in); err != nil {
		return err
	}
	return s.answerPass(w, r, payments.Reissue{Place: receipt.Place, Receipt: receipt.ID, Gates: in.Gates})
}

// reissuePass is POST /v1/merchant/receipts/{no}/pass.
func (s *Server) reissuePass(w http.ResponseWriter, r *http.Request) error {
	p, who, err := s.staffOf(r)
	if err != nil {
		return err
	}
	var in renewBody
	if err := readBody(w, r, &in); err != nil {
		return err
	}
	return s.answerPass(w, r, payments.Reissue{Place: p.place.ID, Receipt: r.PathValue("no"), Who: who, Gates: in.Gates})
}

func (s *Server) answerPass(w http.ResponseWriter, r *http.Request, ask payments.Reissue) error {
	receipt, err := s.Cashier.Reissue(r.Context(), ask)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusCreated, passBody{receipt.Pass, receipt.Exit.Issued.Add(payments.PassLife)})
	return nil
}

// staffOf is the merchant's place, and who of the staff asks: the signed-in
// account's name, or "token".
func (s *Server) staffOf(r *http.Request) (*shop, string, error) {
	p, err := s.own(r, placeOf(r))
	if err != nil || bearer(r) != "" {
		return p, "token", err
	}
	ctx, err := s.webSession(r)
	if err != nil {
		return p, "", err
	}
	a, err := s.Records.Account(ctx, s.sessions.GetString(ctx, keyMerchant))
	return p, a.Name, err
}

type gatesBody struct {
	Gates  []gateBody           `json:"gates"`
	Events []payments.GateEvent `json:"events"` // newest first
}

type gateBody struct {
	payments.GateState
	Online bool `json:"online"`
}

// getGates is GET /v1/merchant/gates: the gates and what happened at them.
func (s *Server) getGates(w http.ResponseWriter, r *http.Request) error {
	p, err := s.own(r, placeOf(r))
	if err != nil {
		return err
	}
	states, err := s.Cashier.GateStates(r.Context(), p.place.ID)
	if err != nil {
		return err
	}
	body := gatesBody{Gates: []gateBody{}}
	for _, g := range states {
		body.Gates = append(body.Gates, gateBody{g, s.Now().Sub(g.Seen) < gateGone})
	}
	if body.Events, err = s.Cashier.GateEvents(r.Context(), p.place.ID, maxEvents); err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, body)
	return nil
}

// putGates is PUT /v1/merchant/gates: the gates that new passes name.
func (s *Server) putGates(w http.ResponseWriter, r *http.Request) error {
	p, err := s.own(r, placeOf(r))
	if err != nil {
		return err
	}
	var in struct {
		Gates []string `json:"gates"`
	}
	if err := readSetting(w, r, &in, "gates"); err != nil {
		return err
	}
	if err := s.Cashier.NameGates(r.Context(), p.place.ID, in.Gates); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// releaseGate is POST /v1/merchant/gates/{name}/release.
func (s *Server) releaseGate(w http.ResponseWriter, r *http.Request) error {
	p, who, err := s.staffOf(r)
	if err != nil {
		return err
	}
	var in struct {
		Reason string `json:"reason"`
	}
	if err := readBody(w, r, &in); err != nil {
		return err
	}
	in.Reason = clip(strings.TrimSpace(in.Reason), 200)
	if in.Reason == "" {
		return errNoReason
	}
	g := payments.Gate{Place: p.place.ID, Name: r.PathValue("name")}
	if err := s.Cashier.ReleaseGate(r.Context(), g, who, in.Reason); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// syncBody is what a gate tells the till.
type syncBody struct {
	Since time.Time            `json:"since"` // of the till's last answer
	Did   []payments.GateEvent `json:"did"`
}

// maxReport bounds the events of one report.
const maxReport = 200

// syncGate is POST /v1/gates/{name}/sync, with a merchant's token: a gate
// reports what it did while it was cut off, and learns what happened elsewhere.
func (s *Server) syncGate(w http.ResponseWriter, r *http.Request) error {
	p, err := s.own(r, placeOf(r))
	if err != nil {
		return err
	}
	var in syncBody
	if err := readUpTo(w, r, 1<<20, &in); err != nil {
		return err
	}
	if len(in.Did) > maxReport {
		return errTooBig
	}
	news, err := s.Cashier.SyncGate(r.Context(), payments.Gate{Place: p.place.ID, Name: r.PathValue("name"), Known: true}, in.Did, in.Since)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, news)
	return nil
}

// noOwnGate answers the gate's page, which asks how its gate stands: the till's
// page has none of its own.
func (s *Server) noOwnGate(w http.ResponseWriter, _ *http.Request) error {
	w.WriteHeader(http.StatusNoContent)
	return nil
}
