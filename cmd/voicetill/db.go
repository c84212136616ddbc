package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/peterbourgon/ff/v3"
)

// defaultDB is where a till keeps its data unless told otherwise.
const defaultDB = "sqlite:data/voicetill.db"

// dbFlag adds --db, with its twin VOICETILL_DB.
func dbFlag(fs *flag.FlagSet) *string {
	return fs.String("db", defaultDB, "database `address`: sqlite:FILE or postgres://…")
}

// parseFlags reads flags, and for those not given their VOICETILL_* twins. It
// complains on stderr by itself and then returns errUsage; wants says how many
// arguments may follow the flags.
func parseFlags(fs *flag.FlagSet, args []string, usage string, least, most int) error {
	fs.Usage = func() {
		fmt.Fprintf(fs.Output(), "usage: voicetill %s %s\n", fs.Name(), usage)
		fs.PrintDefaults()
	}
	err := ff.Parse(fs, args, ff.WithEnvVarPrefix("VOICETILL"))
	switch {
	case err == flag.ErrHelp:
		return err
	case err != nil:
		fmt.Fprintf(os.Stderr, "voicetill %s: %v\n", fs.Name(), err)
		return errUsage
	case fs.NArg() < least, most >= 0 && fs.NArg() > most:
		fs.Usage()
		return errUsage
	}
	return nil
}
