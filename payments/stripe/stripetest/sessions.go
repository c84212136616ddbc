package stripetest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// session is a Checkout Session. Its fields are as Stripe writes them.
type session struct {
	id     string
	mu     sync.Mutex
	fields map[string]any
	intent url.Values // what its PaymentIntent is made of, without the card
}

// checkout answers below /v1/checkout/sessions.
func (f *Front) checkout(method, rest string, form url.Values) reply {
	id, action, _ := strings.Cut(rest, "/")
	switch {
	case method == http.MethodPost && id == "":
		return f.open(form)
	case method == http.MethodGet && id == "":
		return f.list()
	}
	s := f.find(id)
	switch {
	case s == nil:
		return failure(http.StatusNotFound, "invalid_request_error", "resource_missing", "no such session")
	case method == http.MethodGet && action == "":
		return s.export(f)
	case method == http.MethodPost && action == "expire":
		return s.expire(f)
	}
	return failure(http.StatusNotFound, "invalid_request_error", "", "no such endpoint")
}

// open makes a session, or refuses one that Stripe would.
func (f *Front) open(form url.Values) reply {
	mode := form.Get("mode")
	expires, err := strconv.ParseInt(form.Get("expires_at"), 10, 64)
	if form.Get("expires_at") == "" {
		expires, err = time.Now().Add(24*time.Hour).Unix(), nil
	}
	lead := time.Until(time.Unix(expires, 0))
	if err != nil || lead < 30*time.Minute || lead > 24*time.Hour || form.Get("success_url") == "" || mode != "payment" && mode != "setup" {
		return failure(http.StatusBadRequest, "invalid_request_error", "parameter_invalid", "expires_at, success_url or mode")
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	id := fmt.Sprintf("cs_test_%d_%d", time.Now().UnixNano(), len(f.sessions))
	s := &session{id: id, fields: map[string]any{"id": id, "object": "checkout.session", "mode": mode, "status": "open", "payment_status": "unpaid",
		"url": "https://checkout.stripe.com/c/pay/" + id, "created": time.Now().Unix(), "expires_at": expires,
		"client_reference_id": form.Get("client_reference_id"), "metadata": section(form, "metadata"), "payment_intent": nil, "setup_intent": nil, "customer": nil}}
	s.intent = url.Values{"amount": {form.Get("line_items[0][price_data][unit_amount]")}, "currency": {form.Get("line_items[0][price_data][currency]")},
		"confirm": {"true"}}
	for name, value := range section(form, "payment_intent_data[metadata]") {
		s.intent.Set("metadata["+name+"]", value)
	}
	f.sessions = append(f.sessions, s)
	return s.json()
}

// section is what a form has as name[…].
func section(form url.Values, name string) map[string]string {
	out := map[string]string{}
	for key, values := range form {
		if rest, ok := strings.CutPrefix(key, name+"["); ok {
			out[strings.TrimSuffix(rest, "]")] = values[0]
		}
	}
	return out
}

func (f *Front) find(id string) *session {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.sessions {
		if s.id == id {
			return s
		}
	}
	return nil
}

// list gives all sessions on one page, newest first.
func (f *Front) list() reply {
	f.mu.Lock()
	all := make([]*session, len(f.sessions))
	for i, s := range f.sessions {
		all[len(all)-1-i] = s
	}
	f.mu.Unlock()
	data := make([]json.RawMessage, len(all))
	for i, s := range all {
		s.mu.Lock()
		data[i] = s.json().body
		s.mu.Unlock()
	}
	body, err := json.Marshal(map[string]any{"object": "list", "data": data, "has_more": false, "url": "/v1/checkout/sessions"})
	if err != nil {
		return failure(http.StatusInternalServerError, "api_error", "", err.Error())
	}
	return reply{http.StatusOK, body}
}

// json is the session as it is; the caller holds its lock.
func (s *session) json() reply {
	body, err := json.Marshal(s.fields)
	if err != nil {
		return failure(http.StatusInternalServerError, "api_error", "", err.Error())
	}
	return reply{http.StatusOK, body}
}

// export is the session with its PaymentIntent as it stands.
func (s *session) export(f *Front) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	old, ok := s.fields["payment_intent"].(map[string]any)
	if !ok {
		return s.json()
	}
	fresh, err := f.make(http.MethodGet, fmt.Sprintf("/v1/payment_intents/%s", old["id"]), nil)
	if err != nil {
		return failure(http.StatusInternalServerError, "api_error", "", err.Error())
	}
	s.fields["payment_intent"] = fresh
	return s.json()
}

func (s *session) expire(*Front) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fields["status"] != "open" {
		return failure(http.StatusBadRequest, "invalid_request_error", "", "only an open session can be expired")
	}
	s.fields["status"], s.fields["url"] = "expired", nil
	return s.json()
}
