package accounts

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Verifier checks proofs. It is safe for concurrent use.
type Verifier struct {
	Book  Book
	Now   func() time.Time
	Pause func(ctx context.Context, d time.Duration) error // nil: a timer
}

// Verify returns the account that ref (id, number or e-mail) names when p
// proves it. Otherwise ErrWrongProof, also for an unknown account and after
// the same work, or *LockedError. terminal names where it was typed: many
// wrong proofs there slow that place down and lock nobody out.
func (v *Verifier) Verify(ctx context.Context, terminal, ref string, p Proof) (Account, error) {
	if err := v.slowDown(ctx, terminal); err != nil {
		return Account{}, err
	}
	try, err := v.Book.TakeTry(ctx, ref, p.Factor, v.Now())
	known := !errors.Is(err, ErrNoAccount)
	if err != nil && known {
		return Account{}, err
	}
	fits, err := Matches(ctx, try.Hash, p.Secret)
	if err != nil {
		return Account{}, err
	}
	if !known || !fits {
		if err := v.Book.TerminalFailed(ctx, terminal, v.Now()); err != nil {
			return Account{}, err
		}
		return Account{}, ErrWrongProof
	}
	if err := v.Book.Proved(ctx, try.Account.ID, p.Factor); err != nil {
		return Account{}, fmt.Errorf("record proof: %w", err)
	}
	return try.Account, nil
}

func (v *Verifier) slowDown(ctx context.Context, terminal string) error {
	failures, err := v.Book.TerminalFailures(ctx, terminal, v.Now().Add(-terminalMemory))
	if err != nil {
		return err
	}
	wait := terminalWait(failures)
	if wait == 0 {
		return nil
	}
	if v.Pause != nil {
		return v.Pause(ctx, wait)
	}
	return pause(ctx, wait)
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
