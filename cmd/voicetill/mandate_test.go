package main

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"voicetill/accounts"
	"voicetill/payments"
)

func TestMandatesAreMadeListedAndRevokedByCommands(t *testing.T) {
	dsn := "sqlite:" + filepath.Join(t.TempDir(), "till.db")
	if err := Main(t.Context(), []string{"place", "add", "--db", dsn, "corner"}); err != nil {
		t.Fatal(err)
	}
	if _, err := operate(t, "buy-the-milk", "add", "--db", dsn, "--email", "cleo@example.com", "--number", "2001"); err != nil {
		t.Fatal(err)
	}
	run := func(password string, args ...string) (string, error) {
		var out bytes.Buffer
		err := mandateCommand(t.Context(), append([]string{args[0], "--db", dsn, "--place", "corner"}, args[1:]...), strings.NewReader(password+"\n"), &out)
		return out.String(), err
	}
	for name, tt := range map[string]struct {
		password string
		args     []string
		want     error
	}{
		"no limit":         {"buy-the-milk", nil, payments.ErrMandate},
		"a wrong password": {"buy-the-wine", []string{"--once", "5.00"}, accounts.ErrWrongProof},
		"no date":          {"buy-the-milk", []string{"--once", "5.00", "--until", "soon"}, errMandateFlags},
		"a card":           {"buy-the-milk", []string{"--once", "5.00", "--method", "card"}, payments.ErrNotOffered},
	} {
		if _, err := run(tt.password, append(append([]string{"add"}, tt.args...), "2001")...); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", name, err, tt.want)
		}
	}
	out, err := run("buy-the-milk", "add", "--once", "5.00", "--month", "50.00", "--until", "2099-12-31", "--plates", "k-vt 1,B AB 2", "2001")
	if err != nil || !strings.Contains(out, "place corner may deduct by prepaid, at most 5.00 EUR a purchase, 50.00 EUR a month, until 2100-01-01 00:00:00 UTC, plates BAB2 KVT1\ntoken for gates") {
		t.Fatalf("got %s, %v", out, err)
	}
	id, _, _ := strings.Cut(out, ":")
	if out, err = run("", "list", "2001"); err != nil || !strings.Contains(out, id) || !strings.Contains(out, "(deducted: 0.00 EUR today, 0.00 EUR this month)") {
		t.Errorf("got %s, %v", out, err)
	}
	if out, err = run("", "revoke", "2001", id); err != nil || out != id+": revoked\n" {
		t.Errorf("got %s, %v", out, err)
	}
	if _, err = run("", "revoke", "2001", "none"); !errors.Is(err, payments.ErrNoMandate) {
		t.Errorf("got %v", err)
	}
}
