package payments

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"aidanwoods.dev/go-paseto"
	"github.com/skip2/go-qrcode"
)

// passUse keeps tokens of other uses from being taken for passes.
const passUse = "voicetill exit pass 1"

// SignPass is the token of a pass.
func SignPass(secret ed25519.PrivateKey, p Pass) (string, error) {
	t := paseto.NewToken()
	t.SetJti(p.ID)
	t.SetAudience(p.Place)
	t.SetIssuedAt(p.Issued)
	t.SetExpiration(p.Expires)
	t.SetString("bill", p.Bill)
	t.SetString("receipt", p.Receipt)
	if len(p.Gates) > 0 {
		t.SetString("gates", strings.Join(p.Gates, " "))
	}
	if len(p.Replaces) > 0 {
		t.SetString("replaces", strings.Join(p.Replaces, " "))
	}
	key, err := paseto.NewV4AsymmetricSecretKeyFromEd25519(secret)
	if err != nil {
		return "", fmt.Errorf("exit pass key: %w", err)
	}
	return t.V4Sign(key, []byte(passUse)), nil
}

const maxToken = 2048 // bytes; a pass has about 400, and 36 for each it replaces

// canonical reports whether a token is written in the one way in which it was
// signed: without a footer, and without bits that mean nothing.
func canonical(token string) bool {
	body, ok := strings.CutPrefix(token, "v4.public.")
	if !ok || len(token) > maxToken || strings.ContainsAny(body, "\r\n") {
		return false
	}
	_, err := base64.RawURLEncoding.Strict().DecodeString(body)
	return err == nil
}

// ErrForged says that a token was not signed as an exit pass by the key.
var ErrForged = errors.New("not an exit pass")

// ReadPass verifies a token by the till's public key and returns what it says,
// or ErrForged. Whether it is still good is for Pass.Check and for who knows
// what was spent.
func ReadPass(key ed25519.PublicKey, token string) (Pass, error) {
	if !canonical(token) {
		return Pass{}, ErrForged
	}
	k, err := paseto.NewV4AsymmetricPublicKeyFromEd25519(key)
	if err != nil {
		return Pass{}, fmt.Errorf("exit pass key: %w", err)
	}
	t, err := paseto.NewParserWithoutExpiryCheck().ParseV4Public(k, token, []byte(passUse))
	if err != nil {
		return Pass{}, ErrForged
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
			return p, ErrForged
		}
	}
	for name, into := range map[string]*[]string{"gates": &p.Gates, "replaces": &p.Replaces} {
		if _, there := t.Claims()[name]; !there {
			continue
		}
		names, err := t.GetString(name)
		if err != nil {
			return p, ErrForged
		}
		*into = strings.Fields(names)
	}
	if p.Issued, err = t.GetIssuedAt(); err != nil {
		return p, ErrForged
	}
	if p.Expires, err = t.GetExpiration(); err != nil {
		return p, ErrForged
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
