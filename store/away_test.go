package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"voicetill/payments"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/mattn/go-sqlite3"
)

func TestADatabaseThatDoesNotAnswerIsTold(t *testing.T) {
	for _, tt := range []struct {
		name string
		err  error
		away bool
	}{
		{"SQLite that another process has locked", sqlite3.Error{Code: sqlite3.ErrBusy}, true},
		{"a file that cannot be opened", sqlite3.Error{Code: sqlite3.ErrCantOpen}, true},
		{"a disk that fails", sqlite3.Error{Code: sqlite3.ErrIoErr}, true},
		{"a key that is taken", sqlite3.Error{Code: sqlite3.ErrConstraint}, false},
		{"PostgreSQL that is stopped", &pgconn.PgError{Code: "57P01"}, true},
		{"PostgreSQL that starts", &pgconn.PgError{Code: "57P03"}, true},
		{"no connection to spare", &pgconn.PgError{Code: "53300"}, true},
		{"a connection that broke", &pgconn.PgError{Code: "08006"}, true},
		{"a row that is taken", &pgconn.PgError{Code: "23505"}, false},
		{"a connection that cannot be made", &pgconn.ConnectError{}, true},
		{"a connection that is over", driver.ErrBadConn, true},
		{"an error of ours", payments.ErrNoReceipt, false},
		{"too late", context.DeadlineExceeded, false},
		{"nothing", nil, false},
	} {
		err := tt.err
		if err != nil {
			err = fmt.Errorf("look for a bill: %w", err)
		}
		if got := told(t.Context(), err); errors.Is(got, payments.ErrNoBooks) != tt.away || !errors.Is(got, tt.err) {
			t.Errorf("%s: got %v", tt.name, got)
		}
	}
}

func TestALockedDatabaseIsNoFaultOfTheTill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "till.db")
	db, err := openSQLite(path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.write.Exec(`PRAGMA busy_timeout = 10; CREATE TABLE a (n BIGINT)`); err != nil {
		t.Fatal(err)
	}
	other, err := openSQLite(path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	lock, err := other.write.Beginx()
	if err != nil {
		t.Fatal(err)
	}
	insert := func() error { _, err := db.exec(t.Context(), `INSERT INTO a VALUES (1)`); return err }
	if err := insert(); !errors.Is(err, payments.ErrNoBooks) {
		t.Errorf("locked: got %v, want %v", err, payments.ErrNoBooks)
	}
	if err := lock.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := insert(); err != nil {
		t.Errorf("unlocked: got %v", err)
	}
}
