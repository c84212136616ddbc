package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"

	"voicetill/checkout"
	"voicetill/speech"
	"voicetill/store"
)

const teachUsage = "[--place ID] [--db ADDRESS] [--model DIR] NUMBER FILE.wav…"

// catalogTeach makes what open dictation hears in recordings of an item's name
// what the item goes by, in a running till too.
func catalogTeach(ctx context.Context, args []string) error {
	fs := flag.NewFlagSet("catalog teach", flag.ContinueOnError)
	address := dbFlag(fs)
	place := fs.String("place", store.DemoPlace, "`id` of the place")
	model := fs.String("model", "", "vosk model `folder`; by default the one that make fetched")
	if err := parseFlags(fs, args, teachUsage, 2, -1); err != nil {
		return err
	}
	number := fs.Arg(0)
	texts, err := dictateFiles(ctx, *model, fs.Args()[1:])
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, *address)
	if err != nil {
		return err
	}
	defer db.Close()
	_, items, err := db.Catalog(ctx, *place)
	if err != nil {
		return fmt.Errorf("place %s: %w", *place, err)
	}
	g, err := englishGrammar()
	if err != nil {
		return err
	}
	taught, err := checkout.Taught(g, items, number, texts)
	if err != nil {
		return fmt.Errorf("teach item %s, heard as %q: %w", number, texts, err)
	}
	version, err := db.TeachItem(ctx, *place, number, taught)
	if err != nil {
		return err
	}
	fmt.Printf("%s: version %s, item %s is heard as %s\n", *place, version, number, strings.Join(taught, " | "))
	return nil
}

// dictateFiles are the texts of recordings, in their order.
func dictateFiles(ctx context.Context, model string, names []string) (texts []string, err error) {
	engine, err := openEngine(model)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	decoders := speech.NewDecoders(speech.BusyDecoders())
	for _, name := range names {
		c, err := readClip(name)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		text, err := speech.Dictate(ctx, engine, decoders, speech.PCM16(c.samples))
		if err != nil {
			return nil, fmt.Errorf("hear %s: %w", name, err)
		}
		texts = append(texts, text)
	}
	return texts, nil
}
