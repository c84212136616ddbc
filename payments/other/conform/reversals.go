package conform

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"

	"voicetill/payments/other"
)

func reversed(ctx context.Context, p *probe) error {
	c := p.chargeOf(p.key())
	if err := want("the charge", other.Succeeded)(p.charge(ctx, c)); err != nil {
		return err
	}
	for _, when := range []string{"the reversal", "the reversal again"} {
		if err := want(when, other.Reversed)(p.reverse(ctx, c.Key)); err != nil {
			return err
		}
	}
	if err := want("charged again", other.Reversed)(p.charge(ctx, c)); err != nil {
		return err
	}
	return want("looked up", other.Reversed)(p.lookup(ctx, c.Key))
}

func fenced(ctx context.Context, p *probe) error {
	c := p.chargeOf(p.key())
	if err := want("the reversal of a key that never arrived", other.Reversed)(p.reverse(ctx, c.Key)); err != nil {
		return err
	}
	return want("the charge that arrives late", other.Reversed)(p.charge(ctx, c))
}

func refunded(ctx context.Context, p *probe) error {
	c := p.chargeOf(p.key())
	if err := want("the charge", other.Succeeded)(p.charge(ctx, c)); err != nil {
		return err
	}
	r := p.refundOf(p.key(), c.Key, 1)
	var refs [3]string
	for i, send := range []func() (other.State, int, error){
		func() (other.State, int, error) { return p.refund(ctx, r) },
		func() (other.State, int, error) { return p.refund(ctx, r) },
		func() (other.State, int, error) { return p.lookupRefund(ctx, r.Key) },
	} {
		s, status, err := send()
		if err := want("the refund", other.Succeeded)(s, status, err); err != nil {
			return err
		}
		refs[i] = s.Ref
	}
	if refs[0] != refs[1] || refs[0] != refs[2] {
		return fmt.Errorf("one refund has several references: %q", refs)
	}
	rest := p.refundOf(p.key(), c.Key, p.AmountMinor-1)
	return want("the rest, which is all that is left if the first was made once", other.Succeeded)(p.refund(ctx, rest))
}

// bounded asks ten times for half of a charge: exactly two can have it.
func bounded(ctx context.Context, p *probe) error {
	c := p.chargeOf(p.key())
	if err := want("the charge", other.Succeeded)(p.charge(ctx, c)); err != nil {
		return err
	}
	var wg sync.WaitGroup
	var given atomic.Int64
	errs := make([]error, 10)
	for i := range errs {
		wg.Go(func() {
			s, status, err := p.refund(ctx, p.refundOf(p.key(), c.Key, p.AmountMinor/2))
			switch {
			case err != nil:
				errs[i] = err
			case status == http.StatusOK && s.Status == other.Succeeded:
				given.Add(1)
			case status != http.StatusOK || s.Status != other.Declined:
				errs[i] = fmt.Errorf("a refund too many: %d, %q instead of 200, %q", status, s.Status, other.Declined)
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	if given.Load() != 2 {
		return fmt.Errorf("of ten refunds of a half, %d were given", given.Load())
	}
	return nil
}

func baseless(ctx context.Context, p *probe) error {
	return want("the refund", other.Declined)(p.refund(ctx, p.refundOf(p.key(), p.key(), 1)))
}

func poor(ctx context.Context, p *probe) error {
	if p.Poor == "" {
		return fmt.Errorf("%w: no payer with too little money was named", errLeftOut)
	}
	c := p.chargeOf(p.key())
	c.Payer = p.Poor
	for _, when := range []string{"the charge", "the charge again"} {
		s, status, err := p.charge(ctx, c)
		if err := want(when, other.Declined)(s, status, err); err != nil {
			return err
		}
		if s.HaveMinor == nil || *s.HaveMinor >= p.AmountMinor {
			return fmt.Errorf("%s: have_minor does not say what there is", when)
		}
	}
	return want("looked up", other.Declined)(p.lookup(ctx, c.Key))
}
