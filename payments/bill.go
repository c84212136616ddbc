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

// Tax is what a bill holds at one rate.
type Tax struct {
	RateBP          int          `json:"rate_bp"` // hundredths of a percent
	Net, Tax, Gross money.Amount `json:"-"`
}

// Bill is a frozen cart. Any change makes a new Version and voids consents
// given to the old one.
type Bill struct {
	ID       string         `json:"id"`
	Version  int            `json:"version"`
	Merchant string         `json:"merchant"`
	Place    string         `json:"place"`
	Cart     string         `json:"cart"`
	Payee    string         `json:"payee"` // the merchant's name as shown
	Currency money.Currency `json:"currency"`
	Lines    []Line         `json:"lines"`
	Total    money.Amount   `json:"total"`
	Issued   time.Time      `json:"issued"`
	Expires  time.Time      `json:"expires"`
}
