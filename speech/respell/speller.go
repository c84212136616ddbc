package respell

import (
	"context"
	"runtime"
	"sort"
	"strings"
	"sync"
)

// Pronouncer says words that the dictionary lacks. Espeak is one.
type Pronouncer interface {
	Pronounce(ctx context.Context, words []string) (map[string][]Phones, error)
}

const (
	// Best is how many spellings a word gets at most.
	Best = 3
	// Limit is the most that a spelling may cost, for a short word; longer ones
	// may cost limitPhone more a phone.
	Limit      = 1.2
	limitPhone = 0.15
	shortWord  = 4 // phones
	// cached bounds the words whose spellings are remembered.
	cached = 50_000
)

// Speller spells words that a recogniser does not know. It remembers what it has
// worked out, and is safe for concurrent use.
type Speller struct {
	dictionary *Dictionary
	lexicon    *Lexicon
	voice      Pronouncer // nil: only what the dictionary has

	mu    sync.Mutex
	known map[string][]Spelling
}

// NewSpeller spells with the words of lexicon. voice may be nil: then only words
// of the dictionary can be spelled.
func NewSpeller(d *Dictionary, l *Lexicon, voice Pronouncer) *Speller {
	return &Speller{dictionary: d, lexicon: l, voice: voice, known: map[string][]Spelling{}}
}

// Say is the usual pronunciation of a phrase of the dictionary's words; ok is
// false if one is missing.
func (s *Speller) Say(phrase string) (ps Phones, ok bool) { return s.dictionary.Say(phrase) }

// Spell returns for each lower-case word its best spellings, at most Best, the
// best first; none for a word that nothing sounds like or nobody can pronounce.
func (s *Speller) Spell(ctx context.Context, words []string) (map[string][]Spelling, error) {
	spelled, missing := s.remembered(words)
	if len(missing) == 0 {
		return spelled, nil
	}
	said, err := s.pronounce(ctx, missing)
	if err != nil {
		return nil, err
	}
	found := make([][]Spelling, len(missing))
	var work sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		work.Go(func() {
			for i := range next {
				found[i] = s.spell(said[missing[i]])
			}
		})
	}
	for i := range missing {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	work.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.remember(missing, found, spelled)
	return spelled, nil
}

func (s *Speller) remembered(words []string) (spelled map[string][]Spelling, missing []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	spelled = make(map[string][]Spelling, len(words))
	asked := map[string]bool{}
	for _, w := range words {
		if list, ok := s.known[w]; ok {
			spelled[w] = list
		} else if !asked[w] {
			asked[w] = true
			missing = append(missing, w)
		}
	}
	return spelled, missing
}

func (s *Speller) remember(words []string, found [][]Spelling, spelled map[string][]Spelling) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.known)+len(words) > cached {
		clear(s.known)
	}
	for i, w := range words {
		spelled[w] = found[i]
		s.known[w] = found[i]
	}
}

// pronounce asks the dictionary, and the voice for what that lacks.
func (s *Speller) pronounce(ctx context.Context, words []string) (map[string][]Phones, error) {
	said := make(map[string][]Phones, len(words))
	var lacking []string
	for _, w := range words {
		if list := s.dictionary.Pronounce(w); len(list) > 0 {
			said[w] = list
		} else {
			lacking = append(lacking, w)
		}
	}
	if len(lacking) == 0 || s.voice == nil {
		return said, nil
	}
	voiced, err := s.voice.Pronounce(ctx, lacking)
	for w, list := range voiced {
		said[w] = list
	}
	return said, err
}

// spell takes the best spellings over all pronunciations of a word, and at least
// the best one of each while there is room.
func (s *Speller) spell(said []Phones) []Spelling {
	var firsts, others []Spelling
	for _, ps := range said {
		for i, sp := range s.lexicon.Spell(ps, Best, limit(ps)) {
			if i == 0 {
				firsts = append(firsts, sp)
			} else {
				others = append(others, sp)
			}
		}
	}
	byCost := func(list []Spelling) {
		sort.SliceStable(list, func(i, j int) bool { return list[i].Cost < list[j].Cost })
	}
	byCost(firsts)
	byCost(others)
	var kept []Spelling
	seen := map[string]bool{}
	for _, sp := range append(firsts, others...) {
		if key := strings.ReplaceAll(sp.Words, " ", ""); !seen[key] && len(kept) < Best {
			seen[key] = true
			kept = append(kept, sp)
		}
	}
	byCost(kept)
	return kept
}

func limit(ps Phones) float64 { return Limit + limitPhone*float64(max(0, len(ps)-shortWord)) }
