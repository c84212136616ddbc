package parser

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// Sample is a sentence with the intent it was made from.
type Sample struct {
	Text   string
	Intent Intent
}

// Samples makes n sentences that the grammar allows, each with its intent, the
// same for the same seed: sentences by weight, items and names evenly. It makes
// fewer where the catalogue lacks what most sentences need.
func (p *Parser) Samples(n int, seed uint64) []Sample {
	s := p.sampler(seed)
	return s.samples(n, func(sen *sentence) int {
		if sen.body.holds("with") || sen.body.holds("options") {
			return sen.weight * 5 * len(s.optioned) / max(len(s.all), 1)
		}
		return sen.weight
	})
}

// Answers makes n sentences that mean something to an open question alone, numbers
// and measures, the same for the same seed.
func (p *Parser) Answers(n int, seed uint64) []Sample {
	return p.sampler(seed).samples(n, func(sen *sentence) int {
		if sen.do == Number {
			return 1
		}
		return 0
	})
}

func (p *Parser) sampler(seed uint64) *sampler {
	s := &sampler{p: p, rng: rand.New(rand.NewPCG(seed, 1203))}
	for i := range p.lexicon.entries {
		e := &p.lexicon.entries[i]
		s.all = append(s.all, e)
		if e.Measure != "" {
			s.measured = append(s.measured, e)
		}
		if len(e.Groups) > 0 {
			s.optioned = append(s.optioned, e)
		}
	}
	return s
}

// samples makes n sentences, each as often as its weight.
func (s *sampler) samples(n int, weight func(*sentence) int) []Sample {
	sentences := s.p.grammar.sentences
	total, weights := 0, make([]int, len(sentences))
	for i := range sentences {
		weights[i] = weight(&sentences[i])
		total += weights[i]
	}
	if total == 0 {
		return nil
	}
	var samples []Sample
	for tries := 0; len(samples) < n && tries < 4*n; tries++ {
		at := s.rng.IntN(total)
		for i := range sentences {
			if at -= weights[i]; at < 0 {
				if sample, ok := s.sentence(&sentences[i]); ok {
					samples = append(samples, sample)
				}
				break
			}
		}
	}
	return samples
}

// UnknownCodes makes n item numbers that the catalogue lacks, of the lengths that
// it has, in words after the word that announces one: the recogniser must be able
// to hear what is not there.
func (p *Parser) UnknownCodes(n int, seed uint64) []string {
	rng := rand.New(rand.NewPCG(seed, 1208))
	var said []string
	for tries := 0; len(said) < n && tries < 20*n && len(p.lexicon.entries) > 0; tries++ {
		like := p.lexicon.entries[rng.IntN(len(p.lexicon.entries))].Number
		code := []byte(like)
		for i := range code {
			code[i] = byte('0' + rng.IntN(10))
		}
		if !p.lexicon.codes[string(code)] {
			said = append(said, p.tongue.announce()+p.tongue.sayCode(string(code), rng))
		}
	}
	return said
}

// BarCodes makes n bar codes of items, in words after the word that announces a
// number; none where no item has one.
func (p *Parser) BarCodes(n int, seed uint64) []string {
	rng := rand.New(rand.NewPCG(seed, 1974))
	var codes, said []string
	for _, e := range p.lexicon.entries {
		if e.GTIN != "" {
			codes = append(codes, e.GTIN)
		}
	}
	for range min(n, n*len(codes)) {
		said = append(said, p.tongue.announce()+p.tongue.sayCode(codes[rng.IntN(len(codes))], rng))
	}
	return said
}

// sampler makes one sentence at a time.
type sampler struct {
	p                       *Parser
	rng                     *rand.Rand
	all, measured, optioned []*Entry
	entry                   *Entry // of the sentence being made, nil until one is needed
	words                   []string
	got                     capture
	with                    bool // "with" was said
}

func (s *sampler) sentence(sen *sentence) (Sample, bool) {
	s.words, s.got, s.with = s.words[:0], capture{}, false
	s.entry = s.choose(sen.body)
	if !s.node(sen.body) {
		return Sample{}, false
	}
	intent := s.got.intent
	intent.Do = sen.do
	for _, o := range s.got.options {
		if intent.Options == nil {
			intent.Options = map[string]string{}
		}
		group, value, _ := strings.Cut(o, "\x00")
		intent.Options[group] = value
	}
	s.p.tongue.agree(s.words, s.rng)
	return Sample{strings.Join(s.words, " "), intent}, len(s.words) > 0
}

// choose picks the item: one that has what the template asks for.
func (s *sampler) choose(body *node) *Entry {
	from := s.all
	switch {
	case body.holds("measure") && len(s.measured) > 0:
		from = s.measured
	case (body.holds("with") || body.holds("options")) && len(s.optioned) > 0:
		from = s.optioned
	}
	if len(from) == 0 {
		return nil
	}
	return from[s.rng.IntN(len(from))]
}

