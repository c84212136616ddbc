package othertest

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"voicetill/payments"
	"voicetill/payments/other"
)

// Provider keeps charges and refunds. It is safe for concurrent use.
type Provider struct {
	secret  []byte
	now     func() time.Time
	mu      sync.Mutex
	funds   map[string]int64 // by payer, in minor units
	asks    map[string]bool  // payers who confirm each charge themselves
	charges map[string]*charge
	refunds map[string]refund
}

type charge struct {
	asked other.ChargeRequest
	state other.State
	back  int64 // refunded, in minor units
}

type refund struct {
	asked other.RefundRequest
	state other.State
}

// New makes a provider whose payers have these funds.
func New(secret []byte, now func() time.Time, funds map[string]int64) *Provider {
	return &Provider{secret: secret, now: now, funds: funds, asks: map[string]bool{}, charges: map[string]*charge{}, refunds: map[string]refund{}}
}

// Ask makes a payer scan a code and confirm each charge: see Confirm.
func (p *Provider) Ask(payer string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asks[payer] = true
}

// Kept is what the provider has taken under a key and not given back, in minor
// units.
func (p *Provider) Kept(key string) int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c := p.charges[key]; c != nil && c.state.Status == other.Succeeded {
		return c.asked.AmountMinor - c.back
	}
	return 0
}

// Funds is what a payer has left, in minor units.
func (p *Provider) Funds(payer string) int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.funds[payer]
}

// charge takes the money once per key. 409: the key was used for another.
func (p *Provider) charge(asked other.ChargeRequest) (other.State, int) {
	c := p.charges[asked.Key]
	switch {
	case c == nil:
		c = &charge{asked: asked, state: other.State{Key: asked.Key}}
		p.charges[asked.Key] = c
		p.begin(c)
	case c.asked.Key == "": // reversed before it arrived
	case !asked.Same(c.asked):
		return c.state, http.StatusConflict
	}
	return c.state, http.StatusOK
}

func (p *Provider) begin(c *charge) {
	if !p.asks[c.asked.Payer] {
		p.take(c)
		return
	}
	c.state.Status = other.Pending
	c.state.Handoff = &payments.Handoff{QR: "othertest:" + c.asked.Key, Expires: p.now().Add(5 * time.Minute)}
}

func (p *Provider) take(c *charge) {
	have := p.funds[c.asked.Payer]
	if have < c.asked.AmountMinor {
		c.state = other.State{Key: c.asked.Key, Status: other.Declined, Reason: payments.DeclineFunds, HaveMinor: &have}
		return
	}
	p.funds[c.asked.Payer] -= c.asked.AmountMinor
	c.state = other.State{Key: c.asked.Key, Status: other.Succeeded, Ref: fmt.Sprintf("ref-%d", len(p.charges))}
}

// reverse remembers keys that have not arrived, so that they never succeed.
func (p *Provider) reverse(key string) other.State {
	c := p.charges[key]
	if c == nil {
		c = &charge{}
		p.charges[key] = c
	}
	if c.state.Status == other.Declined {
		return c.state
	}
	if c.state.Status == other.Succeeded {
		p.funds[c.asked.Payer] += c.asked.AmountMinor - c.back
	}
	c.state = other.State{Key: key, Status: other.Reversed}
	return c.state
}

// refund gives back once per key, never more than was taken.
func (p *Provider) refund(asked other.RefundRequest) (other.State, int) {
	if f, ok := p.refunds[asked.Key]; ok {
		if !asked.Same(f.asked) {
			return f.state, http.StatusConflict
		}
		return f.state, http.StatusOK
	}
	state := other.State{Key: asked.Key, Status: other.Declined}
	c := p.charges[asked.Charge]
	if c != nil && c.state.Status == other.Succeeded && c.asked.Currency == asked.Currency && c.back+asked.AmountMinor <= c.asked.AmountMinor {
		c.back += asked.AmountMinor
		p.funds[c.asked.Payer] += asked.AmountMinor
		state = other.State{Key: asked.Key, Status: other.Succeeded, Ref: fmt.Sprintf("refund-%d", len(p.refunds)+1)}
	}
	p.refunds[asked.Key] = refund{asked, state}
	return state, http.StatusOK
}
