// Package faultproxy is a reverse HTTP proxy for tests that does what a bad
// network does: it loses requests and replies, sends requests twice, and holds
// requests or replies back until nobody waits for them any more.
package faultproxy

import (
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
)

// Fault is what happens to one request.
type Fault int

// The faults, from none to a request that arrives after its sender gave up.
const (
	None        Fault = iota
	LoseRequest       // the upstream never sees it, the connection breaks
	LoseReply         // the upstream acts, the connection breaks
	Double            // the upstream gets it twice, the client hears the second reply
	Late              // the connection breaks, the upstream gets it at the next Flush
	Slow              // the upstream acts, the reply is held until the client gives up
	BadGateway        // the upstream acts, the client hears 502 with a page of HTML
)

// Rates are how often each fault happens, in percent of requests. The rest pass
// unharmed.
type Rates struct{ LoseRequest, LoseReply, Double, Late, Slow, BadGateway int }

func (r Rates) fault(n int) Fault {
	for _, c := range []struct {
		fault Fault
		rate  int
	}{{LoseRequest, r.LoseRequest}, {LoseReply, r.LoseReply}, {Double, r.Double}, {Late, r.Late}, {Slow, r.Slow}, {BadGateway, r.BadGateway}} {
		if n < c.rate {
			return c.fault
		}
		n -= c.rate
	}
	return None
}

// Proxy forwards to an upstream. It is safe for concurrent use; which faults
// happen depends on the seed and on the order of requests alone. Close it when
// no request is under way any more.
type Proxy struct {
	upstream string
	client   *http.Client
	mu       sync.Mutex
	random   *rand.Rand
	rates    Rates
	held     []request // by Late, oldest first
	counts   map[Fault]int
}

// New makes a proxy before an address such as "http://127.0.0.1:8420".
func New(upstream string, seed uint64, rates Rates) *Proxy {
	return &Proxy{upstream: strings.TrimSuffix(upstream, "/"), client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}},
		rates: rates, random: rand.New(rand.NewPCG(seed, 1)), counts: map[Fault]int{}}
}

// SetRates changes what happens from the next request on.
func (p *Proxy) SetRates(r Rates) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rates = r
}

// Counts is how often each fault has happened.
func (p *Proxy) Counts() map[Fault]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.counts)
}

func (p *Proxy) next() Fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	f := p.rates.fault(p.random.IntN(100))
	p.counts[f]++
	return f
}

// ServeHTTP is part of http.Handler.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	in := request{r.Method, r.URL.RequestURI(), r.Header.Clone(), body}
	switch p.next() {
	case LoseRequest:
		panic(http.ErrAbortHandler)
	case Late:
		p.hold(in)
		panic(http.ErrAbortHandler)
	case LoseReply:
		_, _ = p.forward(in) // heard or not, the client will not know
		panic(http.ErrAbortHandler)
	case Slow:
		_, _ = p.forward(in)
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	case BadGateway:
		_, _ = p.forward(in)
		http.Error(w, "<html><h1>502 Bad Gateway</h1></html>", http.StatusBadGateway)
		return
	case Double:
		_, _ = p.forward(in)
	}
	p.pass(w, in)
}

// pass forwards and hands on the reply; a dead upstream breaks the connection.
func (p *Proxy) pass(w http.ResponseWriter, in request) {
	reply, err := p.forward(in)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	maps.Copy(w.Header(), reply.header)
	w.WriteHeader(reply.status)
	_, _ = w.Write(reply.body) // the client may be gone
}

// Close drops idle connections.
func (p *Proxy) Close() { p.client.CloseIdleConnections() }
