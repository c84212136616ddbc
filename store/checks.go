package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"voicetill/checkout"
	"voicetill/payments"
	"voicetill/payments/money"
)

// ErrNoCheck says that a cart does not wait for staff.
var ErrNoCheck = errors.New("no such check is waiting")

// leftFor is how long a check that a shopper left waits for the next basket.
const leftFor = 24 * time.Hour

// CheckBasis is part of checkout.Checks.
func (db *DB) CheckBasis(ctx context.Context, place, account string) (r checkout.CheckRule, h checkout.CheckHistory, err error) {
	err = db.view(ctx, func(t *tx) error {
		if r, err = t.checkRule(place); err != nil || account == "" {
			return err
		}
		err := t.get(&h.Paid, `SELECT COUNT(*) FROM checks c JOIN bills b ON b.merchant_id = c.merchant_id AND b.cart = c.id
			WHERE c.merchant_id = (SELECT merchant_id FROM places WHERE id = ?) AND c.account_id = ? AND b.state = 'paid'`, place, account)
		if err != nil {
			return fmt.Errorf("count paid baskets: %w", err)
		}
		return t.get(&h.Clean, `SELECT COUNT(*) FROM checks
			WHERE merchant_id = (SELECT merchant_id FROM places WHERE id = ?) AND account_id = ? AND outcome = 'clean'
			AND done_at_us > COALESCE((SELECT MAX(done_at_us) FROM checks
				WHERE merchant_id = (SELECT merchant_id FROM places WHERE id = ?) AND account_id = ? AND outcome = 'corrected'), 0)`,
			place, account, place, account)
	})
	return r, h, err
}

func (t *tx) checkRule(place string) (r checkout.CheckRule, err error) {
	var text string
	if err := t.get(&text, `SELECT check_rule FROM places WHERE id = ?`, place); err != nil {
		return r, none(err, ErrNoPlace)
	}
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return r, fmt.Errorf("read check rule of %s: %w", place, err)
	}
	return r, nil
}

// SetCheckRule is the rule for baskets from now on. ErrNoPlace,
// checkout.ErrCheckRule.
func (db *DB) SetCheckRule(ctx context.Context, place string, r checkout.CheckRule) error {
	if err := r.Valid(); err != nil {
		return err
	}
	text, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("write check rule: %w", err)
	}
	n, err := db.exec(ctx, `UPDATE places SET check_rule = ? WHERE id = ?`, string(text), place)
	if err == nil && n == 0 {
		return ErrNoPlace
	}
	return err
}

type checkRow struct {
	Digest  string `db:"digest"`
	Outcome string `db:"outcome"`
}

// KeepCheck is part of checkout.Checks.
func (db *DB) KeepCheck(ctx context.Context, c checkout.Check) (outcome string, err error) {
	err = db.tx(ctx, func(t *tx) error {
		// Holding the place's row keeps two nodes from deciding for one cart at once.
		if _, err := t.exec(`UPDATE places SET check_rule = check_rule WHERE id = ?`, c.Place); err != nil {
			return err
		}
		var was []checkRow
		if err := t.all(&was, `SELECT digest, outcome FROM checks WHERE place_id = ? AND id = ?`, c.Place, c.Cart); err != nil {
			return fmt.Errorf("find check: %w", err)
		}
		if len(was) == 0 {
			outcome, err = t.addCheck(c)
			return err
		}
		outcome = nextOutcome(was[0], c)
		_, err := t.exec(`UPDATE checks SET digest = ?, outcome = ?, total_minor = ?, account_id = CASE WHEN account_id = '' THEN ? ELSE account_id END
			WHERE place_id = ? AND id = ?`, c.Digest, outcome, c.Total.Minor, c.Account, c.Place, c.Cart)
		return err
	})
	return outcome, err
}

// nextOutcome is that of a cart that is billed again.
func nextOutcome(was checkRow, c checkout.Check) string {
	switch {
	case was.Outcome == checkout.CheckPassed && !c.Picked:
		return checkout.CheckPassed
	case (was.Outcome == checkout.CheckClean || was.Outcome == checkout.CheckCorrected) && was.Digest == c.Digest:
		return was.Outcome
	}
	return checkout.CheckWaiting
}

