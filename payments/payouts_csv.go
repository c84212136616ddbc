package payments

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"voicetill/payments/money"
)

const maxPayoutRows = 100_000

// PayoutFault says which line of a file of payouts is wrong, and why.
type PayoutFault struct {
	Line   int
	Reason string
}

func (e *PayoutFault) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Reason) }
func (e *PayoutFault) Unwrap() error { return ErrPayout }

// columnsOf are the names that a column may have, ours first and then those of
// Stripe's payout reconciliation report (itemized).
var columnsOf = map[string][]string{
	"payout":   {"payout", "automatic_payout_id"},
	"paid":     {"paid", "automatic_payout_effective_at_utc", "automatic_payout_effective_at"},
	"id":       {"transaction", "balance_transaction_id"},
	"kind":     {"kind", "reporting_category"},
	"gross":    {"gross"},
	"fee":      {"fee"},
	"currency": {"currency"},
}

// refColumns hold what our books may know a transaction by.
var refColumns = []string{"reference", "key", "payment_intent_id", "source_id", "charge_id", "payment_metadata[voicetill_key]"}

// neededColumns must be there.
var neededColumns = []string{"payout", "paid", "gross", "fee", "currency"}

// ReadPayouts reads a file of transactions in payouts, a line each: our columns
// are payout, paid, transaction, reference, key, kind, gross, fee, currency.
// Stripe's payout reconciliation report is read as it is. Payouts come in the
// file's order. *PayoutFault, an ErrPayout, names the first line that is wrong.
func ReadPayouts(r io.Reader, provider string) ([]Payout, error) {
	rows := csv.NewReader(r)
	head, err := rows.Read()
	if err != nil {
		return nil, &PayoutFault{1, "there is no head: " + err.Error()}
	}
	at, refs, err := findColumns(head)
	if err != nil {
		return nil, err
	}
	payouts, order := map[string]*Payout{}, []string{}
	for line := 2; ; line++ {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, &PayoutFault{line, err.Error()}
		}
		if line > maxPayoutRows {
			return nil, &PayoutFault{line, fmt.Sprintf("a file has at most %d lines", maxPayoutRows)}
		}
		id := row[at["payout"]]
		if id == "" { // Stripe lists what is in no payout yet
			continue
		}
		p, known := payouts[id]
		if !known {
			p = &Payout{Provider: provider, ID: id}
			payouts[id], order = p, append(order, id)
		}
		if err := p.addRow(row, at, refs); err != nil {
			return nil, &PayoutFault{line, err.Error()}
		}
	}
	list := make([]Payout, len(order))
	for i, id := range order {
		list[i] = *payouts[id]
		if err := list[i].Check(); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func findColumns(head []string) (at map[string]int, refs []int, err error) {
	at = map[string]int{}
	for i, name := range head {
		name = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))
		for _, key := range slices.Sorted(maps.Keys(columnsOf)) {
			if _, there := at[key]; !there && slices.Contains(columnsOf[key], name) {
				at[key] = i
			}
		}
		if slices.Contains(refColumns, name) {
			refs = append(refs, i)
		}
	}
	for _, key := range neededColumns {
		if _, ok := at[key]; !ok {
			return nil, nil, &PayoutFault{1, fmt.Sprintf("there is no column %q", columnsOf[key][0])}
		}
	}
	return at, refs, nil
}

// addRow adds a transaction to its payout.
func (p *Payout) addRow(row []string, at map[string]int, refs []int) error {
	currency := money.Currency(strings.ToUpper(strings.TrimSpace(row[at["currency"]])))
	if !currency.Valid() {
		return fmt.Errorf("%q is no currency", row[at["currency"]])
	}
	gross, err := money.Parse(row[at["gross"]], currency)
	if err != nil {
		return fmt.Errorf("gross: %w", err)
	}
	fee, err := money.Parse(row[at["fee"]], currency)
	if err != nil {
		return fmt.Errorf("fee: %w", err)
	}
	paid, err := dayOf(row[at["paid"]])
	if err != nil {
		return err
	}
	item := PayoutItem{Gross: gross, Fee: fee}
	if i, ok := at["id"]; ok {
		item.ID = clipText(row[i])
	}
	if i, ok := at["kind"]; ok {
		item.Kind = clipText(row[i])
	}
	for _, i := range refs {
		if ref := strings.TrimSpace(row[i]); ref != "" {
			item.Refs = append(item.Refs, clipText(ref))
		}
	}
	if len(p.Items) == 0 {
		p.Paid, p.Amount, p.Fee = paid, currency.Zero(), currency.Zero()
	}
	if p.Amount.Currency != currency {
		return fmt.Errorf("payout %s has two currencies", p.ID)
	}
	p.Items = append(p.Items, item)
	p.Amount.Minor += gross.Minor - fee.Minor
	p.Fee.Minor += fee.Minor
	return nil
}

// dayOf reads a day or a time in UTC.
func dayOf(text string) (time.Time, error) {
	for _, layout := range []string{time.DateOnly, time.DateTime, time.RFC3339, "2006-01-02 15:04"} {
		if at, err := time.Parse(layout, strings.TrimSpace(text)); err == nil {
			return at.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no day such as 2026-11-27", text)
}

func clipText(s string) string {
	s = strings.TrimSpace(s)
	return s[:min(len(s), maxPayoutText)]
}
