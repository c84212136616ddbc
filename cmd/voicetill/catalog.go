package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"

	"voicetill/catalog"
	"voicetill/store"
)

const importUsage = "[--place ID] [--db ADDRESS] FILE.csv"

func init() {
	commands = append(commands, command{"catalog", "(import | speakable | teach) …", "replace what a place sells, all or nothing, into a running till too; say how items can be said; teach one by saying it", catalogCommand})
}

// errRows ends an import with status 1 after every bad row was named.
var errRows = errors.New("the catalogue has errors: nothing was changed")

func catalogCommand(ctx context.Context, args []string) error {
	return runSub(ctx, "catalog", []subcommand{{"import", importUsage, catalogImport}, {"speakable", speakableUsage, catalogSpeakable}, {"teach", teachUsage, catalogTeach}}, args)
}

func catalogImport(ctx context.Context, args []string) error {
	fs := flag.NewFlagSet("catalog import", flag.ContinueOnError)
	db := dbFlag(fs)
	place := fs.String("place", store.DemoPlace, "`id` of the place")
	model := fs.String("model", "", "vosk model `folder`; by default the one that make fetched")
	if err := parseFlags(fs, args, importUsage, 1, 1); err != nil {
		return err
	}
	return importCatalog(ctx, *db, *place, *model, fs.Arg(0))
}

func importCatalog(ctx context.Context, dsn, place, model, name string) error {
	db, err := store.Open(ctx, dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := seedIfDemo(ctx, db, place); err != nil {
		return err
	}
	p, err := db.Place(ctx, place)
	if err != nil {
		return fmt.Errorf("place %s: %w", place, err)
	}
	items, err := readCatalogFile(name, p)
	if err != nil {
		return err
	}
	_, before, err := db.Catalog(ctx, place)
	if err != nil {
		return err
	}
	items, ways, err := respellWith(ctx, model, catalog.KeepTaught(before, items))
	if err != nil {
		return err
	}
	version, err := db.ReplaceCatalog(ctx, place, items)
	if err != nil {
		return err
	}
	c := catalog.Compare(before, items)
	fmt.Printf("%s: version %s, %d items, %d added, %d changed, %d removed\n", place, version, c.Items, c.Added, c.Changed, c.Removed)
	if ways != nil {
		fmt.Println(waysText(ways))
	}
	return nil
}

// seedIfDemo makes the demo shop where it is asked for before the till has run.
func seedIfDemo(ctx context.Context, db *store.DB, place string) error {
	if place != store.DemoPlace {
		return nil
	}
	items, err := readCatalog("")
	if err != nil {
		return err
	}
	return db.SeedDemo(ctx, items)
}

func readCatalogFile(name string, p store.Place) ([]catalog.Item, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	items, err := catalog.ReadCSV(f, p.Currency)
	var rows catalog.RowErrors
	if errors.As(err, &rows) {
		for _, e := range rows {
			fmt.Fprintf(os.Stderr, "%s:%d: %s\n", name, e.Line, e.Error())
		}
		return nil, errRows
	}
	if err != nil {
		return nil, fmt.Errorf("read catalogue %s: %w", name, err)
	}
	return items, nil
}
