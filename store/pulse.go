package store

import (
	"context"
	"fmt"
	"time"
)

// gateOnline is how long ago a gate that is online has asked for news.
const gateOnline = 10 * time.Second

// pulseRow is one look at all that a place's console shows.
type pulseRow struct {
	Receipts  int64  `db:"receipts"`
	Cart      int64  `db:"cart"`
	Calls     int64  `db:"calls"`
	Call      string `db:"last_call"`
	Confirms  int64  `db:"confirms"`
	Confirm   string `db:"last_confirm"`
	Checks    int64  `db:"checks"`
	Check     int64  `db:"last_check"`
	Event     int64  `db:"last_event"`
	Online    int64  `db:"gates_online"`
	Gates     string `db:"gates"`
	Charges   int64  `db:"charges"`
	Tries     int64  `db:"tries"`
	Refunds   int64  `db:"refunds"`
	Retries   int64  `db:"retries"`
	Catalogue int64  `db:"catalog_version"`
}

// Pulse is a text for each part of a place's console, which differs once
// something that the part shows has changed. It is cheap: it is asked all the
// time. What time alone changes is not in it, but for gates that fall silent.
// ErrNoPlace.
func (db *DB) Pulse(ctx context.Context, place string) (map[string]string, error) {
	var p pulseRow
	now := db.now()
	err := db.get(ctx, &p, `SELECT m.receipt_no AS receipts, p.gates, p.catalog_version,
		(SELECT COALESCE(MAX(updated_at_us), 0) FROM sessions WHERE merchant_id = p.merchant_id AND place_id = p.id) AS cart,
		(SELECT COUNT(*) FROM staff_calls WHERE merchant_id = p.merchant_id AND place_id = p.id AND done_at_us IS NULL) AS calls,
		(SELECT COALESCE(MAX(id), '') FROM staff_calls WHERE merchant_id = p.merchant_id AND place_id = p.id AND done_at_us IS NULL) AS last_call,
		(SELECT COUNT(*) FROM confirmations c JOIN bills b ON b.merchant_id = c.merchant_id AND b.id = c.bill_id
			WHERE c.place_id = p.id AND c.state = 'waiting' AND c.expires_at_us > ? AND b.state = 'open' AND b.consent = c.consent) AS confirms,
		(SELECT COALESCE(MAX(id), '') FROM confirmations WHERE place_id = p.id AND state = 'waiting') AS last_confirm,
		(SELECT COUNT(*) FROM checks WHERE place_id = p.id AND outcome = 'waiting') AS checks,
		(SELECT COALESCE(MAX(at_us), 0) FROM checks WHERE place_id = p.id AND outcome = 'waiting') AS last_check,
		(SELECT COALESCE(MAX(at_us), 0) FROM gate_events WHERE place_id = p.id) AS last_event,
		(SELECT COUNT(*) FROM gates WHERE merchant_id = p.merchant_id AND place_id = p.id AND seen_at_us > ?) AS gates_online,
		(SELECT COUNT(*) FROM settlements WHERE merchant_id = p.merchant_id AND state IN ('reserved', 'charged', 'reversing')) AS charges,
		(SELECT CAST(COALESCE(SUM(tries), 0) AS BIGINT) FROM settlements WHERE merchant_id = p.merchant_id AND state IN ('reserved', 'charged', 'reversing')) AS tries,
		(SELECT COUNT(*) FROM refunds WHERE merchant_id = p.merchant_id AND state IN ('open', 'refused') AND dismissed_at_us IS NULL) AS refunds,
		(SELECT CAST(COALESCE(SUM(tries), 0) AS BIGINT) FROM refunds WHERE merchant_id = p.merchant_id AND state IN ('open', 'refused') AND dismissed_at_us IS NULL) AS retries
		FROM places p JOIN merchants m ON m.id = p.merchant_id WHERE p.id = ?`, micros(now), micros(now.Add(-gateOnline)), place)
	if err != nil {
		return nil, none(err, ErrNoPlace)
	}
	shown := int64(0) // of baskets that staff is to see: they are shown as they are now
	if p.Checks > 0 {
		shown = p.Cart
	}
	return map[string]string{
		"sales":         fmt.Sprint(p.Receipts, p.Cart),
		"calls":         fmt.Sprint(p.Calls, p.Call),
		"confirmations": fmt.Sprint(p.Confirms, p.Confirm),
		"checks":        fmt.Sprint(p.Checks, p.Check, shown),
		"gates":         fmt.Sprint(p.Event, p.Online, p.Gates),
		"unsettled":     fmt.Sprint(p.Charges, p.Tries, p.Refunds, p.Retries),
		"catalog":       fmt.Sprint(p.Catalogue),
	}, nil
}
