package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"voicetill/payments"
	"voicetill/payments/other"
	"voicetill/payments/stripe"
)

// gatewayFlags say which providers charge shoppers. Keys and secrets are in
// files, since other programs see a command line.
type gatewayFlags struct {
	publicURL     string // that of deliverFlags
	stripeKey     string
	stripeWebhook string
	stripeURL     string
	providers     []string
	wechat        string
	alipay        string
}

func (f *gatewayFlags) register(set *flag.FlagSet) {
	set.StringVar(&f.stripeKey, "stripe-key-file", "", "`file` with Stripe's secret or restricted API key: cards can be charged")
	set.StringVar(&f.stripeWebhook, "stripe-webhook-secret-file", "", "`file` with the secret of Stripe's webhook endpoint, one a line while it is replaced")
	set.StringVar(&f.stripeURL, "stripe-url", "", "for tests: `address` of Stripe's API")
	set.StringVar(&f.wechat, "wechat", "", "JSON `file` that sets up WeChat Pay, see docs/payments.md")
	set.StringVar(&f.alipay, "alipay", "", "JSON `file` that sets up Alipay, see docs/payments.md")
	set.Func("provider", "`NAME=URL,FILE[,WINDOW]` of a way to pay by the contract of docs/payments.md: its address, the file of the secret, how long a payer may take (1m)", func(s string) error {
		f.providers = append(f.providers, s)
		return nil
	})
}

var (
	errProvider = errors.New("--provider reads NAME=URL,FILE or NAME=URL,FILE,WINDOW")
	errTaken    = errors.New("this name is taken by another way to pay")
	errPublic   = errors.New("--stripe-key-file also needs --public-url, where Stripe's page leads back to, as https://till.example.com")
	errWebhook  = errors.New("--stripe-webhook-secret-file also needs --stripe-key-file")
)

// card is the method of Stripe's gateway.
const card payments.Method = "card"

// ownMethods are names that no provider can have, opened or not.
var ownMethods = []payments.Method{payments.Prepaid, card, "wechat", "alipay", "invoice", "hand", "mandate", "other"}

// gateways are the providers of a till, and what answers their callbacks.
type gateways struct {
	by        map[payments.Method]payments.Gateway
	callbacks map[string]http.Handler // see server.Config
	settle    func(ctx context.Context, by payments.Method, key string) error
	log       *slog.Logger
}

// settles is what the callback of one provider calls.
func (g *gateways) settles(by payments.Method) func(ctx context.Context, key string) error {
	return func(ctx context.Context, key string) error { return g.settle(ctx, by, key) }
}

// gateways has the balances that the till keeps itself, and no provider yet.
func (t *runningTill) gateways(log *slog.Logger) *gateways {
	return &gateways{by: map[payments.Method]payments.Gateway{payments.Prepaid: t.db.Prepaid(), payments.Invoice: t.db.Invoices()}, callbacks: map[string]http.Handler{}, log: log,
		settle: func(ctx context.Context, by payments.Method, key string) error {
			return t.cashier.SettleBy(ctx, by, key)
		}}
}

// open adds the providers that the flags name. Nothing is asked of them yet.
func (f gatewayFlags) open(g *gateways) error {
	if err := f.openStripe(g); err != nil {
		return err
	}
	if err := f.openApps(g); err != nil {
		return err
	}
	for _, spec := range f.providers {
		if err := g.addOther(spec); err != nil {
			return err
		}
	}
	return nil
}

func (f gatewayFlags) openStripe(g *gateways) error {
	if f.stripeKey == "" {
		if f.stripeWebhook != "" {
			return errWebhook
		}
		return nil
	}
	key, err := readSecret(f.stripeKey)
	if err != nil {
		return fmt.Errorf("--stripe-key-file: %w", err)
	}
	if u, err := url.Parse(f.publicURL); err != nil || u.Host == "" {
		return errPublic
	}
	cards, err := stripe.New(stripe.Config{Key: string(key), URL: f.stripeURL, Return: f.publicURL})
	if err != nil {
		return fmt.Errorf("--stripe-key-file: %w", err)
	}
	g.by[card] = cards
	if f.stripeWebhook == "" {
		g.log.Warn("Stripe's events are not received: payments on its page are noticed late; see --stripe-webhook-secret-file")
		return nil
	}
	secrets, err := readSecret(f.stripeWebhook)
	if err != nil {
		return fmt.Errorf("--stripe-webhook-secret-file: %w", err)
	}
	g.callbacks["stripe"] = cards.Handler(stripe.Webhook{Secrets: strings.Fields(string(secrets)), Settle: g.settles(card), Log: g.log})
	return nil
}

// addOther adds a provider of the contract, such as
// "paynow=https://pay.example.com/till,/etc/voicetill/paynow.secret,10m".
func (g *gateways) addOther(spec string) error {
	name, rest, ok := strings.Cut(spec, "=")
	parts := strings.Split(rest, ",")
	if !ok || len(parts) < 2 || len(parts) > 3 {
		return errProvider
	}
	c := other.Config{Name: name, URL: parts[0]}
	var err error
	if c.Secret, err = readSecret(parts[1]); err != nil {
		return fmt.Errorf("--provider %s: %w", name, err)
	}
	if len(parts) == 3 {
		if c.Window, err = time.ParseDuration(parts[2]); err != nil {
			return fmt.Errorf("--provider %s: %w", name, err)
		}
	}
	provider, err := other.New(c)
	if err != nil {
		return fmt.Errorf("--provider %s: %w", name, err)
	}
	if _, taken := g.by[payments.Method(name)]; taken || slices.Contains(ownMethods, payments.Method(name)) {
		return fmt.Errorf("--provider %s: %w", name, errTaken)
	}
	g.by[payments.Method(name)] = provider
	g.callbacks["other/"+name] = other.Callback(c.Secret, time.Now, g.log, g.settles(payments.Method(name)))
	return nil
}
