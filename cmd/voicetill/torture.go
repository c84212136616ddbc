package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

func init() {
	commands = append(commands, command{"torture", "NAME …", "prove what the till promises: " + strings.Join(tortureNames(), ", "),
		func(ctx context.Context, args []string) error { return runSub(ctx, "torture", tortures, args) }})
}

// tortures by name; each tells its progress on stderr, prints one line of JSON
// last, and ends with status 1 if a promise was broken.
var tortures = []subcommand{
	{"kill", tortureKillUsage, tortureKill},
	{"lastunit", tortureLastUnitUsage, tortureLastUnit},
	{"ledger", tortureLedgerUsage, tortureLedger},
	{"payments", torturePaymentsUsage, torturePayments},
	{"power", torturePowerUsage, torturePower},
	{"disk", tortureDiskUsage, tortureDisk},
}

func tortureNames() (names []string) {
	for _, t := range tortures {
		names = append(names, t.name)
	}
	return names
}

// tortureFlags are what all tortures can be told. db is "" unless given: a new
// SQLite file is used then.
func tortureFlags(name string) (fs *flag.FlagSet, db *string, seed *uint64) {
	fs = flag.NewFlagSet("torture "+name, flag.ContinueOnError)
	db = fs.String("db", "", "`address` of an empty database: sqlite:FILE or postgres://…; a SQLite file that is deleted afterwards by default")
	seed = fs.Uint64("seed", 1, "`number` that the random choices follow from")
	return fs, db, seed
}

// conclude prints the report, an object with its torture's name, and returns
// the error that was found.
func conclude(report any, err error) error {
	if e := json.NewEncoder(os.Stdout).Encode(report); e != nil {
		return e
	}
	return err
}

// progress tells on one line of stderr how far a torture is, a hundred times.
func progress(what string, n, of int) {
	if step := max(of/100, 1); n%step == 0 || n == of {
		fmt.Fprintf(os.Stderr, "\r%s: %d of %d", what, n, of)
	}
	if n == of {
		fmt.Fprintln(os.Stderr)
	}
}

// quantile is the q-th part of durations in seconds, 0 for none.
func quantile(d []time.Duration, q float64) float64 {
	if len(d) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(d))
	return float64(sorted[int(q*float64(len(sorted)-1)+0.5)].Round(100*time.Microsecond)/100_000) / 10_000
}
