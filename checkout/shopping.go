package checkout

import (
	"cmp"
	"maps"
	"slices"

	"voicetill/catalog"
	"voicetill/parser"
	"voicetill/payments/money"
)

const maxListed = 5

// add puts an item into the cart, unless a limit or the shopper's age speaks
// against it. More of the last line is more of the same options.
func (t *turn) add(c Command, rest []Command) (stop bool) {
	if c.Item == Last {
		l := t.lineOf(c)
		if l == nil {
			return false
		}
		c.Item, c.Counter = l.Item, cmp.Or(c.Counter, l.Counter)
		if c.Options == nil {
			c.Options = l.Options
		}
	}
	item, err := t.index.ByNumber(c.Item)
	if err != nil {
		t.unknown(firstOf(c.Heard, c.Item, c.Name))
		return false
	}
	qty := catalog.Qty(1000)
	if c.Quantity != nil {
		qty = *c.Quantity
	}
	if qty <= 0 {
		t.miss()
		return false
	}
	line, ok := t.newLine(item, qty, c)
	if !ok {
		return false
	}
	have := catalog.Qty(0)
	if l := t.talk.Cart.merge(line.Item, line.Options); l != nil {
		have = l.Qty
	}
	if !t.allowed(line, qty+have, have) {
		return false
	}
	if item.MinAge > t.talk.AgeShown {
		t.askAge(c, item.MinAge, rest)
		return true
	}
	id := t.talk.Cart.put(line)
	t.talk.Added, t.talk.AddedAt = id, t.now
	t.done(SoundAdded)
	key := "added"
	if have > 0 {
		key = "set"
	}
	t.tellLine(key, t.talk.Cart.line(id))
	return false
}

// tapped is the item that a tapped command means by a bar code, or by its name alone;
// nil where it has a number of its own, or means none.
func (t *turn) tapped(c Command) *catalog.Item {
	if _, err := t.index.ByNumber(c.Item); err == nil {
		return nil
	}
	if item, err := t.index.ByGTIN(c.Item); err == nil {
		return item
	}
	if c.Item == "" && c.Name != "" {
		for _, it := range t.index.Items() {
			if it.Name == c.Name {
				return &it
			}
		}
	}
	return nil
}

// measured reports whether what goes by unit can be had in such a quantity, said in a
// unit or ("") in none, and refuses it where not.
func (t *turn) measured(qty catalog.Qty, said, unit, name string) bool {
	switch {
	case unit == catalog.Each && (qty%1000 != 0 || said != "" && said != catalog.Each):
		t.refuse("whole-only", "name", name)
	case said != "" && said != unit:
		t.refuse("by-measure", "name", name, "unit", t.words.part("unit-"+unit))
	default:
		return true
	}
	return false
}

// newLine prices the item with its options, or says what does not fit.
func (t *turn) newLine(item *catalog.Item, qty catalog.Qty, c Command) (Line, bool) {
	l := Line{Item: item.Number, Name: item.Name, Qty: qty, Unit: item.Unit, Counter: c.Counter, TaxBP: item.TaxBP, MinAge: item.MinAge,
		Traces: []Trace{traceOf(t.heard, t.by, t.now.UTC(), t.confirmed)}}
	if !t.measured(qty, c.Unit, item.Unit, t.words.name(item)) {
		return l, false
	}
	if len(c.Options) > 0 {
		l.Options = maps.Clone(c.Options)
	}
	price, wrong, err := priceOf(item, l.Options)
	if err != nil {
		t.err = err
		return l, false
	}
	if wrong != "" {
		t.refuse("bad-option", "name", t.words.name(item), "option", wrong)
		return l, false
	}
	l.Price = price
	return l, true
}

// priceOf is the item's price per unit with the surcharges of the options, or
// the first option that it does not have.
func priceOf(item *catalog.Item, options catalog.Options) (price money.Amount, wrong string, err error) {
	price = item.Price
	for _, group := range slices.Sorted(maps.Keys(options)) {
		v := findValue(item, group, options[group])
		if v == nil {
			return price, options[group], nil
		}
		if v.Surcharge.Minor == 0 {
			continue
		}
		if price, err = price.Add(v.Surcharge); err != nil {
			return price, "", err
		}
	}
	return price, "", nil
}

