package checkout

import (
	"maps"
	"slices"
	"strings"

	"voicetill/catalog"
	"voicetill/payments/money"
)

// Cart is what one shopper has taken, and how to take back the last changes.
type Cart struct {
	ID       string         `json:"id"`
	Version  int            `json:"version"` // counts changes, from 0
	Currency money.Currency `json:"currency"`
	Lines    []Line         `json:"lines"`
	Next     int            `json:"next"`            // id of the next new line
	Touched  int            `json:"touched"`         // id of the line touched last; 0: none
	Undos    []change       `json:"undos,omitempty"` // latest last
}

// Line is one item with its options. Price is per unit with surcharges, as of
// the last look at the catalogue; the bill asks again.
type Line struct {
	ID      int             `json:"line"`
	Item    string          `json:"item"`
	Name    string          `json:"name"`
	Options catalog.Options `json:"options,omitempty"`
	Qty     catalog.Qty     `json:"milli"`
	Unit    string          `json:"unit"`
	Counter string          `json:"counter,omitempty"` // that it was last asked for with
	Price   money.Amount    `json:"price"`
	TaxBP   int             `json:"tax_bp"`
	MinAge  int             `json:"min_age,omitempty"`
	Traces  []Trace         `json:"traces,omitempty"`
}

// change is one undoable change: the touched lines as they were.
type change struct {
	Before  []before `json:"before"`
	Touched int      `json:"touched"`
}

// before is a line at its place before a change; Was is nil where it is new.
type before struct {
	ID  int   `json:"id"`
	At  int   `json:"at"`
	Was *Line `json:"was,omitempty"`
}

// maxUndos and maxTraces bound what a session stores.
const (
	maxUndos  = 100
	maxTraces = 20
)

// Total is the price of the line, rounded half up once.
func (l Line) Total() (money.Amount, error) { return l.Price.Times(int64(l.Qty)) }

// Pieces is how many things a shopper would count: the quantity of counted
// things, one for a measured line.
func (l Line) Pieces() int {
	if l.Unit == catalog.Each {
		return int(l.Qty / 1000)
	}
	return 1
}

// Total adds up the lines.
func (c *Cart) Total() (money.Amount, error) {
	sum := c.Currency.Zero()
	for _, l := range c.Lines {
		t, err := l.Total()
		if err != nil {
			return money.Amount{}, err
		}
		if sum, err = sum.Add(t); err != nil {
			return money.Amount{}, err
		}
	}
	return sum, nil
}

// Count adds up the pieces.
func (c *Cart) Count() int {
	n := 0
	for _, l := range c.Lines {
		n += l.Pieces()
	}
	return n
}

// mark is a cart's lines at one moment.
type mark struct {
	lines   []Line
	touched int
}

func (c *Cart) mark() mark { return mark{slices.Clone(c.Lines), c.Touched} }

// commit makes all that was done since m one undoable change. It reports
// whether there was any.
func (c *Cart) commit(m mark) bool {
	diff := differences(m.lines, c.Lines)
	if len(diff) == 0 {
		return false
	}
	c.Version++
	c.Undos = append(c.Undos, change{diff, m.touched})
	if len(c.Undos) > maxUndos {
		c.Undos = slices.Delete(c.Undos, 0, len(c.Undos)-maxUndos)
	}
	return true
}

// undo takes back the last change, or reports false.
func (c *Cart) undo() bool {
	if len(c.Undos) == 0 {
		return false
	}
	last := c.Undos[len(c.Undos)-1]
	c.Undos = c.Undos[:len(c.Undos)-1]
	for _, b := range last.Before {
		c.Lines = slices.DeleteFunc(c.Lines, func(l Line) bool { return l.ID == b.ID })
	}
	for _, b := range last.Before {
		if b.Was != nil {
			c.Lines = slices.Insert(c.Lines, min(b.At, len(c.Lines)), *b.Was)
		}
	}
	c.Touched = last.Touched
	c.Version++
	return true
}

