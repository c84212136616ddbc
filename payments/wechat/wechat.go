// Package wechat pays by WeChat Pay, API v3: a payment code that the till
// scanned from the shopper's app (codepay), or a QR code that the shopper scans
// (native). It uses Go's crypto alone; docs/payments.md says what happens when.
package wechat

import (
	"context"
	"crypto/rsa"
	"errors"
	"net/http"
	"strings"
	"time"

	"voicetill/payments"
	"voicetill/payments/money"
	"voicetill/payments/provider"
)

// Times of WeChat Pay, and what follows from them.
const (
	Timeout     = 10 * time.Second // of a request
	QRLife      = 3 * time.Minute  // of an order to be scanned; the least is one minute
	systemPause = 5 * time.Second  // between an unclear answer and the query after it
	payPause    = 10 * time.Second // between queries while the shopper types a password
	codeLife    = 45 * time.Second // after which an unfinished codepay is given up
	reverseWait = 15 * time.Second // from pay to reverse, at least
	Tolerance   = 5 * time.Minute  // age at which a signed message is refused, on both sides
	tries       = 3                // of a request whose repetition changes nothing
)

var (
	// ErrConfig refuses what a Gateway cannot be made of.
	ErrConfig = errors.New("WeChat Pay is not set up")
	// ErrUnknown says that the outcome is not known yet.
	ErrUnknown = errors.New("WeChat Pay does not tell the outcome yet")
	// ErrReply says that an answer is not what the API promises, or is not for
	// what was asked.
	ErrReply = errors.New("WeChat Pay's answer does not fit the request")
	// ErrSignature says that a message was not signed by WeChat Pay, or is too
	// old.
	ErrSignature = errors.New("the message is not signed by WeChat Pay, or is too old")
	// ErrKey refuses a settlement key that no order number can be made of.
	ErrKey = errors.New("no WeChat Pay order number can be made of the key")
)

// Config is what a Gateway is made of. PublicKey with its id, or APIv3 alone to
// fetch platform certificates. Client, Now and Wait may be left out.
type Config struct {
	AppID       string
	Merchant    string          // mchid
	Serial      string          // of the merchant's certificate, hex
	Key         *rsa.PrivateKey // of the merchant's certificate
	APIv3       []byte          // the key of 32 bytes that notifications are encrypted with
	PublicKeyID string          // "PUB_KEY_ID_…", or ""
	PublicKey   *rsa.PublicKey  // WeChat Pay's
	URL         string          // base address
	Notify      string          // https address of our callback
	Client      *http.Client
	Now         func() time.Time
	Wait        func(ctx context.Context, d time.Duration) error // a pause, or ctx's error
}

// Production is the API's address (docs: "主域名").
const Production = "https://api.mch.weixin.qq.com"

// Gateway charges by WeChat Pay. It is safe for concurrent use.
type Gateway struct {
	c        Config
	platform *platform
}

var (
	_ payments.Gateway  = (*Gateway)(nil)
	_ payments.Windowed = (*Gateway)(nil)
)

// New makes a Gateway or returns ErrConfig, which names all that is wrong. No
// request is made yet.
func New(c Config) (*Gateway, error) {
	if c.URL == "" {
		c.URL = Production
	}
	c.URL = strings.TrimSuffix(c.URL, "/")
	if err := c.check(); err != nil {
		return nil, err
	}
	if c.Client == nil {
		c.Client = provider.Client(Timeout)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Wait == nil {
		c.Wait = provider.Pause
	}
	g := &Gateway{c: c}
	g.platform = newPlatform(c, g.certificates)
	return g, nil
}

func (c Config) check() error {
	var wrong provider.Mistakes
	wrong.If(c.AppID == "", "app_id is missing: the appid that is bound to the merchant number")
	wrong.If(c.Merchant == "", "merchant_id is missing: the mchid, ten digits")
	wrong.If(c.Serial == "", "serial is missing: the serial number of the merchant's API certificate")
	wrong.If(c.Key == nil, "private_key_file is missing: apiclient_key.pem from the merchant platform")
	wrong.If(len(c.APIv3) != 32, "api_v3_key_file must hold the 32 characters of the APIv3 key")
	wrong.If((c.PublicKey == nil) != (c.PublicKeyID == ""), "public_key_file and public_key_id go together: give both, or neither to fetch platform certificates")
	wrong.If(!provider.Secure(c.URL), "base_url must be an https address, or one of this machine")
	wrong.If(!provider.Secure(c.Notify) || strings.Contains(c.Notify, "?"), "notify_url must be the till's public https address with /v1/callbacks/wechat, without a query")
	return wrong.As(ErrConfig)
}

// Clearing is part of payments.Gateway.
func (g *Gateway) Clearing() string { return "clearing:wechat" }

// Takes is part of payments.Choosy: renminbi alone.
func (g *Gateway) Takes(c money.Currency) bool { return c == "CNY" }

// Window is part of payments.Windowed: a QR code's life, and half a minute for
// the shopper who pays in its last second.
func (g *Gateway) Window() time.Duration { return QRLife + 30*time.Second }