func findValue(item *catalog.Item, group, name string) *catalog.Value {
	for i := range item.Groups {
		if item.Groups[i].Name != group {
			continue
		}
		for j := range item.Groups[i].Values {
			if item.Groups[i].Values[j].Name == name {
				return &item.Groups[i].Values[j]
			}
		}
	}
	return nil
}

// allowed holds a line of qty, of which have is in the cart already, against
// the hard caps, and says which one it breaks.
func (t *turn) allowed(l Line, qty, have catalog.Qty) bool {
	limits := t.till.Place.Limits
	most, key := limits.Measure, "over-weight"
	if l.Unit == catalog.Each {
		most, key = limits.Pieces, "over-pieces"
	}
	if qty > most {
		t.refuse(key, "n", t.words.speak.number(int64(most/1000)), "unit", t.words.part("units-"+l.Unit))
		return false
	}
	if qty <= have {
		return true
	}
	more, err := l.Price.Times(int64(qty - have))
	if err != nil {
		t.err = err
		return false
	}
	total, err := t.talk.Cart.Total()
	if err == nil {
		total, err = total.Add(more)
	}
	if err != nil {
		t.err = err
		return false
	}
	if limits.TripTotal.Minor > 0 && total.Minor > limits.TripTotal.Minor {
		t.refuse("over-trip", "total", t.words.money(limits.TripTotal))
		return false
	}
	return true
}

// lineOf is the line that a command means, or nil after saying that there is
// none.
func (t *turn) lineOf(c Command) *Line {
	if l := t.talk.Cart.find(c.Item, c.Options); l != nil {
		return l
	}
	switch item, err := t.index.ByNumber(c.Item); {
	case len(t.talk.Cart.Lines) == 0:
		t.refuse("empty")
	case c.Item == Last:
		t.refuse("no-last")
	case err != nil && c.Name == "":
		t.unknown(firstOf(c.Heard, c.Item))
	case err != nil:
		t.refuse("not-in-basket", "name", c.Name)
	default:
		t.refuse("not-in-basket", "name", t.words.name(item))
	}
	return nil
}

func (t *turn) remove(c Command) {
	l := t.lineOf(c)
	if l == nil {
		return
	}
	if c.Quantity != nil && *c.Quantity <= 0 {
		t.miss()
		return
	}
	gone := *l
	if c.Quantity != nil {
		if !t.measured(*c.Quantity, c.Unit, gone.Unit, gone.Name) {
			return
		}
		if *c.Quantity < gone.Qty {
			gone.Qty, gone.Counter = *c.Quantity, counter(c.Counter, l.Counter)
		}
	}
	t.talk.Cart.take(l.ID, gone.Qty)
	t.done(SoundAdded)
	t.tell("removed", "line", t.lineText(&gone))
}

func (t *turn) set(c Command, rest []Command) (stop bool) {
	l := t.lineOf(c)
	if l == nil {
		return false
	}
	if c.Quantity == nil {
		t.miss()
		return false
	}
	qty := *c.Quantity
	if qty == 0 {
		t.remove(Command{Do: parser.Remove, Item: c.Item, Options: c.Options})
		return false
	}
	if !t.measured(qty, c.Unit, l.Unit, l.Name) {
		return false
	}
	if !t.allowed(*l, qty, l.Qty) {
		return false
	}
	l.Qty, l.Counter = qty, counter(c.Counter, l.Counter)
	l.Traces = lastTraces(append(slices.Clone(l.Traces), traceOf(t.heard, t.by, t.now.UTC(), t.confirmed)))
	t.talk.Cart.Touched = l.ID
	t.done(SoundAdded)
	t.tellLine("set", l)
	return false
}

// amend gives options to the line just added. Later than that it asks first.
func (t *turn) amend(c Command, rest []Command) (stop bool) {
	cart := &t.talk.Cart
	l := cart.line(cart.Touched)
	if l == nil {
		t.refuse("empty")
		return false
	}
	item, err := t.index.ByNumber(l.Item)
	if err != nil {
		t.refuse("gone", "name", l.Name)
		return false
	}
	options := maps.Clone(l.Options)
	if options == nil {
		options = catalog.Options{}
	}
	maps.Copy(options, c.Options)
	price, wrong, err := priceOf(item, options)
	if err != nil {
		t.err = err
		return false
	}
	if wrong != "" {
		t.refuse("bad-option", "name", t.words.name(item), "option", wrong)
		return false
	}
	fresh := l.ID == t.talk.Added && t.now.Sub(t.talk.AddedAt) <= amendWindow
	if !fresh && t.by == "voice" && len(t.confirmed) == 0 {
		t.question(&question{Ask: AskChoice, YesNo: true, Choices: []Command{c}, Rest: rest,
			Text: t.words.say("ask-amend", "line", t.words.line(l.Name, l.Qty, l.Unit, l.Counter, options, item))})
		return true
	}
	l.Options, l.Price = options, price
	t.mergeTwins(l.ID)
	t.done(SoundAdded)
	t.tellLine("amended", cart.line(cart.Touched))
	return false
}

