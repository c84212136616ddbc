package server

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"voicetill/accounts"
	"voicetill/catalog"
	"voicetill/payments"
	"voicetill/payments/money"
)

// Confirming keeps which payments of a place staff confirms.
type Confirming interface {
	ConfirmRule(ctx context.Context, place string) (payments.ConfirmRule, error)
	// SetConfirmRule returns payments.ErrConfirmRule for one that means nothing.
	SetConfirmRule(ctx context.Context, place string, r payments.ConfirmRule) error
}

// confirmRuleBody is payments.ConfirmRule with its amount as a decimal string.
type confirmRuleBody struct {
	Always bool     `json:"always"`
	From   string   `json:"from"` // "": no amount
	Age    bool     `json:"age"`
	Items  []string `json:"items"`
}

func confirmRuleOf(r payments.ConfirmRule, c money.Currency) confirmRuleBody {
	body := confirmRuleBody{Always: r.Always, Age: r.Age, Items: append([]string{}, r.Items...)}
	if r.From > 0 {
		body.From = money.Of(r.From, c).Decimal()
	}
	return body
}

func (b confirmRuleBody) rule(c money.Currency) (payments.ConfirmRule, error) {
	r := payments.ConfirmRule{Always: b.Always, Age: b.Age, Items: b.Items}
	if b.From != "" {
		from, err := amountIn("from", b.From, c, 1, payments.ErrConfirmRule)
		if err != nil {
			return r, err
		}
		r.From = from.Minor
	}
	return r, inField("items", r.Valid())
}

type confirmationsBody struct {
	Rule    confirmRuleBody    `json:"rule"`
	Waiting []confirmationBody `json:"waiting"` // oldest first
}

// confirmationBody is what staff sees before it decides.
type confirmationBody struct {
	ID       string            `json:"id"`
	At       time.Time         `json:"at"`
	Expires  time.Time         `json:"expires"`
	Name     string            `json:"name"`    // of the account that pays
	Account  string            `json:"account"` // its number
	Total    string            `json:"total"`
	Currency money.Currency    `json:"currency"`
	Method   payments.Method   `json:"method"`
	Client   string            `json:"client"` // phone, kiosk
	Lines    []confirmLineBody `json:"lines"`
}

type confirmLineBody struct {
	Item     string            `json:"item"`
	Name     string            `json:"name"`
	Options  map[string]string `json:"options,omitempty"`
	Quantity string            `json:"quantity"`
	Unit     string            `json:"unit"`
	Total    string            `json:"total"`
	MinAge   int               `json:"min_age"`
}

// getConfirmations is GET /v1/merchant/confirmations: the rule, and the payments
// that wait for staff.
func (s *Server) getConfirmations(w http.ResponseWriter, r *http.Request) error {
	p, err := s.own(r, placeOf(r))
	if err != nil {
		return err
	}
	rule, err := s.Records.ConfirmRule(r.Context(), p.place.ID)
	if err != nil {
		return err
	}
	waiting, err := s.Cashier.WaitingForStaff(r.Context(), p.place.ID)
	if err != nil {
		return err
	}
	body := confirmationsBody{Rule: confirmRuleOf(rule, p.place.Currency), Waiting: []confirmationBody{}}
	for _, c := range waiting {
		shown, err := s.showConfirmation(r.Context(), c)
		if err != nil {
			return err
		}
		body.Waiting = append(body.Waiting, shown)
	}
	writeJSON(w, http.StatusOK, body)
	return nil
}

func (s *Server) showConfirmation(ctx context.Context, c payments.Confirmation) (confirmationBody, error) {
	a, err := s.Records.Account(ctx, c.Account)
	if err != nil && !errors.Is(err, accounts.ErrNoAccount) {
		return confirmationBody{}, err
	}
	body := confirmationBody{ID: c.ID, At: c.Asked, Expires: c.Expires, Name: a.Name, Account: a.Number,
		Total: c.Bill.Total.Decimal(), Currency: c.Bill.Currency, Method: c.Method, Client: c.Buyer.Client, Lines: []confirmLineBody{}}
	for _, l := range c.Bill.Lines {
		body.Lines = append(body.Lines, confirmLineBody{Item: l.Item, Name: l.Name, Options: l.Options,
			Quantity: catalog.Qty(l.Milli).String(), Unit: l.Unit, Total: l.Total.Decimal(), MinAge: l.MinAge})
	}
	return body, nil
}

// putConfirmations is PUT /v1/merchant/confirmations: the rule.
func (s *Server) putConfirmations(w http.ResponseWriter, r *http.Request) error {
	p, err := s.own(r, placeOf(r))
	if err != nil {
		return err
	}
	var in confirmRuleBody
	if err := readSetting(w, r, &in, "always|from|age|items"); err != nil {
		return err
	}
	rule, err := in.rule(p.place.Currency)
	if err != nil {
		return err
	}
	if err := s.Records.SetConfirmRule(r.Context(), p.place.ID, rule); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// maxReason bounds what staff says to a shopper, in bytes.
const maxReason = 200

// decideConfirmation is POST /v1/merchant/confirmations/{id}/approve and …/refuse.
func (s *Server) decideConfirmation(approve bool) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		p, who, err := s.staffOf(r)
		if err != nil {
			return err
		}
		var in struct {
			Reason string `json:"reason"`
		}
		if !approve {
			if err := readBody(w, r, &in); err != nil {
				return err
			}
		}
		err = s.Cashier.Decide(r.Context(), payments.Decision{ID: r.PathValue("id"), Place: p.place.ID, Approve: approve,
			Reason: clip(strings.TrimSpace(in.Reason), maxReason), Who: who})
		if err != nil {
			return err
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
}

// decide is a clerk's decision on the shopper's own screen, proved by the
// password of one of the merchant's accounts.
func (c *conversation) decide(ctx context.Context, m decideMessage) error {
	a, err := c.s.Verifier.Verify(ctx, c.k.address, m.Account, accounts.Proof{Factor: accounts.Password, Secret: m.Secret})
	if err != nil {
		return err
	}
	if a.Kind != accounts.Merchant || a.Merchant != c.shop.place.Merchant {
		return accounts.ErrWrongProof
	}
	err = c.s.Cashier.Decide(ctx, payments.Decision{ID: m.Confirmation, Place: c.shop.place.ID, Approve: m.Approve,
		Reason: clip(strings.TrimSpace(m.Reason), maxReason), Who: a.Name})
	if err != nil {
		return err
	}
	r, err := c.dialog.Await(ctx, false)
	return c.answer(ctx, m.ID, r, err)
}
