package store

import (
	"testing"

	"voicetill/payments"
	"voicetill/payments/money"
)

// An entry's hash covers all of it and the entry before, so that none can be
// rewritten without rewriting all that follow.
func TestAnEntrysHashCoversAllOfIt(t *testing.T) {
	e := entryRow{Merchant: "demo", Seq: 3, ID: "charge/B1/1", At: 1, Body: "{}", Prev: "before"}
	postings := []payments.Posting{{From: "a", To: "b", Amount: money.Of(249, "EUR")}}
	want := e.hash(postings)
	for name, change := range map[string]func(*entryRow, *payments.Posting){
		"entry before": func(e *entryRow, _ *payments.Posting) { e.Prev = "other" },
		"merchant":     func(e *entryRow, _ *payments.Posting) { e.Merchant = "other" },
		"number":       func(e *entryRow, _ *payments.Posting) { e.Seq++ },
		"id":           func(e *entryRow, _ *payments.Posting) { e.ID = "charge/B1/2" },
		"time":         func(e *entryRow, _ *payments.Posting) { e.At++ },
		"receipt":      func(e *entryRow, _ *payments.Posting) { e.Body = `{"receipt":1}` },
		"payer":        func(_ *entryRow, p *payments.Posting) { p.From = "c" },
		"payee":        func(_ *entryRow, p *payments.Posting) { p.To = "c" },
		"amount":       func(_ *entryRow, p *payments.Posting) { p.Amount.Minor++ },
		"currency":     func(_ *entryRow, p *payments.Posting) { p.Amount.Currency = "USD" },
	} {
		changed, posting := e, postings[0]
		change(&changed, &posting)
		if changed.hash([]payments.Posting{posting}) == want {
			t.Errorf("another %s has the same hash", name)
		}
	}
	if e.hash(append(postings, postings[0])) == want || e.hash(nil) == want {
		t.Error("another number of postings has the same hash")
	}
}