// added is how much the last change added to the line, 0 where it did not.
func (c *Cart) added(id int) catalog.Qty {
	l := c.line(id)
	if l == nil || len(c.Undos) == 0 {
		return 0
	}
	was := c.Undos[len(c.Undos)-1].Before
	at := slices.IndexFunc(was, func(b before) bool { return b.ID == id })
	switch {
	case at < 0:
		return 0
	case was[at].Was != nil:
		return l.Qty - was[at].Was.Qty
	}
	return l.Qty
}

// differences lists the lines of was that are not the same in now, in order,
// then those that are new.
func differences(was, now []Line) []before {
	var diff []before
	for at, l := range was {
		if i := indexOf(now, l.ID); i < 0 || !now[i].same(l) {
			diff = append(diff, before{l.ID, at, &was[at]})
		}
	}
	for at, l := range now {
		if indexOf(was, l.ID) < 0 {
			diff = append(diff, before{ID: l.ID, At: at})
		}
	}
	return diff
}

func (l Line) same(o Line) bool {
	return l.Qty == o.Qty && l.Item == o.Item && l.Price == o.Price && maps.Equal(l.Options, o.Options)
}

func indexOf(lines []Line, id int) int {
	return slices.IndexFunc(lines, func(l Line) bool { return l.ID == id })
}

// line finds a line by id, or nil. The pointer is good until the lines change.
func (c *Cart) line(id int) *Line {
	if i := indexOf(c.Lines, id); i >= 0 {
		return &c.Lines[i]
	}
	return nil
}

// find returns the line that a command means: the one touched last for Last,
// else the item's with exactly the options, or, where none were named, its
// newest. It returns nil where there is none.
func (c *Cart) find(item string, options catalog.Options) *Line {
	if item == Last {
		return c.line(c.Touched)
	}
	for i := len(c.Lines) - 1; i >= 0; i-- {
		l := &c.Lines[i]
		if l.Item == item && (len(options) == 0 || maps.Equal(l.Options, options)) {
			return l
		}
	}
	return nil
}

// merge returns the line of the same item with the same options, or nil.
func (c *Cart) merge(item string, options catalog.Options) *Line {
	for i := range c.Lines {
		if l := &c.Lines[i]; l.Item == item && maps.Equal(l.Options, options) {
			return l
		}
	}
	return nil
}

// put adds the line, or adds its quantity to the one it merges with, and
// returns the line's id.
func (c *Cart) put(l Line) int {
	if have := c.merge(l.Item, l.Options); have != nil {
		have.Qty += l.Qty
		have.Counter = counter(l.Counter, have.Counter)
		have.Price, have.Name, have.TaxBP = l.Price, l.Name, l.TaxBP
		have.Traces = lastTraces(append(slices.Clone(have.Traces), l.Traces...))
		c.Touched = have.ID
		return have.ID
	}
	c.Next++
	l.ID = c.Next
	c.Lines = append(c.Lines, l)
	c.Touched = l.ID
	return l.ID
}

// counter is the measure word of a line that had one, once said comes with its
// quantity: 两件 of what is counted in 瓶 stay 瓶.
func counter(said, had string) string {
	const general = "个件份样" // count anything
	if had != "" && strings.Contains(general, said) {
		return had
	}
	return said
}

// take removes qty of the line, the whole line where that is all of it.
func (c *Cart) take(id int, qty catalog.Qty) {
	i := indexOf(c.Lines, id)
	if i < 0 {
		return
	}
	if qty < c.Lines[i].Qty {
		c.Lines[i].Qty -= qty
		c.Touched = id
		return
	}
	c.Lines = slices.Delete(slices.Clone(c.Lines), i, i+1)
	if c.Touched == id {
		c.Touched = 0
		if n := len(c.Lines); n > 0 {
			c.Touched = c.Lines[n-1].ID
		}
	}
}

func lastTraces(t []Trace) []Trace { return t[max(0, len(t)-maxTraces):] }
