package othertest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"voicetill/payments"
	"voicetill/payments/other"
)

// Confirm is what happens when the payer says yes or no in the provider's app.
// It does nothing to a charge that is not Pending.
func (p *Provider) Confirm(key string, yes bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.charges[key]
	switch {
	case c == nil || c.state.Status != other.Pending:
	case yes:
		p.take(c)
	default:
		c.state = other.State{Key: key, Status: other.Declined, Reason: payments.DeclineMethod}
	}
}

// Tell sends a callback about a charge to the till's address. An error says to
// send it again later; after a reply of 2xx or 4xx there is none.
func (p *Provider) Tell(ctx context.Context, client *http.Client, till, key string) error {
	p.mu.Lock()
	state := other.State{Key: key, Status: other.None}
	if c := p.charges[key]; c != nil {
		state = c.state
	}
	p.mu.Unlock()
	body, err := json.Marshal(state)
	if err != nil {
		return fmt.Errorf("write callback: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, till, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("call back %s: %w", till, err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set(other.SignatureHeader, other.SignRequest(p.secret, p.now(), r.Method, r.URL.RequestURI(), body))
	resp, err := client.Do(r)
	if err != nil {
		return fmt.Errorf("call back: %w", err)
	}
	resp.Body.Close()
	if resp.StatusCode >= 500 {
		return fmt.Errorf("call back: the till answered %d", resp.StatusCode)
	}
	return nil
}
