// Package provider has what the adapters of payment providers share: addresses
// that may be talked to, a client that follows nobody, pauses, and
// configuration files.
package provider

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"
)

// Local reports whether a host is this machine, to which nothing need be
// encrypted.
func Local(host string) bool { return host == "localhost" || host == "127.0.0.1" || host == "::1" }

// Secure reports whether an address is https, or http on this machine.
func Secure(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http" && Local(u.Hostname()))
}

// Client gives up after a time, and follows no redirection: what was signed for
// one address is sent to no other.
func Client(timeout time.Duration) *http.Client {
	return &http.Client{Timeout: timeout, CheckRedirect: Stay}
}

// Stay is a CheckRedirect that follows nothing.
func Stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Pause waits, or returns the error of ctx.
func Pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Mistakes are what is wrong with a configuration, each with what to do.
type Mistakes []error

// If notes a mistake if it was made.
func (m *Mistakes) If(made bool, what string) {
	if made {
		*m = append(*m, errors.New(what))
	}
}

// As is nil without mistakes, else kind with all of them.
func (m Mistakes) As(kind error) error {
	if len(m) == 0 {
		return nil
	}
	return errors.Join(append([]error{kind}, m...)...)
}
