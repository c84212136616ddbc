package checkout

import (
	"maps"
	"slices"
	"strconv"

	"voicetill/catalog"
	"voicetill/parser"
)

// ask opens the question that c carries a reason for, unless there is none. It
// reports whether c was dealt with so, and whether the turn is over.
func (t *turn) ask(c Command, rest []Command) (handled, stop bool) {
	switch c.Ask {
	case "", AskClear, AskAge:
		return false, false
	case AskUnknown:
		t.unknown(firstOf(c.Heard, c.Item, c.Name))
		return true, false
	}
	meanings := t.notRejected(c)
	switch {
	case len(meanings) == 0:
		t.talk.Misses = max(t.talk.Misses, 2) // nothing else was heard: by hand, then
		t.talk.Rejected = nil                 // who says it once more may mean it: the no may have been misheard
		t.miss()
	case len(meanings) > 1:
		t.question(&question{Ask: c.Ask, Choices: meanings, Rest: rest, Text: t.either(meanings)})
	case len(c.Or) > 0 && meanings[0].Do != c.Do:
		t.question(&question{Ask: c.Ask, YesNo: true, Choices: meanings, Rest: rest,
			Text: t.words.say("ask-alike", "line", t.describe(meanings[0]))})
	default:
		t.question(&question{Ask: c.Ask, YesNo: true, Choices: meanings, Rest: rest, Text: t.doubt(c.Ask, meanings[0])})
	}
	return true, true
}

// withDoubt asks for the unit of a "make it four" or "two more" where the line goes
// by weight: it may mean pieces.
func (t *turn) withDoubt(c Command) Command {
	if c.Do != parser.Set && c.Do != parser.Add || c.Item != Last || c.Ask != "" || c.Unit != "" || c.Quantity == nil || t.by == "tap" || len(t.confirmed) > 0 {
		return c
	}
	l := t.talk.Cart.line(t.talk.Cart.Touched)
	if l != nil && l.Unit != catalog.Each && maybePieces(*c.Quantity) {
		c.Ask = AskUnit
	}
	return c
}

// maybePieces reports whether a quantity without a unit may count pieces of what goes
// by weight. Who said a fraction meant the weight.
func maybePieces(q catalog.Qty) bool { return q > 0 && q%1000 == 0 }

// notRejected are the meanings of c, itself first, without those that were
// turned down since the last success. Typed and tapped ones are meant.
func (t *turn) notRejected(c Command) []Command {
	all := append([]Command{c}, c.Or...)
	var kept []Command
	for _, m := range all {
		m.Ask, m.Or = "", nil
		if m.Item == "" && m.Do == parser.Add {
			continue
		}
		if t.by == "voice" && slices.ContainsFunc(t.talk.Rejected, func(r Command) bool { return sameMeaning(r, m) }) {
			continue
		}
		kept = append(kept, m)
	}
	return kept
}

func sameMeaning(a, b Command) bool {
	return a.Do == b.Do && a.Item == b.Item && quantityOf(a) == quantityOf(b) && a.Unit == b.Unit && maps.Equal(a.Options, b.Options)
}

func quantityOf(c Command) catalog.Qty {
	if c.Quantity == nil {
		return -1
	}
	return *c.Quantity
}

// doubt words a yes/no question.
func (t *turn) doubt(reason Ask, c Command) string {
	line := t.describe(c)
	item, err := t.index.ByNumber(c.Item)
	switch {
	case err == nil && reason == AskLimit:
		if total, err := item.Price.Times(int64(max(quantityOf(c), 0))); err == nil {
			return t.words.say("ask-limit", "line", line, "total", t.words.money(total))
		}
	case reason == AskUnit:
		return t.words.say("ask-unit", "line", line)
	case reason == AskAlike, reason == AskChoice:
		return t.words.say("ask-alike", "line", line)
	}
	return t.words.say("ask-quantity", "line", line)
}

// either words a numbered question: by the names alone where they tell the
// meanings apart.
func (t *turn) either(meanings []Command) string {
	var names, full []string
	for _, m := range meanings {
		full = append(full, t.describe(m))
		if m.Do == parser.Add && quantityOf(m) == quantityOf(meanings[0]) && len(m.Options) == 0 && !slices.Contains(names, t.nameOf(m)) {
			names = append(names, t.nameOf(m))
		}
	}
	if len(names) == len(full) {
		full = names
	}
	return t.words.say("ask-either", "choices", t.words.speak.list(full, t.words.part("or")))
}

func (t *turn) nameOf(c Command) string {
	if item, err := t.index.ByNumber(c.Item); err == nil {
		return t.words.name(item)
	}
	return c.Name
}

// describe names a command in a question or on a button.
func (t *turn) describe(c Command) string {
	name, unit := c.Name, c.Unit
	item, err := t.index.ByNumber(c.Item)
	if err == nil {
		name, unit = t.words.name(item), item.Unit
	}
	if c.Item == Last {
		if l := t.talk.Cart.line(t.talk.Cart.Touched); l != nil {
			name, unit = l.Name, l.Unit
			item, _ = t.index.ByNumber(l.Item) // nil: no longer sold
		}
	}
	text := name
	if c.Do == parser.Add && c.Quantity == nil && (unit == catalog.Each || unit == "") {
		text = t.words.line(name, 1000, unit, c.Counter, c.Options, item)
	}
	if c.Quantity != nil {
		text = t.words.line(name, *c.Quantity, unit, c.Counter, c.Options, item)
	}
	switch {
	case c.Do == parser.Remove:
		return t.words.part("do-remove", "line", text)
	case text == "":
		return string(c.Do)
	}
	return text
}

