package checkout

import (
	"cmp"
	"maps"

	"voicetill/catalog"
	"voicetill/parser"
	"voicetill/payments"
)

// Caution says from which quantity on the till asks before adding.
type Caution struct {
	AskAbove catalog.Qty // more than this of one thing at once is asked
	AskOver  catalog.Qty // the same for what goes by weight or volume
}

// DefaultCaution asks above ten pieces and above five kilos.
var DefaultCaution = Caution{AskAbove: 10_000, AskOver: 5_000}

// Costs, in the recogniser's log units, of what the conversation makes unlikely.
const (
	costNotInCart = 4.0 // taking out what is not in
	costNoAnswer  = 2.0 // taking something back while a question is open
	costNoChoice  = 3.0 // "the first one", "yes" while no question is open
	costMany      = 2.0 // tens of one thing; twice that if the number is not round
	costTwice     = 3.0 // the same thing again in one breath
	costNoBill    = 3.0 // "confirm payment" while nothing is billed

	likelyAgain  = 6.0     // how much likelier "sorry, three bagels" right behind bagels corrects them than adds
	likelyAnswer = 2.5     // how much likelier a number alone is while a question is open
	numberOfItem = 100_000 // thousandths from which it is rather an item's number
)

// resolve asks the catalogue and the conversation what the intents mean. It is
// false where they cannot be meant together.
func (u *Understander) resolve(intents []parser.Intent, s Situation) (commands []Command, cost float64, ok bool) {
	refused := false
	for _, in := range intents {
		if (in.Do == parser.Yes || in.Do == parser.No) && s.State != Choosing {
			cost, refused = cost+costNoChoice, in.Do == parser.No
			continue // nothing was asked
		}
		if in.Do == parser.Swap {
			two, extra, ok := u.swapped(in, s)
			if !ok {
				return nil, 0, false
			}
			commands, cost = append(commands, two...), cost+extra
			continue
		}
		c, extra, ok := u.command(in, s)
		if !ok {
			return nil, 0, false
		}
		if cost += extra; in.Do == parser.Amend && len(commands) > 0 {
			if !u.amend(&commands[len(commands)-1], c.Options) {
				return nil, 0, false
			}
			continue
		}
		switch {
		case in.Corrects && len(commands) == 0:
			if c, ok = again(c, s); !ok {
				return nil, 0, false
			}
			commands, cost = append(commands, c), cost-likelyAgain
		case in.Corrects && c.Do == parser.Add:
			before := len(commands) - 1
			commands[before] = u.corrected(commands[before], c, s)
		case c.Do == parser.Set && c.Item == Last && adds(commands, c, s):
			commands[len(commands)-1] = u.howMany(commands[len(commands)-1], c)
		case refused && in.Do == parser.Add:
			commands = append(commands, u.instead(c, s)...)
		case len(commands) > 0 && twice(commands[len(commands)-1], c):
			if cost += costTwice; c.Ask == "" && !s.Typed {
				c.Ask = AskAlike
			}
			commands = append(commands, c)
		default:
			commands = append(commands, c)
		}
		refused = false
	}
	return commands, cost, true
}

// amend adds options said a little later in the same breath: "… and with soy
// milk". It is false where nothing takes them or they contradict what was said.
func (u *Understander) amend(c *Command, options catalog.Options) bool {
	item, err := u.index.ByNumber(c.Item)
	if err != nil || c.Do != parser.Add || !offers(item, options) {
		return false
	}
	all := maps.Clone(c.Options)
	if all == nil {
		all = catalog.Options{}
	}
	for group, value := range options {
		if _, said := all[group]; said {
			return false
		}
		all[group] = value
	}
	c.Options = all
	return true
}

