package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"

	"voicetill/store"
)

const auditUsage = "[--db ADDRESS]"

func init() {
	commands = append(commands, command{"audit", auditUsage, "replay the books and name what is out of order", func(ctx context.Context, args []string) error {
		return audit(ctx, args, os.Stdout)
	}})
}

// audit ends with status 1 if the books are out of order; out says how.
func audit(ctx context.Context, args []string, out io.Writer) error {
	fs := flag.NewFlagSet("audit", flag.ContinueOnError)
	address := dbFlag(fs)
	if err := parseFlags(fs, args, auditUsage, 0, 0); err != nil {
		return err
	}
	if path, ok := store.SQLitePath(*address); ok {
		if _, err := os.Stat(path); err != nil { // Open would make a new one
			return fmt.Errorf("find the database: %w", err)
		}
	}
	db, err := store.Open(ctx, *address)
	if err != nil {
		return err
	}
	defer db.Close()
	a, err := db.Audit(ctx)
	if err != nil {
		return err
	}
	for _, p := range a.Problems {
		fmt.Fprintln(out, p)
	}
	if n := len(a.Problems); n > 0 {
		return fmt.Errorf("the books are out of order: %d findings, the first is where to begin", n)
	}
	fmt.Fprintf(out, "The books are in order: %d merchants, %d entries, %d postings, %d receipts, the stock of %d items.\n",
		a.Merchants, a.Entries, a.Postings, a.Receipts, a.Items)
	return nil
}
