package checkout

import (
	"context"
	"fmt"
	"time"

	"voicetill/catalog"
	"voicetill/parser"
)

// amendWindow is how long after an add "with soy milk" surely belongs to it:
// DIALOGUE's 1.5 s of silence, and the time that saying it takes.
const amendWindow = 6 * time.Second

// correctWindow is how long after an add "no, goat milk" is about that.
const correctWindow = time.Minute

// turn is one exchange: something was said, the talk changes, the till answers.
type turn struct {
	ctx       context.Context
	till      *Till
	talk      *talk
	words     *Replies
	index     *catalog.Index
	now       time.Time
	heard     Heard
	by        string // "voice", "typed", "tap"
	confirmed []Ask  // what the shopper answered on the way
	mark      mark   // the cart before this exchange
	session   string
	client    string
	account   string // id of who is signed in, or ""

	said    []string
	hint    string
	sound   Sound
	keypad  bool
	left    bool
	paysIn  *TopUpOffer
	acted   bool // a command was obeyed
	missed  bool
	repeats bool // said again: not remembered anew
	err     error
}

func (d *Dialog) newTurn(ctx context.Context, t *talk) *turn {
	return &turn{ctx: ctx, till: d.till, talk: t, words: d.till.replies(t.Lang), index: d.till.Shelf(),
		now: d.till.Now(), session: d.session.ID, client: d.client, account: d.account}
}

func (t *turn) say(text string)                   { t.said = append(t.said, text) }
func (t *turn) tell(key string, args ...string)   { t.say(t.words.say(key, args...)) }
func (t *turn) refuse(key string, args ...string) { t.tell(key, args...); t.sound = SoundError }

// obey does the commands in order, as one change to the cart. A question stops
// it; the rest waits for the answer.
func (t *turn) obey(commands []Command) {
	t.mark = t.talk.Cart.mark()
	for i, c := range commands {
		if stop := t.do(c, commands[i+1:]); stop || t.err != nil {
			break
		}
	}
	t.talk.Cart.commit(t.mark)
}

// startOver begins another cart, which knows nothing of the changes so far.
func (t *turn) startOver() {
	t.talk.startOver(t.till)
	t.mark = t.talk.Cart.mark()
}

// do obeys one command and reports whether to stop, because the till asked or
// the turn is over.
func (t *turn) do(c Command, rest []Command) (stop bool) {
	if t.talk.Question != nil {
		if answered, stop := t.answer(c, rest); answered {
			return stop
		}
	}
	if t.talk.State == Paid {
		switch {
		case c.Do == parser.Add, c.Do == Leave:
			t.startOver()
		case changesCart(c.Do), c.Do == parser.Checkout: // the pass stays on the screen
			t.tell("already-paid", "total", t.words.money(t.talk.Bill.Total))
			return false
		}
	}
	if (t.talk.State == Billed || t.talk.State == Proving) && changesCart(c.Do) {
		if t.voidBill(); t.err != nil || t.talk.State == Paid || t.talk.waits() {
			return true
		}
	}
	if c.Do != parser.Amend && changesCart(c.Do) {
		t.talk.Added = 0
	}
	switch c.Do {
	case parser.Add, parser.Remove, parser.Set, parser.Price:
		if handled, stop := t.ask(t.withDoubt(c), rest); handled {
			return stop
		}
	}
	return t.perform(c, rest)
}

func (t *turn) perform(c Command, rest []Command) (stop bool) {
	switch c.Do {
	case parser.Add:
		return t.add(c, rest)
	case parser.Remove:
		t.corrects(true)
		t.remove(c)
	case parser.Set:
		t.corrects(false)
		return t.set(c, rest)
	case parser.Amend:
		return t.amend(c, rest)
	case parser.Undo:
		t.corrects(true)
		t.undo()
	case parser.Clear:
		return t.clear(rest)
	case Leave:
		t.leave()
		return true
	case parser.Total:
		t.total()
	case parser.List:
		t.list()
	case parser.Price:
		t.price(c)
	case parser.Help:
		t.tell(t.helpKey(), t.example()...)
	case parser.Repeat:
		t.repeat()
	case parser.Staff:
		t.callStaff()
	case parser.Checkout:
		t.checkout()
		return true
	case parser.Confirm:
		t.confirm()
		return true
	case parser.Pay:
		t.payBy(c.Method)
		return true
	case parser.TopUp:
		t.topUp(c.Amount)
		return true
	case parser.Back:
		t.back()
	case parser.Yes, parser.No, parser.Choose:
		t.strayAnswer(c)
	default:
		t.refuse("not-now")
	}
	return false
}

func (t *turn) helpKey() string {
	switch t.talk.State {
	case Choosing:
		return "help-choosing"
	case Billed:
		return "help-billed"
	case Proving:
		return "help-proving"
	case Paid:
		return "help-paid"
	}
	return "help-shopping"
}