func (n *node) holds(slot string) bool {
	if n.op == opSlot && n.word == slot {
		return true
	}
	for _, kid := range n.kids {
		if kid.holds(slot) {
			return true
		}
	}
	return false
}

func (s *sampler) say(text string) { s.words = append(s.words, strings.Fields(text)...) }

// node appends what n may say; false where the item has no such thing.
func (s *sampler) node(n *node) bool {
	switch n.op {
	case opWord:
		s.say(n.word)
	case opSeq:
		for _, kid := range n.kids {
			if !s.node(kid) {
				return false
			}
		}
	case opOpt:
		return s.rng.IntN(2) == 0 || s.node(n.kids[0])
	case opAlt:
		return s.node(n.kids[s.branch(n.weights)])
	case opSlot:
		return s.slot(n)
	}
	return true
}

func (s *sampler) branch(weights []int) int {
	total := 0
	for _, w := range weights {
		total += w
	}
	at := s.rng.IntN(max(total, 1))
	for i, w := range weights {
		if at -= w; at < 0 {
			return i
		}
	}
	return 0
}

func (s *sampler) slot(n *node) bool {
	intent := &s.got.intent
	switch n.word {
	case "last":
		intent.Ref.Last = true
		return true
	case "units":
		intent.Units = true
		return true
	case "method":
		intent.Method = n.value
		return true
	case "n":
		choice, err := strconv.Atoi(n.value)
		intent.N = choice
		return err == nil
	case "count":
		said, milli := s.p.tongue.sayCount(n.value == "number", s.rng)
		s.say(said)
		intent.Milli = milli
		return true
	case "article":
		s.say(s.p.tongue.particles().article)
		return true
	}
	if s.entry == nil {
		return false
	}
	switch n.word {
	case "code":
		intent.Ref.Code = s.entry.Number
		s.say(s.p.tongue.sayCode(s.entry.Number, s.rng))
	case "name":
		return s.name()
	case "other":
		return s.other(n)
	case "measure":
		return s.measure()
	case "options":
		s.options(s.rng.IntN(3))
	case "with":
		return s.sayWith()
	}
	return true
}

// name says one of the item's names that the recogniser can hear.
func (s *sampler) name() bool {
	var spoken []string
	for _, p := range s.entry.Phrases {
		if p.Spoken {
			spoken = append(spoken, p.Text)
		}
	}
	if len(spoken) == 0 {
		return false
	}
	said := spoken[s.rng.IntN(len(spoken))]
	s.got.intent.Ref.Name = said
	s.say(said)
	return true
}

// other says another item's name, or its number.
func (s *sampler) other(n *node) bool {
	other := s.all[s.rng.IntN(len(s.all))]
	if other == s.entry {
		return false
	}
	was, ref := s.entry, s.got.intent.Ref
	s.entry, s.got.intent.Ref = other, Ref{}
	ok := s.slot(n.ofOther())
	s.got.intent.Other = s.got.intent.Ref
	s.entry, s.got.intent.Ref = was, ref
	return ok
}

func (s *sampler) measure() bool {
	unit := s.entry.Measure
	if unit == "" {
		return false
	}
	said, milli := s.p.tongue.sayMeasure(unit, s.rng)
	s.say(said)
	s.got.intent.Unit, s.got.intent.Milli = unit, milli
	return true
}

// option picks a value of a group that is still free: mostly of one whose values
// are added ("some milk") after "with", mostly of another one elsewhere.
func (s *sampler) option(with bool) (value string, ok bool) {
	groups := s.entry.Groups
	if s.rng.IntN(12) > 0 {
		groups = slices.DeleteFunc(slices.Clone(groups), func(g OptionGroup) bool { return g.added() != with })
	}
	if len(groups) == 0 {
		groups = s.entry.Groups
	}
	if len(groups) == 0 {
		return "", false
	}
	g := groups[s.rng.IntN(len(groups))]
	if len(g.Values) == 0 {
		return "", false
	}
	v := g.Values[s.rng.IntN(len(g.Values))]
	next, free := s.got.choose(g.Name + "\x00" + v.Text)
	if !v.Spoken || !free {
		return "", false
	}
	s.got = next
	return v.Text, true
}

func (s *sampler) options(n int) {
	for range n {
		if v, ok := s.option(false); ok {
			s.say(v)
		}
	}
}

func (s *sampler) sayWith() bool {
	little := s.p.tongue.particles()
	for i := range 1 + s.rng.IntN(3) {
		v, ok := s.option(true)
		switch {
		case !ok && i == 0:
			return false
		case !ok:
			return true
		case i == 0:
			s.say(little.with[0][0] + " " + v)
		default:
			s.say(little.and[0][0] + " " + v)
		}
	}
	return true
}
