package othertest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	"voicetill/payments/other"
)

// Flaw makes a provider wrong on purpose, to see that tests find it. What is
// nil changes nothing.
type Flaw struct {
	Accept  func(r *http.Request, body []byte) bool                             // take a request whose signature is no good
	Request func(r *http.Request, body []byte) (path string, changed []byte)    // what the provider is asked instead
	Reply   func(r *http.Request, s other.State, status int) (other.State, int) // what it answers instead
}

// Tamper wraps a provider's handler with a flaw. What it changes it signs anew.
func Tamper(h http.Handler, secret []byte, flaw Flaw) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, other.MaxBody))
		if err != nil {
			http.Error(w, "not read", http.StatusBadRequest)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		signature := r.Header.Get(other.SignatureHeader)
		good := other.CheckRequest(secret, time.Now(), signature, r.Method, r.URL.RequestURI(), body) == nil
		if !good && (flaw.Accept == nil || !flaw.Accept(r, body)) {
			h.ServeHTTP(w, r)
			return
		}
		s, status := flaw.ask(h, secret, r, body)
		Reply(w, secret, time.Now(), signature, s, status)
	})
}

func (f Flaw) ask(h http.Handler, secret []byte, r *http.Request, body []byte) (s other.State, status int) {
	path := r.URL.EscapedPath()
	if f.Request != nil {
		path, body = f.Request(r, body)
	}
	in := httptest.NewRequest(r.Method, path, bytes.NewReader(body))
	in.Header.Set(other.KeyHeader, keyOf(r, body))
	in.Header.Set(other.SignatureHeader, other.SignRequest(secret, time.Now(), in.Method, in.URL.RequestURI(), body))
	out := httptest.NewRecorder()
	h.ServeHTTP(out, in)
	_ = json.Unmarshal(out.Body.Bytes(), &s) // what is no state stays empty
	s.Key = r.Header.Get(other.KeyHeader)
	if f.Reply == nil {
		return s, out.Code
	}
	return f.Reply(r, s, out.Code)
}

// keyOf is the key in a body, which may have been changed, or the header's.
func keyOf(r *http.Request, body []byte) string {
	var m struct{ Key string }
	if json.Unmarshal(body, &m) == nil && m.Key != "" {
		return m.Key
	}
	return r.Header.Get(other.KeyHeader)
}
