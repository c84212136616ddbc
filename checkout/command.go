// Package checkout holds the cart and the conversation: what was meant, what
// the till does about it, and what it answers. No sockets, no SQL.
package checkout

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"voicetill/catalog"
	"voicetill/parser"
	"voicetill/payments"
)

// Ask is the reason why the till asks before it does something.
type Ask string

const (
	AskQuantity Ask = "quantity" // over the asking limit
	AskTeen     Ask = "teen"     // fifteen or fifty
	AskLimit    Ask = "limit"    // the line is a large part of the trip limit
	AskAge      Ask = "age"      // age-restricted
	AskAlike    Ask = "alike"    // a neighbour sounds like it
	AskChoice   Ask = "choice"   // two meanings close together: Or has the others
	AskClear    Ask = "clear"    // emptying the cart
	AskUnit     Ask = "unit"     // "three tomatoes" where tomatoes go by weight
	AskUnknown  Ask = "unknown"  // no such item: Item is "", Heard says what was said
)

// Command is one thing to do, resolved against the catalogue: the canonical
// form of docs/protocol.md, and its JSON.
type Command struct {
	Do       parser.Kind
	Item     string       // item number, Last, or "" where none applies
	Name     string       // the item's name
	Quantity *catalog.Qty // nil: none said (add means one, remove the whole line)
	Unit     string       // "kg"; "" for things that are counted
	Counter  string       // the measure word that was said, as in "三瓶", or ""
	Options  catalog.Options
	N        int             // choose: 1 is the first
	Method   payments.Method // pay: the way to pay
	Amount   string          // topup: decimal, in the place's currency, or ""
	Ask      Ask
	Or       []Command
	Heard    string // with AskUnknown: the number or name that was said
	assumed  bool   // Quantity is one because none was said
}

// Last as Command.Item is the line that was touched last.
const Last = "last"

// Heard is what the till made of one utterance.
type Heard struct {
	Text     string    `json:"text"`     // the best alternative's words
	Commands []Command `json:"commands"` // none: not for the till
	// Evidence is kept with the bill line that comes of it.
	Evidence Evidence `json:"-"`
	// Addressed says that the shopper surely spoke to the till (held the button):
	// words that mean nothing then get a hint instead of silence.
	Addressed bool `json:"-"`
}

// Evidence lets a dispute be settled: the alternatives' texts, best first, and
// the margin in log-likelihood between the two best meanings.
type Evidence struct {
	Texts  []string `json:"texts"`
	Margin float64  `json:"margin"`
	Typed  bool     `json:"typed,omitempty"`
}

type commandJSON struct {
	Do       parser.Kind     `json:"do"`
	Item     *string         `json:"item,omitempty"`
	Name     string          `json:"name,omitempty"`
	Quantity string          `json:"quantity,omitempty"`
	Unit     string          `json:"unit,omitempty"`
	Counter  string          `json:"counter,omitempty"`
	Options  catalog.Options `json:"options,omitempty"`
	N        int             `json:"n,omitempty"`
	Method   payments.Method `json:"method,omitempty"`
	Amount   string          `json:"amount,omitempty"`
	Ask      Ask             `json:"ask,omitempty"`
	Or       []Command       `json:"or,omitempty"`
	Heard    string          `json:"heard,omitempty"`
}

// MarshalJSON writes the canonical form: quantity a decimal string, item null
// where it is unknown.
func (c Command) MarshalJSON() ([]byte, error) {
	j := commandJSON{Do: c.Do, Name: c.Name, Unit: c.Unit, Counter: c.Counter, Options: c.Options, N: c.N, Method: c.Method, Amount: c.Amount, Ask: c.Ask, Or: c.Or, Heard: c.Heard}
	if c.Quantity != nil {
		j.Quantity = c.Quantity.String()
	}
	if c.Ask == AskUnknown {
		type withNull struct {
			commandJSON
			Item *string `json:"item"`
		}
		return json.Marshal(withNull{commandJSON: j})
	}
	if c.Item != "" {
		j.Item = &c.Item
	}
	return json.Marshal(j)
}

// ErrQuantity says that a command has a quantity that none can be.
var ErrQuantity = errors.New("a quantity is a number such as 3 or 0.25: not negative, at most three decimals, at most a million")

// UnmarshalJSON reads the canonical form. Quantity may be a string or a
// number; one that is none is ErrQuantity. Unknown fields are ignored, as the protocol promises.
func (c *Command) UnmarshalJSON(data []byte) error {
	var j struct {
		commandJSON
		Quantity json.RawMessage `json:"quantity"`
	}
	if err := json.Unmarshal(data, &j); err != nil {
		return fmt.Errorf("read command: %w", err)
	}
	*c = Command{Do: j.Do, Name: j.Name, Unit: j.Unit, Options: j.Options, N: j.N, Method: j.Method, Amount: j.Amount, Ask: j.Ask, Or: j.Or, Heard: j.Heard}
	if j.Item != nil {
		c.Item = *j.Item
	}
	if parser.IsCounter(j.Counter) {
		c.Counter = j.Counter
	}
	if len(j.Quantity) > 0 && string(j.Quantity) != "null" {
		text := string(j.Quantity)
		if unquoted, err := strconv.Unquote(text); err == nil {
			text = unquoted
		}
		q, err := catalog.ParseQty(text)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrQuantity, err)
		}
		c.Quantity = &q
	}
	return nil
}
