package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"voicetill/payments"
)

func TestACompanyIsSetUpAndBilledByCommands(t *testing.T) {
	dsn := "sqlite:" + filepath.Join(t.TempDir(), "till.db")
	if err := Main(t.Context(), []string{"place", "add", "--db", dsn, "corner"}); err != nil {
		t.Fatal(err)
	}
	if _, err := operate(t, "buy-the-milk", "add", "--db", dsn, "--email", "cleo@example.com", "--number", "2001"); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := companyAdd(t.Context(), []string{"--db", dsn, "--place", "corner", "--name", "Acme", "--limit", "50.00"}, &out); err != nil {
		t.Fatal(err)
	}
	id, _, _ := strings.Cut(out.String(), ":")
	if err := companyMember(t.Context(), []string{"--db", dsn, "--place", "corner", "--company", id, "--once", "20.00", "2001"}, &out); err != nil {
		t.Fatal(err)
	}
	if err := companyMember(t.Context(), []string{"--db", dsn, "--place", "corner", "--company", "nobody", "2001"}, &out); !errors.Is(err, payments.ErrNoCompany) {
		t.Errorf("no company: got %v", err)
	}
	past, running := time.Now().UTC().AddDate(0, 0, -40).Format("2006-01"), time.Now().UTC().Format("2006-01")
	if err := accountInvoice(t.Context(), []string{"--db", dsn, "--place", "corner", "--company", id, "--month", running}, &out); !errors.Is(err, payments.ErrMonthRuns) {
		t.Errorf("a month that runs: got %v", err)
	}
	for name, args := range map[string][]string{
		"no month":         {"--company", id},
		"no such format":   {"--company", id, "--month", past, "--format", "pdf"},
		"a month in words": {"--company", id, "--month", "October"},
		"a payment first":  {"--company", id, "--month", past, "--paid", "1.00"},
	} {
		if err := accountInvoice(t.Context(), append([]string{"--db", dsn, "--place", "corner"}, args...), &out); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	out.Reset()
	if err := accountInvoice(t.Context(), []string{"--db", dsn, "--place", "corner", "--company", id, "--month", past}, &out); err != nil {
		t.Fatal(err)
	}
	var b payments.CompanyBill
	if err := json.Unmarshal(out.Bytes(), &b); err != nil || b.Name != "Acme" || b.Total.Minor != 0 || len(b.Receipts) != 0 {
		t.Errorf("got %s, %v", out.String(), err)
	}
	out.Reset()
	if err := accountInvoice(t.Context(), []string{"--db", dsn, "--place", "corner", "--company", id, "--month", past, "--format", "csv"}, &out); err != nil || !strings.HasPrefix(out.String(), "receipt,paid,place,account,rate,net,tax,gross,currency\n") {
		t.Errorf("got %s, %v", out.String(), err)
	}
}
