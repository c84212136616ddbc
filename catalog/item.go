// Package catalog knows a shop's items: reading them from CSV, finding them by
// number and name, options and surcharges.
package catalog

import (
	"strings"
	"unicode"

	"voicetill/payments/money"
)

// Qty is a quantity in thousandths of the item's unit: 3000 is three pieces or
// three kilos.
type Qty int64

// Each is the unit of things that are counted.
const Each = "each"

// Item is one thing that can be bought. Items are values; nothing in an Item
// is changed after it was read.
type Item struct {
	Number   string // what shoppers say: 1 to 14 digits, leading zeros count
	Name     string
	Also     []string     // other names
	Price    money.Amount // per Unit, tax included
	Unit     string       // Each, "kg", "l"
	TaxBP    int          // tax rate in hundredths of a percent: 1900 is 19 %
	Category string
	GTIN     string
	Stock    *Qty // nil: not counted
	MinAge   int  // years; 0: none
	Groups   []Group
	Sounds   []string // respellings in words that the recogniser knows
	Picture  string   // https address or file name, may be empty
	NameZH   string   `json:",omitempty"` // what it is called in Chinese; "": see Chinese

	// Taught are respellings that the merchant taught by saying the name;
	// Respelled were worked out where there is neither one of those nor a Sounds.
	// Both are no part of an uploaded file.
	Taught    []string `json:",omitempty"`
	Respelled []string `json:",omitempty"`
	// Shown is the hash of the Picture that was made of what Picture names.
	Shown string `json:",omitempty"`
}

// Picture is a small JPEG.
type Picture struct {
	Hash string // of its bytes, 32 hexadecimal digits
	JPEG []byte
}

// PictureFault says why an item has no picture. The item is sold all the same.
type PictureFault struct {
	Number string `json:"number"`
	Value  string `json:"value"`
	Reason string `json:"reason"`
}

// Group is an option group: at most one of its values goes with an item.
type Group struct {
	Name   string
	Values []Value
}

// Value is one choice of a Group.
type Value struct {
	Name      string
	Surcharge money.Amount
}

// Options are the chosen values by group name.
type Options map[string]string

// Chinese is what the item is called in Chinese: NameZH, else the first of its
// names in Chinese characters, or "".
func (it Item) Chinese() string {
	if it.NameZH != "" {
		return it.NameZH
	}
	for _, n := range append([]string{it.Name}, it.Also...) {
		if strings.ContainsFunc(n, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			return n
		}
	}
	return ""
}
