// Package stripe pays by card through Stripe: a saved card without its owner,
// or Stripe's own page. A card number never comes here.
package stripe

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"voicetill/payments"

	api "github.com/stripe/stripe-go/v85"
)

var (
	// ErrConfig refuses a key that is no secret key of Stripe's.
	ErrConfig = errors.New("a secret or restricted API key of Stripe's is needed: it begins with sk_ or rk_")
	// ErrUnknown says that Stripe cannot tell the outcome yet, or that the
	// shopper has not finished.
	ErrUnknown = errors.New("stripe does not know the outcome yet")
)

// Config is what a Gateway is made of. Only Key is needed.
type Config struct {
	Key     string        // secret or restricted API key
	URL     string        // of the API; by default Stripe's
	Client  *http.Client  // by default one that gives up after Timeout
	Return  string        // page that Stripe's page leads back to, if a charge names none
	Window  time.Duration // see payments.Windowed; by default payments.BillLife
	NoPause bool          // tests: do not wait between two tries of a request
	Now     func() time.Time
}

// Timeout is how long one request may take by default.
const Timeout = 10 * time.Second

// retries is how often a request without an answer is sent again, under the
// same idempotency key.
const retries = 2

// keysLast is shorter than Stripe remembers idempotency keys, which is 24 hours
// at least (docs.stripe.com/api/idempotent_requests). After it a charge is only
// looked up.
const keysLast = 20 * time.Hour

// Gateway charges cards. It is safe for concurrent use, and any number of nodes
// may have one for the same account.
type Gateway struct {
	c     Config
	api   *api.Client
	known *memory
}

var (
	_ payments.Gateway  = (*Gateway)(nil)
	_ payments.Windowed = (*Gateway)(nil)
	_ payments.Binder   = (*Gateway)(nil)
)

// New makes a Gateway or returns ErrConfig. No request is made yet.
func New(c Config) (*Gateway, error) {
	if !strings.HasPrefix(c.Key, "sk_") && !strings.HasPrefix(c.Key, "rk_") {
		return nil, ErrConfig
	}
	if c.Client == nil {
		c.Client = &http.Client{Timeout: Timeout}
	}
	if c.Window == 0 {
		c.Window = payments.BillLife
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	backends := &api.Backends{API: c.backend(), Connect: c.backend(), Uploads: c.backend(), MeterEvents: c.backend()}
	return &Gateway{c: c, api: api.NewClient(c.Key, api.WithBackends(backends)), known: newMemory()}, nil
}

// backend logs nothing: what it would log names payers.
func (c Config) backend() api.Backend {
	config := &api.BackendConfig{HTTPClient: c.Client, MaxNetworkRetries: api.Int64(retries), EnableTelemetry: api.Bool(false),
		LeveledLogger: &api.LeveledLogger{Level: api.LevelNull}}
	if c.URL != "" {
		config.URL = api.String(c.URL)
	}
	b := api.GetBackendWithConfig(api.APIBackend, config)
	if i, ok := b.(*api.BackendImplementation); ok && c.NoPause {
		i.SetNetworkRetriesSleep(false)
	}
	return b
}

// Clearing is part of payments.Gateway.
func (g *Gateway) Clearing() string { return "clearing:stripe" }

// Window is part of payments.Windowed.
func (g *Gateway) Window() time.Duration { return g.c.Window }

// unknown wraps what left an outcome open.
func unknown(what, key string, cause error) error {
	return fmt.Errorf("%s %s: %w: %w", what, key, ErrUnknown, cause)
}
