package payments

import (
	"time"

	"voicetill/payments/money"
)

// Line is one line of a bill, priced by the server.
type Line struct {
	Line     int               `json:"line"` // 1 is the first
	Item     string            `json:"item"` // item number
	Name     string            `json:"name"`
	Options  map[string]string `json:"options,omitempty"`
	Milli    int64             `json:"milli"` // quantity in thousandths of Unit
	Unit     string            `json:"unit"`  // "each", "kg"
	Price    money.Amount      `json:"price"` // per Unit, surcharges and tax included
	Total    money.Amount      `json:"total"` // Price × Milli/1000, rounded half up once
	TaxBP    int               `json:"tax_bp"`
	MinAge   int               `json:"min_age,omitempty"`
	Evidence []byte            `json:"evidence,omitempty"` // JSON, how the line came about; never shown to others
}

// Tax is what a bill holds at one rate. Net + Tax = Gross.
type Tax struct {
	RateBP int          `json:"rate_bp"` // hundredths of a percent
	Net    money.Amount `json:"net"`
	Tax    money.Amount `json:"tax"`
	Gross  money.Amount `json:"gross"`
}

// Bill is a frozen cart. Any change makes a new Version and voids consents
// given to the old one. A cart has one bill, and a bill is sold at most once.
type Bill struct {
	ID       string         `json:"id"`
	Kind     Kind           `json:"kind,omitempty"` // Sale or TopUp
	Version  int            `json:"version"`        // from 1, given by the store
	Merchant string         `json:"merchant"`
	Place    string         `json:"place"`
	Cart     string         `json:"cart"`
	Payee    string         `json:"payee"` // the merchant's name as shown
	Currency money.Currency `json:"currency"`
	Lines    []Line         `json:"lines"`
	Tax      []Tax          `json:"tax"` // by rate, lowest first
	Total    money.Amount   `json:"total"`
	Issued   time.Time      `json:"issued"`
	Expires  time.Time      `json:"expires"`
	Nonce    string         `json:"nonce"` // makes the consent hash unguessable
}

// Order is a cart about to be frozen, with prices and totals worked out by the
// server.
type Order struct {
	Cart     string // id of the cart, a new one after each sale
	Merchant string
	Place    string
	Payee    string
	Currency money.Currency
	Lines    []Line
}
