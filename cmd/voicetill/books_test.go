package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"voicetill/accounts"
	"voicetill/catalog"
	"voicetill/payments"
	"voicetill/payments/money"
	"voicetill/store"
)

// sold is a till with one sale.
type sold struct {
	dsn     string
	db      *store.DB
	service *payments.Service
	receipt payments.Receipt
}

func sell(t *testing.T) sold {
	t.Helper()
	ctx, s := t.Context(), sold{dsn: "sqlite:" + filepath.Join(t.TempDir(), "till.db")}
	var err error
	if s.db, err = store.Open(ctx, s.dsn); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.db.Close() })
	stock := catalog.Qty(5000)
	milk := catalog.Item{Number: "1203", Name: "oat milk", Price: money.Of(249, "EUR"), Unit: catalog.Each, TaxBP: 700, Stock: &stock}
	if err := s.db.SeedDemo(ctx, []catalog.Item{milk}); err != nil {
		t.Fatal(err)
	}
	key, err := s.db.PassKey(ctx)
	if err != nil {
		t.Fatal(err)
	}
	s.service = payments.New(payments.Config{Store: s.db, Verifier: &accounts.Verifier{Book: s.db, Now: time.Now}, PassKey: key, Now: time.Now,
		Log: slog.New(slog.DiscardHandler), Gateways: map[payments.Method]payments.Gateway{payments.Prepaid: s.db.Prepaid()}})
	s.receipt = s.sale(t, "cart 1")
	return s
}

