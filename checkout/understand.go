package checkout

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"
	"sync"

	"voicetill/catalog"
	"voicetill/parser"
	"voicetill/speech"
)

// Situation is what the conversation makes likely.
type Situation struct {
	State   State
	InCart  map[string]catalog.Qty // item number → quantity; nil: no cart is kept, everything may be in it
	Last    string                 // item number of the line touched last
	Choices []Command              // the open question's meanings
	SNR     float64                // voice over noise, dB; 0: not known, as good as clean
	Chatter bool                   // speech that was not for the till has just been heard: people are talking
	Typed   bool                   // the words were typed: nothing was misheard, and nothing is missing
	Added   catalog.Qty            // what was just added to the line touched last; 0: something else came after it
}

// Completeness says how an utterance that is still going on looks.
type Completeness int

const (
	Nothing    Completeness = iota // no command begins like this
	Incomplete                     // in the middle: "item one two"
	Complete                       // a whole command with an existing item
)

// Understander turns hypotheses into commands for one version of one shop's
// catalogue. It is immutable and safe for concurrent use.
type Understander struct {
	index   *catalog.Index
	parser  *parser.Parser
	phrases func() []string
	draw    func(draws, samples int) []string
	named   map[string][]*catalog.Item // phrase → items that go by it
	guessed map[string]bool            // phrases that are worked-out respellings and nothing else
	caution Caution
	weights Thresholds
	// hasOptions says that some items have options, so that a pause may be short of
	// the end of an order.
	hasOptions bool
	parts      func() *Understander // for typed lines; nil: it is that one
}

// NewUnderstander joins a grammar with a catalogue. knows tells whether the
// recogniser can hear a word; nil means it can hear all.
func NewUnderstander(g *parser.Grammar, index *catalog.Index, knows func(word string) bool) *Understander {
	list := entries(index.Items(), knows)
	u := &Understander{index: index, parser: parser.New(g, list), named: map[string][]*catalog.Item{}, caution: DefaultCaution, weights: DefaultThresholds}
	for i, it := range index.Items() {
		item, err := index.ByNumber(it.Number)
		if err != nil {
			continue
		}
		u.hasOptions = u.hasOptions || len(it.Groups) > 0
		for _, p := range list[i].Phrases {
			u.named[p.Text] = append(u.named[p.Text], item)
		}
	}
	u.guessed = guessed(index.Items())
	u.parts = u.byParts(g, list)
	u.draw = func(draws, samples int) []string {
		return phrases(u.parser, list, knows, len(u.guessed) > 0, draws, samples)
	}
	u.phrases = sync.OnceValue(func() []string { return u.draw(draws, sampledPhrases) })
	return u
}

// With is the same understander with other thresholds.
func (u *Understander) With(t Thresholds) *Understander {
	other := *u
	other.weights = t
	return &other
}

// Phrases are the sentences that bias the recogniser to this catalogue, the
// same at every call. The first call draws them, which takes a second; who only
// types needs none.
func (u *Understander) Phrases() []string { return u.phrases() }

// FewPhrases are as Phrases, of one draw of so many samples: drawn at once, and too
// few to hear well by.
func (u *Understander) FewPhrases(samples int) []string { return u.draw(1, samples) }

// answerSamples is how many sentences the language of answers is estimated from.
const answerSamples = 600

// Answers are the sentences that bias a recogniser to what means something to an
// open question alone: numbers and measures. They are the same at every call.
func (u *Understander) Answers() []string {
	var lines []string
	for _, s := range u.parser.Answers(answerSamples, 1) {
		lines = append(lines, s.Text)
	}
	return lines
}

// meaning is one way to take an utterance, resolved against the catalogue.
type meaning struct {
	commands []Command
	key      string
	score    float64 // log-likelihood of the alternative and of the reading
	rank     int     // which alternative it came from
	dropped  int     // words left over at the ends
	guess    bool    // names an item by a guess
}

// Understand takes the best meaning of a final hypothesis. A typed one without a
// meaning may hold a part of a name: that is asked about.
func (u *Understander) Understand(h speech.Hypothesis, s Situation) Heard {
	heard := u.Read(h, s).Judge(u.weights)
	if len(heard.Commands) > 0 || !s.Typed || u.parts == nil {
		return heard
	}
	if other := u.parts(); other != nil {
		heard = other.Read(h, s).Judge(u.weights)
		heard.Commands = askAlike(heard.Commands)
	}
	return heard
}

