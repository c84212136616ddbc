package othertest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"

	"voicetill/payments/other"
)

// ChargesAgain is a provider that takes each request for a new charge.
func ChargesAgain() Flaw { return anew("/v1/charges") }

// RefundsAgain is a provider that takes each request for a new refund.
func RefundsAgain() Flaw { return anew("/v1/refunds") }

// anew gives every POST to a path a key of its own.
func anew(path string) Flaw {
	var n atomic.Int64
	return Flaw{Request: func(r *http.Request, body []byte) (string, []byte) {
		key, err := json.Marshal(r.Header.Get(other.KeyHeader))
		if r.Method != http.MethodPost || r.URL.Path != path || err != nil {
			return r.URL.EscapedPath(), body
		}
		changed, err := json.Marshal(fmt.Sprintf("%s#%d", r.Header.Get(other.KeyHeader), n.Add(1)))
		if err != nil {
			return r.URL.EscapedPath(), body
		}
		return path, bytes.Replace(body, key, changed, 1)
	}}
}

// ReversesNothing is a provider that says it reversed and did not.
func ReversesNothing() Flaw {
	return Flaw{Request: func(r *http.Request, body []byte) (string, []byte) {
		if strings.HasSuffix(r.URL.Path, "/reverse") {
			return "/v1/charges/another/reverse", body
		}
		return r.URL.EscapedPath(), body
	}}
}

// Answers is a provider that says another status than it should, where a
// request's path begins so.
func Answers(method, path string, instead, status other.Status) Flaw {
	return Flaw{Reply: func(r *http.Request, s other.State, code int) (other.State, int) {
		if r.Method == method && strings.HasPrefix(r.URL.Path, path) && s.Status == instead {
			s.Status, s.Ref = status, "made up"
		}
		return s, code
	}}
}
