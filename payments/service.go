package payments

import (
	"crypto/ed25519"
	"log/slog"
	"time"

	"voicetill/accounts"
)

// Service freezes, settles and lets out. It is safe for concurrent use, and
// any number of nodes may run one on the same store.
type Service struct {
	store    Store
	verifier *accounts.Verifier
	gateways map[Method]Gateway
	wallet   Wallet // nil: nothing is bound, every method is offered
	passKey  ed25519.PrivateKey
	now      func() time.Time
	log      *slog.Logger
	stays    stays
}

// Config is what a Service is made of. All fields but Wallet and Elapsed are needed.
type Config struct {
	Store    Store
	Verifier *accounts.Verifier
	Gateways map[Method]Gateway
	Wallet   Wallet             // nil: nothing is bound to accounts
	PassKey  ed25519.PrivateKey // signs exit passes
	Now      func() time.Time
	Elapsed  func() time.Duration // by a clock that is never set; nil: stays are measured by Now
	Log      *slog.Logger
}

// New makes a Service.
func New(c Config) *Service {
	return &Service{store: c.Store, verifier: c.Verifier, gateways: c.Gateways, wallet: c.Wallet, passKey: c.PassKey, now: c.Now, log: c.Log,
		stays: stays{elapsed: c.Elapsed}}
}
