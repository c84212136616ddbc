package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"

	"voicetill/catalog"
	"voicetill/checkout"
	"voicetill/parser"
	"voicetill/speech/respell"
)

// respeller is a checkout.Speller that reads the pronunciation dictionary when
// it is first needed. Without the dictionary it spells nothing, without
// espeak-ng only what the dictionary has; it says so once.
type respeller struct {
	knows func(word string) bool
	log   *slog.Logger

	once    sync.Once
	speller *respell.Speller // nil: off
}

func (r *respeller) load() *respell.Speller {
	r.once.Do(func() {
		s, err := loadSpeller(r.knows, r.log)
		if err != nil {
			r.log.Warn("names that the recogniser does not know can be bought by number only: make models fetches the pronunciation dictionary", "err", err)
		}
		r.speller = s
	})
	return r.speller
}

func loadSpeller(knows func(string) bool, log *slog.Logger) (*respell.Speller, error) {
	f, err := os.Open(dictionaryFile())
	if err != nil {
		return nil, err
	}
	defer f.Close()
	d, err := respell.ReadDictionary(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name(), err)
	}
	g, err := englishGrammar()
	if err != nil {
		return nil, err
	}
	commands := map[string]bool{}
	for _, w := range append(g.Words(), parser.New(g, nil).Fillers()...) {
		commands[w] = true
	}
	avoid := func(w string) bool { return commands[w] || parser.NumberWord(w) }
	espeak, err := respell.FindEspeak()
	if err != nil {
		log.Warn("names that the pronunciation dictionary lacks can be bought by number only: install espeak-ng", "err", err)
		return respell.NewSpeller(d, respell.NewLexicon(d, knows, avoid), nil), nil
	}
	return respell.NewSpeller(d, respell.NewLexicon(d, knows, avoid), espeak), nil
}

// Spell is part of checkout.Speller.
func (r *respeller) Spell(ctx context.Context, words []string) (map[string][]respell.Spelling, error) {
	s := r.load()
	if s == nil {
		return nil, nil
	}
	return s.Spell(ctx, words)
}

// Say is part of checkout.Speller.
func (r *respeller) Say(phrase string) (respell.Phones, bool) {
	s := r.load()
	if s == nil {
		return nil, false
	}
	return s.Say(phrase)
}

// respell adds respellings to items. What fails is logged, and the items are
// sold by number.
func (r *respeller) respell(ctx context.Context, items []catalog.Item) ([]catalog.Item, error) {
	spelled, err := checkout.Respell(ctx, items, r.knows, r)
	if err != nil && !errors.Is(ctx.Err(), context.Canceled) {
		r.log.Warn("names were not respelled", "err", err)
		return items, nil
	}
	return spelled, err
}

// respellWith respells items for the model in a folder ("": the default one), and
// counts how they can be said. Without a recogniser it warns, and ways is nil.
func respellWith(ctx context.Context, model string, items []catalog.Item) (spelled []catalog.Item, ways map[checkout.Way]int, err error) {
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	engine, err := openEngine(model)
	if err != nil {
		log.Warn("names that the recogniser may not know are not respelled", "err", err)
		return items, nil, nil
	}
	defer engine.Close()
	r := &respeller{knows: engine.Knows, log: log}
	if items, err = r.respell(ctx, items); err != nil {
		return nil, nil, err
	}
	return items, checkout.CountWays(items, engine.Knows), nil
}

func waysText(ways map[checkout.Way]int) string {
	return fmt.Sprintf("%d ready, %d taught, %d respelled, %d by number only",
		ways[checkout.VoiceReady], ways[checkout.ByTaught], ways[checkout.ByGuess], ways[checkout.ByNumber])
}
