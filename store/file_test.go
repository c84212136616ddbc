package store_test

import (
	"errors"
	"os"
	"testing"

	"voicetill/payments"
	"voicetill/payments/money"
	"voicetill/store"
	"voicetill/store/storetest"
)

// What is written into a file that no name leads to any more is gone with the
// process. So nothing is sold from the moment that somebody moves, replaces or
// deletes the database's file, or its log, under a running till.
func TestNothingIsSoldIntoAFileThatIsGone(t *testing.T) {
	for name, take := range map[string]func(path string) error{
		"moved":         func(path string) error { return os.Rename(path, path+".away") },
		"deleted":       os.Remove,
		"log deleted":   func(path string) error { return os.Remove(path + "-wal") },
		"replaced":      func(path string) error { return os.Rename(path+".old", path) },
		"its log moved": func(path string) error { return os.Rename(path+"-wal", path+"-wal.away") },
	} {
		t.Run(name, func(t *testing.T) {
			dsn := storetest.SQLite(t)
			path, _ := store.SQLitePath(dsn)
			s := newTill(t, dsn)
			s.pay(t, s.freeze(t, "cart 1", line(t, 1, "1203", 1000)))
			if err := store.BackupSQLite(t.Context(), path, path+".old"); err != nil {
				t.Fatal(err)
			}
			if err := s.Ping(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := take(path); err != nil {
				t.Fatal(err)
			}
			a, err := s.Account(t.Context(), ada)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.TopUp(t.Context(), "demo", a.ID, "after", money.Of(100, "EUR")); !errors.Is(err, payments.ErrNoBooks) {
				t.Errorf("paid in: got %v, want %v", err, payments.ErrNoBooks)
			}
			if err := s.Ping(t.Context()); !errors.Is(err, payments.ErrNoBooks) {
				t.Errorf("ready: got %v, want %v", err, payments.ErrNoBooks)
			}
			if err := os.Rename(path+".away", path); err != nil {
				return // it is gone for good
			}
			if err := s.TopUp(t.Context(), "demo", a.ID, "after", money.Of(100, "EUR")); err != nil {
				t.Errorf("put back: got %v", err)
			}
			s.audited(t)
		})
	}
}