// Reading is all that an utterance can mean, before thresholds decide. It is
// immutable.
type Reading struct {
	hypothesis speech.Hypothesis
	situation  Situation
	meanings   []meaning
}

// Read finds the meanings of a final hypothesis.
func (u *Understander) Read(h speech.Hypothesis, s Situation) Reading {
	return Reading{hypothesis: h, situation: s, meanings: u.meanings(h, s)}
}

// Judge obeys, asks or ignores.
func (r Reading) Judge(t Thresholds) Heard {
	h, s := r.hypothesis, r.situation
	heard := Heard{Text: h.Text(), Commands: []Command{}}
	for _, a := range h.Alternatives {
		heard.Evidence.Texts = append(heard.Evidence.Texts, a.Text())
	}
	meanings := weigh(r.meanings, s, t)
	if len(meanings) == 0 {
		return heard
	}
	first := meanings[0]
	if first.score < h.Alternatives[0].Score-t.Nothing {
		return heard
	}
	heard.Evidence.Margin = 99
	if len(meanings) > 1 {
		heard.Evidence.Margin = first.score - meanings[1].score
	}
	heard.Text = h.Alternatives[first.rank].Text()
	heard.Commands = append(heard.Commands, first.commands...)
	if first.dropped > 0 {
		if t.noisy(s) > 0 {
			heard.Commands = askHowMany(heard.Commands)
		}
		heard.Commands = askAlike(heard.Commands)
	}
	said := texts(h.Alternatives[first.rank])
	behind := h.Alternatives[0].Score - h.Alternatives[first.rank].Score
	if unknownItem(heard.Commands) || behind > t.AskBehind && !soundsSame(said, texts(h.Alternatives[0])) {
		heard.Commands = askAlike(heard.Commands)
	}
	for _, other := range meanings[1:] {
		lead := first.score - other.score
		misheard := other.rank != first.rank && !s.Typed
		if lead < t.AskUnknown && misheard && unknownItem(other.commands) && !unknownItem(first.commands) {
			heard.Commands = askAlike(heard.Commands)
		}
		needed := t.needed(said, texts(h.Alternatives[other.rank]), s)
		if opposite(first.commands, other.commands) || first.guess && lostQuantity(first.commands, other.commands) {
			needed = max(needed, t.AskTeen)
		}
		if lead < needed {
			heard.Commands = either(heard.Commands, other.commands, s.Typed)
		}
	}
	if t.noisy(s) > 0 && slices.ContainsFunc(heard.Commands, func(c Command) bool { return c.Ask == AskChoice }) {
		heard.Commands = askAlike(heard.Commands) // where noise hid one command, it may have hidden the others
	}
	return heard
}

// lostQuantity reports whether one adds what the other adds with a quantity.
func lostQuantity(a, b []Command) bool {
	return len(a) == 1 && len(b) == 1 && a[0].Do == parser.Add && b[0].Do == parser.Add && a[0].Item == b[0].Item &&
		a[0].assumed && !b[0].assumed
}

// opposite reports whether one puts in what the other takes out.
func opposite(a, b []Command) bool {
	return len(a) == 1 && len(b) == 1 && a[0].Item == b[0].Item && a[0].Do != b[0].Do &&
		(a[0].Do == parser.Remove || b[0].Do == parser.Remove) && touchesLine(a[0].Do) && touchesLine(b[0].Do)
}

// costTypedLeft is how much less likely each word left over is where the line was
// typed: nothing was misheard.
const costTypedLeft = 2.0

// weigh sorts meanings, best first. In the middle of talk a command must do
// better than nothing; what is typed is meant for the till.
func weigh(meanings []meaning, s Situation, t Thresholds) []meaning {
	list := slices.Clone(meanings)
	for i := range list {
		if s.Chatter && len(list[i].commands) > 0 {
			list[i].score -= t.Chatter
		}
	}
	likely := func(m meaning) float64 {
		switch {
		case !s.Typed:
			return m.score
		case len(m.commands) == 0:
			return m.score - t.Nothing
		}
		return m.score - costTypedLeft*float64(m.dropped)
	}
	sort.Slice(list, func(i, j int) bool {
		if a, b := likely(list[i]), likely(list[j]); a != b {
			return a > b
		}
		return list[i].key < list[j].key
	})
	return list
}

