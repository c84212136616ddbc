package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"time"

	"voicetill/store"
)

const placeZoneUsage = "[--zone Europe/Berlin | --tills] [--db ADDRESS] ID"

// placeZone sets the time zone by which a place counts its days, or tells it.
func placeZone(ctx context.Context, args []string, out io.Writer) error {
	fs := flag.NewFlagSet("place zone", flag.ContinueOnError)
	address := dbFlag(fs)
	zone := fs.String("zone", "", "IANA `name` of the time zone that the place is in")
	tills := fs.Bool("tills", false, "the time zone of the machine that the till runs on")
	if err := parseFlags(fs, args, placeZoneUsage, 1, 1); err != nil {
		return err
	}
	db, err := store.Open(ctx, *address)
	if err != nil {
		return err
	}
	defer db.Close()
	if *zone != "" || *tills {
		if *tills {
			*zone = ""
		}
		if err := db.SetZone(ctx, fs.Arg(0), *zone); err != nil {
			return fmt.Errorf("place %s: %w", fs.Arg(0), err)
		}
	}
	p, err := db.Place(ctx, fs.Arg(0))
	if err != nil {
		return fmt.Errorf("place %s: %w", fs.Arg(0), err)
	}
	of := ""
	if p.Zone == "" {
		of = ", this machine's"
	}
	now := time.Now().In(db.ZoneOf(p))
	fmt.Fprintf(out, "%s: %s%s; it is %s there\n", p.ID, db.ZoneOf(p), of, now.Format("2006-01-02 15:04 MST"))
	return nil
}
