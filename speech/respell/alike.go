package respell

// Pair is two of a list that sound alike, by their places in it, and how far
// they are apart.
type Pair struct {
	A, B  int
	Apart float64
}

// maxAlike bounds the pairs that one of a list is part of.
const maxAlike = 5

// Alike finds those of a list that are at most limit apart, each pair once and
// few for each one. A nil one is like nothing.
func Alike(list []Phones, limit float64) []Pair {
	l := &Lexicon{nodes: []node{{word: -1}}}
	same := map[string][]int{} // by sound, in the order of l.words
	for i, ps := range list {
		if len(ps) == 0 {
			continue
		}
		key := string(phoneBytes(ps))
		if len(same[key]) == 0 {
			l.put([]byte(key), key)
		}
		same[key] = append(same[key], i)
	}
	var pairs []Pair
	for i, ps := range list {
		if len(ps) == 0 {
			continue
		}
		found := 0
		for _, p := range l.near(ps, limit) {
			for _, j := range same[l.words[p.word]] {
				if j > i && found < maxAlike {
					found++
					pairs = append(pairs, Pair{i, j, p.cost})
				}
			}
		}
	}
	return pairs
}

// near are the words at most limit away from ps as a whole.
func (l *Lexicon) near(ps Phones, limit float64) []piece {
	s := search{lexicon: l, target: ps, limit: limit, ends: make([][]piece, len(ps)+1)}
	s.run()
	return s.ends[len(ps)]
}