func (u *Understander) command(in parser.Intent, s Situation) (Command, float64, bool) {
	c := Command{Do: in.Do, N: in.N, Method: payments.Method(in.Method), Counter: in.Counter, Options: catalog.Options(in.Options)}
	if in.Milli > 0 {
		q := catalog.Qty(in.Milli)
		c.Quantity = &q
	}
	if c.Do == parser.TopUp && c.Quantity != nil {
		c.Amount, c.Quantity = c.Quantity.String(), nil
	}
	switch {
	case in.Do == parser.Yes && in.Milli > 0:
		return u.oldEnough(in, s)
	case in.Do == parser.Number:
		c, cost, ok := u.answered(in, s)
		if in.Milli < numberOfItem {
			cost -= likelyAnswer
		}
		return c, cost, ok
	case in.Ref.Last:
		return u.toLast(c, in, s), costOfQuantity(in), true
	case in.Ref == parser.Ref{}:
		cost := situationCost(in.Do, s)
		if in.Do == parser.Choose && s.State == Choosing && in.N > len(s.Choices)+1 {
			cost += costNoChoice // "the third one" of two
		}
		return c, cost, true
	}
	item, others, ok := u.find(in.Ref)
	if !ok {
		return c, 0, false
	}
	if item == nil {
		c.Item, c.Ask, c.Heard = "", AskUnknown, in.Ref.Code
		return c, 0, in.Do != parser.Remove && in.Do != parser.Set || true
	}
	if c, ok = u.of(c, item, in); !ok {
		return c, 0, false
	}
	cost := costOfQuantity(in)
	if _, has := s.InCart[item.Number]; s.InCart != nil && !has && (in.Do == parser.Remove || in.Do == parser.Set) {
		cost = costNotInCart
	}
	if len(others) > 0 {
		c.Ask = AskChoice
		for _, o := range others {
			if alt, ok := u.of(Command{Do: c.Do, Quantity: c.Quantity, Options: c.Options}, o, in); ok {
				alt.Ask = ""
				c.Or = append(c.Or, alt)
			}
		}
		if len(c.Or) == 0 {
			c.Ask = ""
		}
	}
	return c, cost, true
}

// toLast completes a command about the line touched last. What is said so now and
// then only may be the beginning of something else, where it was heard.
func (u *Understander) toLast(c Command, in parser.Intent, s Situation) Command {
	c.Item, c.Unit = Last, in.Unit
	if c.Do == parser.Add && c.Quantity == nil {
		one := catalog.Qty(1000)
		c.Quantity, c.assumed = &one, true
	}
	switch {
	case in.HowMany:
		c.Ask = AskQuantity
	case c.Do != parser.Remove && c.Quantity != nil:
		c.Ask = u.muchOf(*c.Quantity, cmp.Or(in.Unit, catalog.Each))
	}
	if in.Typed && !s.Typed && c.Ask == "" {
		c.Ask = AskAlike
	}
	return c
}

// oldEnough is what an age means to the question for it: yes or no.
func (u *Understander) oldEnough(in parser.Intent, s Situation) (Command, float64, bool) {
	age := u.ageAsked(s)
	if in.Milli < int64(age)*1000 {
		return Command{Do: parser.No}, 0, age > 0
	}
	return Command{Do: parser.Yes}, 0, age > 0
}

// ageAsked is the age that the open question asks for, 0 where it does not.
func (u *Understander) ageAsked(s Situation) int {
	if s.State != Choosing || len(s.Choices) != 1 {
		return 0
	}
	item, err := u.index.ByNumber(s.Choices[0].Item)
	if err != nil {
		return 0
	}
	return item.MinAge
}

// answered is what a number or a measure alone means to the open question: the
// choice that has such a quantity, the choice of that place, or another quantity for
// the one item that is asked about. What could be more than one of these has the
// question repeated, and so has a number where somebody was asked for an age.
func (u *Understander) answered(in parser.Intent, s Situation) (Command, float64, bool) {
	if s.State != Choosing || len(s.Choices) == 0 {
		return Command{}, 0, false
	}
	n, place, same, oneItem := catalog.Qty(in.Milli), 0, 0, addsOneItem(s.Choices)
	if in.Unit != "" {
		number := s.Choices[0].Item
		if number == Last {
			number = s.Last
		}
		item, err := u.index.ByNumber(number)
		c := Command{Do: parser.Set, Item: Last, Quantity: &n, Unit: in.Unit, Ask: u.muchOf(n, in.Unit)}
		return c, 0, err == nil && oneItem && item.Unit == in.Unit
	}
	for i, c := range s.Choices {
		if quantityOf(c) == n {
			place, same = i+1, same+1
		}
	}
	item, err := u.index.ByNumber(s.Choices[0].Item)
	switch {
	case err == nil && oneItem && item.MinAge > 0, same > 1:
		return Command{Do: parser.Repeat}, 0, true
	case same == 1:
		return Command{Do: parser.Choose, N: place}, 0, true
	case oneItem && len(s.Choices) == 1:
		return Command{Do: parser.Set, Item: Last, Quantity: &n, Ask: u.muchOf(n, catalog.Each)}, 0, true
	case n%1000 == 0 && len(s.Choices) > 1 && int(n/1000) <= len(s.Choices):
		return Command{Do: parser.Choose, N: int(n / 1000)}, 0, true
	}
	return Command{Do: parser.Repeat}, 0, true
}

