package payments

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"voicetill/payments/money"

	"github.com/oklog/ulid/v2"
)

// Ways to pay besides Prepaid. A provider of the "other" contract is a Method
// of its own name.
const (
	Card    Method = "card"
	WeChat  Method = "wechat"
	Alipay  Method = "alipay"
	Invoice Method = "invoice" // a company's bill at the end of the month
)

// known is the order in which methods are shown; others follow by name.
var known = []Method{Prepaid, Card, WeChat, Alipay, Invoice}

// ErrNotOffered says that a place does not take a method.
var ErrNotOffered = errors.New("this way to pay is not offered here")

// ErrNotBindable says that a method needs no binding, or cannot be bound by its
// owner.
var ErrNotBindable = errors.New("this way to pay is not bound to an account here")

// Choosy is a Gateway that takes some currencies only.
type Choosy interface{ Takes(c money.Currency) bool }

// Local is a Gateway that only some places have a use for.
type Local interface {
	UsedAt(ctx context.Context, place string) (bool, error)
}

// States of a Binding.
const (
	BindingOpen   = "open"  // begun, the owner is at the provider's page
	BindingBound  = "bound" // can be charged
	BindingGoing  = "going" // given up here, perhaps not yet at the provider
	bindingPeriod = 24 * time.Hour
)

// Binding is a way to pay that belongs to an account.
type Binding struct {
	ID       string    `json:"id"` // also the key at the provider
	Merchant string    `json:"-"`
	Account  string    `json:"-"` // whose it is
	Method   Method    `json:"method"`
	Ref      string    `json:"-"`     // what Binder.Bound returned; charges go by it
	Label    string    `json:"label"` // for its owner: "Visa …4242"
	State    string    `json:"state"`
	Begun    time.Time `json:"begun"`
}

// Wallet keeps the ways to pay of places and accounts. Each method is one
// transaction.
type Wallet interface {
	// Bindings are an account's with a merchant, oldest first.
	Bindings(ctx context.Context, merchant, account string) ([]Binding, error)
	// SaveBinding adds a binding, or changes Ref, Label and State of the one with
	// its id.
	SaveBinding(ctx context.Context, b Binding) error
	// DropBinding forgets a binding. Dropping twice is once.
	DropBinding(ctx context.Context, b Binding) error
	// Preferred is the method that an account has chosen with a merchant, or "".
	Preferred(ctx context.Context, merchant, account string) (Method, error)
	// Prefer makes it that method.
	Prefer(ctx context.Context, merchant, account string, m Method) error
	// OfferedAt are the methods that a place's settings allow; nil: all.
	OfferedAt(ctx context.Context, place string) ([]Method, error)
	// TopUpLimits are the place's setting, or DefaultTopUpLimits.
	TopUpLimits(ctx context.Context, place string, c money.Currency) (TopUpLimits, error)
}

// Offers are the methods that a place takes in a currency, the default first.
func (s *Service) Offers(ctx context.Context, place string, c money.Currency) ([]Method, error) {
	var allowed []Method
	if s.wallet != nil {
		var err error
		if allowed, err = s.wallet.OfferedAt(ctx, place); err != nil {
			return nil, fmt.Errorf("find the ways to pay of %s: %w", place, err)
		}
	}
	offers := []Method{}
	for m, g := range s.gateways {
		if choosy, ok := g.(Choosy); ok && !choosy.Takes(c) || allowed != nil && !slices.Contains(allowed, m) {
			continue
		}
		if local, ok := g.(Local); ok {
			used, err := local.UsedAt(ctx, place)
			if err != nil {
				return nil, fmt.Errorf("find whether %s is used at %s: %w", m, place, err)
			}
			if !used {
				continue
			}
		}
		offers = append(offers, m)
	}
	slices.SortFunc(offers, byRank)
	return offers, nil
}

func byRank(a, b Method) int {
	if d := rank(a) - rank(b); d != 0 {
		return d
	}
	return strings.Compare(string(a), string(b))
}

func rank(m Method) int {
	if i := slices.Index(known, m); i >= 0 {
		return i
	}
	return len(known)
}

// choose completes p by how its account pays the bill: the method that was
// asked for, else the preferred one, else the first that is offered, with its
// binding. It returns ErrNotOffered, or ErrNotBound for a company's invoice
// without a company.
func (s *Service) choose(ctx context.Context, b Bill, p Payer) (Payer, Gateway, error) {
	offers, err := s.offersFor(ctx, b)
	if err != nil {
		return p, nil, err
	}
	if p.Method == "" {
		p.Method, err = s.usual(ctx, b.Merchant, p.Account, offers)
	}
	if err != nil {
		return p, nil, err
	}
	if !slices.Contains(offers, p.Method) {
		return p, nil, fmt.Errorf("pay by %q at %s: %w", p.Method, b.Place, ErrNotOffered)
	}
	gateway := s.gateways[p.Method]
	if s.wallet == nil || p.Code != "" {
		return p, gateway, nil
	}
	p.Binding, err = s.binding(ctx, b.Merchant, p.Account, p.Method)
	return p, gateway, err
}

// offersFor are the ways to pay a bill.
func (s *Service) offersFor(ctx context.Context, b Bill) ([]Method, error) {
	if b.Kind == TopUp {
		w, err := s.TopUpWays(ctx, b.Place, b.Currency)
		return w.Methods, err
	}
	return s.Offers(ctx, b.Place, b.Currency)
}

