package store_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"voicetill/store"
	"voicetill/store/storetest"
)

func TestBackupOfARunningTillIsRestored(t *testing.T) {
	dsn := storetest.SQLite(t)
	path, _ := store.SQLitePath(dsn)
	backup := filepath.Join(t.TempDir(), "till.backup")
	s := newTill(t, dsn)
	first := s.pay(t, s.freeze(t, "cart 1", line(t, 1, "1203", 3000)))
	if err := store.BackupSQLite(t.Context(), path, backup); err != nil {
		t.Fatal(err)
	}
	s.pay(t, s.freeze(t, "cart 2", line(t, 1, "1203", 1000))) // after the backup
	if err := store.BackupSQLite(t.Context(), path, backup); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over an older backup: got %v, want %v", err, fs.ErrExist)
	}
	if err := store.RestoreSQLite(t.Context(), backup, path, false); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over a database: got %v, want %v", err, fs.ErrExist)
	}
	if err := store.RestoreSQLite(t.Context(), backup, path, true); !errors.Is(err, store.ErrInUse) {
		t.Errorf("under a running till: got %v, want %v", err, store.ErrInUse)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := store.RestoreSQLite(t.Context(), backup, path, true); err != nil {
		t.Fatal(err)
	}
	again := newTill(t, dsn)
	if a := again.audited(t); a.Receipts != 1 {
		t.Errorf("receipts: got %d, want 1", a.Receipts)
	}
	if r, err := again.service.ReceiptFor(t.Context(), first.Bill); err != nil || r.Pass != first.Pass {
		t.Errorf("receipt: got %+v, %v, want %+v", r, err, first)
	}
	if a := newTill(t, dsn+".before-restore").audited(t); a.Receipts != 2 {
		t.Errorf("receipts kept aside: got %d, want 2", a.Receipts)
	}
}

func TestABadBackupIsNotRestored(t *testing.T) {
	dsn := storetest.SQLite(t)
	path, _ := store.SQLitePath(dsn)
	s := newTill(t, dsn)
	s.pay(t, s.freeze(t, "cart 1", line(t, 1, "1203", 3000)))
	good := filepath.Join(t.TempDir(), "good")
	if err := store.BackupSQLite(t.Context(), path, good); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	file := func(data []byte) string {
		name := filepath.Join(t.TempDir(), "bad")
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	scratched := append([]byte(nil), data...)
	for i := range 4096 {
		scratched[8*4096+i] = 0xff
	}
	newer := file(data)
	raw(t, "sqlite:"+newer, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)`)
	for _, tt := range []struct {
		name, file string
		want       error
	}{
		{"cut off", file(data[:len(data)/2]), store.ErrDamaged},
		{"scratched", file(scratched), store.ErrDamaged},
		{"no database", file([]byte(strings.Repeat("no database ", 1000))), store.ErrDamaged},
		{"empty", file(nil), store.ErrDamaged},
		{"newer", newer, store.ErrNewerSchema},
		{"not there", filepath.Join(t.TempDir(), "none"), fs.ErrNotExist},
	} {
		if err := store.RestoreSQLite(t.Context(), tt.file, path, true); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, err, tt.want)
		}
	}
	if a := newTill(t, dsn).audited(t); a.Receipts != 1 {
		t.Errorf("the old database: got %d receipts, want 1", a.Receipts)
	}
}

func TestADamagedDatabaseIsReplaced(t *testing.T) {
	dsn := storetest.SQLite(t)
	path, _ := store.SQLitePath(dsn)
	s := newTill(t, dsn)
	backup := filepath.Join(t.TempDir(), "backup")
	if err := store.BackupSQLite(t.Context(), path, backup); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Repeat("rubbish ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := store.RestoreSQLite(t.Context(), backup, path, true); err != nil {
		t.Fatal(err)
	}
	newTill(t, dsn).audited(t)
}