// example is something that is sold, to say how things are said: its number as it is
// written and as it is said, and its name. Where nothing is sold any will do.
func (t *turn) example() []string {
	item := catalog.Item{Number: "1203"}
	for _, it := range catalog.Examples(t.index.Items()) {
		if item.Name == "" || item.Unit != catalog.Each && it.Unit == catalog.Each {
			item = it
		}
	}
	return []string{"number", item.Number, "spoken", t.words.speak.digits(item.Number), "name", t.words.name(&item)}
}

func (t *turn) repeat() {
	t.repeats = true
	if t.talk.Said == "" {
		t.tell("nothing-said")
		return
	}
	t.say(t.talk.Said)
}

func (t *turn) callStaff() {
	if t.till.Staff == nil {
		t.refuse("not-now")
		return
	}
	if err := t.till.Staff.CallStaff(t.ctx, t.till.Place.ID, t.session, t.client, t.by, t.now.UTC()); err != nil {
		t.err = fmt.Errorf("call staff: %w", err)
		return
	}
	t.tell("staff-called")
}

// strayAnswer is a yes, no or choice while no question is open. Spoken, it was
// meant for somebody else, unless the shopper surely spoke to the till; at a bill it
// never moves money.
func (t *turn) strayAnswer(c Command) {
	meant := t.by != "voice" || t.heard.Addressed
	switch {
	case t.talk.State == Billed && (meant || c.Do != parser.Choose):
		t.tell("billed-again")
	case meant:
		t.refuse("no-question")
	}
}

// puzzled answers words that mean nothing where the shopper surely spoke to the
// till: with the open question or bill, if there is one; from the second time on
// with what can be said there, and then by hand.
func (t *turn) puzzled() {
	again := t.talk.Misses > 0
	switch {
	case t.talk.Question != nil && again:
		t.tell("help-choosing")
		t.hint = t.talk.Question.Text
	case t.talk.Question != nil:
		t.say(t.talk.Question.Text)
	case t.talk.State == Billed && again:
		t.tell("help-billed")
	case t.talk.State == Billed:
		t.tell("billed-again")
	default:
		t.miss()
		return
	}
	t.missed = true
	t.keypad = t.talk.Misses > 1
	if t.talk.Question != nil {
		t.sound = SoundQuestion
	}
}

// miss answers what meant nothing, each time with more help.
func (t *turn) miss() {
	t.missed = true
	t.sound = SoundError
	switch {
	case t.talk.Misses == 0 && t.by == "typed":
		t.tell("miss-typed")
		t.hint = t.words.say("miss-1-hint", t.example()...)
	case t.talk.Misses == 0:
		t.tell("miss-1")
		t.hint = t.words.say("miss-1-hint", t.example()...)
	case t.talk.Misses == 1:
		t.tell("miss-2", t.example()...)
		t.hint = t.words.say("miss-2-hint", t.example()...)
	default:
		t.tell("miss-3")
		t.keypad = true
	}
}

// unknown answers an item that the catalogue does not have. Nothing is taken
// in its place.
func (t *turn) unknown(heard string) {
	if t.talk.Misses >= 2 || heard == "" {
		t.miss()
		return
	}
	t.missed = true
	if t.talk.Misses > 0 {
		t.hint = t.words.say("miss-2-hint", t.example()...)
	}
	if isCode(heard) {
		t.refuse("unknown-number", "digits", t.words.speak.digits(heard))
		return
	}
	t.refuse("unknown-name", "name", heard)
}

func isCode(s string) bool {
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return s != ""
}

// finish settles the counters and makes the reply.
func (t *turn) finish() (Reply, error) {
	switch {
	case t.missed:
		t.talk.Misses++
	case t.acted:
		t.talk.Misses, t.talk.Rejected = 0, nil
	}
	r, err := t.reply()
	if !t.repeats {
		t.talk.Said = r.Say
	}
	return r, err
}

func (t *turn) reply() (Reply, error) {
	view, err := t.talk.Cart.View()
	if err != nil {
		return Reply{}, err
	}
	r := Reply{Say: sentence(t.said...), Hint: t.hint, Sound: t.sound, Lang: t.talk.Lang, Cart: view,
		State: t.talk.State, Expect: expected(t.talk), Keypad: t.keypad, Left: t.left, TopUp: t.paysIn, Receipt: t.talk.Receipt}
	if t.talk.Bill != nil && (t.talk.State == Billed || t.talk.State == Proving) {
		bill := t.talk.Bill.View()
		r.Bill, r.Methods, r.Method, r.Handoff, r.Staff = &bill, t.talk.Methods, t.talk.Method, t.talk.Handoff, t.talk.Staff
		r.Allowed = t.paysAllowed()
	}
	if t.talk.Question != nil {
		r.Choices = t.choices(t.talk.Question)
	}
	return r, nil
}
