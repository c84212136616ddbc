package checkout

import (
	"slices"
	"strings"

	"voicetill/catalog"
	"voicetill/parser"
	"voicetill/payments"
	"voicetill/payments/money"
)

// Sound is a short noise that goes with a reply.
type Sound string

const (
	SoundAdded    Sound = "added"
	SoundQuestion Sound = "question"
	SoundError    Sound = "error"
	SoundPaid     Sound = "paid"
)

// Reply is what the till answers, and its JSON as stored for a repeated
// command.
type Reply struct {
	Say     string                `json:"say"`
	Hint    string                `json:"hint,omitempty"` // shown, not said
	Sound   Sound                 `json:"sound,omitempty"`
	Lang    string                `json:"lang"`
	Cart    View                  `json:"cart"`
	State   State                 `json:"state"`
	Choices []Choice              `json:"choices,omitempty"`
	Expect  []parser.Kind         `json:"expect"`
	Keypad  bool                  `json:"keypad,omitempty"` // show keypad, scan and call staff
	Bill    *payments.BillView    `json:"bill,omitempty"`
	Receipt *payments.ReceiptView `json:"receipt,omitempty"`
	Methods []payments.Method     `json:"methods,omitempty"` // with Bill: how it can be paid
	Method  payments.Method       `json:"method,omitempty"`  // the chosen one
	Handoff *payments.Handoff     `json:"handoff,omitempty"` // where the shopper pays
	Staff   *Confirming           `json:"staff,omitempty"`   // the payment waits for staff
	Allowed bool                  `json:"allowed,omitempty"` // with Bill: "confirm payment" pays it, without a proof
	Left    bool                  `json:"left,omitempty"`    // the shopper left without buying
	TopUp   *TopUpOffer           `json:"topup,omitempty"`   // a balance can be topped up on the screen
}

// Choice is one numbered answer to an open question.
type Choice struct {
	N       int     `json:"n"`
	Text    string  `json:"text"`
	Command Command `json:"command"`
}

// View is the cart as shown: amounts and quantities are decimal strings.
type View struct {
	ID       string         `json:"id"`
	Version  int            `json:"version"`
	Currency money.Currency `json:"currency"`
	Count    int            `json:"count"`
	Total    string         `json:"total"`
	Lines    []LineView     `json:"lines"`
}

// LineView is a line as shown.
type LineView struct {
	Line     int             `json:"line"`
	Item     string          `json:"item"`
	Name     string          `json:"name"`
	Options  catalog.Options `json:"options,omitempty"`
	Quantity string          `json:"quantity"`
	Unit     string          `json:"unit"`
	Price    string          `json:"price"`
	Total    string          `json:"total"`
	Picture  string          `json:"picture,omitempty"` // its address; set by who serves it
}

// View shows the cart.
func (c *Cart) View() (View, error) {
	total, err := c.Total()
	if err != nil {
		return View{}, err
	}
	v := View{ID: c.ID, Version: c.Version, Currency: c.Currency, Count: c.Count(), Total: total.Decimal(), Lines: []LineView{}}
	for _, l := range c.Lines {
		t, err := l.Total()
		if err != nil {
			return View{}, err
		}
		v.Lines = append(v.Lines, LineView{Line: l.ID, Item: l.Item, Name: l.Name, Options: l.Options,
			Quantity: l.Qty.String(), Unit: l.Unit, Price: l.Price.Decimal(), Total: t.Decimal()})
	}
	return v, nil
}

// expected lists what makes sense to say next.
func expected(t *talk) []parser.Kind {
	switch t.State {
	case Choosing:
		if t.Question != nil && t.Question.YesNo {
			return []parser.Kind{parser.Yes, parser.No, parser.Choose}
		}
		return []parser.Kind{parser.Choose, parser.No}
	case Billed:
		return payable(t)
	case Proving:
		return []parser.Kind{parser.Back}
	case Paid:
		return []parser.Kind{parser.Add}
	}
	if len(t.Cart.Lines) == 0 {
		return []parser.Kind{parser.Add, parser.Price, parser.Help}
	}
	return []parser.Kind{parser.Add, parser.Remove, parser.Set, parser.Undo, parser.Total, parser.Checkout}
}

// money says an amount.
func (r *Replies) money(a money.Amount) string {
	return r.speak.money(a.Minor, string(a.Currency), a.Currency.Digits())
}

// line says "three oat milk", "half a kilo of tomatoes", "one latte, large,
// soy milk".
func (r *Replies) line(name string, q catalog.Qty, unit, counter string, options catalog.Options, item *catalog.Item) string {
	key := "line"
	if unit != catalog.Each && unit != "" {
		key = "line-measured"
	}
	if item != nil {
		name = r.speak.called(name, item)
	}
	if item != nil && q > 1000 && unit == catalog.Each {
		name = r.speak.plural(name, item.Also)
	}
	text := r.part(key, "qty", r.speak.quantity(int64(q), unit, counter, r), "name", name)
	if len(options) == 0 {
		return text
	}
	return r.part("line-options", "line", text, "options", r.speak.list(optionNames(options, item), ""))
}

// optionNames lists the chosen values in the item's order of groups.
func optionNames(options catalog.Options, item *catalog.Item) []string {
	var names []string
	if item != nil {
		for _, g := range item.Groups {
			if v, ok := options[g.Name]; ok {
				names = append(names, v)
			}
		}
	}
	if len(names) == len(options) {
		return names
	}
	names = nil
	for _, v := range options {
		names = append(names, v)
	}
	slices.Sort(names)
	return names
}

// count says "one item", "six items".
func (r *Replies) count(n int) string {
	if n == 1 {
		return r.part("one-item")
	}
	return r.part("items", "n", r.speak.number(int64(n)))
}

func sentence(parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, " ")
}
