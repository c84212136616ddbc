package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"

	"voicetill/store"
)

const (
	backupUsage  = "[--db ADDRESS] FILE"
	restoreUsage = "[--db ADDRESS] [--force] FILE"
)

func init() {
	commands = append(commands,
		command{"backup", backupUsage, "copy the database, while the till runs", func(ctx context.Context, args []string) error {
			return backup(ctx, args, os.Stdout)
		}},
		command{"restore", restoreUsage, "put a backup in place, while the till is stopped", func(ctx context.Context, args []string) error {
			return restore(ctx, args, os.Stdout)
		}})
}

// errPostgres names PostgreSQL's own tools, which do it better than we could.
var errPostgres = errors.New("PostgreSQL has its own tools: pg_dump --format=custom --file=FILE ADDRESS backs up, pg_restore --clean --if-exists --dbname=ADDRESS FILE restores")

func backup(ctx context.Context, args []string, out io.Writer) error {
	fs := flag.NewFlagSet("backup", flag.ContinueOnError)
	address := dbFlag(fs)
	if err := parseFlags(fs, args, backupUsage, 1, 1); err != nil {
		return err
	}
	path, ok := store.SQLitePath(*address)
	if !ok {
		return errPostgres
	}
	if err := store.BackupSQLite(ctx, path, fs.Arg(0)); err != nil {
		return err
	}
	fmt.Fprintf(out, "%s is backed up to %s. It holds keys and balances: keep it as safe as the till.\n", path, fs.Arg(0))
	return nil
}

func restore(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("restore", flag.ContinueOnError)
	address := dbFlag(flags)
	force := flags.Bool("force", false, "replace the database that is there; it is kept as ….before-restore")
	if err := parseFlags(flags, args, restoreUsage, 1, 1); err != nil {
		return err
	}
	path, ok := store.SQLitePath(*address)
	if !ok {
		return errPostgres
	}
	err := store.RestoreSQLite(ctx, flags.Arg(0), path, *force)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("there is a database at %s: restore over it with --force", path)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s is restored to %s. Check it with: voicetill audit --db %s\n", flags.Arg(0), path, *address)
	return nil
}
