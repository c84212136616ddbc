package payments

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"time"

	"aidanwoods.dev/go-paseto"
	"github.com/skip2/go-qrcode"
)

// PassLife is how long after the payment an exit pass opens the gate.
const PassLife = 30 * time.Minute

// Pass is what an exit pass says. Its token is a PASETO v4.public.
type Pass struct {
	ID      string
	Place   string
	Bill    string
	Receipt string
	Issued  time.Time
	Expires time.Time
}

// Reasons of a Verdict.
const (
	PassGood       = "good"
	PassUsed       = "already used"
	PassExpired    = "expired"
	PassWrongPlace = "wrong place"
	PassUnknown    = "not a pass"
)

// Verdict says whether a pass opens, and the reason for the person at the gate.
type Verdict struct {
	Open    bool   `json:"open"`
	Reason  string `json:"reason"`
	Receipt string `json:"receipt,omitempty"` // id; absent for what is not a pass
	Place   string `json:"place,omitempty"`
}

// Gate is where a pass is shown. An empty Place is any place of this till.
type Gate struct{ Place, Name string }

// passOf is the pass that goes with a receipt. PASETO counts whole seconds.
func passOf(r Receipt) Pass {
	issued := r.Paid.Truncate(time.Second)
	return Pass{ID: r.PassID, Place: r.Place, Bill: r.Bill, Receipt: r.ID, Issued: issued, Expires: issued.Add(PassLife)}
}

// withPass signs the receipt's pass. The same receipt always gives the same
// token, so it need not be stored.
func (s *Service) withPass(r Receipt) (Receipt, error) {
	p := passOf(r)
	t := paseto.NewToken()
	t.SetJti(p.ID)
	t.SetAudience(p.Place)
	t.SetIssuedAt(p.Issued)
	t.SetExpiration(p.Expires)
	t.SetString("bill", p.Bill)
	t.SetString("receipt", p.Receipt)
	key, err := paseto.NewV4AsymmetricSecretKeyFromEd25519(s.passKey)
	if err != nil {
		return r, fmt.Errorf("exit pass key: %w", err)
	}
	r.Pass = t.V4Sign(key, []byte(passUse))
	return r, nil
}

// passUse keeps tokens of other uses from being taken for passes.
const passUse = "voicetill exit pass 1"

// Look says what Open would, and spends nothing.
func (s *Service) Look(ctx context.Context, token string, g Gate) (Verdict, error) {
	p, v := s.read(token, g)
	if !v.Open {
		return v, nil
	}
	return v.after(s.store.PassSpent(ctx, p.ID))
}

// Open spends a pass at a gate: the first time within its life and at its
// place it opens, once and only once on all nodes. A refusal is a Verdict, not
// an error.
func (s *Service) Open(ctx context.Context, token string, g Gate) (Verdict, error) {
	p, v := s.read(token, g)
	if !v.Open {
		return v, nil
	}
	return v.after(s.store.SpendPass(ctx, p.ID, g.Name, s.now().UTC()))
}

func (v Verdict) after(err error) (Verdict, error) {
	switch {
	case errors.Is(err, ErrPassUsed):
		v.Open, v.Reason = false, PassUsed
	case errors.Is(err, ErrNoPass):
		return Verdict{Reason: PassUnknown}, nil
	case err != nil:
		return Verdict{}, err
	}
	return v, nil
}

// read checks signature, place and time.
func (s *Service) read(token string, g Gate) (Pass, Verdict) {
	p, err := readPass(s.passKey, token)
	if err != nil {
		return p, Verdict{Reason: PassUnknown}
	}
	v := Verdict{Receipt: p.Receipt, Place: p.Place}
	switch {
	case g.Place != "" && g.Place != p.Place:
		v.Reason = PassWrongPlace
	case !s.now().Before(p.Expires):
		v.Reason = PassExpired
	default:
		v.Open, v.Reason = true, PassGood
	}
	return p, v
}

const maxToken = 1024 // bytes; a pass has about 400

var errPass = errors.New("not an exit pass")

func readPass(secret ed25519.PrivateKey, token string) (Pass, error) {
	if len(token) > maxToken {
		return Pass{}, errPass
	}
	key, err := paseto.NewV4AsymmetricPublicKeyFromEd25519(secret.Public().(ed25519.PublicKey))
	if err != nil {
		return Pass{}, err
	}
	t, err := paseto.NewParserWithoutExpiryCheck().ParseV4Public(key, token, []byte(passUse))
	if err != nil {
		return Pass{}, errPass
	}
	return claims(t)
}

func claims(t *paseto.Token) (p Pass, err error) {
	for _, get := range []struct {
		into *string
		from func() (string, error)
	}{
		{&p.ID, t.GetJti},
		{&p.Place, t.GetAudience},
		{&p.Bill, func() (string, error) { return t.GetString("bill") }},
		{&p.Receipt, func() (string, error) { return t.GetString("receipt") }},
	} {
		if *get.into, err = get.from(); err != nil {
			return p, errPass
		}
	}
	if p.Issued, err = t.GetIssuedAt(); err != nil {
		return p, errPass
	}
	if p.Expires, err = t.GetExpiration(); err != nil {
		return p, errPass
	}
	return p, nil
}

// QR is a PNG, side pixels wide, of the token as a QR code.
func QR(token string, side int) ([]byte, error) {
	png, err := qrcode.Encode(token, qrcode.Medium, side)
	if err != nil {
		return nil, fmt.Errorf("draw QR code: %w", err)
	}
	return png, nil
}
