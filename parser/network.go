package parser

import (
	"math"
	"strconv"
	"strings"

	"voicetill/speech"
)

// Weights of a Network, found with `voicetill bench`.
const (
	samplesPerNetwork = 12000 // that teach the arcs their probabilities
	samplesPerItem    = 6     // further ones for each item
	smoothing         = 0.3   // counted for every arc, taken or not
	unknownCost       = 1.0   // of [unk], once
	fillerCost        = 3.0   // of a word that no sentence needs, once
)

// Network compiles all that can be said to this parser into a word graph:
// grammar, names, numbers in every reading, lists joined by "and", and
// speech.Unknown before, after and between for what is none of it. Only words
// that the recogniser hears are in it. Arcs cost what sampled sentences make of
// them.
func (p *Parser) Network(heard func(word string) bool) *speech.Network {
	b := &builder{p: p, heard: heard, a: newAutomaton(), shared: map[string][2]int32{}}
	b.compile()
	return b.weigh(b.a.determinize())
}

// builder compiles templates to an automaton.
type builder struct {
	p      *Parser
	heard  func(string) bool
	a      *automaton
	kind   Kind
	shared map[string][2]int32 // slot automata used by all sentences of a kind
	names  *automaton
	codes  *automaton
	values *automaton
}

func (b *builder) compile() {
	a := b.a
	start, end, next := int32(0), a.state(), a.state()
	a.wordTo(start, speech.Unknown, start)
	a.wordTo(end, speech.Unknown, end)
	for w := range b.p.grammar.fillers {
		if b.heard(w) {
			a.wordTo(start, w, start)
			a.wordTo(end, w, end)
		}
	}
	a.ends[end] = true
	a.ends[start] = true
	for i := range b.p.grammar.sentences {
		s := &b.p.grammar.sentences[i]
		b.kind = s.do
		from := a.state()
		to := b.node(s.body, from)
		if to < 0 {
			continue
		}
		a.join(start, from)
		a.join(to, end)
		if joinable(s.do) {
			a.join(next, from)
		}
	}
	if j := b.p.grammar.joiners; j != nil {
		if to := b.node(j, end); to >= 0 {
			a.join(to, next)
		}
	}
}

// node compiles n behind from and returns where it ends, or -1 if it cannot be
// said.
func (b *builder) node(n *node, from int32) int32 {
	switch n.op {
	case opWord:
		if !b.heard(n.word) {
			return -1
		}
		return b.a.word(from, n.word)
	case opSeq:
		for _, kid := range n.kids {
			if from = b.node(kid, from); from < 0 {
				return -1
			}
		}
		return from
	case opOpt:
		to := b.a.state()
		b.a.join(from, to)
		if end := b.node(n.kids[0], from); end >= 0 {
			b.a.join(end, to)
		}
		return to
	case opAlt:
		to := b.a.state()
		some := false
		for _, kid := range n.kids {
			branch := b.a.state()
			if end := b.node(kid, branch); end >= 0 {
				b.a.join(from, branch)
				b.a.join(end, to)
				some = true
			}
		}
		if !some {
			return -1
		}
		return to
	}
	return b.slot(n, from)
}

func (b *builder) slot(n *node, from int32) int32 {
	switch n.word {
	case "last", "units", "n":
		return from
	case "count":
		return b.count(from)
	case "measure":
		return b.measure(from)
	case "options":
		return b.options(from)
	case "with":
		return b.with(from)
	case "name":
		if b.names == nil {
			b.names = b.nameTrie()
		}
		return b.sub("name"+string(b.kind), b.names, from)
	case "code":
		if n.value == "bare" {
			if b.codes == nil {
				b.codes = b.codeTrie(false)
			}
			return b.sub("bare"+string(b.kind), b.codes, from)
		}
		return b.sub("code"+string(b.kind), b.codeTrie(true), from)
	}
	return -1
}

// sub joins in an automaton that sentences of a kind share.
func (b *builder) sub(key string, d *automaton, from int32) int32 {
	ends, ok := b.shared[key]
	if !ok {
		ends = [2]int32{b.a.state(), b.a.state()}
		b.a.embed(d, ends[0], ends[1])
		b.shared[key] = ends
	}
	to := b.a.state()
	b.a.join(from, ends[0])
	b.a.join(ends[1], to)
	return to
}

func (b *builder) nameTrie() *automaton {
	t := newAutomaton()
	end := t.state()
	t.ends[end] = true
	for _, e := range b.p.lexicon.entries {
		for _, ph := range e.Phrases {
			if ph.Spoken {
				t.phrase(0, strings.Fields(ph.Text), end)
			}
		}
	}
	return t.determinize()
}

