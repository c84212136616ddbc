package respell

import (
	"slices"
	"sort"
	"strings"
)

// Spelling is a phrase of known words that sounds like another word, and how far
// it is from that: below 0.5 hardly to be told apart, above 1 a guess.
type Spelling struct {
	Words string
	Cost  float64
}

const (
	maxWords   = 3
	costWord   = 0.25 // each word of a spelling
	maxPiece   = 1.5  // the most that one word may cost
	keptPieces = 6    // words kept for each stretch of phones
	keptPaths  = 12   // beginnings kept at each place
	maxPhones  = 24
)

// piece is a word for a stretch of phones.
type piece struct {
	word int32
	cost float64
}

// path is a beginning of a spelling.
type path struct {
	words []int32
	cost  float64
}

// Spell returns the n best spellings of a pronunciation that cost at most limit,
// the best first.
func (l *Lexicon) Spell(ps Phones, n int, limit float64) []Spelling {
	if len(ps) < 2 || len(ps) > maxPhones {
		return nil
	}
	at := make([][]path, len(ps)+1)
	at[0] = []path{{}}
	for i := range ps {
		at[i] = bestPaths(l, at[i])
		if len(at[i]) == 0 {
			continue
		}
		s := search{lexicon: l, target: ps[i:], limit: min(maxPiece, limit-costWord-at[i][0].cost), ends: make([][]piece, len(ps)-i+1)}
		s.run()
		for size, pieces := range s.ends {
			for _, p := range at[i] {
				at[i+size] = p.follow(at[i+size], pieces, limit)
			}
		}
	}
	var list []Spelling
	for _, p := range bestPaths(l, at[len(ps)]) {
		if len(list) < n {
			list = append(list, Spelling{Words: l.text(p.words), Cost: p.cost})
		}
	}
	return list
}

// follow adds p with each of the pieces after it to list.
func (p path) follow(list []path, pieces []piece, limit float64) []path {
	if len(p.words) == maxWords {
		return list
	}
	for _, c := range pieces {
		if cost := p.cost + c.cost + costWord; cost <= limit {
			list = append(list, path{append(slices.Clone(p.words), c.word), cost})
		}
	}
	return list
}

func bestPaths(l *Lexicon, list []path) []path {
	sort.Slice(list, func(i, j int) bool {
		if list[i].cost != list[j].cost {
			return list[i].cost < list[j].cost
		}
		return slices.Compare(list[i].words, list[j].words) < 0
	})
	kept := list[:0:0]
	for _, p := range list {
		same := func(o path) bool { return slices.Equal(o.words, p.words) }
		if len(kept) < keptPaths && !slices.ContainsFunc(kept, same) {
			kept = append(kept, p)
		}
	}
	return kept
}

func (l *Lexicon) text(words []int32) string {
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = l.words[w]
	}
	return strings.Join(texts, " ")
}

// search aligns every word of the tree with every beginning of the target.
type search struct {
	lexicon *Lexicon
	target  Phones
	limit   float64
	ends    [][]piece // by how many phones of the target they cover
	rows    [][]float64
}

func (s *search) run() {
	row := s.row(0)
	row[0] = 0
	for j, p := range s.target {
		row[j+1] = row[j] + skips[p]
	}
	s.walk(0, 0)
}

func (s *search) row(depth int) []float64 {
	for len(s.rows) <= depth {
		s.rows = append(s.rows, make([]float64, len(s.target)+1))
	}
	return s.rows[depth]
}

func (s *search) walk(at int32, depth int) {
	for c := s.lexicon.nodes[at].child; c != 0; c = s.lexicon.nodes[c].next {
		next := s.row(depth + 1)
		row := extend(s.rows[depth], next, s.lexicon.nodes[c].phone, s.target)
		if slices.Min(row) > s.limit {
			continue
		}
		if w := s.lexicon.nodes[c].word; w >= 0 {
			s.take(w, row)
		}
		s.walk(c, depth+1)
	}
}

func (s *search) take(word int32, row []float64) {
	for size := 1; size < len(row); size++ {
		if row[size] <= s.limit {
			s.ends[size] = keep(s.ends[size], piece{word, row[size]})
		}
	}
}

// keep inserts p into a sorted list of at most keptPieces.
func keep(list []piece, p piece) []piece {
	worse := func(a piece) bool { return a.cost > p.cost || a.cost == p.cost && a.word > p.word }
	i := len(list)
	for i > 0 && worse(list[i-1]) {
		i--
	}
	if i == keptPieces {
		return list
	}
	list = slices.Insert(list, i, p)
	return list[:min(len(list), keptPieces)]
}
