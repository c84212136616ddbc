package pictures

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// Getter returns what an https address gives.
type Getter func(ctx context.Context, address string) ([]byte, error)

const (
	onePatience = 8 * time.Second // for one address
	redirects   = 3
)

// Internet gets what is on the internet and nothing that is inside: a till must
// not be a way into the network that it stands in.
func Internet() Getter { return getter(outside, nil) }

// outside says whether the internet has an address.
func outside(a netip.Addr) bool {
	a = a.Unmap()
	return a.IsGlobalUnicast() && !a.IsPrivate() && !carrier.Contains(a) && !translated.Contains(a)
}

var (
	carrier    = netip.MustParsePrefix("100.64.0.0/10") // RFC 6598
	translated = netip.MustParsePrefix("64:ff9b::/96")  // RFC 6052: an IPv4 address in it
)

// getter takes the address that a name has become, just before the connection:
// a name that changes its mind in between leads nowhere else.
func getter(allowed func(netip.Addr) bool, transport *http.Transport) Getter {
	if transport == nil {
		transport = &http.Transport{}
	}
	transport.Proxy = nil
	transport.DisableKeepAlives = true
	transport.DialContext = (&net.Dialer{Timeout: onePatience, Control: func(_, address string, _ syscall.RawConn) error {
		a, err := netip.ParseAddrPort(address)
		if err != nil || !allowed(a.Addr()) {
			return ErrInside
		}
		return nil
	}}).DialContext
	client := &http.Client{Transport: transport, Timeout: onePatience, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		if r.URL.Scheme != "https" || len(via) > redirects {
			return ErrAddress
		}
		return nil
	}}
	return func(ctx context.Context, address string) ([]byte, error) { return get(ctx, client, address) }
}

func get(ctx context.Context, client *http.Client, address string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, ErrAddress
	}
	r.Header.Set("Accept", "image/*")
	answer, err := client.Do(r)
	for _, known := range []error{ErrInside, ErrAddress} {
		if errors.Is(err, known) {
			return nil, known
		}
	}
	if err != nil {
		return nil, ErrNotGiven
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%w: %s", ErrNotGiven, answer.Status)
	}
	data, err := io.ReadAll(io.LimitReader(answer.Body, MaxBytes+1))
	if err != nil {
		return nil, ErrNotGiven
	}
	return data, nil
}
