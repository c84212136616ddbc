package checkout

import (
	"encoding/json"
	"fmt"
	"time"

	"voicetill/parser"
	"voicetill/payments"
)

// talkVersion is written with every session, so that an older program refuses
// what it would misread.
const talkVersion = 1

// talk is the whole conversation as stored in Session.Data.
type talk struct {
	Format   int                   `json:"format"`
	Lang     string                `json:"lang"`
	State    State                 `json:"state"`
	Cart     Cart                  `json:"cart"`
	Question *question             `json:"question,omitempty"`
	Bill     *payments.Bill        `json:"bill,omitempty"` // the newest; in states Billed, Proving, Paid
	Receipt  *payments.ReceiptView `json:"receipt,omitempty"`
	Methods  []payments.Method     `json:"methods,omitempty"` // that the bill can be paid by
	Method   payments.Method       `json:"method,omitempty"`  // the chosen one; "": the account's usual one
	Handoff  *payments.Handoff     `json:"handoff,omitempty"` // in state Proving: the shopper pays outside the till
	Staff    *Confirming           `json:"staff,omitempty"`   // in state Proving: staff confirms the payment
	Allowed  string                `json:"allowed,omitempty"` // account that pays the bill without a proof, as it has allowed
	Said     string                `json:"said"`
	Misses   int                   `json:"misses"`             // in a row
	Rejected []Command             `json:"rejected,omitempty"` // meanings turned down since the last success
	AgeShown int                   `json:"age_shown"`          // years that were confirmed for this cart
	Added    int                   `json:"added"`              // line of the last add, while nothing came after it
	AddedAt  time.Time             `json:"added_at"`

	Corrections int       `json:"corrections,omitempty"` // changes back in this cart
	RemovedAt   time.Time `json:"removed_at,omitzero"`   // when something was last taken out of it
	Check       string    `json:"check,omitempty"`       // CheckWaiting: staff looks at the basket first
}

// question is what the till has asked and waits to hear.
type question struct {
	Ask       Ask       `json:"ask"`
	YesNo     bool      `json:"yes_no"`
	Choices   []Command `json:"choices"` // one for a yes/no question
	Rest      []Command `json:"rest,omitempty"`
	Text      string    `json:"text"`
	Heard     Heard     `json:"heard"`
	Evidence  Evidence  `json:"evidence"` // of Heard, whose own JSON leaves it out
	By        string    `json:"by"`
	Confirmed []Ask     `json:"confirmed,omitempty"`
}

func readTalk(data []byte) (*talk, error) {
	var t talk
	if err := json.Unmarshal(data, &t); err != nil {
		return nil, fmt.Errorf("read session: %w", err)
	}
	if t.Format > talkVersion {
		return nil, fmt.Errorf("read session: its format %d is newer than %d", t.Format, talkVersion)
	}
	return &t, nil
}

func newCart(till *Till) Cart {
	return Cart{ID: till.NewID(), Currency: till.Place.Currency, Lines: []Line{}}
}

// startOver begins another cart in the same conversation.
func (t *talk) startOver(till *Till) {
	t.Cart = newCart(till)
	t.State, t.Question, t.Bill, t.Receipt = Shopping, nil, nil, nil
	t.Methods, t.Method, t.Handoff, t.Staff, t.Allowed = nil, "", nil, nil, ""
	t.Misses, t.Rejected, t.AgeShown, t.Added = 0, nil, 0, 0
	t.Corrections, t.RemovedAt, t.Check = 0, time.Time{}, ""
}

// changesCart tells the kinds that void a bill.
func changesCart(k parser.Kind) bool {
	switch k {
	case parser.Add, parser.Remove, parser.Set, parser.Undo, parser.Clear, parser.Amend, Leave:
		return true
	}
	return false
}

// Cart shows the cart of a stored conversation.
func (s Session) Cart() (View, error) {
	t, err := readTalk(s.Data)
	if err != nil {
		return View{}, err
	}
	return t.Cart.View()
}
