package gatewaytest

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync"
)

// ErrLost is what a client sees when a request or its reply was lost.
var ErrLost = errors.New("the connection broke")

// Rates are how often each fault happens, in percent of requests.
type Rates struct{ LoseRequest, LoseReply, Double, Late int }

// Line carries requests to a Handler in this process. Faults depend on the seed
// and the order of requests alone. It is safe for concurrent use.
type Line struct {
	Handler http.Handler
	mu      sync.Mutex
	rates   Rates
	random  *rand.Rand
	held    []*http.Request
	counts  Rates
}

// NewLine makes a Line.
func NewLine(to http.Handler, seed uint64, rates Rates) *Line {
	return &Line{Handler: to, rates: rates, random: rand.New(rand.NewPCG(seed, 1))}
}

// SetRates changes what happens from the next request on.
func (l *Line) SetRates(r Rates) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rates = r
}

// Counts is how often each fault has happened.
func (l *Line) Counts() Rates {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.counts
}

// Client sends over the line.
func (l *Line) Client() *http.Client { return &http.Client{Transport: l} }

// RoundTrip is part of http.RoundTripper.
func (l *Line) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	arrives, err := arrival(r)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	lot, rates := l.random.IntN(100), l.rates
	lose, reply := rates.LoseRequest, rates.LoseRequest+rates.LoseReply
	double := reply + rates.Double
	switch {
	case lot < lose:
		l.counts.LoseRequest++
	case lot < reply:
		l.counts.LoseReply++
	case lot < double:
		l.counts.Double++
	case lot < double+rates.Late:
		l.counts.Late++
		l.held = append(l.held, arrives())
	}
	l.mu.Unlock()
	switch {
	case lot < lose, lot >= double && lot < double+rates.Late:
		return nil, ErrLost
	case lot < reply:
		l.deliver(arrives())
		return nil, ErrLost
	case lot < double:
		l.deliver(arrives())
	}
	return l.deliver(arrives()), nil
}

// Flush delivers what is late, newest first.
func (l *Line) Flush() {
	l.mu.Lock()
	late := l.held
	l.held = nil
	l.mu.Unlock()
	for i := len(late) - 1; i >= 0; i-- {
		l.deliver(late[i])
	}
}

func (l *Line) deliver(r *http.Request) *http.Response {
	w := httptest.NewRecorder()
	l.Handler.ServeHTTP(w, r)
	return w.Result()
}

// arrival makes the request as the other side sees it, as often as it arrives.
func arrival(r *http.Request) (func() *http.Request, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		r.Body.Close()
	}
	return func() *http.Request {
		in := httptest.NewRequest(r.Method, r.URL.String(), bytes.NewReader(body))
		in.RequestURI = r.URL.RequestURI()
		in.Header = r.Header.Clone()
		return in
	}, nil
}
