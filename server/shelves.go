package server

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"voicetill/catalog"
	"voicetill/checkout"
	"voicetill/parser"
	"voicetill/speech"
)

// freshness is how old the knowledge of a catalogue's version may be.
const freshness = 500 * time.Millisecond

// shelf is one version of one place's catalogue, ready to be understood. Who
// uses its pool holds it; the pool is closed when a newer shelf has come and
// nobody holds this one.
type shelf struct {
	version     string
	index       *catalog.Index
	understands map[string]*checkout.Understander    // by language
	pools       map[string]*speech.Pool              // by language; none: typed input only
	answers     map[string]*speech.Pool              // of what answers a question, by language, as pools
	plain       *speech.Pool                         // English sentences as a phrase list, with the library's own ends of utterances
	speakable   func() map[string]checkout.Speakable // how each item can be said, by number; worked out when first asked; nil where nothing is heard

	mu      sync.Mutex
	holders int
	old     bool
}

// understander of a language, English where there is no grammar of it.
func (f *shelf) understander(lang string) *checkout.Understander {
	if u, ok := f.understands[lang]; ok {
		return u
	}
	return f.understands["en"]
}

// hears is the language in which a conversation in lang is listened to: its own
// where there is a model of it, else English, else "".
func (f *shelf) hears(lang string) string {
	for _, l := range []string{lang, "en"} {
		if f.pools[l] != nil {
			return l
		}
	}
	return ""
}

func (f *shelf) hold() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.holders++
}

func (f *shelf) release() error { return f.unhold(func() { f.holders-- }) }
func (f *shelf) retire() error  { return f.unhold(func() { f.old = true }) }

func (f *shelf) unhold(change func()) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
	if !f.old || f.holders > 0 {
		return nil
	}
	return f.close()
}

func (f *shelf) close() error {
	var errs []error
	for _, pools := range []map[string]*speech.Pool{f.pools, f.answers} {
		for _, p := range pools {
			errs = append(errs, p.Close())
		}
	}
	if f.plain != nil {
		errs = append(errs, f.plain.Close())
	}
	return errors.Join(errs...)
}

// shop is one place with its shelf of now.
type shop struct {
	place Place
	till  *checkout.Till

	mu      sync.RWMutex
	shelf   *shelf
	checked time.Time
	loading sync.Mutex
	clock   atomic.Pointer[time.Location]
}

// zone is what the place's days are counted by. It may be set anew at any time.
func (p *shop) zone() *time.Location { return p.clock.Load() }

func (p *shop) current() *shelf {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.shelf
}

// shelves are all places that somebody has asked for.
type shelves struct {
	Config
	decoders *speech.Decoders
	mu       sync.Mutex
	shops    map[string]*shop
	newTill  func(Place) *checkout.Till
}

func newShelves(c Config, d *speech.Decoders, till func(Place) *checkout.Till) *shelves {
	return &shelves{Config: c, decoders: d, shops: map[string]*shop{}, newTill: till}
}

// shop returns the place with a fresh shelf, or ErrNoPlace.
func (s *shelves) shop(ctx context.Context, id string) (*shop, error) {
	s.mu.Lock()
	p := s.shops[id]
	s.mu.Unlock()
	if p == nil {
		place, err := s.Records.Place(ctx, id)
		if err != nil {
			return nil, err
		}
		p = s.add(place)
	}
	return p, s.refresh(ctx, p)
}

func (s *shelves) add(place Place) *shop {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.shops[place.ID]; p != nil {
		return p
	}
	p := &shop{place: place, till: s.newTill(place)}
	p.clock.Store(place.Zone)
	p.till.Shelf = func() *catalog.Index { return p.current().index }
	s.shops[place.ID] = p
	return p
}

// refresh looks whether the catalogue has changed, here or in another process,
// and loads it. While somebody else loads, the old shelf stays good.
func (s *shelves) refresh(ctx context.Context, p *shop) error {
	p.mu.RLock()
	have := p.shelf
	fresh := have != nil && s.Now().Sub(p.checked) < freshness
	p.mu.RUnlock()
	if fresh {
		return nil
	}
	if have == nil {
		p.loading.Lock()
	} else if !p.loading.TryLock() {
		return nil
	}
	defer p.loading.Unlock()
	return s.load(ctx, p)
}

// reload loads what the catalogue is now, and returns when it is in use.
func (s *shelves) reload(ctx context.Context, p *shop) error {
	p.loading.Lock()
	defer p.loading.Unlock()
	return s.load(ctx, p)
}

