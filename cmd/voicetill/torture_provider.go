package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"

	"voicetill/payments"
	"voicetill/payments/money"
)

// viaProvider pays by the provider.
const viaProvider payments.Method = "provider"

var errTimeout = errors.New("the provider did not answer")

// provider is a payment provider behind a bad network: requests are lost, come
// late or twice, and so are replies and callbacks. Each key happens once. It is
// a payments.Gateway, safe for concurrent use.
type provider struct {
	mu        sync.Mutex
	random    *rand.Rand
	calm      bool             // nothing is lost any more
	charged   map[string]int64 // minor units by charge key
	reversed  map[string]bool  // no longer to be charged
	refunded  map[string]int64 // by refund key
	back      map[string]int64 // refunded, by charge key
	late      []payments.Charge
	callbacks []string // keys to tell of
	faults    int      // requests and replies that were lost, late or double
	tooLate   int      // requests that came after their reversal
	strays    int      // those of them that were charged
	over      int      // refunds beyond their charge: a fault of the till
}

func newProvider(seed uint64) *provider {
	return &provider{random: rand.New(rand.NewPCG(seed, 1<<34)), charged: map[string]int64{}, reversed: map[string]bool{},
		refunded: map[string]int64{}, back: map[string]int64{}}
}

// chance is true so many times of a hundred, and counted as a fault.
func (p *provider) chance(percent int) bool {
	if p.calm || p.random.IntN(100) >= percent {
		return false
	}
	p.faults++
	return true
}

// Clearing is part of payments.Gateway.
func (p *provider) Clearing() string { return "clearing:provider" }

// Charge is part of payments.Gateway.
func (p *provider) Charge(ctx context.Context, c payments.Charge) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.chance(8): // the request is lost
		return "", errTimeout
	case p.chance(6): // the request is late
		p.late = append(p.late, c)
		return "", errTimeout
	}
	if p.random.IntN(20) == 0 && p.charged[c.Key] == 0 && !p.onItsWay(c.Key) {
		p.reversed[c.Key] = true
		return "", fmt.Errorf("declined: %w", payments.ErrNoCharge)
	}
	err := p.take(c)
	if p.chance(8) { // it comes twice
		err = p.take(c)
	}
	if p.chance(8) { // the reply is lost
		return "", errTimeout
	}
	return "at provider " + c.Key, err
}

func (p *provider) take(c payments.Charge) error {
	if p.reversed[c.Key] {
		return payments.ErrNoCharge
	}
	p.charged[c.Key] = c.Amount.Minor
	p.callbacks = append(p.callbacks, c.Key, c.Key)
	return nil
}

func (p *provider) onItsWay(key string) bool {
	for _, l := range p.late {
		if l.Key == key {
			return true
		}
	}
	return false
}

// Lookup is part of payments.Gateway.
func (p *provider) Lookup(_ context.Context, key string, want money.Amount) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.chance(10) || !p.reversed[key] && p.onItsWay(key) {
		return "", errTimeout
	}
	if p.charged[key] == 0 {
		return "", payments.ErrNoCharge
	}
	if p.charged[key] != want.Minor {
		return "", payments.ErrAmount
	}
	return "at provider " + key, nil
}

// Reverse is part of payments.Gateway.
func (p *provider) Reverse(ctx context.Context, key string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.chance(10) {
		return errTimeout
	}
	p.reversed[key] = true
	p.charged[key] = 0
	if p.chance(10) {
		return errTimeout
	}
	return nil
}

// Refund is part of payments.Gateway.
func (p *provider) Refund(ctx context.Context, r payments.Refund) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.chance(10) {
		return "", errTimeout
	}
	if _, done := p.refunded[r.Key]; !done {
		p.refunded[r.Key] = r.Amount.Minor
		p.back[r.Charge] += r.Amount.Minor
		p.callbacks = append(p.callbacks, r.Key, r.Key)
	}
	if p.back[r.Charge] > p.charged[r.Charge] {
		p.over++
	}
	if p.chance(10) {
		return "", errTimeout
	}
	return "at provider " + r.Key, nil
}

// deliver lets late requests arrive, newest first. Of those reversed every
// second is charged all the same, the first of them too: a provider's own
// fault, whose money has to go back.
func (p *provider) deliver() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := len(p.late) - 1; i >= 0; i-- {
		c := p.late[i]
		if p.reversed[c.Key] {
			if p.tooLate%2 == 0 {
				p.reversed[c.Key] = false
				p.strays++
			}
			p.tooLate++
		}
		if p.charged[c.Key] == 0 {
			_ = p.take(c) // refused where it is reversed
		}
	}
	p.late = nil
}

// callback takes one at random from those to be made.
func (p *provider) callback() (key string, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.callbacks) == 0 {
		return "", false
	}
	i := p.random.IntN(len(p.callbacks))
	key = p.callbacks[i]
	p.callbacks = append(p.callbacks[:i], p.callbacks[i+1:]...)
	return key, true
}

// again makes a callback again that the till did not take.
func (p *provider) again(key string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.callbacks = append(p.callbacks, key)
}

// kept is what the provider keeps of each bill, in minor units: charges less
// refunds. Charge keys begin with their bill's id.
func (p *provider) kept() map[string]int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	kept := map[string]int64{}
	for key, minor := range p.charged {
		bill, _, _ := strings.Cut(key, "/")
		kept[bill] += minor - p.back[key]
	}
	return kept
}

func (p *provider) busy() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.late)+len(p.callbacks) > 0
}
