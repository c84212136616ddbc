package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// ErrNewerSchema refuses a database that a newer version has written.
var ErrNewerSchema = errors.New("the database was written by a newer version of voicetill")

// migrate applies the migrations that the database lacks. PostgreSQL nodes
// that start at once wait for each other; on SQLite, which has no lock for it,
// the slower process fails and finds the work done when it looks again.
func (db *DB) migrate(ctx context.Context) error {
	p, err := db.provider()
	if err != nil {
		return err
	}
	for range maxAttempts {
		if err = up(ctx, p); err == nil || db.postgres() || errors.Is(err, ErrNewerSchema) {
			return err
		}
	}
	return err
}

func up(ctx context.Context, p *goose.Provider) error {
	if isUpToDate(ctx, p) {
		return nil
	}
	have, err := p.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("read the database's schema version: %w", err)
	}
	known, err := knownSchema()
	if err != nil {
		return err
	}
	if have > known {
		return fmt.Errorf("%w: its schema is %d, known here is %d", ErrNewerSchema, have, known)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("bring the database's schema up to date: %w", err)
	}
	return nil
}

// isUpToDate looks without the lock, which a node that was killed may hold for a
// while. What cannot be told is no.
func isUpToDate(ctx context.Context, p *goose.Provider) bool {
	have, known, err := p.GetVersions(ctx)
	if err != nil || have != known {
		return false
	}
	pending, err := p.HasPending(ctx)
	return err == nil && !pending
}

func (db *DB) provider() (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	if !db.postgres() {
		return goose.NewProvider(goose.DialectSQLite3, db.write.DB, files,
			goose.WithDisableGlobalRegistry(true), goose.WithGoMigrations(db.appendOnly()))
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60)) // seconds, tries
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectPostgres, db.write.DB, files,
		goose.WithDisableGlobalRegistry(true), goose.WithGoMigrations(db.appendOnly()), goose.WithSessionLocker(locker))
}

// knownSchema is the version of the last migration.
func knownSchema() (last int64, err error) {
	last = appendOnly
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		n, err := goose.NumericComponent(name)
		if err != nil {
			return 0, fmt.Errorf("migration %s: %w", name, err)
		}
		last = max(last, n)
	}
	return last, nil
}
