package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"voicetill/accounts"
	"voicetill/store"
	"voicetill/store/storetest"
)

func (s *till) prove(terminal, ref, secret string) error {
	_, err := s.verifier.Verify(context.Background(), terminal, ref, accounts.Proof{Factor: accounts.Password, Secret: secret})
	return err
}

func TestDemoPasswords(t *testing.T) {
	cheapen = false
	defer func() { cheapen = true }()
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		for _, l := range store.DemoLogins() {
			if err := s.prove("desk", l.Account.Email, l.Password); err != nil {
				t.Errorf("%s: %v", l.Account.Name, err)
			}
			if got := s.balance(t, l.Account.ID); got != l.Balance.Decimal() {
				t.Errorf("%s: got a balance of %s, want %s", l.Account.Name, got, l.Balance.Decimal())
			}
		}
	})
}

func TestLockout(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		for i := range 5 {
			if err := s.prove("kiosk", ada, "wrong"); !errors.Is(err, accounts.ErrWrongProof) {
				t.Fatalf("try %d: got %v, want %v", i+1, err, accounts.ErrWrongProof)
			}
		}
		for _, wait := range []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute} {
			var locked *accounts.LockedError
			err := s.prove("kiosk", "ADA@example.com", adaPassword)
			if !errors.As(err, &locked) || !locked.Until.Equal(s.clock.now().Add(wait)) {
				t.Fatalf("got %v, want locked until %v", err, s.clock.now().Add(wait))
			}
			s.clock.add(wait)
			if err := s.prove("kiosk", ada, "wrong"); !errors.Is(err, accounts.ErrWrongProof) {
				t.Fatalf("after %v: got %v, want %v", wait, err, accounts.ErrWrongProof)
			}
		}
		if err := s.prove("kiosk", ben, benPassword); err != nil {
			t.Errorf("another account at the same kiosk: %v", err)
		}
		s.clock.add(4 * time.Minute)
		if err := s.prove("kiosk", ada, adaPassword); err != nil {
			t.Errorf("the right password after the wait: %v", err)
		}
		if err := s.prove("kiosk", ada, "wrong"); !errors.Is(err, accounts.ErrWrongProof) {
			t.Errorf("first slip after a right one: got %v, want %v", err, accounts.ErrWrongProof)
		}
	})
}

func TestTriesOfOneMomentAreAllCounted(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		errs := race(12, func(int) error { return s.prove("kiosk", ada, "wrong") })
		if n := count(errs, accounts.ErrWrongProof); n != 5 {
			t.Errorf("%d tries were checked, want 5", n)
		}
	})
}

func TestNoMoreThanAHundredFailures(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		raw(t, dsn, `UPDATE credentials SET failures = 99 WHERE account_id = 'demo-ada'`)
		if err := s.prove("kiosk", ada, "wrong"); !errors.Is(err, accounts.ErrWrongProof) {
			t.Fatalf("got %v, want %v", err, accounts.ErrWrongProof)
		}
		s.clock.add(1000 * time.Hour)
		var locked *accounts.LockedError
		if err := s.prove("kiosk", ada, adaPassword); !errors.As(err, &locked) || !locked.Until.IsZero() {
			t.Fatalf("got %v, want locked until reset", err)
		}
		if err := s.Proved(t.Context(), "demo-ada", accounts.Password); err != nil {
			t.Fatal(err)
		}
		if err := s.prove("kiosk", ada, adaPassword); err != nil {
			t.Errorf("after the reset: %v", err)
		}
	})
}

func TestATerminalWithManyFailuresSlowsDownAlone(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		var waited time.Duration
		s.verifier.Pause = func(_ context.Context, d time.Duration) error {
			waited += d
			return nil
		}
		for range 20 {
			if err := s.prove("bad kiosk", "nobody", "wrong"); !errors.Is(err, accounts.ErrWrongProof) {
				t.Fatal(err)
			}
		}
		slow := waited
		if slow == 0 {
			t.Error("twenty wrong proofs were not slowed down")
		}
		if err := s.prove("good kiosk", ada, adaPassword); err != nil || waited != slow {
			t.Errorf("another terminal: got %v after %v more, want no wait", err, waited-slow)
		}
		if err := s.prove("bad kiosk", ada, adaPassword); err != nil || waited == slow {
			t.Errorf("the slow terminal: got %v after %v more, want a wait and no lock", err, waited-slow)
		}
		s.clock.add(11 * time.Minute)
		slow = waited
		if err := s.prove("bad kiosk", ada, adaPassword); err != nil || waited != slow {
			t.Errorf("ten minutes later: got %v after %v more, want no wait", err, waited-slow)
		}
	})
}

func TestAccountsAreUnique(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		for _, a := range []accounts.Account{
			{Number: "1001", Email: "new@example.com", Kind: accounts.Shopper},
			{Number: "1003", Email: "ADA@example.com", Kind: accounts.Shopper},
		} {
			if _, err := s.CreateAccount(t.Context(), a, ""); !errors.Is(err, store.ErrAccountTaken) {
				t.Errorf("%+v: got %v, want %v", a, err, store.ErrAccountTaken)
			}
		}
		if _, err := s.Account(t.Context(), "nobody"); !errors.Is(err, accounts.ErrNoAccount) {
			t.Errorf("got %v, want %v", err, accounts.ErrNoAccount)
		}
		if n, err := s.DemoAccounts(t.Context()); err != nil || n != 3 {
			t.Errorf("demo accounts: got %d, %v, want 3", n, err)
		}
	})
}