// codeTrie has every item number in every reading; open adds any run of number
// words, for numbers that no item has.
func (b *builder) codeTrie(open bool) *automaton {
	t := newAutomaton()
	end := t.state()
	t.ends[end] = true
	for _, e := range b.p.lexicon.entries {
		readCode(t, e.Number, end)
	}
	if open {
		loop := t.state()
		t.ends[loop] = true
		for _, w := range numberNames() {
			t.wordTo(0, w, loop)
			t.wordTo(loop, w, loop)
		}
	}
	return t.determinize()
}

func numberNames() []string {
	list := []string{"oh", "hundred", "thousand", "double", "triple"}
	list = append(list, digitNames...)
	list = append(list, teenNames...)
	return append(list, tensNames[2:]...)
}

// readCode adds one number's readings from state 0 to end.
func readCode(t *automaton, code string, end int32) {
	at := make([]int32, len(code)+1)
	for i := 1; i < len(code); i++ {
		at[i] = t.state()
	}
	at[len(code)] = end
	phrase := func(from int, said string, to int) { t.chain(at[from], strings.Fields(said), at[to]) }
	for i := range code {
		d := code[i] - '0'
		phrase(i, digitNames[d], i+1)
		if d == 0 {
			phrase(i, "oh", i+1)
		}
		same := 1
		for i+same < len(code) && code[i+same] == code[i] {
			same++
		}
		for n, word := range map[int]string{2: "double ", 3: "triple "} {
			if same >= n {
				phrase(i, word+digitNames[d], i+n)
				if d == 0 {
					phrase(i, word+"oh", i+n)
				}
			}
		}
		if i+1 < len(code) && d > 0 {
			n, _ := strconv.ParseInt(code[i:i+2], 10, 64)
			phrase(i, SayCardinal(n), i+2)
		}
	}
	if code[0] == '0' || len(code) > 4 {
		return
	}
	n, _ := strconv.ParseInt(code, 10, 64)
	for _, said := range []string{SayCardinal(n), strings.ReplaceAll(SayCardinal(n), " and ", " ")} {
		phrase(0, said, len(code))
	}
	if len(code) == 4 {
		said := SayCardinal(n/100) + " hundred"
		if n%100 > 0 {
			phrase(0, said+" "+SayCardinal(n%100), 4)
			phrase(0, said+" and "+SayCardinal(n%100), 4)
		} else {
			phrase(0, said, 4)
		}
	}
}

// count has 1 to 99 and what people say for some of them.
func (b *builder) count(from int32) int32 {
	to := b.a.state()
	for _, said := range []string{"a", "an", "a dozen", "half a dozen", "two dozen", "a pair of", "a couple of"} {
		b.a.phrase(from, strings.Fields(said), to)
	}
	for n := int64(1); n < 100; n++ {
		b.a.phrase(from, strings.Fields(SayCardinal(n)), to)
	}
	return to
}

// measure has fractions, decimals and hundreds of the units that items go by.
func (b *builder) measure(from int32) int32 {
	measured := map[string]bool{}
	for _, e := range b.p.lexicon.entries {
		measured[e.Measure] = true
	}
	to := b.a.state()
	say := func(from int32, said string) int32 {
		end := b.a.state()
		b.a.phrase(from, strings.Fields(said), end)
		return end
	}
	for unit, words := range map[string][3]string{"kg": {"kilo", "kilos", "grams"}, "l": {"litre", "litres", "millilitres"}} {
		if !measured[unit] {
			continue
		}
		one, many, small := words[0], words[1], words[2]
		for _, said := range []string{"half a", "a", "one", "a quarter of a", "a quarter", "quarter of a", "three quarters of a"} {
			b.a.wordTo(say(from, said), one, to)
		}
		number := b.a.state()
		for n := int64(1); n < 21; n++ {
			b.a.join(say(from, SayCardinal(n)), number)
		}
		b.a.join(say(from, "zero"), number)
		b.a.wordTo(number, many, to)
		b.a.wordTo(say(number, "and a half"), many, to)
		point := b.a.word(number, "point")
		first := b.a.state()
		second := b.a.state()
		for _, d := range digitNames {
			b.a.wordTo(point, d, first)
			b.a.wordTo(first, d, second)
		}
		b.a.wordTo(first, many, to)
		b.a.wordTo(second, many, to)
		grams := b.a.state()
		for n := int64(5); n < 1000; n += 5 {
			if n%50 == 0 || n < 100 || n%25 == 0 {
				b.a.join(say(from, SayCardinal(n)), grams)
			}
		}
		b.a.wordTo(grams, small, to)
		if unit == "kg" {
			b.a.wordTo(say(from, "half a"), "pound", to)
			b.a.wordTo(say(from, "a"), "pound", to)
			b.a.wordTo(number, "pounds", to)
		}
	}
	return to
}

