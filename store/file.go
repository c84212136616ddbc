package store

import (
	"context"
	"fmt"
	"os"

	"voicetill/payments"

	"github.com/jmoiron/sqlx"
)

// file is a SQLite database's file and write-ahead log as they were opened. Who
// moves, replaces or deletes one of them under a running till leaves it writing
// into what no name leads to any more: all that it sells would be gone with the
// process. So nothing is committed from then on.
type file struct {
	held *sqlx.Conn // open to the end: SQLite itself takes the log away only with its last connection
	was  []named
}

type named struct {
	name string
	info os.FileInfo
}

// holdFile notes which files the database is. Without a log, where the disk cannot
// have one, it is the one file.
func holdFile(ctx context.Context, path string, read *sqlx.DB) (*file, error) {
	held, err := read.Connx(ctx)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	f := &file{held: held}
	var tables int
	if err := held.GetContext(ctx, &tables, `SELECT COUNT(*) FROM sqlite_master`); err != nil {
		held.Close()
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	for _, name := range []string{path, path + "-wal"} {
		info, err := os.Stat(name)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			held.Close()
			return nil, err
		}
		f.was = append(f.was, named{name, info})
	}
	return f, nil
}

// still returns payments.ErrNoBooks where a file is not the one that was opened. A nil
// file, as of PostgreSQL's, is.
func (f *file) still() error {
	if f == nil {
		return nil
	}
	for _, was := range f.was {
		if now, err := os.Stat(was.name); err != nil || !os.SameFile(was.info, now) {
			return fmt.Errorf("%w: %s was moved, replaced or deleted while the till runs: stop the till, put the file back and start it again", payments.ErrNoBooks, was.name)
		}
	}
	return nil
}
