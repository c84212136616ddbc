package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"voicetill/payments"
	"voicetill/payments/deliver"
	"voicetill/payments/money"
)

type mandateRow struct {
	Merchant string         `db:"merchant_id"`
	ID       string         `db:"id"`
	Account  string         `db:"account_id"`
	Place    string         `db:"place_id"`
	Method   string         `db:"method"`
	Currency money.Currency `db:"currency"`
	Once     int64          `db:"once_minor"`
	Day      int64          `db:"day_minor"`
	Month    int64          `db:"month_minor"`
	Made     int64          `db:"made_at_us"`
	Until    *int64         `db:"until_us"`
	Revoked  *int64         `db:"revoked_at_us"`
}

const selectMandate = `SELECT m.merchant_id, m.id, m.account_id, m.place_id, m.method, m.currency, m.once_minor, m.day_minor,
	m.month_minor, m.made_at_us, m.until_us, m.revoked_at_us FROM mandates m`

func (r mandateRow) mandate() payments.Mandate {
	return payments.Mandate{ID: r.ID, Merchant: r.Merchant, Account: r.Account, Place: r.Place, Method: payments.Method(r.Method),
		Once: money.Of(r.Once, r.Currency), Day: money.Of(r.Day, r.Currency), Month: money.Of(r.Month, r.Currency),
		Made: fromMicros(r.Made), Until: timeOf(r.Until), Revoked: timeOf(r.Revoked)}
}

func timeOf(us *int64) time.Time {
	if us == nil {
		return time.Time{}
	}
	return fromMicros(*us)
}

func microsOf(t time.Time) *int64 {
	if t.IsZero() {
		return nil
	}
	us := micros(t)
	return &us
}

