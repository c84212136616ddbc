package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"voicetill/payments"
	"voicetill/payments/money"
)

// Audit is what a replay of the books found.
type Audit struct {
	Merchants, Entries, Postings, Receipts, Items int
	// Problems are sentences, the first bad entry of each ledger before what
	// follows from it. None: the books are in order.
	Problems []string
}

func (a *Audit) complain(format string, args ...any) {
	a.Problems = append(a.Problems, fmt.Sprintf(format, args...))
}

// Audit replays the books of all merchants on one snapshot: the chain of
// entries is whole, all balances sum to zero and equal their postings, every
// receipt has its number, its entry and its capture, and the stock of every
// item equals the sum of its movements.
func (db *DB) Audit(ctx context.Context) (a Audit, err error) {
	err = db.view(ctx, func(t *tx) error {
		a = Audit{}
		var merchants []merchantRow
		if err := t.all(&merchants, `SELECT id, receipt_no, chain_seq, chain_hash FROM merchants ORDER BY id`); err != nil {
			return err
		}
		a.Merchants = len(merchants)
		for _, m := range merchants {
			if err := (&auditor{tx: t, Audit: &a, merchant: m}).run(); err != nil {
				return fmt.Errorf("audit merchant %s: %w", m.ID, err)
			}
		}
		return nil
	})
	return a, err
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
	booked   map[int64]bound // by receipt number
	captured map[string]int64
}

type balanceKey struct {
	Account  string `db:"account"`
	Currency string `db:"currency"`
}

func (a *auditor) run() error {
	a.balances, a.booked, a.captured = map[balanceKey]int64{}, map[int64]bound{}, map[string]int64{}
	for _, step := range []func() error{a.entries, a.compareBalances, a.receipts, a.pending, a.stock} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// entries walks the chain from its start.
func (a *auditor) entries() error {
	var rows []entryRow
	err := a.all(&rows, `SELECT merchant_id, seq, id, at_us, body, prev, hash FROM entries WHERE merchant_id = ? ORDER BY seq`, a.merchant.ID)
	if err != nil {
		return err
	}
	postings, err := a.postings()
	if err != nil {
		return err
	}
	a.Entries += len(rows)
	prev, whole := "", true
	for i, e := range rows {
		if whole {
			whole = a.checkEntry(e, int64(i)+1, prev, postings[e.Seq])
		}
		prev = e.Hash
		a.replay(e, postings[e.Seq])
		delete(postings, e.Seq)
	}
	if whole && (a.merchant.Seq != int64(len(rows)) || a.merchant.Hash != prev) {
		a.complain("merchant %s: the ledger ends at entry %d, it should end at %d: entries were cut off or the head was changed",
			a.merchant.ID, len(rows), a.merchant.Seq)
	}
	for _, seq := range slices.Sorted(maps.Keys(postings)) {
		a.complain("merchant %s: postings of entry %d belong to no entry", a.merchant.ID, seq)
	}
	return nil
}

func (a *auditor) checkEntry(e entryRow, seq int64, prev string, postings []payments.Posting) bool {
	switch {
	case e.Seq != seq:
		a.complain("merchant %s: entry %d is missing", a.merchant.ID, seq)
	case e.Prev != prev:
		a.complain("merchant %s: entry %d (%s) does not follow the one before", a.merchant.ID, e.Seq, e.ID)
	case e.Hash != e.hash(postings):
		a.complain("merchant %s: entry %d (%s) was changed after it was written", a.merchant.ID, e.Seq, e.ID)
	default:
		return true
	}
	return false
}

func (a *auditor) postings() (map[int64][]payments.Posting, error) {
	var rows []struct {
		Seq      int64          `db:"seq"`
		From     string         `db:"from_account"`
		To       string         `db:"to_account"`
		Minor    int64          `db:"amount_minor"`
		Currency money.Currency `db:"currency"`
	}
	err := a.all(&rows, `SELECT seq, from_account, to_account, amount_minor, currency FROM postings
		WHERE merchant_id = ? ORDER BY seq, n`, a.merchant.ID)
	a.Postings += len(rows)
	bySeq := map[int64][]payments.Posting{}
	for _, r := range rows {
		bySeq[r.Seq] = append(bySeq[r.Seq], payments.Posting{From: r.From, To: r.To, Amount: money.Of(r.Minor, r.Currency)})
	}
	return bySeq, err
}

// replay adds an entry's postings to the balances and notes what it binds.
func (a *auditor) replay(e entryRow, postings []payments.Posting) {
	var b bound
	if err := json.Unmarshal([]byte(e.Body), &b); err != nil {
		a.complain("merchant %s: entry %d (%s) cannot be read", a.merchant.ID, e.Seq, e.ID)
	}
	if b.Receipt != 0 {
		a.booked[b.Receipt] = b
	}
	for _, p := range postings {
		a.balances[balanceKey{p.From, string(p.Amount.Currency)}] -= p.Amount.Minor
		a.balances[balanceKey{p.To, string(p.Amount.Currency)}] += p.Amount.Minor
		a.captured[e.ID] += p.Amount.Minor
	}
}

func (a *auditor) compareBalances() error {
	var rows []struct {
		balanceKey
		Minor int64 `db:"amount_minor"`
	}
	err := a.all(&rows, `SELECT account, currency, amount_minor FROM balances WHERE merchant_id = ? ORDER BY account, currency`, a.merchant.ID)
	if err != nil {
		return err
	}
	sums := map[string]int64{}
	for _, r := range rows {
		sums[r.Currency] += r.Minor
		if want := a.balances[r.balanceKey]; want != r.Minor {
			a.complain("merchant %s: %s holds %s, its postings say %s", a.merchant.ID, r.Account,
				money.Of(r.Minor, money.Currency(r.Currency)), money.Of(want, money.Currency(r.Currency)))
		}
		delete(a.balances, r.balanceKey)
	}
	for k, minor := range a.balances {
		if minor != 0 {
			a.complain("merchant %s: the balance of %s is missing", a.merchant.ID, k.Account)
		}
	}
	for currency, sum := range sums {
		if sum != 0 {
			a.complain("merchant %s: balances in %s sum to %s, not to zero", a.merchant.ID, currency, money.Of(sum, money.Currency(currency)))
		}
	}
	return nil
}
