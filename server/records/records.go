// Package records is the database of package store as package server wants it:
// the two know nothing of each other.
package records

import (
	"context"
	"errors"
	"time"

	"voicetill/accounts"
	"voicetill/catalog"
	"voicetill/checkout"
	"voicetill/payments"
	"voicetill/payments/deliver"
	"voicetill/server"
	"voicetill/store"
)

// Records is a database as a server keeps its records in it.
type Records struct {
	*store.DB
	Demo bool // whether the demo place takes anonymous carts
}

func (r Records) placeOf(p store.Place) server.Place {
	return server.Place{Zone: r.ZoneOf(p), ZoneName: p.Zone, ID: p.ID, Merchant: p.Merchant, Name: p.Name, Payee: p.Payee, Currency: p.Currency, Demo: p.Demo && r.Demo}
}

// Place is part of server.Places.
func (r Records) Place(ctx context.Context, id string) (server.Place, error) {
	p, err := r.DB.Place(ctx, id)
	if errors.Is(err, store.ErrNoPlace) {
		err = server.ErrNoPlace
	}
	return r.placeOf(p), err
}

// Places is part of server.Places.
func (r Records) Places(ctx context.Context, merchant string) ([]server.Place, error) {
	list, err := r.DB.Places(ctx, merchant)
	places := make([]server.Place, len(list))
	for i, p := range list {
		places[i] = r.placeOf(p)
	}
	return places, err
}

// Picture is part of server.Catalogs.
func (r Records) Picture(ctx context.Context, hash string) ([]byte, error) {
	body, err := r.DB.Picture(ctx, hash)
	if errors.Is(err, store.ErrNoPicture) {
		err = server.ErrNoPicture
	}
	return body, err
}

// TakeMove is part of server.Moves.
func (r Records) TakeMove(ctx context.Context, code, newID string) (checkout.Session, error) {
	s, err := r.DB.TakeMove(ctx, code, newID)
	if errors.Is(err, store.ErrNoMove) {
		err = server.ErrNoMove
	}
	return s, err
}

// SaveHeard is part of server.Memory.
func (r Records) SaveHeard(ctx context.Context, session string, h server.HeardLine) error {
	return r.DB.SaveHeard(ctx, session, store.HeardLine(h))
}

// Heard is part of server.Memory.
func (r Records) Heard(ctx context.Context, session string) ([]server.HeardLine, error) {
	list, err := r.DB.Heard(ctx, session)
	lines := make([]server.HeardLine, len(list))
	for i, h := range list {
		lines[i] = server.HeardLine(h)
	}
	return lines, err
}

// StaffCalls is part of server.Calls.
func (r Records) StaffCalls(ctx context.Context, place string) ([]server.StaffCall, error) {
	list, err := r.DB.StaffCalls(ctx, place)
	calls := make([]server.StaffCall, len(list))
	for i, c := range list {
		calls[i] = server.StaffCall{ID: c.ID, At: c.At, From: c.From, Reason: c.Reason}
	}
	return calls, err
}

// StaffCallDone is part of server.Calls.
func (r Records) StaffCallDone(ctx context.Context, place, id string) error {
	err := r.DB.StaffCallDone(ctx, place, id)
	if errors.Is(err, store.ErrNoCall) {
		err = server.ErrNoCall
	}
	return err
}

// SetUp is part of server.SetUps.
func (r Records) SetUp(ctx context.Context, token string, p server.Place, a accounts.Account, passwordHash string) error {
	place := store.Place{ID: p.ID, Merchant: p.Merchant, Name: p.Name, Payee: p.Payee, Currency: p.Currency}
	return served(r.DB.SetUp(ctx, token, place, a, passwordHash))
}

// CreateAccount is part of server.SetUps.
func (r Records) CreateAccount(ctx context.Context, a accounts.Account, passwordHash string) (string, error) {
	id, err := r.DB.CreateAccount(ctx, a, passwordHash)
	return id, served(err)
}

// AskAddress is part of server.Addresses.
func (r Records) AskAddress(ctx context.Context, account string) error {
	return served(r.DB.AskAddress(ctx, account))
}

// ProveAddress is part of server.Addresses.
func (r Records) ProveAddress(ctx context.Context, token string) error {
	return served(r.DB.ProveAddress(ctx, token))
}

// servedAs are errors of the database by what the server knows them as.
var servedAs = map[error]error{store.ErrSetUp: server.ErrSetUp, store.ErrPlaceTaken: server.ErrPlaceTaken, store.ErrAccountTaken: server.ErrAccountTaken,
	store.ErrSentOften: server.ErrSentOften, store.ErrNoAddressCheck: server.ErrAddressLink}

func served(err error) error {
	for from, to := range servedAs {
		if errors.Is(err, from) {
			return to
		}
	}
	return err
}

// WaitingChecks is part of server.Checks.
func (r Records) WaitingChecks(ctx context.Context, place string, now time.Time) ([]server.WaitingCheck, error) {
	list, err := r.DB.WaitingChecks(ctx, place, now)
	waiting := make([]server.WaitingCheck, len(list))
	for i, c := range list {
		waiting[i] = server.WaitingCheck{Cart: c.Cart, Total: c.Total, At: c.At}
		for _, l := range c.Lines {
			waiting[i].Lines = append(waiting[i].Lines, server.CheckLine{Item: l.Item, Name: l.Name, Quantity: catalog.Qty(l.Milli).String(), Unit: l.Unit})
		}
	}
	return waiting, err
}

// FinishCheck is part of server.Checks.
func (r Records) FinishCheck(ctx context.Context, place, cart string, corrected bool, who string, at time.Time) error {
	err := r.DB.FinishCheck(ctx, place, cart, corrected, who, at)
	if errors.Is(err, store.ErrNoCheck) {
		err = server.ErrNoCheck
	}
	return err
}

// Tokens is part of server.Tokens.
func (r Records) Tokens(ctx context.Context, merchant string) ([]server.Token, error) {
	list, err := r.DB.Tokens(ctx, merchant)
	tokens := make([]server.Token, len(list))
	for i, t := range list {
		tokens[i] = server.Token(t)
	}
	return tokens, err
}

// Resend is part of server.Papers.
func (r Records) Resend(ctx context.Context, x payments.Receipt, kind deliver.Kind, to []string, at, since time.Time, most int) error {
	return served(r.DB.Resend(ctx, x, kind, to, at, since, most))
}

// Printing is part of server.Papers.
func (r Records) Printing(ctx context.Context, place string) (string, error) {
	p, err := r.DB.Printing(ctx, place)
	return string(p), err
}

// SetPrinting is part of server.Papers.
func (r Records) SetPrinting(ctx context.Context, place, print string) error {
	err := r.DB.SetPrinting(ctx, place, store.Printing(print))
	if errors.Is(err, store.ErrPrinting) {
		err = server.ErrPrinting
	}
	return err
}

// NoDemo keeps the accounts with published passwords out.
type NoDemo struct{ accounts.Book }

// TakeTry does not know demo accounts.
func (b NoDemo) TakeTry(ctx context.Context, ref, factor string, at time.Time) (accounts.Try, error) {
	try, err := b.Book.TakeTry(ctx, ref, factor, at)
	if err == nil && try.Account.Demo {
		return accounts.Try{}, accounts.ErrNoAccount
	}
	return try, err
}
