package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"voicetill/payments"
	"voicetill/payments/money"
)

// card pays through provider.
const card payments.Method = "card"

// What goes wrong with one call of a provider.
const (
	fine       = ""
	lostBefore = "lost before it was done"
	lostAfter  = "lost after it was done"
	refused    = "refused"
	handedOff  = "handed off"
	delayed    = "arrives later" // and until then the provider denies that it is on its way
)

var errLost = errors.New("the reply was lost")

// provider is a payment provider that moves money once per key, and whose
// replies get lost. fault says what goes wrong with the next call.
type provider struct {
	mu       sync.Mutex
	fault    func(op string) string
	window   time.Duration
	charges  map[string]int64 // minor units by key
	closed   map[string]bool  // reversed or declined
	waiting  map[string]int64 // for the shopper, or delayed
	delayed  map[string]bool
	refunded map[string]payments.Refund
	denied   map[string]bool
	notices  []string // keys of what finished later
}

func newProvider() *provider {
	return &provider{fault: func(string) string { return fine }, window: 2 * time.Minute, charges: map[string]int64{}, closed: map[string]bool{},
		waiting: map[string]int64{}, delayed: map[string]bool{}, refunded: map[string]payments.Refund{}, denied: map[string]bool{}}
}

func (p *provider) Clearing() string { return "clearing:card" }

func (p *provider) Window() time.Duration { return p.window }

func (p *provider) Charge(_ context.Context, c payments.Charge) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := p.charges[c.Key]; ok {
		return "card/" + c.Key, nil
	}
	if p.closed[c.Key] {
		return "", payments.ErrNoCharge
	}
	if _, ok := p.waiting[c.Key]; ok && !p.delayed[c.Key] {
		return "", &payments.HandoffError{Handoff: payments.Handoff{URL: "https://provider.example/" + c.Key}}
	}
	switch f := p.fault("charge"); f {
	case lostBefore:
		return "", errLost
	case refused:
		p.closed[c.Key] = true
		return "", fmt.Errorf("%w: declined", payments.ErrNoCharge)
	case handedOff:
		p.waiting[c.Key] = c.Amount.Minor
		return "", &payments.HandoffError{Handoff: payments.Handoff{URL: "https://provider.example/" + c.Key}}
	case delayed:
		p.waiting[c.Key], p.delayed[c.Key] = c.Amount.Minor, true
		return "", errLost
	case lostAfter:
		p.charges[c.Key] = c.Amount.Minor
		return "", errLost
	}
	p.charges[c.Key] = c.Amount.Minor
	return "card/" + c.Key, nil
}

func (p *provider) Lookup(_ context.Context, key string, _ money.Amount) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fault("lookup") != fine {
		return "", errLost
	}
	if _, ok := p.charges[key]; ok {
		return "card/" + key, nil
	}
	if _, ok := p.waiting[key]; ok && !p.delayed[key] {
		return "", errors.New("the shopper has not finished")
	}
	return "", payments.ErrNoCharge
}

func (p *provider) Reverse(_ context.Context, key string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	f := p.fault("reverse")
	if f == lostBefore {
		return errLost
	}
	p.closed[key] = true
	delete(p.charges, key)
	if !p.delayed[key] { // what is delayed arrives in spite of it
		delete(p.waiting, key)
	}
	if f != fine {
		return errLost
	}
	return nil
}

func (p *provider) Refund(_ context.Context, r payments.Refund) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := p.refunded[r.Key]; ok {
		return "refund/" + r.Key, nil
	}
	switch f := p.fault("refund"); {
	case f == lostBefore && !p.denied[r.Key]:
		return "", errLost
	case f == refused, p.denied[r.Key], p.left(r.Charge) < r.Amount.Minor:
		p.denied[r.Key] = true
		return "", fmt.Errorf("%w: refused", payments.ErrNoRefund)
	case f == lostAfter:
		p.refunded[r.Key] = r
		return "", errLost
	}
	p.refunded[r.Key] = r
	return "refund/" + r.Key, nil
}

// left is what of a charge was not given back.
func (p *provider) left(charge string) int64 {
	left := p.charges[charge]
	for _, r := range p.refunded {
		if r.Charge == charge {
			left -= r.Amount.Minor
		}
	}
	return left
}

// finish is the shopper paying on the provider's page, and delayed charges
// arriving; it returns the keys of all callbacks that were not heard yet.
func (p *provider) finish() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	for key, minor := range p.waiting {
		p.charges[key] = minor
		p.notices = append(p.notices, key)
	}
	clear(p.waiting)
	return slices.Clone(p.notices)
}

// heard ends a callback.
func (p *provider) heard(key string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.notices = slices.DeleteFunc(p.notices, func(k string) bool { return k == key })
}

// heal makes everything go well from now on.
func (p *provider) heal() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault = func(string) string { return fine }
}

// kept is what the provider holds of each bill: charged less given back.
func (p *provider) kept() map[string]int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	kept := map[string]int64{}
	for key := range p.charges {
		kept[billOf(key)] += p.left(key)
	}
	return kept
}
