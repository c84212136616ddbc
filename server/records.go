package server

import (
	"context"
	"encoding/json"
	"time"

	"voicetill/accounts"
	"voicetill/catalog"
	"voicetill/checkout"
	"voicetill/payments"
	"voicetill/payments/money"
)

// Place is one shop.
type Place struct {
	ID       string
	Merchant string
	Name     string
	Payee    string // the merchant's name as bills show it
	Currency money.Currency
	Demo     bool           // takes anonymous carts
	Zone     *time.Location // by which its days are counted
	ZoneName string         // as it was set; "": the till's own
}

// HeardLine is one utterance as it was understood.
type HeardLine struct {
	At       time.Time       `json:"at"`
	Text     string          `json:"text"`
	Commands json.RawMessage `json:"commands"`
}

// StaffCall is a shopper who asked for somebody.
type StaffCall struct {
	ID     string    `json:"id"`
	At     time.Time `json:"at"`
	From   string    `json:"from"`
	Reason string    `json:"reason"`
}

// Token is a merchant's API token, without the token itself.
type Token struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Created time.Time `json:"created"`
}

// Places finds shops. An unknown one is ErrNoPlace.
type Places interface {
	Place(ctx context.Context, id string) (Place, error)
	// Places are a merchant's, by id.
	Places(ctx context.Context, merchant string) ([]Place, error)
	Ping(ctx context.Context) error
}

// Catalogs keeps what places sell.
type Catalogs interface {
	// CatalogVersion is cheap: it is asked all the time.
	CatalogVersion(ctx context.Context, place string) (string, error)
	Catalog(ctx context.Context, place string) (version string, items []catalog.Item, err error)
	// ReplaceCatalog is all or nothing.
	ReplaceCatalog(ctx context.Context, place string, items []catalog.Item) (version string, err error)
	// SavePictures keeps pictures for the items of a place.
	SavePictures(ctx context.Context, place string, pictures []catalog.Picture) error
	// Picture returns a JPEG by its hash, or ErrNoPicture.
	Picture(ctx context.Context, hash string) ([]byte, error)
	// TeachItem makes taught the respellings of an item. catalog.ErrNoItem where
	// there is none.
	TeachItem(ctx context.Context, place, number string, taught []string) (version string, err error)
	// ChangeItem stores what change makes of an item, but for its stock; change's
	// error changes nothing.
	ChangeItem(ctx context.Context, place, number string, change func(catalog.Item) (catalog.Item, error)) (version string, err error)
	// Stock is the level of each item that is counted, by number.
	Stock(ctx context.Context, place string) (map[string]catalog.Qty, error)
	// SetStock makes q the level of an item; nil ends its counting.
	// catalog.ErrNoItem where there is none.
	SetStock(ctx context.Context, place, number string, q *catalog.Qty) error
}

// Memory keeps what was heard, for the shopper alone and not for long.
type Memory interface {
	SaveHeard(ctx context.Context, session string, h HeardLine) error
	Heard(ctx context.Context, session string) ([]HeardLine, error)
	DeleteHeard(ctx context.Context, session string) error
}

// Calls keeps calls for staff.
type Calls interface {
	// CallStaff returns the call's id, that of the open one if the session has one.
	CallStaff(ctx context.Context, place, session, from, reason string) (id string, err error)
	StaffCalls(ctx context.Context, place string) ([]StaffCall, error)
	// StaffCallDone returns ErrNoCall where there is none.
	StaffCallDone(ctx context.Context, place, id string) error
}

// Tokens keeps a merchant's API tokens. An unknown one is accounts.ErrNoToken.
type Tokens interface {
	AddToken(ctx context.Context, merchant, name string) (token string, err error)
	MerchantByToken(ctx context.Context, token string) (merchant string, err error)
	Tokens(ctx context.Context, merchant string) ([]Token, error)
	RevokeToken(ctx context.Context, merchant, id string) error
}

// Books are what the merchant looks at.
type Books interface {
	// Sessions are the conversations touched since a time, latest first.
	Sessions(ctx context.Context, place string, since time.Time) ([]checkout.Session, error)
	Account(ctx context.Context, ref string) (accounts.Account, error)
}

// Zones are the clocks of places.
type Zones interface {
	// SetZone sets a place's time zone by its IANA name, or to the till's own with
	// "". payments.ErrZone.
	SetZone(ctx context.Context, place, name string) error
}

// Purses are shoppers' prepaid balances with a merchant.
type Purses interface {
	// TopUp pays in once per key; payments.ErrOtherTopUp for a key of another
	// account or amount.
	TopUp(ctx context.Context, merchant, account, key string, a money.Amount) error
	Balance(ctx context.Context, merchant, account string, c money.Currency) (money.Amount, error)
	// SetTopUpLimits returns payments.ErrTopUpAmount for what leaves nothing to pay in.
	SetTopUpLimits(ctx context.Context, place string, l payments.TopUpLimits) error
}

// Records is all that a Server keeps and looks up.
type Records interface {
	Places
	Catalogs
	Memory
	Calls
	Tokens
	Books
	Purses
	Zones
	Papers
	Accounting
	Ledgers
	Companies
	Checks
	Moves
	Confirming
	Reports
	Tariffs
	SetUps
	Addresses
	Passwords
	Registrations
	PassBook
	Pulses
	checkout.Keeper
}