// usual is the account's preferred method if it is offered, else the first.
func (s *Service) usual(ctx context.Context, merchant, account string, offers []Method) (Method, error) {
	if s.wallet != nil {
		m, err := s.wallet.Preferred(ctx, merchant, account)
		if err != nil {
			return "", fmt.Errorf("find the preferred way to pay: %w", err)
		}
		if slices.Contains(offers, m) {
			return m, nil
		}
	}
	if len(offers) == 0 {
		return "", ErrNotOffered
	}
	return offers[0], nil
}

// binding is what to charge by: the newest that is bound, or "" where there is
// none and the gateway will ask the shopper.
func (s *Service) binding(ctx context.Context, merchant, account string, m Method) (ref string, err error) {
	list, err := s.wallet.Bindings(ctx, merchant, account)
	if err != nil {
		return "", fmt.Errorf("find bindings: %w", err)
	}
	for _, b := range list {
		if b.Method == m && b.State == BindingBound {
			ref = b.Ref
		}
	}
	if ref == "" && m == Invoice {
		return "", ErrNotBound
	}
	return ref, nil
}

// AccountMethods is how an account pays with a merchant.
type AccountMethods struct {
	Offered   []Method  `json:"offered"`
	Bindable  []Method  `json:"bindable"`  // those that the owner can bind
	Preferred Method    `json:"preferred"` // what is used if none is named
	Bound     []Binding `json:"methods"`
}

// MethodsOf is how an account pays at a place. Bindings that were begun are
// looked up at their provider and finished first.
func (s *Service) MethodsOf(ctx context.Context, merchant, place, account string, c money.Currency) (a AccountMethods, err error) {
	if a.Offered, err = s.Offers(ctx, place, c); err != nil {
		return a, err
	}
	a.Bindable = []Method{}
	for _, m := range a.Offered {
		if _, ok := s.gateways[m].(Binder); ok {
			a.Bindable = append(a.Bindable, m)
		}
	}
	if a.Preferred, err = s.usual(ctx, merchant, account, a.Offered); err != nil && !errors.Is(err, ErrNotOffered) {
		return a, err
	}
	list, err := s.wallet.Bindings(ctx, merchant, account)
	if err != nil {
		return a, err
	}
	a.Bound = []Binding{}
	for _, b := range list {
		if b, err = s.finishBinding(ctx, b); err != nil {
			s.log.Warn("a binding could not be looked up", "binding", b.ID, "method", b.Method, "err", err)
		}
		if b.State != "" {
			a.Bound = append(a.Bound, b)
		}
	}
	return a, nil
}

// finishBinding asks the provider whether an open binding is done. One that was
// not finished within a day is forgotten: its State is "".
func (s *Service) finishBinding(ctx context.Context, b Binding) (Binding, error) {
	binder, ok := s.gateways[b.Method].(Binder)
	if b.State != BindingOpen || !ok {
		return b, nil
	}
	ref, label, err := binder.Bound(ctx, b.ID)
	switch {
	case errors.Is(err, ErrNotBound) && s.now().Sub(b.Begun) > bindingPeriod:
		err = s.wallet.DropBinding(ctx, b)
		b.State = ""
		return b, err
	case errors.Is(err, ErrNotBound):
		return b, nil
	case err != nil:
		return b, err
	}
	bound := b
	bound.Ref, bound.Label, bound.State = ref, label, BindingBound
	if err := s.wallet.SaveBinding(ctx, bound); err != nil {
		return b, fmt.Errorf("keep binding %s: %w", b.ID, err)
	}
	return bound, nil
}

// Bind begins to bind a method to an account; back is the address that the
// provider's page leads back to. ErrNotBindable where there is nothing to bind.
func (s *Service) Bind(ctx context.Context, merchant, account string, m Method, back string) (Binding, Handoff, error) {
	binder, ok := s.gateways[m].(Binder)
	if !ok {
		return Binding{}, Handoff{}, ErrNotBindable
	}
	b := Binding{ID: ulid.Make().String(), Merchant: merchant, Account: account, Method: m, State: BindingOpen,
		Begun: s.now().UTC().Truncate(time.Microsecond)}
	if err := s.wallet.SaveBinding(ctx, b); err != nil {
		return b, Handoff{}, fmt.Errorf("begin binding: %w", err)
	}
	h, err := binder.Bind(ctx, b.ID, account, merchant, back)
	if err != nil {
		return b, h, fmt.Errorf("bind %s: %w", m, err)
	}
	return b, h, nil
}

// Unbind gives up a binding: it is never charged from here on, and forgotten
// when the provider has forgotten it, too. After an error it may be called
// again. ErrNotBound where the account has no such binding, ErrNotBindable for
// one that its owner cannot give up.
func (s *Service) Unbind(ctx context.Context, merchant, account, id string) error {
	list, err := s.wallet.Bindings(ctx, merchant, account)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(b Binding) bool { return b.ID == id })
	if i < 0 {
		return ErrNotBound
	}
	b := list[i]
	binder, ok := s.gateways[b.Method].(Binder)
	if !ok {
		return ErrNotBindable
	}
	if b, err = s.finishBinding(ctx, b); err != nil {
		return err
	}
	b.State = BindingGoing
	if err := s.wallet.SaveBinding(ctx, b); err != nil {
		return err
	}
	if b.Ref != "" {
		if err := binder.Unbind(ctx, b.Ref); err != nil {
			return fmt.Errorf("unbind %s: %w", b.ID, err)
		}
	}
	return s.wallet.DropBinding(ctx, b)
}

// Prefer makes m the method that an account pays by if none is named.
func (s *Service) Prefer(ctx context.Context, merchant, place, account string, c money.Currency, m Method) error {
	offers, err := s.Offers(ctx, place, c)
	if err != nil {
		return err
	}
	if !slices.Contains(offers, m) {
		return ErrNotOffered
	}
	return s.wallet.Prefer(ctx, merchant, account, m)
}
