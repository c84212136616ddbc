package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"voicetill/accounts"
)

// dyingBook is the book of a process that dies while it checks a proof: before
// it finds out, or before it can say so.
type dyingBook struct{ accounts.Book }

func (b dyingBook) Judge(context.Context, accounts.Try, accounts.Verdict, string, time.Time) error {
	return errDied
}

func (s *till) failures(t *testing.T, account string) (n int) {
	t.Helper()
	for n < 50 {
		try, err := s.TakeTry(t.Context(), account, accounts.Password, s.clock.now())
		var locked *accounts.LockedError
		if errors.As(err, &locked) {
			return n
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Judge(t.Context(), try, accounts.Wrong, "kiosk", s.clock.now()); err != nil {
			t.Fatal(err)
		}
		n++
	}
	return n
}

// A server that dies five times in the middle of a right password locks nobody
// out: what was never found wrong is not counted, and all tries are left.
func TestProofsCutOffByADyingServerAreNotFailures(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		dying := *s.verifier
		dying.Book = dyingBook{s.DB}
		for range 3 {
			for range 5 {
				_, err := dying.Verify(t.Context(), "kiosk", ada, accounts.Proof{Factor: accounts.Password, Secret: adaPassword})
				if !errors.Is(err, errDied) {
					t.Fatalf("got %v, want %v", err, errDied)
				}
			}
			s.clock.add(accounts.TryLease)
		}
		if err := s.prove("kiosk", ada, adaPassword); err != nil {
			t.Errorf("the right password after fifteen deaths: %v", err)
		}
		for range 5 {
			_, _ = dying.Verify(t.Context(), "kiosk", ada, accounts.Proof{Factor: accounts.Password, Secret: "wrong"})
		}
		var waited time.Duration
		s.verifier.Pause = func(_ context.Context, d time.Duration) error { waited += d; return nil }
		if err := s.prove("kiosk", ada, adaPassword); !errors.Is(err, accounts.ErrChecking) || waited == 0 || waited > accounts.TryLease/2 {
			t.Errorf("while five proofs are being checked: got %v after %v, want %v after a wait", err, waited, accounts.ErrChecking)
		}
		s.clock.add(accounts.TryLease)
		if n := s.failures(t, ada); n != 5 {
			t.Errorf("%d wrong passwords until the lock, want 5", n)
		}
	})
}

// Who hangs up while a guess is checked has used it up all the same; who hangs
// up before has learnt nothing, and used nothing.
func TestHangingUpDoesNotSaveAGuess(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		for range 20 {
			ctx, hangUp := context.WithCancel(t.Context())
			hasty := *s.verifier
			hasty.Book = hangingUp{s.DB, hangUp, nil}
			if _, err := hasty.Verify(ctx, "kiosk", ada, accounts.Proof{Factor: accounts.Password, Secret: "guess"}); !errors.Is(err, context.Canceled) {
				t.Fatalf("got %v, want %v", err, context.Canceled)
			}
		}
		if n := s.failures(t, ada); n != 5 {
			t.Errorf("after proofs that nobody has checked: %d wrong passwords until the lock, want 5", n)
		}
		wrong := 0
		for range 20 {
			ctx, hangUp := context.WithCancel(t.Context())
			hasty := *s.verifier
			hasty.Book = hangingUp{s.DB, nil, hangUp}
			_, err := hasty.Verify(ctx, "kiosk", ben, accounts.Proof{Factor: accounts.Password, Secret: "guess"})
			if hangUp(); errors.Is(err, accounts.ErrWrongProof) {
				wrong++
			}
		}
		if wrong != 5 {
			t.Errorf("%d guesses were checked, want 5", wrong)
		}
	})
}

// hangingUp ends its caller's context before a proof is checked, or when it was.
type hangingUp struct {
	accounts.Book
	before, after context.CancelFunc
}

func (b hangingUp) TakeTry(ctx context.Context, ref, factor string, at time.Time) (accounts.Try, error) {
	try, err := b.Book.TakeTry(ctx, ref, factor, at)
	if b.before != nil {
		b.before()
	}
	return try, err
}

func (b hangingUp) Judge(ctx context.Context, t accounts.Try, v accounts.Verdict, terminal string, at time.Time) error {
	if b.after != nil {
		b.after()
	}
	return b.Book.Judge(ctx, t, v, terminal, at)
}

// A right proof that was checked for longer than its lease proves nothing: its
// try may be somebody else's by now.
func TestALateVerdictProvesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		try, err := s.TakeTry(t.Context(), ada, accounts.Password, s.clock.now())
		if err != nil {
			t.Fatal(err)
		}
		s.clock.add(accounts.TryLease)
		if err := s.prove("kiosk", ada, adaPassword); err != nil {
			t.Fatal(err)
		}
		if err := s.Judge(t.Context(), try, accounts.Right, "kiosk", s.clock.now()); !errors.Is(err, accounts.ErrTryOver) {
			t.Errorf("got %v, want %v", err, accounts.ErrTryOver)
		}
	})
}
