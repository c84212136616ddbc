package server

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"voicetill/payments"
	"voicetill/payments/money"
)

// Ledgers are what a merchant's accounts hold, and what providers pay out.
type Ledgers interface {
	// LedgerAccounts are all that hold something, by name.
	LedgerAccounts(ctx context.Context, merchant string) ([]payments.AccountBalance, error)
	// AddPayout books a payout once: added is false for the same again. ErrPayout,
	// ErrOtherPayout and ErrNoProvider of package payments.
	AddPayout(ctx context.Context, merchant string, p payments.Payout) (added bool, err error)
	// Payouts are the latest, at most limit; provider "" for all.
	Payouts(ctx context.Context, merchant, provider string, limit int) ([]payments.Payout, error)
	// Reconcile compares since a time; payments.ErrNoProvider.
	Reconcile(ctx context.Context, merchant, provider string, c money.Currency, since time.Time) (payments.Reconciliation, error)
}

const (
	maxPayouts     = 200      // listed
	maxPayoutFile  = 16 << 20 // bytes
	maxReconciled  = 500      // lines of each list
	reconciledDays = 400
)

// ledgerRoutes are the merchant's.
func (s *Server) ledgerRoutes() map[string]handler {
	return map[string]handler{
		"GET /v1/merchant/ledger":         s.getLedger,
		"GET /v1/merchant/payouts":        s.getPayouts,
		"POST /v1/merchant/payouts":       s.addPayouts,
		"GET /v1/merchant/reconciliation": s.getReconciliation,
	}
}

type accountBalanceBody struct {
	Account  string         `json:"account"`
	Balance  string         `json:"balance"`
	Currency money.Currency `json:"currency"`
}

// getLedger is GET /v1/merchant/ledger.
func (s *Server) getLedger(w http.ResponseWriter, r *http.Request) error {
	p, err := s.own(r, placeOf(r))
	if err != nil {
		return err
	}
	list, err := s.Records.LedgerAccounts(r.Context(), p.place.Merchant)
	if err != nil {
		return err
	}
	accounts, providers := []accountBalanceBody{}, []string{}
	for _, a := range list {
		accounts = append(accounts, accountBalanceBody{a.Account, a.Balance.Decimal(), a.Balance.Currency})
		if provider, ok := strings.CutPrefix(a.Account, "clearing:"); ok && provider != "prepaid" && provider != "invoice" && provider != "hand" {
			providers = append(providers, provider)
		}
	}
	writeJSON(w, http.StatusOK, map[string]any{"accounts": accounts, "providers": providers, "currency": p.place.Currency})
	return nil
}

type payoutBody struct {
	Provider string         `json:"provider"`
	ID       string         `json:"id"`
	Paid     time.Time      `json:"paid"`
	Amount   string         `json:"amount"` // that reached the bank
	Fee      string         `json:"fee"`
	Currency money.Currency `json:"currency"`
	Items    int            `json:"items"` // transactions that it told
}

// getPayouts is GET /v1/merchant/payouts.
func (s *Server) getPayouts(w http.ResponseWriter, r *http.Request) error {
	merchant, err := s.merchant(r)
	if err != nil {
		return err
	}
	list, err := s.Records.Payouts(r.Context(), merchant, r.FormValue("provider"), maxPayouts)
	if err != nil {
		return err
	}
	body := []payoutBody{}
	for _, p := range list {
		body = append(body, payoutBody{p.Provider, p.ID, p.Paid, p.Amount.Decimal(), p.Fee.Decimal(), p.Amount.Currency, len(p.Items)})
	}
	writeJSON(w, http.StatusOK, map[string]any{"payouts": body})
	return nil
}

type newPayoutBody struct {
	Provider string `json:"provider"`
	ID       string `json:"id"`
	Paid     string `json:"paid"` // day
	Amount   string `json:"amount"`
	Fee      string `json:"fee"`
}

// addPayouts is POST /v1/merchant/payouts: one as JSON, or a provider's list as
// CSV with ?provider=. What was booked before is not booked again.
func (s *Server) addPayouts(w http.ResponseWriter, r *http.Request) error {
	p, err := s.own(r, placeOf(r))
	if err != nil {
		return err
	}
	var list []payments.Payout
	if strings.HasPrefix(r.Header.Get("Content-Type"), "text/csv") {
		list, err = payments.ReadPayouts(http.MaxBytesReader(w, r.Body, maxPayoutFile), r.FormValue("provider"))
	} else {
		list, err = readPayout(w, r, p.place.Currency)
	}
	if err != nil {
		return err
	}
	added, known := 0, 0
	for _, x := range list {
		fresh, err := s.Records.AddPayout(r.Context(), p.place.Merchant, x)
		if err != nil {
			return err
		}
		if fresh {
			added++
		} else {
			known++
		}
	}
	writeJSON(w, http.StatusOK, map[string]int{"added": added, "known": known})
	return nil
}

