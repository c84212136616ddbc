package other

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/sethvargo/go-retry"
)

// tries is how often a request is sent before its outcome is left unknown.
const tries = 3

// call sends a request until it is answered, tries times at most. Every try
// carries the same key.
func (g *Gateway) call(ctx context.Context, method, path, key string, message any) (s State, err error) {
	var body []byte
	if message != nil {
		if body, err = json.Marshal(message); err != nil {
			return s, err
		}
	}
	pauses := retry.WithMaxRetries(tries-1, retry.WithJitterPercent(20, retry.NewExponential(g.c.Pause)))
	err = retry.Do(ctx, pauses, func(ctx context.Context) error {
		s, err = g.once(ctx, method, path, key, body)
		if err == nil || errors.Is(err, ErrReply) || errors.Is(err, ErrSignature) {
			return err
		}
		return retry.RetryableError(err)
	})
	if err != nil {
		return s, fmt.Errorf("%s %s at %s: %w", method, path, g.c.Name, err)
	}
	return s, nil
}

func (g *Gateway) once(ctx context.Context, method, path, key string, body []byte) (s State, err error) {
	r, err := http.NewRequestWithContext(ctx, method, g.c.URL+"/"+Version+path, bytes.NewReader(body))
	if err != nil {
		return s, err
	}
	signature := SignRequest(g.c.Secret, g.c.Now(), method, r.URL.RequestURI(), body)
	r.Header.Set(SignatureHeader, signature)
	r.Header.Set(KeyHeader, key)
	if len(body) > 0 {
		r.Header.Set("Content-Type", "application/json")
	}
	resp, err := g.c.Client.Do(r)
	if err != nil {
		return s, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, MaxBody+1))
	if err != nil {
		return s, err
	}
	if resp.StatusCode >= 500 {
		return s, fmt.Errorf("the provider answered %d", resp.StatusCode)
	}
	if err := CheckReply(g.c.Secret, g.c.Now(), resp.Header.Get(SignatureHeader), signature, resp.StatusCode, text); err != nil {
		return s, fmt.Errorf("status %d: %w", resp.StatusCode, err)
	}
	return readState(resp.StatusCode, text, key)
}

// readState reads a signed reply about a key.
func readState(status int, text []byte, key string) (s State, err error) {
	if status != http.StatusOK {
		return s, fmt.Errorf("%w: status %d", ErrReply, status)
	}
	if len(text) > MaxBody {
		return s, fmt.Errorf("%w: more than %d bytes", ErrReply, MaxBody)
	}
	if err := json.Unmarshal(text, &s); err != nil {
		return State{}, fmt.Errorf("%w: not a state in JSON", ErrReply)
	}
	if s.Key != key {
		return State{}, fmt.Errorf("%w: about another key", ErrReply)
	}
	return s, nil
}
