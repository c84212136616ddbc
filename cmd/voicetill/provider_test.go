package main

import (
	"bytes"
	"context"
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"voicetill/payments/other/conform"
	"voicetill/payments/other/othertest"
)

func TestProviderCheckSaysWhichSentencesHold(t *testing.T) {
	secret := []byte("a secret of thirty-two bytes....")
	provider := func() *othertest.Provider { return othertest.New(secret, time.Now, map[string]int64{"anna": 100_000}) }
	good := httptest.NewServer(provider().Handler())
	defer good.Close()
	bad := httptest.NewServer(othertest.Tamper(provider().Handler(), secret, othertest.ReversesNothing()))
	defer bad.Close()
	c := conform.Config{Secret: secret, Payer: "anna", Currency: "EUR", AmountMinor: 100}
	var out bytes.Buffer
	c.URL = good.URL
	if err := runCheck(t.Context(), c, &out); err != nil || strings.Count(out.String(), "ok ") != 12 || strings.Count(out.String(), "-  ") != 1 {
		t.Errorf("got %v\n%s", err, out.String())
	}
	out.Reset()
	c.URL = bad.URL
	if err := runCheck(t.Context(), c, &out); !errors.Is(err, errContract) || !strings.Contains(out.String(), "FAIL  a charge that arrives after its reversal") {
		t.Errorf("got %v\n%s", err, out.String())
	}
}

func TestProviderCheckNeedsASecret(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(empty, []byte(" \n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		file string
		want error
	}{"no file": {"", os.ErrNotExist}, "an empty file": {empty, errSecretFile}} {
		err := Main(context.Background(), []string{"provider", "check", "--secret-file", tt.file, "--payer", "anna", "http://localhost:1"})
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", name, err, tt.want)
		}
	}
}
