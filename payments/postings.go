package payments

import (
	"crypto/rand"
	"fmt"
)

// ShopperAccount is the ledger account of a shopper's prepaid balance.
func ShopperAccount(account string) string { return "shopper:" + account }

// SalesAccount is the ledger account of what a merchant earned, tax excluded.
func SalesAccount(merchant string) string { return "merchant:" + merchant + ":sales" }

// TaxAccount is the ledger account of the tax that a merchant owes at a rate in
// hundredths of a percent.
func TaxAccount(merchant string, rateBP int) string {
	return fmt.Sprintf("merchant:%s:tax:%d", merchant, rateBP)
}

// OwedAccount is the ledger account of what was taken for no sale and goes back.
func OwedAccount(merchant string) string { return "merchant:" + merchant + ":owed" }

// World is the ledger account outside: what was paid in came from here.
// It falls below zero by what the merchant's bank holds.
const World = "world"

// salePostings are clearing → sales and tax, together the bill's total.
func salePostings(b Bill, clearing string) ([]Posting, error) {
	var postings []Posting
	sum := b.Currency.Zero()
	for _, t := range b.Tax {
		for _, p := range []Posting{
			{From: clearing, To: SalesAccount(b.Merchant), Amount: t.Net},
			{From: clearing, To: TaxAccount(b.Merchant, t.RateBP), Amount: t.Tax},
		} {
			if p.Amount.Minor == 0 {
				continue
			}
			postings = append(postings, p)
			var err error
			if sum, err = sum.Add(p.Amount); err != nil {
				return nil, err
			}
		}
	}
	if sum != b.Total {
		return nil, fmt.Errorf("bill %s: %w: postings of %s for %s", b.ID, ErrOrder, sum, b.Total)
	}
	return postings, nil
}

// newLink is an unguessable path element of 26 characters, 130 bits.
func newLink() string { return rand.Text() }
