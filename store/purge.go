package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"voicetill/accounts"
	"voicetill/payments"
)

// Keep is how long is kept what is no book. The ledger, receipts, bills that
// were paid or begun to be, settlements, refunds, movements of stock, passes,
// mandates and visits are never purged.
type Keep struct {
	Heard      time.Duration // what was said
	Sessions   time.Duration // conversations, since they were last touched
	Unused     time.Duration // pictures of no item, codes that move a basket, since they ended
	Deliveries time.Duration // mails, notices and prints, since they were sent or given up
	Checks     time.Duration // which baskets were looked at, and what was seen
	Gates      time.Duration // what happened at gates
	Calls      time.Duration // calls for staff, and payments that staff did not confirm
	Unpaid     time.Duration // bills that nobody began to pay, since they expired
	Counts     time.Duration // how a place's shoppers were understood, by day
}

const (
	day        = 24 * time.Hour
	leastGates = 31 * day // that gates' events are kept: the audit compares passes with them
)

// DefaultKeep keeps what is said for a day.
var DefaultKeep = Keep{Heard: day, Sessions: 7 * day, Unused: day, Deliveries: 90 * day, Checks: 400 * day, Gates: 90 * day, Calls: 90 * day,
	Unpaid: 90 * day, Counts: 800 * day}

// ErrKeep refuses to purge what is still needed.
var ErrKeep = errors.New("this is needed for longer")

// Check returns ErrKeep for a time below which something would go wrong: a copy
// would go out as an original, a gate's late report would count twice, the counts
// of thirty days would be wrong, a shopper's reply would not be given again, a bill
// that is looked at would be gone.
func (k Keep) Check() error {
	for _, l := range []struct {
		name        string
		have, least time.Duration
	}{{"heard", k.Heard, 0}, {"sessions", k.Sessions, day}, {"unused", k.Unused, time.Hour}, {"deliveries", k.Deliveries, knownSent},
		{"checks", k.Checks, 31 * day}, {"gates", k.Gates, leastGates}, {"calls", k.Calls, day}, {"unpaid", k.Unpaid, day}, {"counts", k.Counts, 31 * day}} {
		if l.have < l.least {
			return fmt.Errorf("%w: %s are kept for %d days at least", ErrKeep, l.name, l.least/day)
		}
	}
	return nil
}

// purgeBatch is how many rows go in one transaction: nobody waits long for it.
const purgeBatch = 500

// purge is what goes of one table.
type purge struct {
	table, key string // the key's columns
	where      string
	before     any      // what the where compares with: microseconds, or a setting's name
	also       []string // tables whose rows of the same session_id go with it
}

func (k Keep) purges(now time.Time) []purge {
	const id = "merchant_id, id"
	ago := func(d time.Duration) any { return micros(now.Add(-d)) }
	return []purge{
		{table: "heard", key: id, where: `at_us < ?`, before: ago(k.Heard)},
		{table: "sessions", key: id, where: `updated_at_us < ?`, before: ago(k.Sessions), also: []string{"replies", "heard"}},
		{table: "moves", key: "merchant_id, hash", where: `expires_at_us < ?`, before: ago(k.Unused)},
		{table: "pictures", key: "merchant_id, hash", before: ago(k.Unused), where: `made_at_us < ? AND NOT EXISTS (SELECT 1 FROM items i
			WHERE i.merchant_id = pictures.merchant_id AND i.shown = pictures.hash AND i.retired = 0)`},
		{table: "deliveries", key: id, where: `state <> 'waiting' AND finished_at_us < ?`, before: ago(k.Deliveries)},
		{table: "checks", key: id, where: `at_us < ?`, before: ago(k.Checks)},
		{table: "gate_events", key: id, where: `at_us < ?`, before: ago(k.Gates)},
		{table: "gate_releases", key: id, where: `at_us < ?`, before: ago(k.Gates)},
		{table: "staff_calls", key: id, where: `at_us < ?`, before: ago(k.Calls)},
		{table: "confirmations", key: id, where: `state IN ('waiting', 'refused', 'void') AND asked_at_us < ?`, before: ago(k.Calls)},
		{table: "bills", key: id, before: ago(k.Unpaid), where: `expires_at_us < ? AND state IN ('open', 'void') AND cart NOT LIKE 'visit/%'
			AND NOT EXISTS (SELECT 1 FROM settlements s WHERE s.merchant_id = bills.merchant_id AND s.bill_id = bills.id)
			AND NOT EXISTS (SELECT 1 FROM confirmations c WHERE c.merchant_id = bills.merchant_id AND c.bill_id = bills.id)
			AND NOT EXISTS (SELECT 1 FROM checks c WHERE c.merchant_id = bills.merchant_id AND c.id = bills.cart)`},
		{table: "place_settings", key: "merchant_id, place_id, name", where: `name LIKE 'understood/%' AND name < ?`,
			before: understoodSetting + payments.DayOf(now.Add(-k.Counts), time.UTC)},
		{table: "web_sessions", key: "hash", where: `expires_at_us < ?`, before: ago(0)},
		{table: "tries", key: "account_id, factor, id", where: `at_us < ?`, before: ago(accounts.TryLease)},
		{table: "terminal_failures", key: "id", where: `at_us < ?`, before: ago(terminalKept)},
	}
}

// Purge forgets what is older than is to be kept, in batches of a transaction
// each, and says how many rows went of each table. What fails is tried again at
// the next call; any number of nodes may call it at once. ErrKeep.
func (db *DB) Purge(ctx context.Context, k Keep, now time.Time) (gone map[string]int64, err error) {
	if err := k.Check(); err != nil {
		return nil, err
	}
	gone = map[string]int64{}
	var failed []error
	for _, p := range k.purges(now) {
		for {
			n, err := db.purge(ctx, p)
			gone[p.table] += n
			if err != nil {
				failed = append(failed, fmt.Errorf("purge %s: %w", p.table, err))
			}
			if n < purgeBatch || err != nil {
				break
			}
		}
	}
	return gone, errors.Join(failed...)
}

// purge does one batch. Rows are deleted if they are still old: what is touched
// meanwhile stays, with all that belongs to it.
func (db *DB) purge(ctx context.Context, p purge) (n int64, err error) {
	query := `DELETE FROM ` + p.table + ` WHERE (` + p.key + `) IN (SELECT ` + p.key + ` FROM ` + p.table + ` WHERE ` + p.where + ` LIMIT ?) AND ` + p.where
	args := []any{p.before, purgeBatch, p.before}
	err = db.tx(ctx, func(t *tx) error {
		if len(p.also) == 0 {
			n, err = t.exec(query, args...)
			return err
		}
		var ids []string
		if err := t.all(&ids, query+` RETURNING id`, args...); err != nil || len(ids) == 0 {
			return err
		}
		n = int64(len(ids))
		for _, table := range p.also {
			if _, err := t.exec(`DELETE FROM `+table+` WHERE session_id IN (?`+strings.Repeat(`, ?`, len(ids)-1)+`)`, texts(ids)...); err != nil {
				return fmt.Errorf("with %s: %w", table, err)
			}
		}
		return nil
	})
	return n, err
}

func texts(list []string) []any {
	args := make([]any, len(list))
	for i, s := range list {
		args[i] = s
	}
	return args
}