// unknownItem reports whether a command names an item that there is none of.
func unknownItem(commands []Command) bool {
	return slices.ContainsFunc(commands, func(c Command) bool { return c.Ask == AskUnknown })
}

// askAlike marks what would change a line without a question: it sounds like a
// number that no item has or was said with one, more was said than was understood,
// or something without a meaning was heard better.
func askAlike(commands []Command) []Command {
	for i := range commands {
		if c := &commands[i]; touchesLine(c.Do) && c.Ask == "" {
			c.Ask = AskAlike
		}
	}
	return commands
}

// askHowMany marks the last command where it adds without a quantity said: in
// noise that left something over, the quantity may be what was lost.
func askHowMany(commands []Command) []Command {
	if n := len(commands); n > 0 {
		if c := &commands[n-1]; c.Do == parser.Add && c.Ask == "" && c.assumed {
			c.Ask = AskQuantity
		}
	}
	return commands
}

// teenPair reports whether two texts differ in one word alone, -teen against -ty.
func teenPair(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	pairs := 0
	for i := range a {
		if a[i] == b[i] {
			continue
		}
		x, y := strings.TrimSuffix(a[i], "teen"), strings.TrimSuffix(b[i], "ty")
		if x == a[i] {
			x, y = strings.TrimSuffix(a[i], "ty"), strings.TrimSuffix(b[i], "teen")
		}
		if x == a[i] || y == b[i] || min(len(x), len(y)) < 2 || x[:2] != y[:2] {
			return false
		}
		pairs++
	}
	return pairs == 1
}

// homophones by the word that they are written as to compare them.
var homophones = map[string]string{"for": "four", "to": "two", "too": "two"}

// soundsSame reports whether two texts differ in nothing that can be heard.
func soundsSame(a, b []string) bool {
	return slices.EqualFunc(a, b, func(x, y string) bool {
		return cmp.Or(homophones[x], x) == cmp.Or(homophones[y], y)
	})
}

// apart are the places where two meanings with equally many commands differ; none
// where they have not.
func apart(better, other []Command) (at []int) {
	if len(better) != len(other) {
		return nil
	}
	for i := range better {
		if key(better[i:i+1]) != key(other[i:i+1]) {
			at = append(at, i)
		}
	}
	return at
}

// either marks the one command in which two meanings differ as a choice. Where they
// differ in more and may have been misheard, what only the better one has is asked
// about; beside talk other thresholds decide.
func either(better, other []Command, typed bool) []Command {
	places := apart(better, other)
	if len(places) != 1 {
		if typed || len(other) == 0 {
			return better
		}
		return askUnlike(better, other)
	}
	at := places[0]
	b, o := better[at], other[at]
	if len(b.Or) > 0 || !touchesLine(b.Do) || b.Ask == AskUnknown || o.Ask == AskUnknown {
		return better
	}
	if !touchesLine(o.Do) { // "One quinoa, or checkout?" is no question to put
		if b.Ask == "" {
			better[at].Ask = AskAlike
		}
		return better
	}
	b.Ask, o.Ask = AskChoice, ""
	b.Or = append(b.Or[:len(b.Or):len(b.Or)], o)
	better[at] = b
	return better
}

// askUnlike marks what only the better of two meanings has.
func askUnlike(better, other []Command) []Command {
	for i := range better {
		one := key(better[i : i+1])
		if c := &better[i]; touchesLine(c.Do) && c.Ask == "" &&
			!slices.ContainsFunc(other, func(o Command) bool { return key([]Command{o}) == one }) {
			c.Ask = AskAlike
		}
	}
	return better
}

func touchesLine(do parser.Kind) bool {
	return do == parser.Add || do == parser.Set || do == parser.Remove
}

