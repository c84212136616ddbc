// Package stripetest stands before localstripe and adds what it lacks of
// Stripe: idempotency keys, Checkout Sessions, and the parameters it does not
// know. PaymentIntents, cards, refunds and their events stay localstripe's.
package stripetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

// Front is the handler. It is safe for concurrent use.
type Front struct {
	upstream string
	client   *http.Client
	mu       sync.Mutex
	answers  map[string]*answer
	sessions []*session // in the order they were made
}

// New makes a Front before localstripe's address.
func New(upstream string) *Front {
	return &Front{upstream: upstream, client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}, answers: map[string]*answer{}}
}

// Close drops idle connections.
func (f *Front) Close() { f.client.CloseIdleConnections() }

// Reset forgets all, localstripe's objects too.
func (f *Front) Reset() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answers, f.sessions = map[string]*answer{}, nil
	_, err := f.do(http.MethodDelete, "/_config/data", nil)
	return err
}

// Hook makes localstripe send its events to an address, signed, a second after
// they happen.
func (f *Front) Hook(address, secret string) error {
	out, err := f.do(http.MethodPost, "/_config/webhooks/till", url.Values{"url": {address}, "secret": {secret}})
	if err == nil && out.status != http.StatusOK {
		err = fmt.Errorf("hook: %d %s", out.status, out.body)
	}
	return err
}

// reply is what a request was answered.
type reply struct {
	status int
	body   []byte
}

// ServeHTTP is part of http.Handler.
func (f *Front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		f.write(w, failure(http.StatusBadRequest, "invalid_request_error", "", "the body is no form"), false)
		return
	}
	key := r.Header.Get("Idempotency-Key")
	if r.Method != http.MethodPost || key == "" {
		f.write(w, f.answer(r, form), false)
		return
	}
	out, again := f.once(key, r.Method+" "+r.URL.Path+"?"+form.Encode(), func() reply { return f.answer(r, form) })
	f.write(w, out, again)
}

func (f *Front) write(w http.ResponseWriter, out reply, again bool) {
	w.Header().Set("Content-Type", "application/json")
	if again {
		w.Header().Set("Idempotent-Replayed", "true")
	}
	w.WriteHeader(out.status)
	_, _ = w.Write(out.body)
}

// answer is the endpoint's, without regard to idempotency.
func (f *Front) answer(r *http.Request, form url.Values) reply {
	query := r.URL.Query()
	during := takeCreated(query) // localstripe lists everything
	if rest, ok := strings.CutPrefix(r.URL.Path, "/v1/checkout/sessions"); ok {
		return during.only(f.checkout(r.Method, strings.Trim(rest, "/"), form))
	}
	form.Del("description")
	path := r.URL.Path
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	out, err := f.do(r.Method, path, form)
	if err != nil {
		return failure(http.StatusInternalServerError, "api_error", "", err.Error())
	}
	return during.only(out)
}

// do asks localstripe.
func (f *Front) do(method, path string, form url.Values) (reply, error) {
	r, err := http.NewRequest(method, f.upstream+path, strings.NewReader(form.Encode()))
	if err != nil {
		return reply{}, err
	}
	r.Header.Set("Authorization", "Bearer sk_test_front")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := f.client.Do(r)
	if err != nil {
		return reply{}, fmt.Errorf("ask localstripe: %w", err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, bytes.TrimSpace(text)}, err
}

// make asks localstripe for an object, or returns its refusal as an error.
func (f *Front) make(method, path string, form url.Values) (map[string]any, error) {
	out, err := f.do(method, path, form)
	if err != nil {
		return nil, err
	}
	var object map[string]any
	if err := json.Unmarshal(out.body, &object); err != nil || out.status != http.StatusOK {
		return nil, fmt.Errorf("%s %s: %d %s", method, path, out.status, out.body)
	}
	return object, nil
}

func failure(status int, kind, code, message string) reply {
	body, err := json.Marshal(map[string]any{"error": map[string]string{"type": kind, "code": code, "message": message}})
	if err != nil {
		body = []byte("{}")
	}
	return reply{status, body}
}