func readPayout(w http.ResponseWriter, r *http.Request, c money.Currency) ([]payments.Payout, error) {
	var in newPayoutBody
	if err := readBody(w, r, &in); err != nil {
		return nil, err
	}
	if in.Fee == "" {
		in.Fee = "0"
	}
	amount, err := amountIn("amount", in.Amount, c, math.MinInt64, payments.ErrPayout)
	if err != nil {
		return nil, err
	}
	fee, err := amountIn("fee", in.Fee, c, math.MinInt64, payments.ErrPayout)
	if err != nil {
		return nil, err
	}
	paid, err := time.Parse(time.DateOnly, in.Paid)
	if err != nil {
		return nil, inField("paid", errors.Join(payments.ErrPayout, err))
	}
	return []payments.Payout{{Provider: in.Provider, ID: in.ID, Paid: paid, Amount: amount, Fee: fee}}, nil
}

type reconciliationBody struct {
	Provider string          `json:"provider"`
	Currency money.Currency  `json:"currency"`
	Owed     string          `json:"owed"` // by the provider, as the ledger has it
	Open     []ownItemBody   `json:"open"` // in no payout yet
	OpenSum  string          `json:"open_sum"`
	Unknown  []theirItemBody `json:"unknown"` // not in our books
	Differ   []theirItemBody `json:"differ"`
	Twice    []theirItemBody `json:"twice"`
	Untold   string          `json:"untold"` // payouts without transactions
	Rest     string          `json:"rest"`
	More     bool            `json:"more"` // the lists are cut off
}

type ownItemBody struct {
	Key    string    `json:"key"`
	Ref    string    `json:"ref"`
	Kind   string    `json:"kind"`
	Amount string    `json:"amount"`
	At     time.Time `json:"at"`
}

type theirItemBody struct {
	Payout string `json:"payout"`
	ID     string `json:"id"`
	Kind   string `json:"kind"`
	Gross  string `json:"gross"`
	Own    string `json:"own,omitempty"`
}

// getReconciliation is GET /v1/merchant/reconciliation?provider=&days=.
func (s *Server) getReconciliation(w http.ResponseWriter, r *http.Request) error {
	p, err := s.own(r, placeOf(r))
	if err != nil {
		return err
	}
	days, err := strconv.Atoi(r.FormValue("days"))
	if err != nil || days < 1 || days > 10*reconciledDays {
		days = reconciledDays
	}
	rec, err := s.Records.Reconcile(r.Context(), p.place.Merchant, r.FormValue("provider"), p.place.Currency, s.Now().AddDate(0, 0, -days))
	if err != nil {
		return err
	}
	body := reconciliationBody{Provider: rec.Provider, Currency: p.place.Currency, Owed: rec.Owed.Decimal(), Open: []ownItemBody{},
		OpenSum: rec.OpenSum.Decimal(), Untold: rec.Untold.Decimal(), Rest: rec.Rest.Decimal()}
	for _, o := range rec.Open[:min(len(rec.Open), maxReconciled)] {
		body.Open = append(body.Open, ownItemBody{o.Key, o.Ref, o.Kind, o.Amount.Decimal(), o.At})
	}
	body.Unknown, body.Differ, body.Twice = theirs(rec.Unknown), theirs(rec.Differ), theirs(rec.Twice)
	body.More = max(len(rec.Open), len(rec.Unknown), len(rec.Differ), len(rec.Twice)) > maxReconciled
	writeJSON(w, http.StatusOK, body)
	return nil
}

func theirs(items []payments.TheirItem) []theirItemBody {
	list := []theirItemBody{}
	for _, i := range items[:min(len(items), maxReconciled)] {
		body := theirItemBody{Payout: i.Payout, ID: i.ID, Kind: i.Kind, Gross: i.Gross.Decimal()}
		if i.Own.Currency != "" {
			body.Own = i.Own.Decimal()
		}
		list = append(list, body)
	}
	return list
}
