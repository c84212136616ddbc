package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"

	"voicetill/payments/money"
	"voicetill/store"
)

const (
	placeAddUsage  = "[--db ADDRESS] [--merchant ID] [--payee NAME] [--name NAME] [--currency EUR] ID"
	placeListUsage = "[--db ADDRESS]"
)

func init() {
	commands = append(commands, command{"place", "(add | list | zone | confirm | tariff | plan) …", "add a shop and its merchant, list the shops, say which payments staff confirms, and what visits cost", func(ctx context.Context, args []string) error {
		return runSub(ctx, "place", []subcommand{{"add", placeAddUsage, placeAdd}, {"list", placeListUsage, placeList},
			{"zone", placeZoneUsage, func(ctx context.Context, args []string) error { return placeZone(ctx, args, os.Stdout) }},
			{"confirm", placeConfirmUsage, func(ctx context.Context, args []string) error { return placeConfirm(ctx, args, os.Stdout) }},
			{"tariff", placeTariffUsage, func(ctx context.Context, args []string) error { return placeTariff(ctx, args, os.Stdout) }},
			{"plan", placePlanUsage, func(ctx context.Context, args []string) error { return placePlan(ctx, args, os.Stdout) }}}, args)
	}})
}

var (
	errID = errors.New("an id is 1 to 40 small letters, digits and hyphens")
)

var validID = regexp.MustCompile(`^[a-z0-9-]{1,40}$`)

// placeAdd adds a place and, where it is new, its merchant.
func placeAdd(ctx context.Context, args []string) error {
	fs := flag.NewFlagSet("place add", flag.ContinueOnError)
	address := dbFlag(fs)
	merchant := fs.String("merchant", "", "`id` of the merchant; the place's own if not given")
	payee := fs.String("payee", "", "the merchant's `name`, as bills show it, where the merchant is new")
	name := fs.String("name", "", "`name` of the place; its id if not given")
	currency := fs.String("currency", "EUR", "`code` of what is paid in")
	if err := parseFlags(fs, args, placeAddUsage, 1, 1); err != nil {
		return err
	}
	p := store.Place{ID: fs.Arg(0), Merchant: *merchant, Name: *name, Payee: *payee, Currency: money.Currency(*currency)}
	p.Merchant = firstText(p.Merchant, p.ID)
	p.Name = firstText(p.Name, p.ID)
	p.Payee = firstText(p.Payee, p.Name)
	if !validID.MatchString(p.ID) || !validID.MatchString(p.Merchant) {
		return errID
	}
	db, err := store.Open(ctx, *address)
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.Place(ctx, p.ID); err == nil {
		return fmt.Errorf("add %s: %w", p.ID, store.ErrPlaceTaken)
	} else if !errors.Is(err, store.ErrNoPlace) {
		return err
	}
	if err := db.AddPlace(ctx, p); err != nil {
		return err
	}
	return printPlaces(ctx, db, p.Merchant, os.Stdout)
}

func placeList(ctx context.Context, args []string) error {
	fs := flag.NewFlagSet("place list", flag.ContinueOnError)
	address := dbFlag(fs)
	if err := parseFlags(fs, args, placeListUsage, 0, 0); err != nil {
		return err
	}
	db, err := store.Open(ctx, *address)
	if err != nil {
		return err
	}
	defer db.Close()
	return printPlaces(ctx, db, "", os.Stdout)
}

// printPlaces lists a merchant's places, or with "" all.
func printPlaces(ctx context.Context, db *store.DB, merchant string, out io.Writer) error {
	places, err := db.Places(ctx, merchant)
	if err != nil {
		return err
	}
	for _, p := range places {
		version, err := db.CatalogVersion(ctx, p.ID)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s: %s, merchant %s (%s), %s, catalogue version %s\n", p.ID, p.Name, p.Merchant, p.Payee, p.Currency, version)
	}
	return nil
}

func firstText(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
