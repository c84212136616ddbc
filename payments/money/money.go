// Package money holds amounts: whole minor units of one currency, never a
// float. It is a leaf.
package money

// Currency is an ISO 4217 code such as "EUR".
type Currency string

// Amount is a sum of money.
type Amount struct {
	Minor    int64 // cents for EUR, yen for JPY
	Currency Currency
}
