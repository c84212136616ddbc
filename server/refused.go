package server

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// refusedCallback is what a merchant is told of callbacks that were refused: that
// they came, for which provider, and why. Nothing of what they said is kept.
type refusedCallback struct {
	Provider string    `json:"provider"` // as in the callback's address
	Status   int       `json:"status"`
	Reason   string    `json:"reason"`
	Count    int       `json:"count"`
	First    time.Time `json:"first"`
	Last     time.Time `json:"last"`
}

// refusals are the latest of this node, the same ones counted together. They are
// kept in memory alone: whoever can send a callback could fill a database.
type refusals struct {
	mu   sync.Mutex
	list []refusedCallback // by Last, newest first
}

// mostRefusals is how many of a provider are kept, mostReason how much is of a reason.
const (
	mostRefusals = 10
	mostReason   = 200
)

func (f *refusals) note(provider string, status int, reason string, at time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	r := refusedCallback{Provider: provider, Status: status, Reason: reason, First: at}
	i := slices.IndexFunc(f.list, func(x refusedCallback) bool {
		return x.Provider == provider && x.Status == status && x.Reason == reason
	})
	if i >= 0 {
		r = f.list[i]
		f.list = slices.Delete(f.list, i, i+1)
	}
	r.Count, r.Last = r.Count+1, at
	f.list = slices.Insert(f.list, 0, r)
	of := 0
	f.list = slices.DeleteFunc(f.list, func(x refusedCallback) bool {
		if x.Provider == provider {
			of++
		}
		return x.Provider == provider && of > mostRefusals
	})
}

func (f *refusals) latest() []refusedCallback {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]refusedCallback{}, f.list...)
}

// callback serves a provider's callbacks, and notes those that are refused: 4xx,
// whose body is the reason, as text or WeChat Pay's JSON.
func (s *Server) callback(provider string, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := &answerCopy{ResponseWriter: w, status: http.StatusOK}
		h.ServeHTTP(answer, r)
		if answer.status >= 400 && answer.status < 500 {
			s.refused.note(provider, answer.status, answer.reason(), s.Now().UTC())
		}
	})
}

// answerCopy keeps the beginning of what is answered.
type answerCopy struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (a *answerCopy) WriteHeader(status int) {
	a.status = status
	a.ResponseWriter.WriteHeader(status)
}

func (a *answerCopy) Write(data []byte) (int, error) {
	a.body.Write(data[:min(len(data), 4*mostReason-min(a.body.Len(), 4*mostReason))])
	return a.ResponseWriter.Write(data)
}

func (a *answerCopy) reason() string {
	text := a.body.String()
	var said struct{ Message string }
	if json.Unmarshal(a.body.Bytes(), &said) == nil && said.Message != "" {
		text = said.Message
	}
	text = strings.TrimPrefix(strings.TrimSpace(text), "fail: ") // of Alipay's
	return clip(strings.ToValidUTF8(text, "?"), mostReason)
}
