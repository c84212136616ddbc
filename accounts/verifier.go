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
// the same work, or *LockedError, or ErrChecking where others' proofs of the account
// take longer than checkWait. terminal names where it was typed: many
// wrong proofs there slow that place down and lock nobody out.
func (v *Verifier) Verify(ctx context.Context, terminal, ref string, p Proof) (Account, error) {
	if err := v.slowDown(ctx, terminal); err != nil {
		return Account{}, err
	}
	try, err := v.take(ctx, ref, p.Factor)
	if errors.Is(err, ErrNoAccount) {
		return Account{}, v.nobody(ctx, terminal, p)
	}
	if err != nil {
		return Account{}, err
	}
	verdict, err := v.check(ctx, try, p)
	// What was found out is counted though its caller has gone: else a guess
	// would cost nothing to who hangs up in time.
	keep, done := context.WithTimeout(context.WithoutCancel(ctx), recordLimit)
	defer done()
	if failed := v.Book.Judge(keep, try, verdict, terminal, v.Now()); failed != nil {
		return Account{}, errors.Join(err, fmt.Errorf("record proof: %w", failed))
	}
	if err == nil && verdict == Wrong {
		err = ErrWrongProof
	}
	if err != nil {
		return Account{}, err
	}
	return try.Account, nil
}

// recordLimit bounds the record of a verdict.
const recordLimit = 5 * time.Second

// checkWait is how long a proof waits for those that are being checked, and
// checkPause how often it looks.
const checkWait, checkPause = 3 * time.Second, 100 * time.Millisecond

// take is TakeTry for who waits a little where all tries are being checked: of a
// password that is sent many times at once, none is refused for the others.
func (v *Verifier) take(ctx context.Context, ref, factor string) (Try, error) {
	for waited := time.Duration(0); ; waited += checkPause {
		try, err := v.Book.TakeTry(ctx, ref, factor, v.Now())
		if !errors.Is(err, ErrChecking) || waited >= checkWait {
			return try, err
		}
		if err := v.wait(ctx, checkPause); err != nil {
			return Try{}, err
		}
	}
}

// check compares a proof with its try, within the lease.
func (v *Verifier) check(ctx context.Context, try Try, p Proof) (Verdict, error) {
	ctx, done := context.WithTimeout(ctx, TryLease)
	defer done()
	fits, err := Matches(ctx, try.Hash, p.Secret)
	switch {
	case err != nil:
		return CutOff, err
	case fits:
		return Right, nil
	}
	return Wrong, nil
}

// nobody does the work of a check for an account that there is not.
func (v *Verifier) nobody(ctx context.Context, terminal string, p Proof) error {
	if _, err := Matches(ctx, "", p.Secret); err != nil {
		return err
	}
	if err := v.Book.TerminalFailed(ctx, terminal, v.Now()); err != nil {
		return err
	}
	return ErrWrongProof
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
	return v.wait(ctx, wait)
}

func (v *Verifier) wait(ctx context.Context, d time.Duration) error {
	if v.Pause != nil {
		return v.Pause(ctx, d)
	}
	return pause(ctx, d)
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
