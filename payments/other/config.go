package other

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"voicetill/payments"
	"voicetill/payments/provider"
)

// ErrConfig refuses what no provider can be reached or trusted with.
var ErrConfig = errors.New("this is no provider")

// Config is what a Gateway is made of. All but Name, URL and Secret may be left
// out.
type Config struct {
	Name   string        // of the provider: lower-case letters, digits and hyphens
	URL    string        // base address, "https://pay.example.com/till"
	Secret []byte        // shared with the provider, at least MinSecret bytes
	Window time.Duration // see payments.Windowed; by default payments.ReverseAfter
	Client *http.Client  // by default one that gives up after Timeout
	Pause  time.Duration // before the second try of a request, then doubled; by default 200 ms
	Now    func() time.Time
}

// Timeout is how long a request may take by default.
const Timeout = 10 * time.Second

var goodName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,30}$`)

// New makes a Gateway, or returns ErrConfig with what is wrong. No request is
// made yet.
func New(c Config) (*Gateway, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	c.URL = strings.TrimSuffix(c.URL, "/")
	if c.Window == 0 {
		c.Window = payments.ReverseAfter
	}
	if c.Client == nil {
		c.Client = &http.Client{Timeout: Timeout}
	}
	client := *c.Client
	client.CheckRedirect = provider.Stay
	c.Client = &client
	if c.Pause == 0 {
		c.Pause = 200 * time.Millisecond
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Gateway{c}, nil
}

func (c Config) check() error {
	u, err := url.Parse(c.URL)
	switch {
	case !goodName.MatchString(c.Name):
		return fmt.Errorf("%w: the name %q is not of lower-case letters, digits and hyphens", ErrConfig, c.Name)
	case err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		return fmt.Errorf("%w: provider %s needs an address such as https://pay.example.com/till", ErrConfig, c.Name)
	case u.Scheme != "https" && !(u.Scheme == "http" && provider.Local(u.Hostname())):
		return fmt.Errorf("%w: provider %s needs https, except on this machine", ErrConfig, c.Name)
	case len(c.Secret) < MinSecret:
		return fmt.Errorf("%w: the secret of provider %s has %d bytes, and %d are needed", ErrConfig, c.Name, len(c.Secret), MinSecret)
	case c.Window < 0:
		return fmt.Errorf("%w: provider %s has a negative window", ErrConfig, c.Name)
	}
	return nil
}
