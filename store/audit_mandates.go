package store

import (
	"cmp"
	"time"

	"voicetill/payments"
	"voicetill/payments/money"
)

// mandateAudit is a use of a mandate with its settlement.
type mandateAudit struct {
	Use string `db:"use_id"`
	mandateRow
	Known  *string `db:"known"` // id of the mandate
	Amount int64   `db:"amount_minor"`
	At     int64   `db:"used_at_us"`
	Day    string  `db:"day"`
	State  *string `db:"state"` // of the settlement
	Body   *string `db:"body"`
	Bill   *string `db:"bill_id"`
}

// mandates proves that every deduction without a proof was allowed: by a mandate
// of its account, place, method and currency, in force at the time, and within
// its limits.
func (a *auditor) mandates() error {
	if err := a.unallowed(); err != nil {
		return err
	}
	var row mandateAudit
	sums := map[string]int64{} // by mandate and day or month
	return a.each(&row, func() error { return a.mandateUsed(row, sums) }, `SELECT u.id AS use_id, u.amount_minor, u.at_us AS used_at_us, u.day,
		m.id AS known, COALESCE(m.merchant_id, '') AS merchant_id, COALESCE(m.id, u.mandate_id) AS id, COALESCE(m.account_id, '') AS account_id,
		COALESCE(m.place_id, '') AS place_id, COALESCE(m.method, '') AS method, COALESCE(m.currency, '') AS currency,
		COALESCE(m.once_minor, 0) AS once_minor, COALESCE(m.day_minor, 0) AS day_minor, COALESCE(m.month_minor, 0) AS month_minor,
		COALESCE(m.made_at_us, 0) AS made_at_us, m.until_us, m.revoked_at_us, s.state, s.body, s.bill_id
		FROM mandate_uses u LEFT JOIN mandates m ON m.merchant_id = u.merchant_id AND m.id = u.mandate_id
		LEFT JOIN settlements s ON s.merchant_id = u.merchant_id AND s.id = u.id
		WHERE u.merchant_id = ? ORDER BY u.at_us, u.id`, a.merchant.ID)
}

// unallowed finds settlements that say they were allowed, without a use of a
// mandate. A JSON string never holds a bare quotation mark, so that the pattern
// can only be the field.
func (a *auditor) unallowed() error {
	var ids []string
	err := a.all(&ids, `SELECT s.id FROM settlements s WHERE s.merchant_id = ? AND s.body LIKE '%"proven":"mandate"%'
		AND NOT EXISTS (SELECT 1 FROM mandate_uses u WHERE u.merchant_id = s.merchant_id AND u.id = s.id) ORDER BY s.id`, a.merchant.ID)
	for _, id := range ids {
		a.complain("settlement %s was taken without a proof, and without a mandate", id)
	}
	return err
}

func (a *auditor) mandateUsed(row mandateAudit, sums map[string]int64) error {
	if row.Known == nil || row.State == nil {
		a.complain("a use of mandate %s by settlement %s: one of the two is missing", row.ID, row.Use)
		return nil
	}
	s, err := settlementRow{State: *row.State, Bill: *row.Bill, Body: *row.Body}.settlement()
	if err != nil {
		return err
	}
	m, at := row.mandate(), fromMicros(row.At)
	switch {
	case s.Account != m.Account || s.Method != m.Method || s.Mandate != m.ID || m.Place != "" && s.Bill.Place != m.Place,
		s.Bill.Currency != row.Currency, !at.Equal(s.StartedAt) && !at.Equal(usedAt(s, m)):
		a.complain("settlement %s is not what mandate %s allows", row.Use, m.ID)
	case s.Bill.Total.Minor != row.Amount:
		a.complain("settlement %s took %d minor units by mandate %s, which has %d", row.Use, s.Bill.Total.Minor, m.ID, row.Amount)
	case at.Before(m.Made), !m.Until.IsZero() && !at.Before(m.Until), !m.Revoked.IsZero() && !at.Before(m.Revoked):
		a.complain("mandate %s was used by settlement %s when it was not in force", m.ID, row.Use)
	}
	if s.State != payments.Booked && s.State != payments.Reserved && s.State != payments.Charged {
		return nil
	}
	day := cmp.Or(row.Day, payments.DayOf(at, time.UTC))
	month := m.ID + " " + day[:min(len(day), len("2006-01"))]
	day = m.ID + " " + day
	before := payments.MandateUse{Today: money.Of(sums[day], row.Currency), Month: money.Of(sums[month], row.Currency)}
	if err := m.Room(money.Of(row.Amount, row.Currency), before); err != nil {
		a.complain("mandate %s, settlement %s: %v", m.ID, row.Use, err)
	}
	sums[day] += row.Amount
	sums[month] += row.Amount
	return nil
}