// AddMandate is part of payments.Mandates.
func (db *DB) AddMandate(ctx context.Context, m payments.Mandate, tokenHash string) error {
	tags := []string{payments.TokenTag(tokenHash)}
	for _, p := range m.Plates {
		tags = append(tags, payments.PlateTag(p))
	}
	err := db.tx(ctx, func(t *tx) error {
		_, err := t.exec(`INSERT INTO mandates (merchant_id, id, account_id, place_id, method, currency, once_minor, day_minor, month_minor,
			made_at_us, until_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, m.Merchant, m.ID, m.Account, m.Place, m.Method, m.Once.Currency,
			m.Once.Minor, m.Day.Minor, m.Month.Minor, micros(m.Made), microsOf(m.Until))
		if err != nil {
			return fmt.Errorf("add mandate: %w", err)
		}
		for _, tag := range tags {
			if _, err := t.exec(`INSERT INTO mandate_tags (merchant_id, tag, mandate_id) VALUES (?, ?, ?)`, m.Merchant, tag, m.ID); err != nil {
				return err
			}
		}
		return t.notify(m.Merchant, deliver.MandateMade+m.ID, m.Account, m.Made)
	})
	if isTaken(err) {
		return payments.ErrPlateTaken
	}
	return err
}

// MandatesOf is part of payments.Mandates.
func (db *DB) MandatesOf(ctx context.Context, merchant, account string) (list []payments.Mandate, err error) {
	err = db.view(ctx, func(t *tx) error {
		var rows []mandateRow
		err := t.all(&rows, selectMandate+` WHERE m.merchant_id = ? AND m.account_id = ? ORDER BY m.made_at_us DESC, m.id DESC`, merchant, account)
		if err != nil {
			return err
		}
		list = make([]payments.Mandate, len(rows))
		for i, r := range rows {
			if list[i], err = t.withPlates(r.mandate()); err != nil {
				return err
			}
		}
		return nil
	})
	return list, err
}

func (t *tx) withPlates(m payments.Mandate) (payments.Mandate, error) {
	var tags []string
	err := t.all(&tags, `SELECT tag FROM mandate_tags WHERE merchant_id = ? AND mandate_id = ? ORDER BY tag`, m.Merchant, m.ID)
	for _, tag := range tags {
		if p, ok := strings.CutPrefix(tag, payments.PlateTag("")); ok {
			m.Plates = append(m.Plates, p)
		}
	}
	return m, err
}

// RevokeMandate is part of payments.Mandates. The mandate's row is held first, so
// that what was reserved before it is before it in the books, too, whatever the
// clocks of two nodes say. Its plates and its token are free from then on.
func (db *DB) RevokeMandate(ctx context.Context, merchant, account, id string, at time.Time) error {
	return db.tx(ctx, func(t *tx) error {
		n, err := t.exec(`UPDATE mandates SET account_id = account_id WHERE merchant_id = ? AND account_id = ? AND id = ?`, merchant, account, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return payments.ErrNoMandate
		}
		var last int64
		err = t.get(&last, `SELECT COALESCE(MAX(at_us), 0) FROM mandate_uses WHERE merchant_id = ? AND mandate_id = ?`, merchant, id)
		if err != nil {
			return err
		}
		n, err = t.exec(`UPDATE mandates SET revoked_at_us = ? WHERE merchant_id = ? AND id = ? AND revoked_at_us IS NULL`,
			max(micros(at), last+1), merchant, id)
		if err != nil {
			return fmt.Errorf("revoke mandate %s: %w", id, err)
		}
		if n == 0 { // revoked, and told, before
			return nil
		}
		if _, err = t.exec(`DELETE FROM mandate_tags WHERE merchant_id = ? AND mandate_id = ?`, merchant, id); err != nil {
			return err
		}
		return t.notify(merchant, deliver.MandateRevoked+id, account, at)
	})
}

// FindMandate is part of payments.Mandates.
func (db *DB) FindMandate(ctx context.Context, ask payments.MandateAsk) (payments.Mandate, error) {
	var row mandateRow
	err := db.get(ctx, &row, selectMandate+` WHERE m.merchant_id = ? AND m.account_id = ? AND m.currency = ? AND m.place_id IN ('', ?)
		AND (? = '' OR m.method = ?) AND m.revoked_at_us IS NULL AND (m.until_us IS NULL OR m.until_us > ?)
		ORDER BY m.place_id DESC, m.made_at_us DESC, m.id DESC LIMIT 1`,
		ask.Merchant, ask.Account, ask.Currency, ask.Place, ask.Method, ask.Method, micros(ask.At))
	return row.mandate(), none(err, payments.ErrNoMandate)
}

// MandateByTag is part of payments.Mandates.
func (db *DB) MandateByTag(ctx context.Context, merchant, tag string) (payments.Mandate, error) {
	var row mandateRow
	err := db.get(ctx, &row, selectMandate+` JOIN mandate_tags g ON g.merchant_id = m.merchant_id AND g.mandate_id = m.id
		WHERE g.merchant_id = ? AND g.tag = ?`, merchant, tag)
	return row.mandate(), none(err, payments.ErrNoMandate)
}

// MandateUse is part of payments.Mandates.
func (db *DB) MandateUse(ctx context.Context, m payments.Mandate, place string, at time.Time) (used payments.MandateUse, err error) {
	err = db.view(ctx, func(t *tx) error {
		zone, err := db.zoneIn(t, place)
		if err == nil {
			used, err = t.mandateUse(m, at, zone)
		}
		return err
	})
	return used, err
}

// mandateUse sums up what was reserved, charged or booked by a mandate, in the
// day and the month of a time in a zone.
func (t *tx) mandateUse(m payments.Mandate, at time.Time, zone *time.Location) (used payments.MandateUse, err error) {
	var sums struct {
		Day   int64 `db:"day"`
		Month int64 `db:"month"`
	}
	day := payments.DayOf(at, zone)
	err = t.get(&sums, `SELECT COALESCE(SUM(CASE WHEN u.day = ? OR u.day = '' AND u.at_us >= ? THEN u.amount_minor ELSE 0 END), 0) AS day,
		COALESCE(SUM(u.amount_minor), 0) AS month
		FROM mandate_uses u JOIN settlements s ON s.merchant_id = u.merchant_id AND s.id = u.id
		WHERE u.merchant_id = ? AND u.mandate_id = ? AND (u.day LIKE ? OR u.day = '' AND u.at_us >= ?) AND s.state IN ('reserved', 'charged', 'booked')`,
		day, micros(payments.DayStart(at, time.UTC)), m.Merchant, m.ID, day[:len("2006-01")]+"%", micros(payments.MonthStart(at, time.UTC)))
	return payments.MandateUse{Today: money.Of(sums.Day, m.Once.Currency), Month: money.Of(sums.Month, m.Once.Currency)}, err
}

// usedAt is when a settlement uses a mandate: after it was made, though the clock
// was set back since.
func usedAt(s payments.Settlement, m payments.Mandate) time.Time {
	if s.StartedAt.Before(m.Made) {
		return m.Made
	}
	return s.StartedAt
}

// useMandate makes sure that the account holder allows what a settlement without
// a proof takes, and notes it. It holds the mandate's row, so that two tills, and
// a revocation, queue up.
func (db *DB) useMandate(t *tx, s payments.Settlement) error {
	if s.Mandate == "" {
		if s.Proven == payments.ByMandate {
			return payments.ErrNoMandate
		}
		return nil
	}
	b := s.Bill
	n, err := t.exec(`UPDATE mandates SET account_id = account_id WHERE merchant_id = ? AND id = ?`, b.Merchant, s.Mandate)
	if err != nil {
		return fmt.Errorf("hold mandate %s: %w", s.Mandate, err)
	}
	var row mandateRow
	if n == 1 {
		err = t.get(&row, selectMandate+` WHERE m.merchant_id = ? AND m.id = ?`, b.Merchant, s.Mandate)
	}
	if err != nil {
		return err
	}
	m := row.mandate()
	fits := m.Account == s.Account && (m.Place == "" || m.Place == b.Place) && m.Method == s.Method && row.Currency == b.Currency
	if n == 0 || !fits || !m.InForce(s.StartedAt) {
		return payments.ErrNoMandate
	}
	zone, err := db.zoneIn(t, b.Place)
	if err != nil {
		return err
	}
	used, err := t.mandateUse(m, s.StartedAt, zone)
	if err != nil {
		return err
	}
	if err := m.Room(b.Total, used); err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO mandate_uses (merchant_id, id, mandate_id, amount_minor, at_us, day) VALUES (?, ?, ?, ?, ?, ?)`,
		b.Merchant, s.Key, m.ID, b.Total.Minor, micros(usedAt(s, m)), payments.DayOf(s.StartedAt, zone))
	if err != nil {
		return fmt.Errorf("note use of mandate %s: %w", m.ID, err)
	}
	return nil
}
