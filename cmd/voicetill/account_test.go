package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"voicetill/accounts"
	"voicetill/payments/money"
	"voicetill/store"
)

// operate runs one `voicetill account` command with a password on its input.
func operate(t *testing.T, password string, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := accountCommand(t.Context(), args, strings.NewReader(password+"\n"), &out)
	return out.String(), err
}

func openTill(t *testing.T, dsn string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func TestAShopWithoutTheDemoIsSetUpByCommands(t *testing.T) {
	ctx, dsn := t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "till.db")
	if err := Main(ctx, []string{"place", "add", "--db", dsn, "--payee", "Corner Shop Ltd", "--name", "Corner Shop", "corner"}); err != nil {
		t.Fatal(err)
	}
	if err := Main(ctx, []string{"place", "add", "--db", dsn, "corner"}); !errors.Is(err, store.ErrPlaceTaken) {
		t.Errorf("the same place again: got %v, want %v", err, store.ErrPlaceTaken)
	}
	if _, err := operate(t, "keep-the-shop", "add", "--db", dsn, "--email", "keeper@example.com", "--merchant", "corner"); err != nil {
		t.Fatal(err)
	}
	out, err := operate(t, "buy-the-milk", "add", "--db", dsn, "--email", "cleo@example.com", "--number", "2001", "--topup", "20.00", "--place", "corner")
	if err != nil || !strings.Contains(out, "balance 20.00 EUR") {
		t.Fatalf("got %q, %v", out, err)
	}
	for range 2 { // one voucher, booked once
		if out, err = operate(t, "", "topup", "--db", dsn, "--place", "corner", "--key", "voucher 7", "2001", "5"); err != nil {
			t.Fatal(err)
		}
	}
	db := openTill(t, dsn)
	verifier := &accounts.Verifier{Book: db, Now: time.Now}
	shopper, err := verifier.Verify(ctx, "test", "2001", accounts.Proof{Factor: accounts.Password, Secret: "buy-the-milk"})
	if err != nil || shopper.Kind != accounts.Shopper || shopper.Demo {
		t.Errorf("the shopper signs in as %+v, %v", shopper, err)
	}
	keeper, err := verifier.Verify(ctx, "test", "keeper@example.com", accounts.Proof{Factor: accounts.Password, Secret: "keep-the-shop"})
	if err != nil || keeper.Merchant != "corner" {
		t.Errorf("the keeper signs in as %+v, %v", keeper, err)
	}
	if got, err := db.Balance(ctx, "corner", shopper.ID, "EUR"); err != nil || got != money.Of(25_00, "EUR") {
		t.Errorf("got a balance of %v, %v, want 25.00 EUR", got, err)
	}
	if a, err := db.Audit(ctx); err != nil || len(a.Problems) > 0 {
		t.Errorf("the books: %v, %v", a.Problems, err)
	}
}

func TestAnAccountThatCannotBeIsRefused(t *testing.T) {
	dsn := "sqlite:" + filepath.Join(t.TempDir(), "till.db")
	if err := Main(t.Context(), []string{"place", "add", "--db", dsn, "corner"}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		password string
		args     []string
		want     error
	}{
		"no e-mail":             {"long-enough", []string{"--number", "2001"}, errEmail},
		"a number of letters":   {"long-enough", []string{"--email", "a@example.com", "--number", "20a1"}, errNumber},
		"a short password":      {"short", []string{"--email", "a@example.com"}, errPassword},
		"no password":           {"", []string{"--email", "a@example.com"}, errPassword},
		"an unknown merchant":   {"long-enough", []string{"--email", "a@example.com", "--merchant", "nobody"}, errMerchant},
		"money for a merchant":  {"long-enough", []string{"--email", "a@example.com", "--merchant", "corner", "--topup", "5", "--place", "corner"}, errTopUp},
		"money without a place": {"long-enough", []string{"--email", "a@example.com", "--topup", "5"}, errTopUp},
		"an unknown place":      {"long-enough", []string{"--email", "a@example.com", "--topup", "5", "--place", "nowhere"}, store.ErrNoPlace},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := operate(t, c.password, append([]string{"add", "--db", dsn}, c.args...)...)
			if !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if _, err := openTill(t, dsn).Account(t.Context(), "a@example.com"); !errors.Is(err, accounts.ErrNoAccount) {
				t.Errorf("an account was left behind: %v", err)
			}
		})
	}
}

func TestAnOperatorEndsALock(t *testing.T) {
	ctx, s := context.Background(), sell(t)
	verifier := &accounts.Verifier{Book: s.db, Now: time.Now, Pause: func(context.Context, time.Duration) error { return nil }}
	right := accounts.Proof{Factor: accounts.Password, Secret: "till-demo-1"}
	var locked *accounts.LockedError
	for range 10 {
		_, err := verifier.Verify(ctx, "test", "1001", accounts.Proof{Factor: accounts.Password, Secret: "wrong"})
		if errors.As(err, &locked) {
			break
		}
	}
	if _, err := verifier.Verify(ctx, "test", "1001", right); !errors.As(err, &locked) {
		t.Fatalf("got %v, want a locked account", err)
	}
	if _, err := operate(t, "", "unlock", "--db", s.dsn, "1001"); err != nil {
		t.Fatal(err)
	}
	if _, err := verifier.Verify(ctx, "test", "1001", right); err != nil {
		t.Errorf("after unlocking: %v", err)
	}
	if _, err := operate(t, "", "unlock", "--db", s.dsn, "nobody"); !errors.Is(err, accounts.ErrNoAccount) {
		t.Errorf("got %v, want %v", err, accounts.ErrNoAccount)
	}
}

func TestAnOperatorGivesAnotherPassword(t *testing.T) {
	ctx, s := context.Background(), sell(t)
	verifier := &accounts.Verifier{Book: s.db, Now: time.Now}
	if _, err := operate(t, "short", "password", "--db", s.dsn, "1001"); !errors.Is(err, errPassword) {
		t.Errorf("got %v, want %v", err, errPassword)
	}
	out, err := operate(t, "long enough", "password", "--db", s.dsn, "1001")
	if err != nil || strings.Contains(out, "long") {
		t.Fatalf("got %q, %v", out, err)
	}
	for secret, want := range map[string]error{"till-demo-1": accounts.ErrWrongProof, "long enough": nil} {
		if _, err := verifier.Verify(ctx, "test", "1001", accounts.Proof{Factor: accounts.Password, Secret: secret}); !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", secret, err, want)
		}
	}
}

func TestEveryCommandExplainsItself(t *testing.T) {
	for _, words := range []string{"serve", "hear", "audit", "backup", "restore", "gate", "catalog", "catalog import", "place", "place add", "place list",
		"account", "account add", "account topup", "account unlock", "account password", "bench", "bench understand", "bench orders", "bench ignore"} {
		if err := Main(t.Context(), append(strings.Fields(words), "-h")); !errors.Is(err, flag.ErrHelp) {
			t.Errorf("%s -h: got %v, want %v", words, err, flag.ErrHelp)
		}
	}
	for _, args := range [][]string{{"serve", "--nope"}, {"hear"}, {"place", "nope"}, {"account"}, {"nope"}, {}} {
		if err := Main(t.Context(), args); !errors.Is(err, errUsage) {
			t.Errorf("%v: got %v, want %v", args, err, errUsage)
		}
	}
}
