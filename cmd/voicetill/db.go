package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/peterbourgon/ff/v3"
)

// defaultDB is where a till keeps its data unless told otherwise.
const defaultDB = "sqlite:data/voicetill.db"

// dbFlag adds --db, with its twin VOICETILL_DB.
func dbFlag(fs *flag.FlagSet) *string {
	return fs.String("db", defaultDB, "database `address`: sqlite:FILE or postgres://…")
}

// parseFlags reads flags, and for those not given their VOICETILL_* twins. Asked
// for help it shows the usage on stdout and returns flag.ErrHelp; it complains
// on stderr by itself and then returns errUsage. From least to most arguments
// may follow the flags; a most below 0 is any number.
func parseFlags(fs *flag.FlagSet, args []string, usage string, least, most int) error {
	fs.SetOutput(io.Discard)
	fs.Usage = func() {}
	err := ff.Parse(fs, args, ff.WithEnvVarPrefix("VOICETILL"))
	switch {
	case errors.Is(err, flag.ErrHelp):
		showUsage(os.Stdout, fs, usage)
		return flag.ErrHelp
	case err != nil:
		if inner := errors.Unwrap(err); inner != nil {
			err = inner
		}
		fmt.Fprintf(os.Stderr, "voicetill %s: %v\n", fs.Name(), err)
	case fs.NArg() >= least && (most < 0 || fs.NArg() <= most):
		return nil
	}
	showUsage(os.Stderr, fs, usage)
	return errUsage
}

func showUsage(out io.Writer, fs *flag.FlagSet, usage string) {
	fmt.Fprintf(out, "usage: voicetill %s %s\n", fs.Name(), usage)
	fs.SetOutput(out)
	fs.PrintDefaults()
	fs.SetOutput(io.Discard)
}

// subcommand is the second word of a command that has several.
type subcommand struct {
	name, usage string
	run         func(ctx context.Context, args []string) error
}

// runSub runs the subcommand that the first argument names, or shows all.
func runSub(ctx context.Context, name string, list []subcommand, args []string) error {
	if len(args) > 0 {
		for _, c := range list {
			if c.name == args[0] {
				return c.run(ctx, args[1:])
			}
		}
	}
	out, err := os.Stderr, errUsage
	if len(args) > 0 && isHelp(args[0]) {
		out, err = os.Stdout, flag.ErrHelp
	}
	for _, c := range list {
		fmt.Fprintf(out, "usage: voicetill %s %s %s\n", name, c.name, c.usage)
	}
	return err
}

func isHelp(arg string) bool {
	return arg == "help" || arg == "-h" || arg == "-help" || arg == "--help"
}
