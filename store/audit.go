package store

import (
	"context"
	"fmt"

	"voicetill/payments"

	"github.com/jmoiron/sqlx"
)

// Audit is what a replay of the books found.
type Audit struct {
	Merchants, Entries, Postings, Receipts, Refunds, Items int
	// Problems are sentences, the first bad entry of each ledger before what
	// follows from it. None: the books are in order.
	Problems []string
}

func (a *Audit) complain(format string, args ...any) {
	a.Problems = append(a.Problems, fmt.Sprintf(format, args...))
}

// Audit replays the books of all merchants on one snapshot. It proves that the
// chain of entries is whole; that all balances sum to zero and equal their
// postings; that every receipt has its number, its entry, and as much captured,
// or given back, as it says; that no sale was given back beyond its total, and no
// payment into a balance but what was held of it; that
// what is on its way is what clearing holds; that companies were billed what they
// were charged; that the stock of every item equals the sum of its movements, and
// these what was sold; and that exit passes are as they were issued and used.
func (db *DB) Audit(ctx context.Context) (a Audit, err error) {
	err = db.view(ctx, func(t *tx) error {
		a = Audit{}
		var merchants []merchantRow
		if err := t.all(&merchants, `SELECT id, receipt_no, chain_seq, chain_hash FROM merchants ORDER BY id`); err != nil {
			return err
		}
		a.Merchants = len(merchants)
		if err := t.strangers(&a); err != nil {
			return err
		}
		for _, m := range merchants {
			if err := newAuditor(t, &a, m).run(); err != nil {
				return fmt.Errorf("audit merchant %s: %w", m.ID, err)
			}
		}
		return nil
	})
	return a, err
}

// strangers are books of nobody.
func (t *tx) strangers(a *Audit) error {
	var ids []string
	err := t.all(&ids, `SELECT merchant_id FROM (SELECT merchant_id FROM entries UNION SELECT merchant_id FROM balances UNION SELECT merchant_id FROM receipts) AS b
		WHERE merchant_id NOT IN (SELECT id FROM merchants) ORDER BY merchant_id`)
	for _, id := range ids {
		a.complain("merchant %s has books and is missing", id)
	}
	return err
}

type merchantRow struct {
	ID        string `db:"id"`
	ReceiptNo int64  `db:"receipt_no"`
	Seq       int64  `db:"chain_seq"`
	Hash      string `db:"chain_hash"`
}

// auditor replays one merchant.
type auditor struct {
	*tx
	*Audit
	merchant merchantRow
	balances map[balanceKey]int64
	booked   map[int64]bookedEntry      // by receipt number
	moved    map[string]movedEntry      // by entry id
	sold     map[int64]soldSoFar        // by number of the sale's receipt
	exits    map[string]exitWanted      // by the sale's receipt
	holders  map[holder]int64           // when their receipt was paid, in microseconds
	approved map[string]approval        // by the confirmation that a settlement uses
	restocks map[string][]payments.Good // by refund
}

// bookedEntry is what an entry says of its receipt.
type bookedEntry struct {
	seq    int64
	digest string
}

// movedEntry is how much an entry moved in all, in minor units, and where.
type movedEntry struct {
	seq, minor int64
	at         int64  // microseconds
	from       string // account of the first posting
	into       string // account of the last posting
	consent    string // that it binds
}

type soldSoFar struct{ total, refunded int64 }

func newAuditor(t *tx, a *Audit, m merchantRow) *auditor {
	return &auditor{t, a, m, map[balanceKey]int64{}, map[int64]bookedEntry{}, map[string]movedEntry{}, map[int64]soldSoFar{}, map[string]exitWanted{},
		map[holder]int64{}, map[string]approval{}, map[string][]payments.Good{}}
}

func (a *auditor) run() error {
	for _, step := range []func() error{a.chained, a.orphans, a.compareBalances, a.receipts, a.shown, a.settlements, a.bills, a.refunds, a.confirmations,
		a.mandates, a.visits, a.payouts, a.companies, a.clearing, a.stock, a.goods, a.restocked, a.passes} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// complain begins with whose books they are.
func (a *auditor) complain(format string, args ...any) {
	a.Audit.complain("merchant "+a.merchant.ID+": "+format, args...)
}

// each reads rows one by one into dest and calls fn for each.
func (t *tx) each(dest any, fn func() error, query string, args ...any) error {
	rows, err := t.QueryxContext(t.ctx, t.Rebind(query), args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	return scanEach(rows, dest, fn)
}

func scanEach(rows *sqlx.Rows, dest any, fn func() error) error {
	for rows.Next() {
		if err := rows.StructScan(dest); err != nil {
			return err
		}
		if err := fn(); err != nil {
			return err
		}
	}
	return rows.Err()
}
