package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"voicetill/payments"
	"voicetill/store"
)

const (
	placeTariffUsage = "[--item NUMBER [--unit 30m] [--free 15m] [--day-item NUMBER] | --none] [--db ADDRESS] ID"
	placePlanUsage   = "[--item NUMBER ([--visits N] [--days N] | --remove)] [--db ADDRESS] ID"
)

var (
	errTariffFlags = errors.New("--none stands alone, and --unit and --free are whole minutes such as 30m")
	errPlanFlags   = errors.New("--visits, --days and --remove go with --item")
)

// openPlace opens the database and finds a place. The caller closes the database.
func openPlace(ctx context.Context, address, id string) (*store.DB, store.Place, error) {
	db, err := store.Open(ctx, address)
	if err != nil {
		return nil, store.Place{}, err
	}
	p, err := db.Place(ctx, id)
	if err != nil {
		db.Close()
		return nil, p, fmt.Errorf("place %s: %w", id, err)
	}
	return db, p, nil
}

// placeTariff sets what visits behind a place's gates cost, or without a tariff
// tells it.
func placeTariff(ctx context.Context, args []string, out io.Writer) error {
	fs := flag.NewFlagSet("place tariff", flag.ContinueOnError)
	address := dbFlag(fs)
	var t payments.Tariff
	fs.StringVar(&t.Item, "item", "", "`number` of the item that a started unit, or a visit, costs")
	fs.StringVar(&t.DayItem, "day-item", "", "`number` of the item that 24 hours cost at most")
	unit := fs.Duration("unit", 0, "`time` of a unit; without it a visit costs the same however long it is")
	free := fs.Duration("free", 0, "`time` at the start that costs nothing")
	none := fs.Bool("none", false, "visits are not paid for")
	if err := parseFlags(fs, args, placeTariffUsage, 1, 1); err != nil {
		return err
	}
	if *none && t.Item != "" || *unit%time.Minute != 0 || *free%time.Minute != 0 {
		return errTariffFlags
	}
	t.UnitMin, t.FreeMin = int(*unit/time.Minute), int(*free/time.Minute)
	db, p, err := openPlace(ctx, *address, fs.Arg(0))
	if err != nil {
		return err
	}
	defer db.Close()
	switch {
	case *none:
		err = db.SetTariff(ctx, p.ID, nil)
	case t != payments.Tariff{}:
		if err = t.Valid(); err == nil {
			err = sells(ctx, db, p.ID, t.Item, t.DayItem)
		}
		if err == nil {
			err = db.SetTariff(ctx, p.ID, &t)
		}
	}
	if err != nil {
		return err
	}
	t, err = db.Tariff(ctx, p.ID)
	if errors.Is(err, payments.ErrNoTariff) {
		fmt.Fprintf(out, "%s: visits are not paid for\n", p.ID)
		return nil
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s: %s\n", p.ID, tariffWords(t))
	return nil
}

// sells returns payments.ErrNoTariff for a number that the place does not sell.
func sells(ctx context.Context, db *store.DB, place string, numbers ...string) error {
	_, items, err := db.Catalog(ctx, place)
	if err != nil {
		return err
	}
	known := map[string]bool{"": true}
	for _, it := range items {
		known[it.Number] = true
	}
	for _, n := range numbers {
		if !known[n] {
			return fmt.Errorf("item %s: %w", n, payments.ErrNoTariff)
		}
	}
	return nil
}

func tariffWords(t payments.Tariff) string {
	words := "a visit costs item " + t.Item
	if t.UnitMin > 0 {
		words = fmt.Sprintf("each started %d minutes cost item %s", t.UnitMin, t.Item)
	}
	if t.FreeMin > 0 {
		words += fmt.Sprintf(", the first %d minutes nothing", t.FreeMin)
	}
	if t.DayItem != "" {
		words += ", 24 hours item " + t.DayItem + " at most"
	}
	return words
}

// placePlan adds, changes or removes what is sold for visits, or without an item
// tells it.
func placePlan(ctx context.Context, args []string, out io.Writer) error {
	fs := flag.NewFlagSet("place plan", flag.ContinueOnError)
	address := dbFlag(fs)
	var p payments.Plan
	fs.StringVar(&p.Item, "item", "", "`number` of the item that is sold")
	fs.IntVar(&p.Visits, "visits", 0, "how `many` visits it is; without it any number")
	fs.IntVar(&p.Days, "days", 0, "how many `days` from the sale; without it for ever")
	remove := fs.Bool("remove", false, "the item is no plan any more; what was sold stays as it was")
	if err := parseFlags(fs, args, placePlanUsage, 1, 1); err != nil {
		return err
	}
	if p.Item == "" && (p != payments.Plan{} || *remove) {
		return errPlanFlags
	}
	db, place, err := openPlace(ctx, *address, fs.Arg(0))
	if err != nil {
		return err
	}
	defer db.Close()
	plans, err := db.Plans(ctx, place.ID)
	if err != nil {
		return err
	}
	if p.Item != "" {
		plans = slices.DeleteFunc(plans, func(q payments.Plan) bool { return q.Item == p.Item })
		if !*remove {
			if err := sells(ctx, db, place.ID, p.Item); err != nil {
				return err
			}
			plans = append(plans, p)
		}
		if err := db.SetPlans(ctx, place.ID, plans); err != nil {
			return err
		}
	}
	if len(plans) == 0 {
		fmt.Fprintf(out, "%s: no item is sold for visits\n", place.ID)
	}
	for _, p := range plans {
		fmt.Fprintf(out, "%s: %s\n", place.ID, planWords(p))
	}
	return nil
}

func planWords(p payments.Plan) string {
	words := []string{"item " + p.Item + " is"}
	if p.Visits > 0 {
		words = append(words, fmt.Sprintf("%d visits", p.Visits))
	} else {
		words = append(words, "any number of visits")
	}
	if p.Days > 0 {
		words = append(words, fmt.Sprintf("within %d days", p.Days))
	}
	return strings.Join(words, " ")
}
