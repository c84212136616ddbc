package store

import (
	"maps"
	"slices"

	"voicetill/payments"
)

// confirmationAudit is a confirmation with the state of the settlement that used
// it.
type confirmationAudit struct {
	ID         string  `db:"id"`
	State      string  `db:"state"`
	Settlement string  `db:"settlement_id"`
	Consent    string  `db:"consent"`
	Account    string  `db:"account_id"`
	Asked      int64   `db:"asked_at_us"`
	Decided    *int64  `db:"decided_at_us"`
	Paid       *string `db:"paid"`
}

// confirmations proves that what was used had been approved, by the settlement
// that says so.
func (a *auditor) confirmations() error {
	var row confirmationAudit
	err := a.each(&row, func() error {
		use, used := a.approved[row.ID]
		delete(a.approved, row.ID)
		switch {
		case row.Settlement != "" && row.State != payments.ConfirmUsed:
			a.complain("confirmation %s is %s, settlement %s has used it", row.ID, row.State, row.Settlement)
		case row.State == payments.ConfirmUsed && row.Paid == nil:
			a.complain("confirmation %s was used by settlement %q, which there is not", row.ID, row.Settlement)
		case row.State == payments.ConfirmUsed && (row.Decided == nil || *row.Decided < row.Asked):
			a.complain("confirmation %s was used by settlement %s, and nobody has approved it", row.ID, row.Settlement)
		case used && use != approval{row.Settlement, row.Consent, row.Account}:
			a.complain("settlement %s is not what confirmation %s approves", use.settlement, row.ID)
		}
		return nil
	}, `SELECT c.id, c.state, c.settlement_id, c.consent, c.account_id, c.asked_at_us, c.decided_at_us, s.state AS paid FROM confirmations c
		LEFT JOIN settlements s ON s.merchant_id = c.merchant_id AND s.id = c.settlement_id AND s.bill_id = c.bill_id
		WHERE c.merchant_id = ? ORDER BY c.asked_at_us, c.id`, a.merchant.ID)
	for _, id := range slices.Sorted(maps.Keys(a.approved)) {
		a.complain("settlement %s was approved by confirmation %s, which there is not", a.approved[id].settlement, id)
	}
	return err
}