func TestTokens(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		token, err := s.AddToken(t.Context(), "demo", "laptop")
		if err != nil {
			t.Fatal(err)
		}
		if m, err := s.MerchantByToken(t.Context(), token); err != nil || m != "demo" {
			t.Errorf("got %q, %v, want demo", m, err)
		}
		list, err := s.Tokens(t.Context(), "demo")
		if err != nil || len(list) != 1 || list[0].Name != "laptop" || !list[0].Created.Equal(s.clock.now()) {
			t.Fatalf("got %+v, %v, want the laptop's", list, err)
		}
		if err := s.RevokeToken(t.Context(), "other", list[0].ID); !errors.Is(err, accounts.ErrNoToken) {
			t.Errorf("revoked by another merchant: got %v, want %v", err, accounts.ErrNoToken)
		}
		if err := s.RevokeToken(t.Context(), "demo", list[0].ID); err != nil {
			t.Fatal(err)
		}
		if _, err := s.MerchantByToken(t.Context(), token); !errors.Is(err, accounts.ErrNoToken) {
			t.Errorf("revoked: got %v, want %v", err, accounts.ErrNoToken)
		}
	})
}

func TestAnAccountWithoutAnAddress(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		for _, number := range []string{"4001", "4002"} {
			id, err := s.CreateAccount(t.Context(), accounts.Account{Number: number, Name: "No Mail", Kind: accounts.Shopper}, storetest.CheapHash("x"))
			if err != nil {
				t.Fatal(err)
			}
			for _, ref := range []string{number, id} {
				if a, err := s.Account(t.Context(), ref); err != nil || a.ID != id || a.Email != "" {
					t.Errorf("%s: got %+v, %v", ref, a, err)
				}
			}
		}
		if _, err := s.Account(t.Context(), ""); !errors.Is(err, accounts.ErrNoAccount) {
			t.Errorf("nobody's address: got %v", err)
		}
	})
}

func TestWhetherShoppersRegister(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		for _, want := range []bool{true, false, true} {
			if err := s.SetRegistration(t.Context(), store.DemoPlace, want); err != nil {
				t.Fatal(err)
			}
			if got, err := s.Registration(t.Context(), store.DemoPlace); err != nil || got != want {
				t.Errorf("got %v, %v, want %v", got, err, want)
			}
		}
		if got, err := s.Registration(t.Context(), "not set"); err != nil || !got {
			t.Errorf("where nothing was set: got %v, %v", got, err)
		}
		if err := s.SetRegistration(t.Context(), "nowhere", true); !errors.Is(err, store.ErrNoPlace) {
			t.Errorf("got %v", err)
		}
	})
}

func TestAnotherPasswordEndsTheSignInsOfItsAccount(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s, ctx := newTill(t, dsn), t.Context()
		w := s.WebSessions()
		for _, token := range []string{"here", "elsewhere", "another's"} {
			data := "of ada"
			if token == "another's" {
				data = "of ben"
			}
			if err := w.CommitCtx(ctx, token, []byte(data), s.clock.now().Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
		}
		try, err := s.TakeTry(ctx, ada, accounts.Password, s.clock.now())
		if err != nil {
			t.Fatal(err)
		}
		hash, err := accounts.Hash(ctx, "long enough")
		if err != nil {
			t.Fatal(err)
		}
		ofAda := func(data []byte) bool { return string(data) == "of ada" }
		if err := s.SetPassword(ctx, "demo-ada", hash, "here", ofAda); err != nil {
			t.Fatal(err)
		}
		for token, want := range map[string]bool{"here": true, "elsewhere": false, "another's": true} {
			if _, found, err := w.FindCtx(ctx, token); err != nil || found != want {
				t.Errorf("%s: found %t, %v", token, found, err)
			}
		}
		if err := s.Judge(ctx, try, accounts.Right, "kiosk", s.clock.now()); !errors.Is(err, accounts.ErrTryOver) {
			t.Errorf("a proof of the old one that was being checked: got %v, want %v", err, accounts.ErrTryOver)
		}
		if err := s.prove("kiosk", ada, adaPassword); !errors.Is(err, accounts.ErrWrongProof) {
			t.Errorf("the old one: got %v", err)
		}
		if err := s.prove("kiosk", ada, "long enough"); err != nil {
			t.Errorf("the new one: %v", err)
		}
		if err := s.prove("kiosk", ben, benPassword); err != nil {
			t.Errorf("another account: %v", err)
		}
		if err := s.SetPassword(ctx, "nobody", hash, "", ofAda); !errors.Is(err, accounts.ErrNoAccount) {
			t.Errorf("nobody's: got %v", err)
		}
		if err := s.SetPassword(ctx, "demo-ada", hash, "", ofAda); err != nil {
			t.Fatal(err)
		}
		if _, found, _ := w.FindCtx(ctx, "here"); found {
			t.Error("an operator's change kept a sign-in")
		}
	})
}
