package conform

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"voicetill/payments/other"

	"github.com/oklog/ulid/v2"
)

// probe sends requests, good and bad ones.
type probe struct{ Config }

func newProbe(c Config) (*probe, error) {
	g := other.Config{Name: "provider", URL: c.URL, Secret: c.Secret}
	if _, err := other.New(g); err != nil {
		return nil, err
	}
	if c.Client == nil {
		c.Client = &http.Client{Timeout: other.Timeout}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &probe{c}, nil
}

// key is as the till makes them, with a slash.
func (p *probe) key() string { return ulid.Make().String() + "/" + ulid.Make().String() }

func (p *probe) chargeOf(key string) other.ChargeRequest {
	return other.ChargeRequest{Key: key, Payer: p.Payer, Merchant: "conform", AmountMinor: p.AmountMinor, Currency: p.Currency,
		AtUS: p.Now().UnixMicro(), Title: "conformance"}
}

func (p *probe) refundOf(key, charge string, minor int64) other.RefundRequest {
	return other.RefundRequest{Key: key, Charge: charge, AmountMinor: minor, Currency: p.Currency, Reason: "conformance"}
}

func (p *probe) charge(ctx context.Context, c other.ChargeRequest) (other.State, int, error) {
	return p.send(ctx, http.MethodPost, "/charges", c.Key, c, nil)
}

func (p *probe) refund(ctx context.Context, r other.RefundRequest) (other.State, int, error) {
	return p.send(ctx, http.MethodPost, "/refunds", r.Key, r, nil)
}

func (p *probe) lookup(ctx context.Context, key string) (other.State, int, error) {
	return p.send(ctx, http.MethodGet, "/charges/"+url.PathEscape(key), key, nil, nil)
}

func (p *probe) lookupRefund(ctx context.Context, key string) (other.State, int, error) {
	return p.send(ctx, http.MethodGet, "/refunds/"+url.PathEscape(key), key, nil, nil)
}

func (p *probe) reverse(ctx context.Context, key string) (other.State, int, error) {
	return p.send(ctx, http.MethodPost, "/charges/"+url.PathEscape(key)+"/reverse", key, struct{}{}, nil)
}

// signer makes the header of a request.
type signer func(method, uri string, body []byte) string

func (p *probe) signed(method, uri string, body []byte) string {
	return other.SignRequest(p.Secret, p.Now(), method, uri, body)
}

// send returns the state of a reply whose signature is right. A reply of 401 is
// not signed, since its request was not.
func (p *probe) send(ctx context.Context, method, path, key string, message any, sign signer) (s other.State, status int, err error) {
	var body []byte
	if message != nil {
		if body, err = json.Marshal(message); err != nil {
			return s, 0, err
		}
	}
	r, err := http.NewRequestWithContext(ctx, method, p.URL+"/"+other.Version+path, bytes.NewReader(body))
	if err != nil {
		return s, 0, err
	}
	if sign == nil {
		sign = p.signed
	}
	signature := sign(method, r.URL.RequestURI(), body)
	if signature != "" {
		r.Header.Set(other.SignatureHeader, signature)
	}
	r.Header.Set(other.KeyHeader, key)
	resp, err := p.Client.Do(r)
	if err != nil {
		return s, 0, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, other.MaxBody))
	if err != nil || resp.StatusCode == http.StatusUnauthorized {
		return s, resp.StatusCode, err
	}
	header := resp.Header.Get(other.SignatureHeader)
	if err := other.CheckReply(p.Secret, p.Now(), header, signature, resp.StatusCode, text); err != nil {
		return s, resp.StatusCode, fmt.Errorf("the reply %d to %s %s: %w", resp.StatusCode, method, path, err)
	}
	if err := json.Unmarshal(text, &s); err != nil || s.Key != key {
		return s, resp.StatusCode, fmt.Errorf("the reply to %s %s is not a state of the key", method, path)
	}
	return s, resp.StatusCode, nil
}
