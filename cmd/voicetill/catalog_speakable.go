package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"text/tabwriter"

	"voicetill/catalog"
	"voicetill/checkout"
	"voicetill/payments/money"
	"voicetill/store"
)

const speakableUsage = "[--json] [--model DIR] FILE"

// errUnspeakable ends speakable with status 1 after the table was shown.
var errUnspeakable = errors.New("some items can be said by number only: give them a sounds_like, or teach them")

func catalogSpeakable(ctx context.Context, args []string) error {
	fs := flag.NewFlagSet("catalog speakable", flag.ContinueOnError)
	asJSON := fs.Bool("json", false, "one JSON object with every item")
	model := fs.String("model", "", "vosk model `folder`; by default the one that make fetched")
	if err := parseFlags(fs, args, speakableUsage, 1, 1); err != nil {
		return err
	}
	items, _, err := readCatalogFile(fs.Arg(0), store.Place{Currency: money.Currency("EUR")})
	if err != nil {
		return err
	}
	engine, err := openEngine(*model)
	if err != nil {
		return err
	}
	defer engine.Close()
	r := &respeller{knows: engine.Knows, log: slog.New(slog.NewTextHandler(os.Stderr, nil))}
	if items, err = r.respell(ctx, items); err != nil {
		return err
	}
	list := checkout.Speakables(items, engine.Knows, r)
	return showSpeakable(os.Stdout, list, *asJSON, items, engine.Knows)
}

func showSpeakable(out io.Writer, list []checkout.Speakable, asJSON bool, items []catalog.Item, knows func(string) bool) error {
	counts := checkout.CountWays(items, knows)
	var err error
	if asJSON {
		encoder := json.NewEncoder(out)
		encoder.SetEscapeHTML(false)
		err = encoder.Encode(struct {
			Counts map[checkout.Way]int `json:"counts"`
			Items  []checkout.Speakable `json:"items"`
		}{counts, list})
	} else {
		err = tabulate(out, list, counts)
	}
	if err == nil && counts[checkout.ByNumber] > 0 {
		err = errUnspeakable
	}
	return err
}

func tabulate(out io.Writer, list []checkout.Speakable, counts map[checkout.Way]int) error {
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "NUMBER\tNAME\tSAID BY\tHEARD AS\tMAY BE TAKEN FOR")
	for _, s := range list {
		var others []string
		for _, o := range s.Confusable {
			others = append(others, fmt.Sprintf("%s %s (%s)", o.Number, o.Name, o.Why))
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", s.Number, s.Name, s.Way, strings.Join(s.As, " | "), strings.Join(others, ", "))
	}
	fmt.Fprintf(w, "\n%s\n", waysText(counts))
	return w.Flush()
}