func (t *tx) addCheck(c checkout.Check) (outcome string, err error) {
	outcome = checkout.CheckPassed
	left, err := t.takeLeft(c)
	if err != nil {
		return "", err
	}
	if c.Picked || left {
		outcome = checkout.CheckWaiting
	}
	_, err = t.exec(`INSERT INTO checks (merchant_id, id, place_id, account_id, digest, reason, total_minor, currency, outcome, who, at_us)
		SELECT merchant_id, ?, id, ?, ?, ?, ?, ?, ?, '', ? FROM places WHERE id = ?`,
		c.Cart, c.Account, c.Digest, c.Reason, c.Total.Minor, c.Total.Currency, outcome, micros(c.At), c.Place)
	if err != nil {
		return "", fmt.Errorf("keep check: %w", err)
	}
	return outcome, nil
}

// takeLeft ends the checks that the account has left without paying, and reports
// whether there was one of the last day.
func (t *tx) takeLeft(c checkout.Check) (bool, error) {
	if c.Account == "" {
		return false, nil
	}
	n, err := t.exec(`UPDATE checks SET outcome = 'left' WHERE place_id = ? AND account_id = ? AND outcome = 'waiting' AND at_us > ?`,
		c.Place, c.Account, micros(c.At.Add(-leftFor)))
	if err != nil {
		return false, fmt.Errorf("find checks that were left: %w", err)
	}
	return n > 0, nil
}

// CheckOutcome is part of checkout.Checks.
func (db *DB) CheckOutcome(ctx context.Context, place, cart string) (outcome string, err error) {
	err = db.get(ctx, &outcome, `SELECT outcome FROM checks WHERE place_id = ? AND id = ?`, place, cart)
	if errors.Is(none(err, ErrNoCheck), ErrNoCheck) {
		return checkout.CheckPassed, nil
	}
	return outcome, err
}

// WaitingCheck is a basket that staff is to look at.
type WaitingCheck struct {
	Cart  string
	Total money.Amount
	At    time.Time
	Lines []payments.Line // as billed last
}

// WaitingChecks are a place's, oldest first, of the last day.
func (db *DB) WaitingChecks(ctx context.Context, place string, now time.Time) ([]WaitingCheck, error) {
	var rows []struct {
		ID       string         `db:"id"`
		Total    int64          `db:"total_minor"`
		Currency money.Currency `db:"currency"`
		At       int64          `db:"at_us"`
		Body     string         `db:"body"`
	}
	err := db.all(ctx, &rows, `SELECT c.id, c.total_minor, c.currency, c.at_us, b.body FROM checks c
		JOIN bills b ON b.merchant_id = c.merchant_id AND b.cart = c.id
		WHERE c.place_id = ? AND c.outcome = 'waiting' AND c.at_us > ? AND b.state <> 'paid' ORDER BY c.at_us`, place, micros(now.Add(-leftFor)))
	if err != nil {
		return nil, err
	}
	list := make([]WaitingCheck, len(rows))
	for i, r := range rows {
		var b payments.Bill
		if err := json.Unmarshal([]byte(r.Body), &b); err != nil {
			return nil, fmt.Errorf("read bill of cart %s: %w", r.ID, err)
		}
		list[i] = WaitingCheck{Cart: r.ID, Total: money.Of(r.Total, r.Currency), At: fromMicros(r.At), Lines: b.Lines}
	}
	return list, nil
}

// FinishCheck notes that staff looked: the basket was clean, or was put right.
// ErrNoCheck where the cart does not wait.
func (db *DB) FinishCheck(ctx context.Context, place, cart string, corrected bool, who string, at time.Time) error {
	outcome := checkout.CheckClean
	if corrected {
		outcome = checkout.CheckCorrected
	}
	n, err := db.exec(ctx, `UPDATE checks SET outcome = ?, who = ?, done_at_us = ? WHERE place_id = ? AND id = ? AND outcome = 'waiting'`,
		outcome, who, micros(at), place, cart)
	if err == nil && n == 0 {
		return ErrNoCheck
	}
	return err
}

// CheckCounts counts a place's checks by outcome since a time.
func (db *DB) CheckCounts(ctx context.Context, place string, since time.Time) (map[string]int, error) {
	var rows []struct {
		Outcome string `db:"outcome"`
		N       int    `db:"n"`
	}
	err := db.all(ctx, &rows, `SELECT outcome, COUNT(*) AS n FROM checks WHERE place_id = ? AND at_us > ? GROUP BY outcome`, place, micros(since))
	counts := map[string]int{}
	for _, r := range rows {
		counts[r.Outcome] = r.N
	}
	return counts, err
}
