package store

import "voicetill/payments"

// confirmationAudit is a confirmation with the state of the settlement that used
// it.
type confirmationAudit struct {
	ID         string  `db:"id"`
	State      string  `db:"state"`
	Settlement string  `db:"settlement_id"`
	Asked      int64   `db:"asked_at_us"`
	Decided    *int64  `db:"decided_at_us"`
	Paid       *string `db:"paid"`
}

// confirmations proves that what was used had been approved, by the settlement
// that says so.
func (a *auditor) confirmations() error {
	var row confirmationAudit
	return a.each(&row, func() error {
		switch {
		case row.Settlement != "" && row.State != payments.ConfirmUsed:
			a.complain("confirmation %s is %s, settlement %s has used it", row.ID, row.State, row.Settlement)
		case row.State == payments.ConfirmUsed && row.Paid == nil:
			a.complain("confirmation %s was used by settlement %q, which there is not", row.ID, row.Settlement)
		case row.State == payments.ConfirmUsed && (row.Decided == nil || *row.Decided < row.Asked):
			a.complain("confirmation %s was used by settlement %s, and nobody has approved it", row.ID, row.Settlement)
		}
		return nil
	}, `SELECT c.id, c.state, c.settlement_id, c.asked_at_us, c.decided_at_us, s.state AS paid FROM confirmations c
		LEFT JOIN settlements s ON s.merchant_id = c.merchant_id AND s.id = c.settlement_id AND s.bill_id = c.bill_id
		WHERE c.merchant_id = ? ORDER BY c.asked_at_us, c.id`, a.merchant.ID)
}
