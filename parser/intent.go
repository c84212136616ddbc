// Package parser turns words into intents. The sentences it understands are
// data (models/*/grammar.txt): the same templates are sampled to bias the
// recogniser and parsed to read what it heard.
package parser

// Kind names what a shopper wants done, in the canonical form of
// docs/protocol.md.
type Kind string

const (
	Add      Kind = "add"
	Remove   Kind = "remove"
	Set      Kind = "set"
	Undo     Kind = "undo"
	Clear    Kind = "clear"
	Total    Kind = "total"
	List     Kind = "list"
	Price    Kind = "price"
	Help     Kind = "help"
	Repeat   Kind = "repeat"
	Checkout Kind = "checkout"
	Confirm  Kind = "confirm"
	Back     Kind = "back"
	Choose   Kind = "choose"
	Yes      Kind = "yes"
	No       Kind = "no"
	Amend    Kind = "amend"  // "with soy milk": options for the line just added
	Also     Kind = "also"   // "… and the bagels" after a Remove, which Parse makes of it
	Number   Kind = "number" // a number alone, which answers a question: Milli
	Staff    Kind = "staff"  // "call staff"
	Pay      Kind = "pay"    // "pay by card": the way to pay, never the payment itself
	Swap     Kind = "swap"   // "swap the bagels for lemons": Other is taken out, Ref put in
	TopUp    Kind = "topup"  // "top up twenty": Milli is the amount in thousandths of the currency's unit
)

// Ref says which item a sentence names. The zero Ref names none. Code and Name
// are both set where both were said; Last is "the last one", "it", "that".
type Ref struct {
	Code string // digits as said, "1203"
	Name string // the catalogue phrase as said, "oat drink"
	Last bool
}

// Intent is one thing asked for, before the catalogue has been asked whether
// it exists.
type Intent struct {
	Do       Kind
	Ref      Ref
	Other    Ref               // swap: what is to make room
	Milli    int64             // quantity in thousandths of Unit; zero: none was said
	Unit     string            // "kg", "l" where a measure was said, else ""
	Counter  string            // the measure word behind the quantity, as in "三瓶"; "": none
	Units    bool              // the quantity counts the item's own unit: "times two" of what goes by the kilo is two kilos
	HowMany  bool              // "times" was said, but the number after it was not heard
	Options  map[string]string // group → value, nil where none was said
	N        int               // choose: 1 is the first
	Method   string            // pay: the way to pay, such as "card"
	Corrects bool              // a correction stands before it: "…, sorry, three bagels"
	Typed    bool              // the sentence is never sampled: a recogniser hears it only by chance
}

// Reading is one complete way to take an utterance. Score adds up the weights
// of the rules used: higher is more usual.
type Reading struct {
	Intents []Intent
	Score   float64
	Dropped int // words at either end that were left over
}