// meanings resolves every reading of every alternative, each meaning once, in
// no order.
func (u *Understander) meanings(h speech.Hypothesis, s Situation) []meaning {
	found := map[string]meaning{}
	for rank, a := range h.Alternatives {
		for _, r := range u.parser.Parse(texts(a)) {
			commands, cost, ok := u.resolve(r.Intents, s)
			if !ok || r.Dropped > tolerated(commands, len(a.Words)-r.Dropped) {
				continue
			}
			if r.Dropped > 0 && u.ageAsked(s) > 0 && slices.ContainsFunc(commands, func(c Command) bool { return c.Do == parser.Yes }) {
				continue // "yes I am" may have gone on with an age
			}
			commands = u.doubtGuesses(r.Intents, commands, h, rank)
			m := meaning{commands: commands, key: key(commands), score: a.Score + r.Score - cost, rank: rank, dropped: r.Dropped, guess: u.guesses(r.Intents)}
			if old, ok := found[m.key]; ok {
				m = old.or(m)
			}
			found[m.key] = m
		}
	}
	list := make([]meaning, 0, len(found))
	for _, m := range found {
		list = append(list, m)
	}
	return list
}

// or joins what two alternatives, or two readings of one, say of the same
// meaning: the probabilities of alternatives add up, and what one of them is sure
// of is sure.
func (m meaning) or(other meaning) meaning {
	better, worse := m, other
	if worse.score > better.score {
		better, worse = worse, better
	}
	if doubted(better.commands) && !doubted(worse.commands) && worse.dropped == 0 {
		better.commands = worse.commands
	}
	if m.rank != other.rank {
		better.score += math.Log1p(math.Exp(worse.score - better.score))
	}
	return better
}

// tolerated is how many words may be left over at the ends beside so many that
// are part of a sentence: noise adds a few, talk that is not for the till many.
func tolerated(commands []Command, used int) int {
	for _, c := range commands {
		if touchesLine(c.Do) {
			return max(0, min(3, used-2))
		}
	}
	if len(commands) == 0 {
		return maxInt
	}
	return min(3, used)
}

const maxInt = int(^uint(0) >> 1)

func texts(a speech.Alternative) []string {
	list := make([]string, len(a.Words))
	for i, w := range a.Words {
		list[i] = w.Text
	}
	return list
}

// key is the same for commands that do the same.
func key(commands []Command) string {
	var b strings.Builder
	for _, c := range commands {
		q := ""
		if c.Quantity != nil {
			q = c.Quantity.String()
		}
		groups := make([]string, 0, len(c.Options))
		for g, v := range c.Options {
			groups = append(groups, g+"="+v)
		}
		sort.Strings(groups)
		fmt.Fprintf(&b, "%s|%s|%s|%s|%d|%v|%s;", c.Do, c.Item, q, c.Unit, c.N, groups, c.Heard)
	}
	return b.String()
}

// Completeness judges the text of a partial hypothesis.
func (u *Understander) Completeness(text string, s Situation) Completeness {
	ws := strings.Fields(text)
	switch {
	case len(ws) == 0:
		return Nothing
	case u.whole(ws, s) != nil:
		return Complete
	}
	return Incomplete
}

// whole returns the commands of words that are a whole sentence about existing
// items, else nil.
func (u *Understander) whole(ws []string, s Situation) []Command {
	for _, r := range u.parser.Parse(ws) {
		commands, _, ok := u.resolve(r.Intents, s)
		if !ok || r.Dropped > 0 || len(commands) == 0 || slices.ContainsFunc(r.Intents, goesOn) {
			continue
		}
		if !slices.ContainsFunc(commands, func(c Command) bool { return c.Ask == AskUnknown }) {
			return commands
		}
	}
	return nil
}

// goesOn reports whether an intent is likely to be the beginning of another: its
// number was not heard, or it is seldom said like that.
func goesOn(in parser.Intent) bool {
	return in.HowMany || in.Typed && in.Do != parser.Number
}

// Waits in seconds of silence, by how the utterance looks.
const (
	waitComplete = 0.30
	waitQuantity = 0.50 // no quantity was said: "times three" may follow
	waitOptions  = 0.60 // after a drink that may go on: "… with soy milk"
	waitOther    = 0.70 // a sentence's beginning, or a bare name, as it comes in talk too
	waitNumber   = 1.00 // in the middle of a number
)

