package main

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"voicetill/accounts"
	"voicetill/payments"
	"voicetill/store"
)

// What a provider pays out is booked and compared by commands.
func TestPayoutsByCommand(t *testing.T) {
	dsn := "sqlite:" + filepath.Join(t.TempDir(), "till.db")
	shop, err := openShop(t.Context(), dsn, 1, false)
	if err != nil {
		t.Fatal(err)
	}
	provider := newProvider(1)
	provider.calm = true
	db, err := store.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.SetTopUpLimits(t.Context(), store.DemoPlace, tortureTopUps); err != nil {
		t.Fatal(err)
	}
	key, err := db.PassKey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	service := payments.New(payments.Config{Store: db, Wallet: db, PassKey: key, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Verifier: &accounts.Verifier{Book: db, Now: time.Now}, Gateways: map[payments.Method]payments.Gateway{viaProvider: provider}})
	if _, _, err := topUpOf(t.Context(), service, "one", shop.shoppers[0], 2000); err != nil {
		t.Fatal(err)
	}
	charge := provider.callbacks[0]
	file := filepath.Join(t.TempDir(), "payouts.csv")
	rows := fmt.Sprintf("payout,paid,transaction,reference,kind,gross,fee,currency\npo_1,2026-11-20,t1,at provider %s,charge,20.00,0.50,EUR\n", charge)
	if err := os.WriteFile(file, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) (string, error) {
		var out bytes.Buffer
		err := payoutCommand(t.Context(), append(args[:1:1], append([]string{"--db", dsn, "--provider", "provider"}, args[1:]...)...), &out)
		return out.String(), err
	}
	for _, want := range []string{"po_1: 19.50 EUR on 2026-11-20, fees 0.50 EUR, 1 transactions: booked\n", "booked before\n"} {
		if out, err := run("import", file); err != nil || !strings.HasSuffix(out, want) {
			t.Errorf("import: got %q, %v, want %q", out, err, want)
		}
	}
	if out, err := run("reconcile"); err != nil || !strings.Contains(out, "provider owes 0.00 EUR") {
		t.Errorf("reconcile: got %q, %v", out, err)
	}
	if out, err := run("add", "--id", "po_2", "--amount", "5.00", "--paid", "2026-11-21"); err != nil || !strings.Contains(out, "booked") {
		t.Errorf("add: got %q, %v", out, err)
	}
	if out, err := run("list"); err != nil || strings.Count(out, "\n") != 2 {
		t.Errorf("list: got %q, %v", out, err)
	}
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(rows, "po_1", "po_3")), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := run("import", file); err != nil {
		t.Fatal(err)
	}
	if out, err := run("reconcile"); !errors.Is(err, errReconciled) || !strings.Contains(out, "paid out twice\tpayout po_3") || !strings.Contains(out, "without their transactions: 5.00") {
		t.Errorf("reconcile: got %q, %v", out, err)
	}
	for name, args := range map[string][]string{"no id": {"add", "--amount", "1"}, "no file": {"import", "missing.csv"}, "a day": {"add", "--id", "x", "--amount", "1", "--paid", "soon"}} {
		if out, err := run(args...); err == nil {
			t.Errorf("%s: got %q", name, out)
		}
	}
	var out bytes.Buffer
	if err := payoutCommand(t.Context(), []string{"add", "--db", dsn, "--provider", "nobody", "--id", "x", "--amount", "1"}, &out); !errors.Is(err, payments.ErrNoProvider) {
		t.Errorf("an unknown provider: got %v", err)
	}
	if err := audit(t.Context(), []string{"--db", dsn}, &out); err != nil {
		t.Errorf("audit: %v %s", err, out.String())
	}
}
