package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"

	"github.com/mattn/go-sqlite3"
)

// ErrDamaged refuses a file that is no whole database of ours.
var ErrDamaged = errors.New("the file is not a whole voicetill database")

// BackupSQLite copies the SQLite database at from, which may be in use, to the
// new file to: one moment's state, checked, on the disk when it returns. An
// existing file is not overwritten (fs.ErrExist).
func BackupSQLite(ctx context.Context, from, to string) error {
	if _, err := os.Stat(from); err != nil {
		return fmt.Errorf("find the database: %w", err)
	}
	f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("make the backup file: %w", err)
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := copyPages(ctx, from, to); err != nil {
		return errors.Join(fmt.Errorf("copy %s: %w", from, err), os.Remove(to))
	}
	if err := errors.Join(foldLog(ctx, to), CheckSQLite(ctx, to)); err != nil {
		return errors.Join(err, os.Remove(to))
	}
	return syncFile(to)
}

// copyPages uses SQLite's online backup (https://www.sqlite.org/backup.html),
// all pages in one step, so that writers wait instead of starting it anew.
func copyPages(ctx context.Context, from, to string) error {
	return withRaw(ctx, from, "?mode=ro&_busy_timeout=10000", func(source *sqlite3.SQLiteConn) error {
		return withRaw(ctx, to, "?_journal_mode=DELETE&_synchronous=FULL", func(target *sqlite3.SQLiteConn) error {
			b, err := target.Backup("main", source, "main")
			if err != nil {
				return err
			}
			done, err := b.Step(-1)
			if err == nil && !done {
				err = errors.New("the database is busy")
			}
			return errors.Join(err, b.Finish())
		})
	})
}

// withRaw lends the driver's own connection.
func withRaw(ctx context.Context, path, options string, fn func(*sqlite3.SQLiteConn) error) error {
	db, err := sql.Open("sqlite3", sqliteURI(path)+options)
	if err != nil {
		return err
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(driver any) error { return fn(driver.(*sqlite3.SQLiteConn)) })
}

// CheckSQLite returns nil if the file is a whole database with a schema that
// is known here, else ErrDamaged or ErrNewerSchema. It changes nothing.
func CheckSQLite(ctx context.Context, path string) error {
	if _, err := os.Stat(path); err != nil {
		return err
	}
	db, err := sql.Open("sqlite3", sqliteURI(path)+"?mode=ro&_query_only=1")
	if err != nil {
		return err
	}
	defer db.Close()
	var verdict string
	if err := db.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&verdict); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrDamaged, path, err)
	}
	if verdict != "ok" {
		return fmt.Errorf("%w: %s: %s", ErrDamaged, path, verdict)
	}
	var have, known int64
	err = db.QueryRowContext(ctx, `SELECT MAX(version_id) FROM goose_db_version`).Scan(&have)
	if err != nil {
		return fmt.Errorf("%w: %s has no schema version: %w", ErrDamaged, path, err)
	}
	if known, err = knownSchema(); err != nil {
		return err
	}
	if have > known {
		return fmt.Errorf("%w: the schema of %s is %d, known here is %d", ErrNewerSchema, path, have, known)
	}
	return nil
}

// ErrInUse refuses to restore under a running till.
var ErrInUse = errors.New("the database is in use: stop the till first")

// RestoreSQLite puts a checked backup in the place of the database at to. An
// existing database is replaced only if force is set, else fs.ErrExist, and is
// kept as to.before-restore. ErrInUse while the till runs. Whatever fails, the
// old database is left as it was.
func RestoreSQLite(ctx context.Context, from, to string, force bool) error {
	if err := CheckSQLite(ctx, from); err != nil {
		return err
	}
	_, err := os.Stat(to)
	exists := err == nil
	if exists && !force {
		return fmt.Errorf("restore over %s: %w", to, os.ErrExist)
	}
	if err := makeFolder(to); err != nil {
		return err
	}
	fresh := to + ".restoring"
	if err := remove(fresh); err != nil {
		return err
	}
	if err := BackupSQLite(ctx, from, fresh); err != nil {
		return err
	}
	if exists {
		if err := setAside(ctx, to); err != nil {
			return errors.Join(err, os.Remove(fresh))
		}
	}
	if err := os.Rename(fresh, to); err != nil {
		return err
	}
	return syncFolder(to)
}

// setAside links the database as .before-restore, in one file: its write-ahead
// log must not be replayed into the one that takes its name.
func setAside(ctx context.Context, path string) error {
	if err := foldLog(ctx, path); err != nil {
		return err
	}
	if err := remove(path + ".before-restore"); err != nil {
		return err
	}
	return os.Link(path, path+".before-restore")
}

// foldLog brings the write-ahead log into the database. SQLite leaves WAL mode
// only for the last connection, which tells whether the till runs. The log of
// a file that is no database any more belongs to nothing and goes.
func foldLog(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite3", sqliteURI(path)+"?_busy_timeout=500")
	if err != nil {
		return err
	}
	defer db.Close()
	var mode string
	err = db.QueryRowContext(ctx, `PRAGMA journal_mode = DELETE`).Scan(&mode)
	var lite sqlite3.Error
	switch {
	case err == nil && mode == "delete":
		return nil
	case errors.As(err, &lite) && (lite.Code == sqlite3.ErrNotADB || lite.Code == sqlite3.ErrCorrupt):
		return errors.Join(remove(path+"-wal"), remove(path+"-shm"))
	case err == nil, errors.As(err, &lite) && (lite.Code == sqlite3.ErrBusy || lite.Code == sqlite3.ErrLocked):
		return ErrInUse
	}
	return fmt.Errorf("close %s: %w", path, err)
}

// remove forgives that there is nothing.
func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
