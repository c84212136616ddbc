package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"voicetill/checkout"
	"voicetill/payments"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jmoiron/sqlx"
	"github.com/mattn/go-sqlite3"
)

// tx is one open transaction.
type tx struct {
	ctx context.Context
	*sqlx.Tx
}

// maxAttempts bounds how often a transaction is begun again after PostgreSQL
// broke a deadlock.
const maxAttempts = 5

// tx runs fn in one transaction and commits if it returns nil. fn may run more
// than once, and so changes nothing but the transaction and what it assigns.
func (db *DB) tx(ctx context.Context, fn func(*tx) error) error {
	if db.group != nil {
		return told(ctx, db.group.do(ctx, fn))
	}
	return transact(ctx, db.write, nil, fn)
}

// view runs fn on one snapshot of the data.
func (db *DB) view(ctx context.Context, fn func(*tx) error) error {
	o := &sql.TxOptions{ReadOnly: true}
	if db.postgres() {
		o.Isolation = sql.LevelRepeatableRead
	}
	return transact(ctx, db.read, o, fn)
}

func transact(ctx context.Context, x *sqlx.DB, o *sql.TxOptions, fn func(*tx) error) error {
	var err error
	for range maxAttempts {
		if err = once(ctx, x, o, fn); !isDeadlock(err) {
			break
		}
	}
	return told(ctx, err)
}

// told marks the error of a full disk, and of a database that does not answer.
func told(ctx context.Context, err error) error {
	switch {
	case err == nil || ctx.Err() != nil || errors.Is(err, context.DeadlineExceeded):
		return err
	case isFull(err):
		return fmt.Errorf("%w: %w", checkout.ErrFull, err)
	case isAway(err) && !errors.Is(err, payments.ErrNoBooks):
		return fmt.Errorf("%w: %w", payments.ErrNoBooks, err)
	}
	return err
}

func once(ctx context.Context, x *sqlx.DB, o *sql.TxOptions, fn func(*tx) error) error {
	t, err := x.BeginTxx(ctx, o)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer t.Rollback()
	if err := fn(&tx{ctx, t}); err != nil {
		return err
	}
	if err := t.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// exec returns how many rows were changed.
func (t *tx) exec(query string, args ...any) (int64, error) {
	r, err := t.ExecContext(t.ctx, t.Rebind(query), args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

func (t *tx) get(dest any, query string, args ...any) error {
	return t.GetContext(t.ctx, dest, t.Rebind(query), args...)
}

func (t *tx) all(dest any, query string, args ...any) error {
	return t.SelectContext(t.ctx, dest, t.Rebind(query), args...)
}

func (db *DB) get(ctx context.Context, dest any, query string, args ...any) error {
	return told(ctx, db.read.GetContext(ctx, dest, db.read.Rebind(query), args...))
}

func (db *DB) all(ctx context.Context, dest any, query string, args ...any) error {
	return told(ctx, db.read.SelectContext(ctx, dest, db.read.Rebind(query), args...))
}

// exec is a transaction of one statement.
func (db *DB) exec(ctx context.Context, query string, args ...any) (n int64, err error) {
	err = db.tx(ctx, func(t *tx) error {
		n, err = t.exec(query, args...)
		return err
	})
	return n, err
}

// none turns "no rows" into the sentinel that says what there is none of.
func none(err, sentinel error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return sentinel
	}
	return err
}

// isDeadlock recognises PostgreSQL's serialization_failure and
// deadlock_detected (appendix A of its manual).
func isDeadlock(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

// isFull recognises a disk without room: SQLITE_FULL, and PostgreSQL's disk_full.
func isFull(err error) bool {
	var lite sqlite3.Error
	if errors.As(err, &lite) {
		return lite.Code == sqlite3.ErrFull
	}
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "53100"
}

// isAway recognises a database that is locked, stopped, cut off or without a
// connection to spare (classes 08, 53 and 57P of PostgreSQL's appendix A).
func isAway(err error) bool {
	var lite sqlite3.Error
	if errors.As(err, &lite) {
		return lite.Code == sqlite3.ErrBusy || lite.Code == sqlite3.ErrLocked || lite.Code == sqlite3.ErrCantOpen || lite.Code == sqlite3.ErrIoErr
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return strings.HasPrefix(pg.Code, "08") || strings.HasPrefix(pg.Code, "57P") || pg.Code == "53300"
	}
	var line net.Error
	var connect *pgconn.ConnectError
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &connect) || errors.As(err, &line)
}

// isTaken recognises a row that breaks a unique key.
func isTaken(err error) bool {
	var lite sqlite3.Error
	if errors.As(err, &lite) {
		return lite.ExtendedCode == sqlite3.ErrConstraintUnique || lite.ExtendedCode == sqlite3.ErrConstraintPrimaryKey
	}
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "23505"
}

func micros(t time.Time) int64 { return t.UnixMicro() }

func fromMicros(us int64) time.Time { return time.UnixMicro(us).UTC() }

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}
