package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"voicetill/catalog"
	"voicetill/catalog/pictures"
	"voicetill/models"
	"voicetill/store"
)

const importUsage = "[--place ID] [--db ADDRESS] (FILE.csv | FILE.xlsx | FILE.zip)"

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
	items, files, err := readCatalogFile(name, p)
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
	items, made, faults := pictures.Gather(ctx, before, items, files, pictures.Internet())
	for _, f := range faults {
		fmt.Fprintf(os.Stderr, "item %s, picture %q: %s\n", f.Number, f.Value, f.Reason)
	}
	if err := db.SavePictures(ctx, place, made); err != nil {
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
	return seedDemo(ctx, db)
}

// seedDemo makes the demo shop, with pictures, where there is none yet.
func seedDemo(ctx context.Context, db *store.DB) error {
	items, err := readCatalog("")
	if err != nil {
		return err
	}
	if version, err := db.CatalogVersion(ctx, store.DemoPlace); err == nil && version != "0" {
		return db.SeedDemo(ctx, items)
	}
	files, err := fs.Sub(models.FS, "demo")
	if err != nil {
		return fmt.Errorf("find the demo shop's pictures: %w", err)
	}
	items, made, faults := pictures.Gather(ctx, nil, items, files, nil)
	if len(faults) > 0 {
		return fmt.Errorf("item %s, picture %q: %s", faults[0].Number, faults[0].Value, faults[0].Reason)
	}
	return db.SeedDemo(ctx, items, made...)
}

// readCatalogFile reads a CSV file or a workbook, beside which its pictures are,
// or a ZIP file of both.
func readCatalogFile(name string, p store.Place) ([]catalog.Item, fs.FS, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, nil, err
	}
	list, files, err := pictures.Open(data)
	if files == nil {
		files = os.DirFS(filepath.Dir(name))
	}
	var items []catalog.Item
	if err == nil {
		items, err = catalog.Read(list, p.Currency, nil)
	}
	var rows catalog.RowErrors
	if errors.As(err, &rows) {
		for _, e := range rows {
			fmt.Fprintf(os.Stderr, "%s:%d: %s\n", name, e.Line, e.Error())
		}
		return nil, nil, errRows
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read catalogue %s: %w", name, err)
	}
	return items, files, nil
}
