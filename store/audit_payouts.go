package store

import (
	"maps"
	"slices"
	"strings"
)

// payouts compares each with its entry, and with the transactions that it was
// made of.
func (a *auditor) payouts() error {
	booked := map[string]movedEntry{}
	for id, moved := range a.moved {
		if strings.HasPrefix(id, "payout/") {
			booked[id] = moved
		}
	}
	var row payoutRow
	err := a.each(&row, func() error {
		p, err := row.payout()
		if err != nil {
			return err
		}
		moved, ok := booked[p.Entry()]
		delete(booked, p.Entry())
		want := max(p.Amount.Minor, -p.Amount.Minor) + max(p.Fee.Minor, -p.Fee.Minor)
		switch wrong := p.Check(); {
		case !ok:
			a.complain("payout %s of %s was never booked", p.ID, p.Provider)
		case moved.minor != want:
			a.complain("entry %d (%s) moved %d minor units, the payout and its fees are %d", moved.seq, p.Entry(), moved.minor, want)
		case wrong != nil:
			a.complain("payout %s of %s: %v", p.ID, p.Provider, wrong)
		}
		return nil
	}, selectPayout+` WHERE merchant_id = ? ORDER BY booked_at_us, provider, id`, a.merchant.ID)
	for _, id := range slices.Sorted(maps.Keys(booked)) {
		a.complain("entry %d (%s) books a payout that is missing", booked[id].seq, id)
	}
	return err
}