// question opens q and says it.
func (t *turn) question(q *question) {
	q.Heard, q.Evidence, q.By, q.Confirmed = t.heard, t.heard.Evidence, t.by, t.confirmed
	t.talk.Question = q
	if t.talk.State == Shopping || t.talk.State == Paid {
		t.talk.State = Choosing
	}
	t.say(q.Text)
	t.sound = SoundQuestion
}

func (t *turn) askAge(c Command, age int, rest []Command) {
	t.question(&question{Ask: AskAge, YesNo: true, Choices: []Command{c}, Rest: rest,
		Text: t.words.say("ask-age", "age", t.words.speak.number(int64(age)))})
}

func (t *turn) closeQuestion() {
	t.talk.Question = nil
	if t.talk.State == Choosing {
		t.talk.State = Shopping
	}
}

// answer takes c for an answer to the open question. It reports whether it was
// one, and whether the turn is over. Any other command closes the question,
// except those that only ask something back.
func (t *turn) answer(c Command, rest []Command) (answered, stop bool) {
	q := t.talk.Question
	switch c.Do {
	case parser.Choose:
		return true, t.choose(q, c.N)
	case parser.Yes:
		if !q.YesNo {
			t.say(q.Text)
			t.sound = SoundQuestion
			return true, true
		}
		return true, t.choose(q, 1)
	case parser.No, parser.Back, parser.Undo: // nothing has been done yet that could be undone
		t.reject(q, len(rest) > 0)
		if next := t.talk.Question; next != nil {
			next.Rest = append(next.Rest, rest...)
			return true, true
		}
		return true, false // "no, three bagels"
	case parser.Help, parser.Repeat, parser.Total, parser.List, parser.Price, parser.Staff:
		return false, false
	case parser.Clear:
		if q.Ask == AskClear {
			return true, t.choose(q, 1)
		}
	case parser.Add:
		if i := t.named(q, c); i > 0 {
			return true, t.choose(q, i)
		}
	case parser.Set:
		if c.Item == Last && addsOneItem(q.Choices) {
			t.closeQuestion()
			return true, t.do(corrected(q.Choices[0], c), q.Rest)
		}
	case parser.Remove:
		if c.Item == Last && addsOneItem(q.Choices) {
			t.reject(q, false)
			return true, true
		}
	}
	t.closeQuestion()
	return false, false
}

// addsOneItem reports whether all choices add the same item: "make it two" is then
// about that one, not about the line before.
func addsOneItem(choices []Command) bool {
	return !slices.ContainsFunc(choices, func(m Command) bool {
		return m.Do != parser.Add || m.Item == "" || m.Item != choices[0].Item
	})
}

// corrected is what is asked about with the quantity of a "make it two", and with
// what is doubtful about that.
func corrected(asked, c Command) Command {
	asked.Quantity, asked.Ask, asked.Or = c.Quantity, c.Ask, nil
	for _, o := range c.Or {
		if o.Do == parser.Set && o.Item == Last {
			asked.Or = append(asked.Or, corrected(asked, o))
		}
	}
	return asked
}

// named finds the one choice whose item c names without more: 1 is the first,
// 0 is none.
func (t *turn) named(q *question, c Command) int {
	found := 0
	for i, m := range q.Choices {
		if q.YesNo || !c.assumed && c.Quantity != nil && quantityOf(c) != quantityOf(m) || m.Do != parser.Add || c.Item == "" || m.Item != c.Item {
			continue
		}
		if found > 0 {
			return 0
		}
		found = i + 1
	}
	return found
}

// choose takes the nth answer: a meaning, or the last button, none of them.
func (t *turn) choose(q *question, n int) (stop bool) {
	if n == len(q.Choices)+1 {
		t.reject(q, false)
		return true
	}
	if n < 1 || n > len(q.Choices) {
		t.refuse("no-such-choice", "n", strconv.Itoa(n))
		return true
	}
	t.closeQuestion()
	answer := t.by
	t.heard, t.by = q.Heard, q.By
	t.heard.Evidence = q.Evidence
	t.confirmed = append(slices.Clone(q.Confirmed), q.Ask)
	if q.Ask == AskAge {
		t.showAge(q.Choices[0])
	}
	if stop := t.perform(q.Choices[n-1], q.Rest); stop {
		return true
	}
	t.confirmed, t.by = nil, answer
	for i, c := range q.Rest {
		if stop := t.do(c, q.Rest[i+1:]); stop || t.err != nil {
			return true
		}
	}
	return true
}

// showAge remembers for this cart that the shopper says to be old enough.
func (t *turn) showAge(c Command) {
	if item, err := t.index.ByNumber(c.Item); err == nil {
		t.talk.AgeShown = max(t.talk.AgeShown, item.MinAge)
	}
}

// reject closes the question with a no: its meanings are not offered again
// before something succeeds. Where more was said at once, that is the answer to it.
func (t *turn) reject(q *question, more bool) {
	t.closeQuestion()
	switch q.Ask {
	case AskClear:
		t.tell("not-cleared")
	case AskAge:
		t.tell("too-young")
	default:
		t.talk.Rejected = append(t.talk.Rejected, q.Choices...)
		if !more {
			t.tell("not-added")
		}
	}
	for i, c := range q.Rest {
		if stop := t.do(c, q.Rest[i+1:]); stop || t.err != nil {
			return
		}
	}
}

// choices are the buttons of a question.
func (t *turn) choices(q *question) []Choice {
	var list []Choice
	for i, c := range q.Choices {
		text := capital(t.describe(c))
		if q.YesNo {
			text = t.words.say("yes")
		}
		list = append(list, Choice{N: i + 1, Text: text, Command: c})
	}
	no := "none-of-these"
	if q.YesNo {
		no = "no"
	}
	n := len(q.Choices) + 1
	return append(list, Choice{N: n, Text: t.words.say(no), Command: Command{Do: parser.Choose, N: n}})
}
