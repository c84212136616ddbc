package accounts_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"voicetill/accounts"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestASecretIsNeverPrinted(t *testing.T) {
	p := accounts.Proof{Factor: accounts.Password, Secret: "hunter22"}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("proof", "proof", p, "in", struct{ P accounts.Proof }{p})
	slog.New(slog.NewTextHandler(&log, nil)).Info("proof", "proof", p, "in", struct{ P accounts.Proof }{p}, "at", &p)
	data, err := json.Marshal(map[string]any{"proof": p, "at": &p})
	if err != nil {
		t.Fatal(err)
	}
	printed := []string{log.String(), string(data)}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		printed = append(printed, fmt.Sprintf(verb, p), fmt.Sprintf(verb, &p), fmt.Sprintf(verb, []accounts.Proof{p}), fmt.Sprintf(verb, struct{ P accounts.Proof }{p}))
	}
	for _, s := range printed {
		if strings.Contains(s, "hunter22") || strings.Contains(s, "68756e74") {
			t.Errorf("the secret is in %s", s)
		}
		if !strings.Contains(s, "[secret]") {
			t.Errorf("no [secret] in %s", s)
		}
	}
}

func TestHash(t *testing.T) {
	for _, secret := range []string{"till-demo-1", strings.Repeat("long words ", 20), "密码密码密码密码", "emoji 🔑🔑🔑"} {
		hash, err := accounts.Hash(t.Context(), secret)
		if err != nil {
			t.Fatalf("%q: %v", secret, err)
		}
		if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
			t.Errorf("%q: got %s", secret, hash)
		}
		for guess, want := range map[string]bool{secret: true, secret + " ": false, "": false, strings.ToUpper(secret) + "x": false} {
			if got, err := accounts.Matches(t.Context(), hash, guess); err != nil || got != want {
				t.Errorf("%q for %q: got %v, %v, want %v", guess, secret, got, err, want)
			}
		}
	}
}

func TestOnePasswordTypedOnTwoKeyboards(t *testing.T) {
	hash, err := accounts.Hash(t.Context(), "caf\u00e9 cr\u00e8me") // composed
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := accounts.Matches(t.Context(), hash, "cafe\u0301 cre\u0300me"); err != nil || !ok { // combining
		t.Errorf("got %v, %v, want a match", ok, err)
	}
}

func TestHashRefusesShortAndEndless(t *testing.T) {
	for _, secret := range []string{"", "seven77", strings.Repeat("x", 257)} {
		if _, err := accounts.Hash(t.Context(), secret); !errors.Is(err, accounts.ErrSecretLength) {
			t.Errorf("%d characters: got %v, want %v", len(secret), err, accounts.ErrSecretLength)
		}
	}
}

func TestNoHashFitsNothing(t *testing.T) {
	if ok, err := accounts.Matches(t.Context(), "", ""); ok || err != nil {
		t.Errorf("got %v, %v, want no match", ok, err)
	}
}

func TestADamagedHashIsAnError(t *testing.T) {
	for _, hash := range []string{"x", "$argon2id$v=19$m=8,t=0,p=1$c2FsdHNhbHQ$AAAA", "$argon2i$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$" + strings.Repeat("A", 43)} {
		if ok, err := accounts.Matches(t.Context(), hash, "till-demo-1"); ok || err == nil {
			t.Errorf("%s: got %v, %v, want an error", hash, ok, err)
		}
	}
}

func TestHashingWaitsNoLongerThanItsCaller(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := accounts.Hash(ctx, "till-demo-1"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

func TestWait(t *testing.T) {
	for failures, want := range map[int]time.Duration{
		0: 0, 4: 0, 5: 30 * time.Second, 6: time.Minute, 7: 2 * time.Minute, 11: 32 * time.Minute, 12: time.Hour, 13: time.Hour, 99: time.Hour,
	} {
		if got, forever := accounts.Wait(failures); got != want || forever {
			t.Errorf("after %d: got %v, %v, want %v", failures, got, forever, want)
		}
	}
	if _, forever := accounts.Wait(100); !forever {
		t.Error("after 100: got a wait, want a lock")
	}
}