func (s sold) sale(t *testing.T, cart string) payments.Receipt {
	t.Helper()
	line := payments.Line{Line: 1, Item: "1203", Name: "oat milk", Milli: 1000, Unit: catalog.Each, Price: money.Of(249, "EUR"), Total: money.Of(249, "EUR"), TaxBP: 700}
	b, err := s.service.Freeze(t.Context(), payments.Order{Cart: cart, Merchant: "demo", Place: "demo", Payee: "Demo Shop", Currency: "EUR", Lines: []payments.Line{line}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.service.Pay(t.Context(), b, payments.Payer{Account: "1001", Terminal: "test", Proof: accounts.Proof{Factor: accounts.Password, Secret: "till-demo-1"}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestBackupRestoreAudit(t *testing.T) {
	s, out := sell(t), new(bytes.Buffer)
	file := filepath.Join(t.TempDir(), "backup")
	if err := backup(t.Context(), []string{"--db", s.dsn, file}, out); err != nil {
		t.Fatal(err)
	}
	s.sale(t, "cart 2")
	elsewhere := "sqlite:" + filepath.Join(t.TempDir(), "new", "till.db")
	if err := restore(t.Context(), []string{"--db", elsewhere, file}, out); err != nil {
		t.Fatal(err)
	}
	for dsn, want := range map[string]string{s.dsn: "2 receipts", elsewhere: "1 receipts"} {
		out.Reset()
		if err := audit(t.Context(), []string{"--db", dsn}, out); err != nil || !strings.Contains(out.String(), want) {
			t.Errorf("audit: got %q, %v, want %s", out, err, want)
		}
	}
	if err := restore(t.Context(), []string{"--db", elsewhere, file}, out); err == nil || !strings.Contains(err.Error(), "--force") {
		t.Errorf("restore over a database: got %v, want a hint at --force", err)
	}
	if err := restore(t.Context(), []string{"--db", elsewhere, "--force", file}, out); err != nil {
		t.Errorf("restore with --force: %v", err)
	}
}

func TestAuditFailsOnBrokenBooks(t *testing.T) {
	s, out := sell(t), new(bytes.Buffer)
	if err := s.db.SetStock(t.Context(), "demo", "1203", nil); err != nil {
		t.Fatal(err)
	}
	if err := audit(t.Context(), []string{"--db", s.dsn}, out); err != nil {
		t.Fatalf("before: %v %s", err, out)
	}
	path, _ := store.SQLitePath(s.dsn)
	spoil(t, path, `DROP TRIGGER postings_no_update; UPDATE postings SET amount_minor = 1 WHERE seq = 3 AND n = 0`)
	out.Reset()
	if err := audit(t.Context(), []string{"--db", s.dsn}, out); err == nil || !strings.HasPrefix(out.String(), "merchant demo: entry 3 ") {
		t.Errorf("got %v and %q, want entry 3 first", err, out)
	}
}

func TestBooksCommandsExplainThemselves(t *testing.T) {
	none := "sqlite:" + filepath.Join(t.TempDir(), "none.db")
	for _, tt := range []struct {
		name string
		err  error
		want string
	}{
		{"audit without a database", audit(t.Context(), []string{"--db", none}, new(bytes.Buffer)), "no such file"},
		{"backup without a database", backup(t.Context(), []string{"--db", none, "x"}, new(bytes.Buffer)), "no such file"},
		{"backup of PostgreSQL", backup(t.Context(), []string{"--db", "postgres://till", "x"}, new(bytes.Buffer)), "pg_dump"},
		{"restore to PostgreSQL", restore(t.Context(), []string{"--db", "postgres://till", "x"}, new(bytes.Buffer)), "pg_restore"},
		{"restore of nothing", restore(t.Context(), []string{"--db", none, "missing"}, new(bytes.Buffer)), "no such file"},
		{"backup to nowhere", backup(t.Context(), []string{"--db", none}, new(bytes.Buffer)), "usage"},
	} {
		if tt.err == nil || !strings.Contains(tt.err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.name, tt.err, tt.want)
		}
	}
}

// gateTill answers as the till's route does.
func gateTill(t *testing.T, s *payments.Service) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/pass/{token}/open", func(w http.ResponseWriter, r *http.Request) {
		v, err := s.Open(r.Context(), r.PathValue("token"), payments.Gate{Place: r.FormValue("place"), Name: r.FormValue("gate")})
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		json.NewEncoder(w).Encode(v)
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return srv.URL
}

func TestGate(t *testing.T) {
	s := sell(t)
	till := gateTill(t, s.service)
	png, err := payments.QR(s.receipt.Pass, 512)
	if err != nil {
		t.Fatal(err)
	}
	photo := filepath.Join(t.TempDir(), "pass.png")
	if err := os.WriteFile(photo, png, 0o600); err != nil {
		t.Fatal(err)
	}
	second := s.sale(t, "cart 2")
	for _, tt := range []struct {
		name      string
		args      []string
		in        string
		want      string
		wantError error
	}{
		{"another place's gate", []string{"--place", "elsewhere", photo}, "", "REFUSED wrong place\n", errRefused},
		{"the picture of a pass", []string{"--place", "demo", photo}, "", "OPEN good\n", nil},
		{"its token again", []string{s.receipt.Pass}, "", "REFUSED already used\n", errRefused},
		{"typed by a scanner", nil, "nonsense\n\n" + second.Pass + "\r\n" + second.Pass + "\n", "REFUSED not a pass\nOPEN good\nREFUSED already used\n", errRefused},
	} {
		var out bytes.Buffer
		err := gateCommand(t.Context(), append([]string{"--till", till}, tt.args...), strings.NewReader(tt.in), &out)
		if !errors.Is(err, tt.wantError) || out.String() != tt.want {
			t.Errorf("%s: got %q, %v, want %q, %v", tt.name, out.String(), err, tt.want, tt.wantError)
		}
	}
}

func TestGateWithoutATill(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	var out bytes.Buffer
	if err := gateCommand(t.Context(), []string{"--till", srv.URL, "token"}, nil, &out); err == nil || out.Len() > 0 {
		t.Errorf("a server that is no till: got %q, %v, want an error alone", out.String(), err)
	}
	srv.Close()
	if err := gateCommand(context.Background(), []string{"--till", srv.URL, "token"}, nil, &out); err == nil || errors.Is(err, errRefused) {
		t.Errorf("no server: got %v, want an error that is no refusal", err)
	}
}