// optionTrie has the values of all groups.
func (b *builder) optionTrie() *automaton {
	if b.values == nil {
		t := newAutomaton()
		end := t.state()
		t.ends[end] = true
		for _, e := range b.p.lexicon.entries {
			for _, g := range e.Groups {
				for _, v := range g.Values {
					if v.Spoken {
						t.phrase(0, strings.Fields(v.Text), end)
					}
				}
			}
		}
		b.values = t.determinize()
	}
	return b.values
}

// options is any number of values, joined by "and" or nothing.
func (b *builder) options(from int32) int32 {
	d := b.optionTrie()
	in, out := b.a.state(), b.a.state()
	b.a.join(from, in)
	b.a.embed(d, in, out)
	b.a.wordTo(out, "and", in)
	b.a.join(out, in)
	to := b.a.state()
	b.a.join(out, to)
	b.a.join(from, to)
	return to
}

// with is "with" and values, joined by "and", "with" or nothing.
func (b *builder) with(from int32) int32 {
	d := b.optionTrie()
	if len(d.moves) < 2 {
		return -1
	}
	in, out := b.a.state(), b.a.state()
	b.a.wordTo(from, "with", in)
	b.a.embed(d, in, out)
	b.a.wordTo(out, "and", in)
	b.a.wordTo(out, "with", in)
	b.a.wordTo(b.a.word(out, "and"), "with", in)
	b.a.join(out, in)
	return out
}

// weigh gives arcs the costs that sampled sentences teach.
func (b *builder) weigh(d *automaton) *speech.Network {
	taken := make([]map[int32]float64, len(d.moves))
	ended := make([]float64, len(d.moves))
	walk := func(words []string, weight float64) bool {
		path := make([]int32, 0, len(words))
		at := int32(0)
		for _, w := range words {
			to := d.follow(at, w)
			if to < 0 {
				return false
			}
			path = append(path, at)
			at = to
		}
		if !d.ends[at] {
			return false
		}
		ended[at] += weight
		for i, s := range path {
			if taken[s] == nil {
				taken[s] = map[int32]float64{}
			}
			taken[s][d.words[words[i]]] += weight
		}
		return true
	}
	samples := b.p.Samples(samplesPerNetwork+samplesPerItem*len(b.p.lexicon.entries), 1)
	var last []string
	for i, s := range samples {
		words := strings.Fields(s.Text)
		walk(words, 1)
		if joinable(s.Intent.Do) {
			if last != nil && i%6 == 0 {
				walk(append(append(last[:len(last):len(last)], "and"), words...), 1)
			}
			last = words
		}
	}
	net := &speech.Network{Words: d.labels, States: make([]speech.NetworkState, len(d.moves))}
	for s, moves := range d.moves {
		total := ended[s] + smoothing
		for _, m := range moves {
			if w := d.labels[m.label]; w != speech.Unknown && !b.p.grammar.fillers[w] {
				total += smoothing
			}
			total += taken[s][m.label]
		}
		state := speech.NetworkState{Final: -1}
		if d.ends[int32(s)] {
			state.Final = -math.Log((ended[s] + smoothing) / total)
		}
		for _, m := range moves {
			cost := -math.Log((taken[s][m.label] + smoothing) / total)
			switch w := d.labels[m.label]; {
			case w == speech.Unknown:
				cost = unknownCost
			case b.p.grammar.fillers[w] && taken[s][m.label] == 0:
				cost = fillerCost
			}
			state.Arcs = append(state.Arcs, speech.NetworkArc{Label: m.label, To: m.to, Cost: cost})
		}
		net.States[s] = state
	}
	return net
}

// follow returns where a word leads from a state of a deterministic automaton,
// or -1.
func (a *automaton) follow(at int32, word string) int32 {
	label, ok := a.words[word]
	if !ok {
		return -1
	}
	moves := a.moves[at]
	lo, hi := 0, len(moves)
	for lo < hi {
		mid := (lo + hi) / 2
		if moves[mid].label < label {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo < len(moves) && moves[lo].label == label {
		return moves[lo].to
	}
	return -1
}
