package wechat

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

const (
	renewAfter = 12 * time.Hour // WeChat Pay changes certificates, and asks to fetch them this often
	askAgain   = time.Minute    // between fetches, so that forged serials cost nothing
)

// errNoKey says that a signature could not be judged.
var errNoKey = errors.New("WeChat Pay's certificates could not be fetched")

// keyFinder finds WeChat Pay's key by its serial, or returns ErrSignature.
type keyFinder func(ctx context.Context, serial string) (*rsa.PublicKey, error)

// platform keeps WeChat Pay's own keys: the public key of newer merchants, and
// the certificates of older ones, which are fetched when a serial is new and
// when they are old. It is safe for concurrent use.
type platform struct {
	id    string
	fixed *rsa.PublicKey
	now   func() time.Time
	fetch func(context.Context) ([]*x509.Certificate, error)

	fetching sync.Mutex // held during a fetch
	asked    time.Time
	failed   error // of the last fetch

	mu      sync.Mutex
	certs   map[string]*x509.Certificate // by serial, upper-case hex
	fetched time.Time
}

func newPlatform(c Config, fetch func(context.Context) ([]*x509.Certificate, error)) *platform {
	return &platform{id: c.PublicKeyID, fixed: c.PublicKey, now: c.Now, fetch: fetch, certs: map[string]*x509.Certificate{}}
}

func (p *platform) key(ctx context.Context, serial string) (*rsa.PublicKey, error) {
	if p.fixed != nil && serial == p.id {
		return p.fixed, nil
	}
	if serial == "" || strings.HasPrefix(serial, "PUB_KEY_ID_") {
		return nil, unknownSerial(serial)
	}
	key, stale := p.known(serial)
	if key != nil && !stale {
		return key, nil
	}
	if err := p.renew(ctx); err != nil && key == nil {
		return nil, fmt.Errorf("%w: %w", errNoKey, err)
	}
	if fresh, _ := p.known(serial); fresh != nil {
		return fresh, nil
	}
	return nil, unknownSerial(serial)
}

// unknownSerial refuses what no key of WeChat Pay's that is known here has signed.
func unknownSerial(serial string) error {
	const longest = 64 // bytes, of a key's id or a certificate's serial
	if serial == "" {
		return refuse("Wechatpay-Serial is missing")
	}
	return refuse(fmt.Sprintf("no key is known under the serial %.*q: compare public_key_id, or wait for the certificates to be fetched anew", longest, serial))
}

// known is the key of a certificate within its validity, and whether it is time
// to look for new ones.
func (p *platform) known(serial string) (*rsa.PublicKey, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	key, _ := publicKey(p.certs[strings.ToUpper(serial)], p.now())
	return key, p.now().Sub(p.fetched) > renewAfter
}

// renew fetches at most once in askAgain, one at a time, and otherwise returns
// what came of the last time.
func (p *platform) renew(ctx context.Context) error {
	p.fetching.Lock()
	defer p.fetching.Unlock()
	if now := p.now(); now.Sub(p.asked) < askAgain {
		return p.failed
	}
	p.asked = p.now()
	var certs []*x509.Certificate
	for range tries {
		if certs, p.failed = p.fetch(ctx); p.failed == nil {
			break
		}
	}
	if p.failed != nil {
		return p.failed
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fetched = p.now()
	for _, c := range certs {
		p.certs[serialOf(c)] = c
	}
	return nil
}

func serialOf(c *x509.Certificate) string { return fmt.Sprintf("%X", c.SerialNumber) }

func publicKey(c *x509.Certificate, at time.Time) (*rsa.PublicKey, error) {
	if c == nil || at.Before(c.NotBefore) || at.After(c.NotAfter) {
		return nil, ErrSignature
	}
	key, ok := c.PublicKey.(*rsa.PublicKey)
	if !ok {
		return nil, ErrSignature
	}
	return key, nil
}

// certificates downloads WeChat Pay's certificates. Each is encrypted with the
// APIv3 key, which only WeChat Pay and the merchant have; the answer as a whole
// must be signed by one of them, or by the public key.
// https://pay.weixin.qq.com/doc/v3/merchant/4012551764
func (g *Gateway) certificates(ctx context.Context) ([]*x509.Certificate, error) {
	a, err := g.send(ctx, http.MethodGet, "/v3/certificates", nil)
	if err != nil {
		return nil, err
	}
	if a.status != http.StatusOK {
		return nil, a.failure()
	}
	certs, err := g.openCertificates(a.body)
	if err != nil {
		return nil, err
	}
	return certs, g.verifyBy(ctx, a.header, a.body, func(_ context.Context, serial string) (*rsa.PublicKey, error) {
		if g.c.PublicKey != nil && serial == g.c.PublicKeyID {
			return g.c.PublicKey, nil
		}
		for _, c := range certs {
			if serialOf(c) == strings.ToUpper(serial) {
				return publicKey(c, g.c.Now())
			}
		}
		return nil, ErrSignature
	})
}

func (g *Gateway) openCertificates(body []byte) (certs []*x509.Certificate, err error) {
	var list struct {
		Data []struct {
			Sealed resource `json:"encrypt_certificate"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, ErrReply
	}
	for _, d := range list.Data {
		text, err := d.Sealed.open(g.c.APIv3)
		if err != nil {
			return nil, fmt.Errorf("%w: is api_v3_key_file right?", err)
		}
		block, _ := pem.Decode(text)
		if block == nil {
			return nil, ErrReply
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, ErrReply
		}
		certs = append(certs, c)
	}
	return certs, nil
}
