package faultproxy

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// counter answers 418 and counts the requests that arrived whole.
func counter(t *testing.T) (*httptest.Server, *atomic.Int64) {
	t.Helper()
	var got atomic.Int64
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil && string(body) == "pay" && r.URL.RequestURI() == "/v1/a%2Fb?c=d" && r.Header.Get("Key") == "k" {
			got.Add(1)
		}
		w.WriteHeader(http.StatusTeapot)
	}))
	t.Cleanup(up.Close)
	return up, &got
}

// ask returns the status that a client hears, 0 for none.
func ask(front *httptest.Server, timeout time.Duration) int {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "POST", front.URL+"/v1/a%2Fb?c=d", strings.NewReader("pay"))
	if err != nil {
		return 0
	}
	r.Header.Set("Key", "k")
	resp, err := front.Client().Do(r)
	if err != nil {
		return 0
	}
	resp.Body.Close()
	return resp.StatusCode
}

func TestFaults(t *testing.T) {
	for name, tt := range map[string]struct {
		rates          Rates
		hears          int
		arrives, later int64
	}{
		"nothing happens":    {Rates{}, 418, 1, 1},
		"the request lost":   {Rates{LoseRequest: 100}, 0, 0, 0},
		"the reply lost":     {Rates{LoseReply: 100}, 0, 1, 1},
		"the request twice":  {Rates{Double: 100}, 418, 2, 2},
		"the request late":   {Rates{Late: 100}, 0, 0, 1},
		"the reply too slow": {Rates{Slow: 100}, 0, 1, 1},
		"a bad gateway":      {Rates{BadGateway: 100}, 502, 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			up, got := counter(t)
			proxy := New(up.URL, 1, tt.rates)
			defer proxy.Close()
			front := httptest.NewServer(proxy)
			defer front.Close()
			timeout := 10 * time.Second
			if tt.rates.Slow > 0 {
				timeout = 200 * time.Millisecond
			}
			if hears := ask(front, timeout); hears != tt.hears || got.Load() != tt.arrives {
				t.Errorf("got %d, %d arrivals, want %d, %d", hears, got.Load(), tt.hears, tt.arrives)
			}
			if _, err := proxy.Flush(); err != nil || got.Load() != tt.later {
				t.Errorf("after Flush: got %d arrivals, %v, want %d", got.Load(), err, tt.later)
			}
		})
	}
}

func TestRatesAreKept(t *testing.T) {
	up, _ := counter(t)
	proxy := New(up.URL, 7, Rates{LoseRequest: 20, LoseReply: 20, Double: 10, Late: 10, BadGateway: 10})
	defer proxy.Close()
	front := httptest.NewServer(proxy)
	defer front.Close()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 250 {
				ask(front, 10*time.Second)
			}
		})
	}
	wg.Wait()
	for fault, want := range map[Fault]int{None: 300, LoseRequest: 200, LoseReply: 200, Double: 100, Late: 100, BadGateway: 100} {
		if got := proxy.Counts()[fault]; got < want*7/10 || got > want*13/10 {
			t.Errorf("fault %d: got %d of 1000, want about %d", fault, got, want)
		}
	}
	if n, err := proxy.Flush(); err != nil || n != proxy.Counts()[Late] {
		t.Errorf("flushed %d, %v, want %d", n, err, proxy.Counts()[Late])
	}
}
