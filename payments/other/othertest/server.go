// Package othertest is a provider that follows the contract of package other,
// held in memory: to test with, and to copy from. server.go is what goes over
// the network, book.go is what happens to the money.
package othertest

import (
	"encoding/json"
	"io"
	"net/http"
	"time"

	"voicetill/payments/other"
)

// answer is what a handler says: a state and an HTTP status.
type answer func(r *http.Request, body []byte) (other.State, int)

// Handler serves the contract.
func (p *Provider) Handler() http.Handler {
	mux := http.NewServeMux()
	for pattern, fn := range map[string]answer{
		"POST /v1/charges":               p.postCharge,
		"GET /v1/charges/{key}":          p.getCharge,
		"POST /v1/charges/{key}/reverse": p.postReverse,
		"POST /v1/refunds":               p.postRefund,
		"GET /v1/refunds/{key}":          p.getRefund,
	} {
		mux.Handle(pattern, p.signed(fn))
	}
	return mux
}

func (p *Provider) postCharge(r *http.Request, body []byte) (other.State, int) {
	var c other.ChargeRequest
	if json.Unmarshal(body, &c) != nil || c.Key == "" || c.Key != r.Header.Get(other.KeyHeader) || c.AmountMinor < 0 || c.Currency == "" {
		return other.State{Key: c.Key}, http.StatusBadRequest
	}
	return p.charge(c)
}

func (p *Provider) getCharge(r *http.Request, _ []byte) (other.State, int) {
	if c := p.charges[r.PathValue("key")]; c != nil {
		return c.state, http.StatusOK
	}
	return other.State{Key: r.PathValue("key"), Status: other.None}, http.StatusOK
}

func (p *Provider) postReverse(r *http.Request, _ []byte) (other.State, int) {
	return p.reverse(r.PathValue("key")), http.StatusOK
}

func (p *Provider) postRefund(r *http.Request, body []byte) (other.State, int) {
	var f other.RefundRequest
	if json.Unmarshal(body, &f) != nil || f.Key == "" || f.Key != r.Header.Get(other.KeyHeader) || f.AmountMinor <= 0 {
		return other.State{Key: f.Key}, http.StatusBadRequest
	}
	return p.refund(f)
}

func (p *Provider) getRefund(r *http.Request, _ []byte) (other.State, int) {
	if f, ok := p.refunds[r.PathValue("key")]; ok {
		return f.state, http.StatusOK
	}
	return other.State{Key: r.PathValue("key"), Status: other.None}, http.StatusOK
}

// signed checks a request's signature, calls fn alone, and signs its reply. A
// request that is not signed gets a reply that is not signed either.
func (p *Provider) signed(fn answer) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, other.MaxBody))
		signature := r.Header.Get(other.SignatureHeader)
		if err != nil || other.CheckRequest(p.secret, p.now(), signature, r.Method, r.URL.RequestURI(), body) != nil {
			http.Error(w, "not signed", http.StatusUnauthorized)
			return
		}
		p.mu.Lock()
		state, status := fn(r, body)
		p.mu.Unlock()
		Reply(w, p.secret, p.now(), signature, state, status)
	})
}

// Reply writes a state that is signed for the request with this signature.
func Reply(w http.ResponseWriter, secret []byte, now time.Time, request string, s other.State, status int) {
	body, err := json.Marshal(s)
	if err != nil {
		http.Error(w, "not written", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set(other.SignatureHeader, other.SignReply(secret, now, request, status, body))
	w.WriteHeader(status)
	_, _ = w.Write(body) // the till asks again
}
