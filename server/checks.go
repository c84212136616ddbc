package server

import (
	"context"
	"net/http"
	"time"

	"voicetill/checkout"
	"voicetill/payments/money"
)

// WaitingCheck is a basket that staff is to look at before it is paid.
type WaitingCheck struct {
	Cart  string
	Total money.Amount
	At    time.Time
	Lines []CheckLine
}

// CheckLine is one line of it.
type CheckLine struct {
	Item     string `json:"item"`
	Name     string `json:"name"`
	Quantity string `json:"quantity"`
	Unit     string `json:"unit"`
}

// Checks keeps the looks at baskets.
type Checks interface {
	checkout.Checks
	// SetCheckRule returns checkout.ErrCheckRule for one that is none.
	SetCheckRule(ctx context.Context, place string, r checkout.CheckRule) error
	// WaitingChecks are a place's of the last day, oldest first.
	WaitingChecks(ctx context.Context, place string, now time.Time) ([]WaitingCheck, error)
	// FinishCheck returns ErrNoCheck where the cart does not wait.
	FinishCheck(ctx context.Context, place, cart string, corrected bool, who string, at time.Time) error
	// CheckCounts counts by outcome since a time.
	CheckCounts(ctx context.Context, place string, since time.Time) (map[string]int, error)
}

type checksBody struct {
	Rule    checkout.CheckRule `json:"rule"`
	Waiting []waitingBody      `json:"waiting"`
	Counts  map[string]int     `json:"counts"` // of the last thirty days

	Currency string `json:"currency"` // of the rule's amount
}

type waitingBody struct {
	Cart     string         `json:"cart"`
	At       time.Time      `json:"at"`
	Total    string         `json:"total"`
	Currency money.Currency `json:"currency"`
	Lines    []CheckLine    `json:"lines"`
}

const countedFor = 30 * 24 * time.Hour

// getChecks is GET /v1/merchant/checks: who waits for staff. Why a basket was
// picked is not told, so that nobody is suspected.
func (s *Server) getChecks(w http.ResponseWriter, r *http.Request) error {
	p, err := s.own(r, placeOf(r))
	if err != nil {
		return err
	}
	body := checksBody{Waiting: []waitingBody{}, Currency: string(p.place.Currency)}
	if body.Rule, _, err = s.Records.CheckBasis(r.Context(), p.place.ID, ""); err != nil {
		return err
	}
	waiting, err := s.Records.WaitingChecks(r.Context(), p.place.ID, s.Now())
	if err != nil {
		return err
	}
	for _, c := range waiting {
		body.Waiting = append(body.Waiting, waitingBody{c.Cart, c.At, c.Total.Decimal(), c.Total.Currency, c.Lines})
	}
	if body.Counts, err = s.Records.CheckCounts(r.Context(), p.place.ID, s.Now().Add(-countedFor)); err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, body)
	return nil
}

// putChecks is PUT /v1/merchant/checks: the rule.
func (s *Server) putChecks(w http.ResponseWriter, r *http.Request) error {
	p, err := s.own(r, placeOf(r))
	if err != nil {
		return err
	}
	var rule checkout.CheckRule
	if err := readSetting(w, r, &rule, "base|amount|amount_of|restricted|corrections|late_removal|new_account|decay|floor"); err != nil {
		return err
	}
	if err := s.Records.SetCheckRule(r.Context(), p.place.ID, rule); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// finishCheck is POST /v1/merchant/checks/{cart}/clean and …/corrected.
func (s *Server) finishCheck(corrected bool) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		p, who, err := s.staffOf(r)
		if err != nil {
			return err
		}
		if err := s.Records.FinishCheck(r.Context(), p.place.ID, r.PathValue("cart"), corrected, who, s.Now()); err != nil {
			return err
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
}