// costOfQuantity is how unlikely it is that somebody wants so much: people take
// few of one thing, and round numbers where it is many.
func costOfQuantity(in parser.Intent) float64 {
	n := in.Milli / 1000
	switch {
	case in.Unit != "" || n <= 12:
		return 0
	case n <= 20 || n == 24:
		return costMany / 2
	case n%10 == 0:
		return costMany
	}
	return 2 * costMany
}

// situationCost is how unlikely a word without an item is now.
func situationCost(do parser.Kind, s Situation) float64 {
	switch {
	case s.State == Choosing && do == parser.Undo:
		return costNoAnswer
	case do == parser.Choose && s.State != Choosing:
		return costNoChoice
	case do == parser.Confirm && s.State == Shopping && s.InCart != nil:
		return costNoBill
	}
	return 0
}

// find returns the item a reference names, and others that it may name as
// well. A nil item with ok is a number that the catalogue lacks.
func (u *Understander) find(ref parser.Ref) (item *catalog.Item, others []*catalog.Item, ok bool) {
	named := u.named[ref.Name]
	if ref.Code == "" {
		if len(named) == 0 {
			return nil, nil, false
		}
		return named[0], named[1:], true
	}
	item, err := u.index.ByNumber(ref.Code)
	if err != nil {
		item, err = u.index.ByGTIN(ref.Code)
	}
	switch {
	case err != nil && ref.Name == "":
		return nil, nil, true
	case err != nil:
		return nil, nil, false
	case ref.Name == "":
		return item, nil, true
	}
	for _, n := range named {
		if n == item {
			return item, nil, true
		}
	}
	return nil, nil, false
}

// of completes a command about an item. It is false where the item cannot be
// had like that.
func (u *Understander) of(c Command, item *catalog.Item, in parser.Intent) (Command, bool) {
	c.Item, c.Name = item.Number, item.Name
	if !offers(item, c.Options) {
		return c, false
	}
	if c.Do == parser.Price {
		c.Quantity = nil
		return c, true
	}
	byWeight := item.Unit != catalog.Each
	if byWeight {
		c.Unit = item.Unit
	}
	if in.Unit != "" && in.Unit != item.Unit {
		return c, false
	}
	unsaid := byWeight && in.Unit == "" && !in.Units && in.Ref.Code == ""
	if c.Do == parser.Set && c.Quantity != nil {
		c.Ask = u.muchOf(*c.Quantity, item.Unit)
		if unsaid && maybePieces(*c.Quantity) {
			c.Ask = AskUnit
		}
	}
	if c.Do == parser.Add {
		said := c.Quantity != nil
		if !said {
			one := catalog.Qty(1000)
			c.Quantity, c.assumed = &one, true
		}
		c.Ask = u.reason(*c.Quantity, item)
		if in.HowMany {
			c.Ask = AskQuantity
		}
		if unsaid {
			c.Ask, c.Unit = AskUnit, ""
		}
	}
	return c, true
}

// offers reports whether the item can be had with all the options.
func offers(item *catalog.Item, options catalog.Options) bool {
	for group, value := range options {
		found := false
		for _, g := range item.Groups {
			if g.Name != group {
				continue
			}
			for _, v := range g.Values {
				found = found || words(v.Name) == value
			}
		}
		if !found {
			return false
		}
	}
	return true
}

// reason is why adding so much of the item is asked first, or "".
func (u *Understander) reason(q catalog.Qty, item *catalog.Item) Ask {
	if much := u.muchOf(q, item.Unit); much != "" {
		return much
	}
	if item.MinAge > 0 {
		return AskAge
	}
	return ""
}

// muchOf is why so much of one thing is asked first, or "".
func (u *Understander) muchOf(q catalog.Qty, unit string) Ask {
	limit := u.caution.AskAbove
	if unit != catalog.Each {
		limit = u.caution.AskOver
	}
	switch {
	case unit == catalog.Each && teen(q):
		return AskTeen
	case q > limit:
		return AskQuantity
	}
	return ""
}

// teen reports whether the quantity is easily taken for another: thirteen and
// thirty, up to nineteen and ninety.
func teen(q catalog.Qty) bool {
	n := q / 1000
	return q%1000 == 0 && (n >= 13 && n <= 19 || n >= 30 && n <= 90 && n%10 == 0)
}
