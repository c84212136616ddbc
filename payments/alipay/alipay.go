// Package alipay pays by Alipay's face-to-face payments: a payment code that
// the till scanned from the shopper's app (alipay.trade.pay), or a QR code that
// the shopper scans (alipay.trade.precreate). It uses Go's crypto alone;
// docs/payments.md says what happens when.
package alipay

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

// Times of Alipay, and what follows from them.
const (
	Timeout   = 10 * time.Second // of a request
	QRLife    = 3 * time.Minute  // after which Alipay takes an order no more
	pollPause = 4 * time.Second  // between queries: Alipay asks for 3 to 5
	codeLife  = time.Minute      // after which an unfinished payment is given up
	slack     = 2 * time.Minute  // between Alipay's clock and ours
	tries     = 3                // of a request whose repetition changes nothing
)

var (
	// ErrConfig refuses what a Gateway cannot be made of.
	ErrConfig = errors.New("Alipay is not set up")
	// ErrUnknown says that the outcome is not known yet.
	ErrUnknown = errors.New("Alipay does not tell the outcome yet")
	// ErrReply says that an answer is not what the API promises, or is not for
	// what was asked.
	ErrReply = errors.New("Alipay's answer does not fit the request")
	// ErrSignature says that a message was not signed by Alipay.
	ErrSignature = errors.New("the message is not signed by Alipay")
	// ErrKey refuses a settlement key that no order number can be made of.
	ErrKey = errors.New("no Alipay order number can be made of the key")
)

// Config is what a Gateway is made of. Client, Now and Wait may be left out.
type Config struct {
	AppID     string
	Seller    string          // 2088…: notifications for others are refused
	Key       *rsa.PrivateKey // the application's
	AlipayKey *rsa.PublicKey  // Alipay's for this application
	URL       string          // of the gateway
	Notify    string          // https address of our callback
	Client    *http.Client
	Now       func() time.Time
	Wait      func(ctx context.Context, d time.Duration) error // a pause, or ctx's error
}

// Production is the gateway's address.
const Production = "https://openapi.alipay.com/gateway.do"

// Gateway charges by Alipay. It is safe for concurrent use.
type Gateway struct {
	c Config
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
	return &Gateway{c: c}, nil
}

func (c Config) check() error {
	var wrong provider.Mistakes
	wrong.If(c.AppID == "", "app_id is missing: the application's number on open.alipay.com")
	wrong.If(c.Seller == "", "seller_id is missing: the merchant's account number, 2088 and twelve digits")
	wrong.If(c.Key == nil, "private_key_file is missing: the application's private key")
	wrong.If(c.AlipayKey == nil, "alipay_public_key_file is missing: Alipay's public key for this application, not the application's own")
	wrong.If(!provider.Secure(c.URL) || strings.Contains(c.URL, "?"), "base_url must be the gateway's https address, or one of this machine, without a query")
	wrong.If(!provider.Secure(c.Notify) || strings.Contains(c.Notify, "?"), "notify_url must be the till's public https address with /v1/callbacks/alipay, without a query")
	return wrong.As(ErrConfig)
}

// Clearing is part of payments.Gateway.
func (g *Gateway) Clearing() string { return "clearing:alipay" }

// Takes is part of payments.Choosy: renminbi alone.
func (g *Gateway) Takes(c money.Currency) bool { return c == "CNY" }

// Window is part of payments.Windowed: a QR code's life, and half a minute for
// the shopper who pays in its last second.
func (g *Gateway) Window() time.Duration { return QRLife + 30*time.Second }