// mergeTwins joins the line with another of the same item and options.
func (t *turn) mergeTwins(id int) {
	cart := &t.talk.Cart
	l := *cart.line(id)
	twin := cart.merge(l.Item, l.Options)
	if twin.ID == id {
		return
	}
	twin.Qty += l.Qty
	keep := twin.ID
	cart.take(id, l.Qty)
	cart.Touched = keep
}

func (t *turn) undo() {
	t.talk.Cart.commit(t.mark)
	undone := t.talk.Cart.undo()
	t.mark = t.talk.Cart.mark()
	if !undone {
		t.refuse("nothing-to-undo")
		return
	}
	t.done(SoundAdded)
	if len(t.talk.Cart.Lines) == 0 {
		t.tell("undone-all")
		return
	}
	t.tell("undone", "count", t.words.count(t.talk.Cart.Count()), "total", t.totalText())
}

func (t *turn) clear(rest []Command) (stop bool) {
	if len(t.talk.Cart.Lines) == 0 {
		t.tell("empty")
		return false
	}
	if !slices.Contains(t.confirmed, AskClear) {
		t.question(&question{Ask: AskClear, YesNo: true, Choices: []Command{{Do: parser.Clear}}, Rest: rest,
			Text: t.words.say("ask-clear")})
		return true
	}
	t.talk.Cart.Lines = []Line{}
	t.talk.Cart.Touched = 0
	t.done(SoundAdded)
	t.tell("cleared")
	return false
}

// leave ends the trip without buying and forgets it.
func (t *turn) leave() {
	t.startOver()
	t.left = true
	t.tell("left")
}

func (t *turn) total() {
	if len(t.talk.Cart.Lines) == 0 {
		t.tell("empty")
		return
	}
	t.tell("total", "count", t.words.count(t.talk.Cart.Count()), "total", t.totalText())
}

func (t *turn) list() {
	lines := t.talk.Cart.Lines
	if len(lines) == 0 {
		t.tell("empty")
		return
	}
	var texts []string
	for i := range lines[:min(len(lines), maxListed)] {
		texts = append(texts, t.lineText(&lines[i]))
	}
	if more := len(lines) - maxListed; more > 0 {
		t.tell("list-more", "lines", t.words.speak.list(texts, ""), "n", t.words.speak.number(int64(more)), "total", t.totalText())
		return
	}
	t.tell("list", "lines", t.words.speak.list(texts, t.words.part("and")), "total", t.totalText())
}

func (t *turn) price(c Command) {
	number := c.Item
	if number == Last {
		l := t.talk.Cart.line(t.talk.Cart.Touched)
		if l == nil {
			t.refuse("no-last")
			return
		}
		number = l.Item
	}
	item, err := t.index.ByNumber(number)
	if err != nil {
		t.unknown(firstOf(c.Heard, c.Item, c.Name))
		return
	}
	if item.Unit == catalog.Each {
		t.tell("price-each", "name", t.words.name(item), "price", t.words.money(item.Price))
		return
	}
	t.tell("price-unit", "name", t.words.name(item), "price", t.words.money(item.Price), "unit", t.words.part("unit-"+item.Unit))
}

func (t *turn) done(s Sound) { t.acted, t.sound = true, s }

func (t *turn) lineText(l *Line) string {
	item, _ := t.index.ByNumber(l.Item) // only orders the options; nil for a retired item
	return t.words.line(l.Name, l.Qty, l.Unit, l.Counter, l.Options, item)
}

func (t *turn) tellLine(key string, l *Line) {
	total, err := l.Total()
	if err != nil {
		t.err = err
		return
	}
	t.tell(key, "line", t.lineText(l), "total", t.words.money(total))
}

func (t *turn) totalText() string {
	total, err := t.talk.Cart.Total()
	if err != nil {
		t.err = err
		return ""
	}
	return t.words.money(total)
}

func firstOf(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}
