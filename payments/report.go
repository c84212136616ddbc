package payments

import (
	"time"

	"voicetill/payments/money"
)

// Hour is what a place sold and gave back within one hour.
type Hour struct {
	Start   time.Time
	Sales   int
	Refunds int
	Sold    money.Amount // by sales alone
	Back    money.Amount // given back, not below zero
}

// SoldItem is how an item sold: refunds are not taken off.
type SoldItem struct {
	Item  string
	Name  string // as on the latest receipt
	Unit  string
	Milli int64 // thousandths of Unit
	Sales int   // receipts that have it
	Total money.Amount
}

// ReceiptKind is a choice of receipts.
type ReceiptKind string

// The kinds; "" is all.
const (
	OnlySales   ReceiptKind = "sale"
	OnlyRefunds ReceiptKind = "refund" // of sales
	OnlyTopUps  ReceiptKind = "topup"  // and what of them was given back
)

// ReceiptFind asks for one page of a place's receipts.
type ReceiptFind struct {
	From, To time.Time // paid; a zero From is the beginning, a zero To the end of time
	Text     string    // its number, or part of what is on it, such as an item's name; "": all
	Minor    int64     // Text as a total; 0: it is none. A text that is a number or a total is looked for as these alone
	Kind     ReceiptKind
	By       string // "no", "total"
	Down     bool
	Offset   int
	Limit    int
	Page     bool // the page alone: how many match in all is not counted
}
