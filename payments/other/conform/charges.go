package conform

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"voicetill/payments/other"
)

// refused sends a charge with a signature that is no good, and sees to it that
// it was not made.
func (p *probe) refused(ctx context.Context, sign signer) error {
	c := p.chargeOf(p.key())
	_, status, err := p.send(ctx, http.MethodPost, "/charges", c.Key, c, sign)
	if err != nil {
		return err
	}
	if status != http.StatusUnauthorized {
		return fmt.Errorf("status %d", status)
	}
	return want("after the refusal", other.None)(p.lookup(ctx, c.Key))
}

// want fails unless a reply is 200 with the status.
func want(when string, want other.Status) func(other.State, int, error) error {
	return func(s other.State, status int, err error) error {
		if err != nil {
			return fmt.Errorf("%s: %w", when, err)
		}
		if status != http.StatusOK || s.Status != want {
			return fmt.Errorf("%s: %d, %q instead of 200, %q", when, status, s.Status, want)
		}
		if want == other.Succeeded && s.Ref == "" {
			return fmt.Errorf("%s: no reference", when)
		}
		return nil
	}
}

func unsigned(ctx context.Context, p *probe) error {
	return p.refused(ctx, func(string, string, []byte) string { return "" })
}

func forged(ctx context.Context, p *probe) error {
	for name, sign := range map[string]signer{
		"another secret": func(m, u string, b []byte) string {
			return other.SignRequest([]byte("not the secret of this provider!"), p.Now(), m, u, b)
		},
		"another path": func(m, u string, b []byte) string { return p.signed(m, u+"/x", b) },
		"another body": func(m, u string, b []byte) string { return p.signed(m, u, append(b, ' ')) },
	} {
		if err := p.refused(ctx, sign); err != nil {
			return fmt.Errorf("signed for %s: %w", name, err)
		}
	}
	return nil
}

func stale(ctx context.Context, p *probe) error {
	for _, off := range []time.Duration{-other.Tolerance - 10*time.Second, other.Tolerance + 10*time.Second} {
		err := p.refused(ctx, func(m, u string, b []byte) string { return other.SignRequest(p.Secret, p.Now().Add(off), m, u, b) })
		if err != nil {
			return fmt.Errorf("signed at %s from now: %w", off, err)
		}
	}
	return nil
}

func charged(ctx context.Context, p *probe) error {
	c := p.chargeOf(p.key())
	s, status, err := p.charge(ctx, c)
	if err := want("the charge", other.Succeeded)(s, status, err); err != nil {
		return err
	}
	found, status, err := p.lookup(ctx, c.Key)
	if err := want("looked up", other.Succeeded)(found, status, err); err != nil {
		return err
	}
	if found.Ref != s.Ref {
		return fmt.Errorf("the references differ: %q and %q", s.Ref, found.Ref)
	}
	return want("given back", other.Reversed)(p.reverse(ctx, c.Key))
}

// once sends the same charge from ten places, some with a later time.
func once(ctx context.Context, p *probe) error {
	key := p.key()
	refs, errs := make([]string, 10), make([]error, 10)
	var wg sync.WaitGroup
	for i := range refs {
		wg.Go(func() {
			c := p.chargeOf(key)
			c.AtUS += int64(i)
			s, status, err := p.charge(ctx, c)
			refs[i], errs[i] = s.Ref, want("the same charge", other.Succeeded)(s, status, err)
		})
	}
	wg.Wait()
	for i := range refs {
		if errs[i] != nil {
			return errs[i]
		}
		if refs[i] != refs[0] {
			return fmt.Errorf("one key was charged as %q and as %q", refs[0], refs[i])
		}
	}
	return want("given back", other.Reversed)(p.reverse(ctx, key))
}

func conflict(ctx context.Context, p *probe) error {
	c := p.chargeOf(p.key())
	if err := want("the charge", other.Succeeded)(p.charge(ctx, c)); err != nil {
		return err
	}
	another := c
	another.AmountMinor--
	_, status, err := p.charge(ctx, another)
	if err != nil {
		return err
	}
	if status != http.StatusConflict {
		return fmt.Errorf("another amount: %d instead of 409", status)
	}
	return want("given back", other.Reversed)(p.reverse(ctx, c.Key))
}

func unknown(ctx context.Context, p *probe) error {
	if err := want("a charge", other.None)(p.lookup(ctx, p.key())); err != nil {
		return err
	}
	return want("a refund", other.None)(p.lookupRefund(ctx, p.key()))
}
