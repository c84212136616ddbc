// Package store keeps everything in SQLite or PostgreSQL: one wording for
// both, one suite of tests run on both. A public method is one transaction.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // driver pgx
	"github.com/jmoiron/sqlx"
	_ "github.com/mattn/go-sqlite3" // driver sqlite3
)

// ErrAddress refuses a database address of an unknown kind.
var ErrAddress = errors.New("a database address begins with sqlite: or postgres://")

// DB is an open database. It is safe for concurrent use.
type DB struct {
	write *sqlx.DB // SQLite: one connection
	read  *sqlx.DB // PostgreSQL: the same as write
	group *group   // SQLite: of write's transactions
	file  *file    // SQLite: what was opened
	now   func() time.Time
	zone  *time.Location // of places without one
}

// Option changes how Open works.
type Option func(*DB)

// Clock sets the time for what is stamped by the store; time.Now without it.
func Clock(now func() time.Time) Option { return func(db *DB) { db.now = now } }

// Open opens "sqlite:FILE" (made with its folder if it does not exist) or
// "postgres://…" and brings its schema up to date. It returns ErrAddress, or
// ErrNewerSchema for a database that a newer version has written.
func Open(ctx context.Context, dsn string, options ...Option) (*DB, error) {
	db, err := connect(dsn)
	if err != nil {
		return nil, err
	}
	for _, o := range options {
		o(db)
	}
	if err := db.migrate(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if path, ok := SQLitePath(dsn); ok {
		if db.file, err = holdFile(ctx, path, db.read); err != nil {
			return nil, errors.Join(err, db.Close())
		}
		db.group.file = db.file
	}
	return db, nil
}

func connect(dsn string) (*DB, error) {
	switch path, ok := SQLitePath(dsn); {
	case ok:
		return openSQLite(path)
	case isPostgres(dsn):
		x, err := sqlx.Open("pgx", dsn)
		if err != nil {
			return nil, fmt.Errorf("open PostgreSQL: %w", err)
		}
		x.SetMaxOpenConns(32)
		x.SetMaxIdleConns(8)
		return &DB{write: x, read: x, now: time.Now, zone: time.Local}, nil
	}
	return nil, ErrAddress
}

func openSQLite(path string) (*DB, error) {
	if err := makeFolder(path); err != nil {
		return nil, err
	}
	write, err := sqlx.Open("sqlite3", sqliteURI(path)+sqliteWriter)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	write.SetMaxOpenConns(1)
	read, err := sqlx.Open("sqlite3", sqliteURI(path)+sqliteReader)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), write.Close())
	}
	read.SetMaxOpenConns(9) // one is held
	read.SetMaxIdleConns(9)
	return &DB{write: write, read: read, group: &group{x: write}, now: time.Now, zone: time.Local}, nil
}

// Close closes the database. Closing twice is allowed.
func (db *DB) Close() error {
	if db.read == db.write {
		return db.write.Close()
	}
	if db.file != nil {
		if err := db.file.held.Close(); err != nil && !errors.Is(err, sql.ErrConnDone) {
			return errors.Join(err, db.read.Close(), db.write.Close())
		}
	}
	return errors.Join(db.read.Close(), db.write.Close())
}

// Ping reports whether the database answers, and is the one that was opened.
func (db *DB) Ping(ctx context.Context) error {
	return errors.Join(db.read.PingContext(ctx), db.file.still())
}

func (db *DB) postgres() bool { return db.write.DriverName() == "pgx" }