// Continue judges two utterances with a pause between them as one: "a latte …
// with soy milk". It is false where they are better taken one by one; the
// commands of the whole take the place of those of the first.
func (u *Understander) Continue(first, second speech.Hypothesis, s Situation) (Heard, bool) {
	apart := 0.0
	for _, h := range []speech.Hypothesis{first, second} {
		m := weigh(u.meanings(h, s), s, u.weights)
		if len(m) == 0 {
			apart -= u.weights.Split
			if len(h.Alternatives) > 0 {
				apart += h.Alternatives[0].Score
			}
			continue
		}
		apart += m[0].score
	}
	whole := speech.Join(first, second)
	m := weigh(u.meanings(whole, s), s, u.weights)
	if len(m) == 0 || len(m[0].commands) == 0 || m[0].score <= apart {
		return Heard{}, false
	}
	return u.Understand(whole, s), true
}

// amended adds "with soy milk" to the order of the utterance before. It is false,
// with second as it was, where that is no order or cannot have it.
func (u *Understander) amended(first, second Heard) (Heard, bool) {
	last := len(first.Commands) - 1
	if last < 0 || len(second.Commands) != 1 || second.Commands[0].Do != parser.Amend {
		return second, false
	}
	whole := slices.Clone(first.Commands)
	if !u.amend(&whole[last], second.Commands[0].Options) {
		return second, false
	}
	return Heard{Text: first.Text + " " + second.Text, Commands: whole, Evidence: Evidence{
		Texts: slices.Concat(first.Evidence.Texts, second.Evidence.Texts), Margin: min(first.Evidence.Margin, second.Evidence.Margin)}}, true
}

// Wait is how long a silence ends an utterance with this text, in seconds.
func (u *Understander) Wait(text string, s Situation) float64 {
	ws := strings.Fields(text)
	if len(ws) == 0 {
		return waitOther
	}
	commands := u.whole(ws, s)
	if commands == nil {
		if parser.NumberWord(ws[len(ws)-1]) {
			return waitNumber
		}
		return waitOther
	}
	last := commands[len(commands)-1]
	switch {
	case last.assumed && len(ws) <= 3:
		return waitOther
	case u.hasOptions:
		return waitOptions
	case last.assumed:
		return waitQuantity
	}
	return waitComplete
}

// Ear follows what one microphone hears from utterance to utterance: one order
// across a pause, and talk in the background. It is owned by one goroutine.
type Ear struct {
	// Answers says that the till replies to each utterance that means something,
	// so that only one that meant nothing can be gone on with.
	Answers bool

	last    speech.Hypothesis // of the utterance before
	heard   Heard             // what that meant
	end     float64           // when it ended, seconds; before the first: long ago
	level   float64           // of the last utterance that was for the till, dB
	talking bool              // it was not for the till
	some    bool              // there was one
}

// Times and levels of an Ear.
const (
	maxPause     = 1.5 // seconds of silence within one order, at most
	chatterPause = 1.0 // seconds of silence within talk, at most
	bystander    = 9.0 // dB under the talker: somebody else
	talkerPause  = 4.0 // seconds for which a talker's level is remembered
)

// Hear understands a finished utterance. joined says that its commands take the
// place of those of the utterance before, which it went on with.
func (e *Ear) Hear(u *Understander, ev speech.Event, s Situation) (heard Heard, joined bool) {
	pause := ev.Start - e.end
	s.Chatter = e.some && (e.talking && pause < chatterPause || e.level != 0 && pause < talkerPause && ev.Level < e.level-bystander)
	s.SNR = ev.Level - ev.Noise
	h := *ev.Final
	if e.some && pause < maxPause && (e.talking || !e.Answers) {
		if heard, joined = u.Continue(e.last, h, s); joined {
			h = speech.Join(e.last, h)
		}
	}
	if !joined {
		heard = u.Understand(h, s)
		if e.some && !e.Answers && pause < maxPause {
			heard, joined = u.amended(e.heard, heard)
		}
	}
	e.heard = heard
	e.last, e.end, e.some, e.talking = h, ev.End, true, len(heard.Commands) == 0
	if !e.talking {
		e.level = ev.Level
	}
	return heard, joined
}