// load runs with p.loading held.
func (s *shelves) load(ctx context.Context, p *shop) error {
	have := p.current()
	now := s.Now()
	version, err := s.Records.CatalogVersion(ctx, p.place.ID)
	if err != nil {
		return err
	}
	place, err := s.Records.Place(ctx, p.place.ID)
	if err != nil {
		return err
	}
	p.clock.Store(place.Zone)
	if have != nil && have.version == version {
		p.mu.Lock()
		p.checked = now
		p.mu.Unlock()
		return nil
	}
	version, items, err := s.Records.Catalog(ctx, p.place.ID)
	if err != nil {
		return fmt.Errorf("load catalogue of %s: %w", p.place.ID, err)
	}
	next, err := s.build(version, items)
	if err == nil && have != nil && sameWords(have.index.Items(), items) {
		next.speakable = have.speakable
	}
	if err != nil {
		return fmt.Errorf("load catalogue of %s: %w", p.place.ID, err)
	}
	p.mu.Lock()
	p.shelf, p.checked = next, now
	p.mu.Unlock()
	s.Log.Info("catalogue loaded", "place", p.place.ID, "version", version, "items", len(items))
	if have != nil {
		return have.retire()
	}
	return nil
}

func (s *shelves) build(version string, items []catalog.Item) (*shelf, error) {
	f := &shelf{version: version, index: catalog.NewIndex(items), understands: map[string]*checkout.Understander{}, pools: map[string]*speech.Pool{}, answers: map[string]*speech.Pool{}}
	f.speakable = sync.OnceValue(func() map[string]checkout.Speakable { return s.judge(items) })
	for lang, g := range s.Grammars {
		if err := s.teach(f, lang, g); err != nil {
			return nil, errors.Join(err, f.close())
		}
	}
	return f, nil
}

// sameWords says that items go by the same names, so that they are said alike.
func sameWords(before, after []catalog.Item) bool {
	return slices.EqualFunc(before, after, func(a, b catalog.Item) bool {
		return a.Number == b.Number && a.Name == b.Name && slices.Equal(a.Also, b.Also) && slices.Equal(a.Sounds, b.Sounds) &&
			slices.Equal(a.Taught, b.Taught) && slices.Equal(a.Respelled, b.Respelled)
	})
}

// judge says how items can be said in English.
func (s *shelves) judge(items []catalog.Item) map[string]checkout.Speakable {
	if s.Engine == nil || s.Speller == nil {
		return nil
	}
	list := checkout.Speakables(items, s.Engine.Knows, s.Speller)
	said := make(map[string]checkout.Speakable, len(list))
	for _, x := range list {
		said[x.Number] = x
	}
	return said
}

// teach makes the shelf understand a language, and hear it where there is a model
// of it.
func (s *shelves) teach(f *shelf, lang string, g *parser.Grammar) (err error) {
	engine := s.Engines[lang]
	if lang == "en" {
		engine = s.Engine
	}
	if engine == nil {
		f.understands[lang] = checkout.NewUnderstander(g, f.index, nil)
		return nil
	}
	knows := func(word string) bool {
		_, ok := g.Spell(word, engine.Knows)
		return ok
	}
	u := checkout.NewUnderstander(g, f.index, knows)
	f.understands[lang] = u
	phrases := spell(g, s.phrases(u), engine)
	if lang == "en" {
		f.plain = speech.NewPool(engine, phrases, s.decoders)
	}
	pool, err := speech.NewLanguagePool(engine, phrases, s.decoders)
	if err != nil {
		return fmt.Errorf("hear %s: %w", lang, err)
	}
	f.pools[lang] = pool
	f.answers[lang] = speech.NewPool(engine, spell(g, u.Answers(), engine), s.decoders)
	return nil
}

func (s *shelves) phrases(u *checkout.Understander) []string {
	if s.Samples > 0 {
		return u.FewPhrases(s.Samples)
	}
	return u.Phrases()
}

// spell writes phrases in words that the engine knows, without those that it
// cannot hear.
func spell(g *parser.Grammar, phrases []string, engine speech.Engine) []string {
	list := make([]string, 0, len(phrases))
	for _, p := range phrases {
		if spelt, ok := g.Spell(p, engine.Knows); ok {
			list = append(list, spelt)
		}
	}
	return list
}

func (s *shelves) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, p := range s.shops {
		if f := p.current(); f != nil {
			errs = append(errs, f.retire())
		}
	}
	return errors.Join(errs...)
}
