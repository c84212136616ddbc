package checkout

import (
	"cmp"
	"maps"

	"voicetill/catalog"
	"voicetill/parser"
)

// What takes back, or takes the place of, what was ordered before it: in the same
// breath, or right behind it.

// twice reports whether the same thing is ordered again in one breath: "three oat milk,
// four oat milk" was hardly meant to be seven.
func twice(before, c Command) bool {
	return before.Do == parser.Add && c.Do == parser.Add && c.Item != "" && before.Item == c.Item && maps.Equal(before.Options, c.Options)
}

// again is an order right behind another of the same thing and "sorry", "I mean": how
// many it should have been. It is false where that cannot be.
func again(c Command, s Situation) (Command, bool) {
	if c.assumed || !justAdded(c, s) {
		return c, false
	}
	c.Do = parser.Set
	return c, true
}

// justAdded reports whether the cart holds of what is ordered what was added just now,
// and nothing else.
func justAdded(c Command, s Situation) bool {
	return s.Added > 0 && c.Item == s.Last && s.InCart[c.Item] == s.Added && len(c.Options) == 0
}

// corrected is the order that takes the place of the one before it in the same breath:
// "two bagels, sorry, three bagels". Where it was heard and names something else it is
// asked about.
func (u *Understander) corrected(before, c Command, s Situation) Command {
	if c.assumed && before.Do == parser.Add && before.Quantity != nil { // none of what is not sold, or taken out
		c = u.asMany(c, before.Unit, *before.Quantity)
	}
	if c.Item == before.Item && len(c.Options) == 0 {
		c.Options = before.Options
	}
	if c.Item != before.Item && !s.Typed && c.Ask == "" {
		c.Ask = AskAlike
	}
	return c
}

// adds reports whether the order before "no, four" in the same breath adds to what is
// in the cart: then the whole line must not become four.
func adds(commands []Command, c Command, s Situation) bool {
	n := len(commands)
	if n == 0 || commands[n-1].Do != parser.Add || s.InCart[commands[n-1].Item] == 0 {
		return false
	}
	return cmp.Or(c.Unit, catalog.Each) == cmp.Or(commands[n-1].Unit, catalog.Each)
}

// howMany is the order with the quantity that corrects it.
func (u *Understander) howMany(order, c Command) Command {
	order.Quantity, order.assumed = c.Quantity, false
	if item, err := u.index.ByNumber(order.Item); err == nil && (order.Ask == "" || order.Ask == AskAlike) {
		order.Ask = cmp.Or(u.reason(*c.Quantity, item), order.Ask, c.Ask)
	}
	return order
}

// asMany gives an order without a quantity that of what it takes the place of, where
// both are counted.
func (u *Understander) asMany(c Command, unit string, q catalog.Qty) Command {
	item, err := u.index.ByNumber(c.Item)
	if err != nil || item.Unit != catalog.Each || cmp.Or(unit, catalog.Each) != catalog.Each || c.Ask == AskUnit || q <= 0 {
		return c
	}
	c.Quantity, c.Ask = &q, cmp.Or(u.reason(q, item), c.Ask)
	return c
}

// swapped is "swap the bagels for lemons": one thing is taken out and another put in,
// as many where that was not said. Only what is in the cart can make room.
func (u *Understander) swapped(in parser.Intent, s Situation) (commands []Command, cost float64, ok bool) {
	out, costOut, ok := u.command(parser.Intent{Do: parser.Remove, Ref: in.Other}, s)
	if !ok {
		return nil, 0, false
	}
	if _, has := s.InCart[out.Item]; s.InCart != nil && !has {
		return []Command{out}, costOut, true
	}
	in.Do = parser.Add
	put, costPut, ok := u.command(in, s)
	if !ok || put.Item == out.Item || out.Ask == AskChoice {
		return nil, 0, false
	}
	if put.assumed {
		put = u.asMany(put, out.Unit, s.InCart[out.Item])
	}
	return []Command{out, put}, costOut + costPut, true
}

// instead is what an order means behind a no while nothing is asked. Right after
// another order it corrects that: "no, four oat milk", "no, goat milk". What was
// heard so is only asked about.
func (u *Understander) instead(c Command, s Situation) []Command {
	_, has := s.InCart[c.Item]
	_, err := u.index.ByNumber(c.Item)
	switch {
	case err != nil || s.InCart == nil:
	case has && c.assumed: // "no oat milk"
		return []Command{{Do: parser.Remove, Item: c.Item, Name: c.Name, Unit: c.Unit, Ask: AskAlike}}
	case justAdded(c, s):
		c.Do = parser.Set
	case s.Added > 0 && c.Item != s.Last && s.Typed:
		if c.assumed && s.Added%1000 == 0 {
			c = u.asMany(c, "", s.Added)
		}
		added := s.Added
		return []Command{{Do: parser.Remove, Item: Last, Quantity: &added}, c}
	case c.Ask == "":
		c.Ask = AskAlike
	}
	return []Command{c}
}
