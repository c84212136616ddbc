package checkout

import (
	"context"
	"strings"
	"time"

	"voicetill/accounts"
	"voicetill/catalog"
	"voicetill/parser"
	"voicetill/payments"
	"voicetill/payments/money"
)

// Leave is the tapped way out without buying: the basket is emptied at once,
// for the next person never to see it. It has no spoken form.
const Leave = "leave"

// Doable are the commands that can be tapped.
var Doable = []parser.Kind{parser.Add, parser.Remove, parser.Set, parser.Undo, parser.Clear, parser.Total, parser.List, parser.Price,
	parser.Help, parser.Repeat, parser.Checkout, parser.Confirm, parser.Back, parser.Choose, parser.Yes, parser.No, parser.Amend,
	parser.Staff, parser.Pay, parser.TopUp, Leave}

// Place is one shop as the conversation needs it.
type Place struct {
	ID       string
	Merchant string
	Payee    string // the merchant's name as shown on bills
	Currency money.Currency
	Limits   Limits
}

// Limits are hard caps: no answer lifts them.
type Limits struct {
	Pieces    catalog.Qty  // of one line of counted things
	Measure   catalog.Qty  // of one measured line, in its unit
	TripTotal money.Amount // of one cart
}

// DefaultLimits are 99 pieces, 50 kilos and 500 units of the currency.
func DefaultLimits(c money.Currency) Limits {
	scale := int64(1)
	for range c.Digits() {
		scale *= 10
	}
	return Limits{Pieces: 99_000, Measure: 50_000, TripTotal: money.Of(500*scale, c)}
}

// Cashier freezes carts and takes money: payments.Service, whose methods say
// what they promise.
type Cashier interface {
	Freeze(ctx context.Context, o payments.Order) (payments.Bill, error)
	Void(ctx context.Context, billID string) error
	Pay(ctx context.Context, b payments.Bill, p payments.Payer) (payments.Receipt, error)
	ReceiptFor(ctx context.Context, billID string) (payments.Receipt, error)
}

// Ways are the ways to pay, and the payments that a shopper finishes outside
// the till or that staff confirms: payments.Service, whose methods say what they promise.
type Ways interface {
	Offers(ctx context.Context, place string, c money.Currency) ([]payments.Method, error)
	Progress(ctx context.Context, billID string, ask bool) (payments.Receipt, error)
	Cancel(ctx context.Context, billID string) error
	// Confirmed goes on with a payment that waits for staff.
	Confirmed(ctx context.Context, billID string) (payments.Receipt, error)
}

// Purse tells how balances are topped up at a place: payments.Service.
type Purse interface {
	TopUpWays(ctx context.Context, place string, c money.Currency) (payments.TopUpWays, error)
}

// Mandates are payments that their account holders have allowed in advance:
// payments.Service, whose methods say what they promise.
type Mandates interface {
	Allowed(ctx context.Context, b payments.Bill, account string, method payments.Method) (payments.Mandate, error)
	PayByMandate(ctx context.Context, b payments.Bill, p payments.Payer) (payments.Receipt, error)
}

// Staff is told when a shopper calls for help.
type Staff interface {
	CallStaff(ctx context.Context, place, session, from, reason string, at time.Time) error
}

// Till is what conversations of one place stand on. It is safe for concurrent
// use when its parts are.
type Till struct {
	Place   Place
	Keeper  Keeper
	Cashier Cashier
	Ways    Ways  // nil: there is one way to pay
	Purse   Purse // nil: nobody tops up
	Staff   Staff
	Shelf   func() *catalog.Index // the catalogue as it is now
	Replies map[string]*Replies   // by language; "en" must be there
	Now     func() time.Time
	NewID   func() string // sortable ids for carts

	Mandates  Mandates // nil: every payment is proved
	Checks    Checks   // nil: no basket is looked at
	CheckSeed []byte   // secret, the same on all nodes: which carts are picked
}

// Proof is what a shopper typed to pay a bill.
type Proof struct {
	Bill     string
	Version  int
	Account  string          // number, e-mail or id
	Terminal string          // where it was typed; counts wrong tries there
	Buyer    string          // id of the account that shops, ""; who pays may be another
	Client   string          // kind of client: phone, kiosk
	Method   payments.Method // "": the chosen one
	Code     string          // payment code scanned from the shopper's app, or ""
	Return   string          // address that a provider's page leads back to, or ""
	Proof    accounts.Proof
}

// Speaks returns the language that a tag such as "zh-CN" (BCP 47) stands for: "en",
// "zh", or "" of "". ok is false where the till does not speak it.
func (t *Till) Speaks(tag string) (lang string, ok bool) {
	lang, _, _ = strings.Cut(strings.ToLower(strings.ReplaceAll(tag, "_", "-")), "-")
	_, ok = t.Replies[lang]
	return lang, ok || tag == ""
}

func (t *Till) replies(lang string) *Replies {
	if r, ok := t.Replies[lang]; ok {
		return r
	}
	return t.Replies["en"]
}
