package store

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// sqliteWriter is fsynced at every commit: with mattn's default of
// synchronous=NORMAL a power cut loses acknowledged sales.
const (
	sqliteWriter = "?_journal_mode=WAL&_synchronous=FULL&_busy_timeout=5000&_txlock=immediate&_foreign_keys=1"
	sqliteReader = "?_busy_timeout=5000&_query_only=1"
)

// SQLitePath returns the file of a DSN such as "sqlite:data/voicetill.db".
// ok is false for other databases.
func SQLitePath(dsn string) (path string, ok bool) { return strings.CutPrefix(dsn, "sqlite:") }

func isPostgres(dsn string) bool {
	return strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://")
}

// sqliteURI is the file name with its characters escaped as SQLite reads them
// (https://www.sqlite.org/uri.html).
func sqliteURI(path string) string { return "file:" + (&url.URL{Path: path}).EscapedPath() }

func makeFolder(path string) error {
	if path == "" {
		return fmt.Errorf("a database address like sqlite:data/voicetill.db names a file")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("make the database's folder: %w", err)
	}
	return nil
}
