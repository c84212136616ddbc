package store

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"voicetill/payments"
	"voicetill/payments/money"
)

type balanceKey struct {
	Account  string `db:"account"`
	Currency string `db:"currency"`
}

// chainRow is an entry with one of its postings; without any, From is nil.
type chainRow struct {
	entryRow
	From     *string `db:"from_account"`
	To       *string `db:"to_account"`
	Minor    *int64  `db:"amount_minor"`
	Currency *string `db:"currency"`
}

// chainWalk is where the walk along the chain stands.
type chainWalk struct {
	entry    entryRow
	postings []payments.Posting
	seq      int64  // of the last entry
	prev     string // its hash
	broken   bool   // named once; what follows need not be
}

// chained walks the chain from its start.
func (a *auditor) chained() error {
	var row chainRow
	w := &chainWalk{}
	err := a.each(&row, func() error {
		if row.Seq != w.entry.Seq {
			a.entry(w)
			w.entry, w.postings = row.entryRow, nil
		}
		if row.From != nil {
			w.postings = append(w.postings, payments.Posting{From: *row.From, To: *row.To,
				Amount: money.Of(*row.Minor, money.Currency(*row.Currency))})
		}
		return nil
	}, `SELECT e.merchant_id, e.seq, e.id, e.at_us, e.body, e.prev, e.hash, p.from_account, p.to_account, p.amount_minor, p.currency
		FROM entries e LEFT JOIN postings p ON p.merchant_id = e.merchant_id AND p.seq = e.seq
		WHERE e.merchant_id = ? ORDER BY e.seq, p.n`, a.merchant.ID)
	if err != nil {
		return err
	}
	a.entry(w)
	if !w.broken && (a.merchant.Seq != w.seq || a.merchant.Hash != w.prev) {
		a.complain("the ledger ends at entry %d, it should end at %d: entries were cut off or the head was changed", w.seq, a.merchant.Seq)
	}
	return nil
}

// entry checks one and replays it.
func (a *auditor) entry(w *chainWalk) {
	e := w.entry
	if e.Seq == 0 {
		return
	}
	a.Entries++
	a.Postings += len(w.postings)
	if wrong := e.wrong(w.seq+1, w.prev, w.postings); wrong != "" && !w.broken {
		w.broken = true
		a.complain("%s", wrong)
	}
	w.seq, w.prev = e.Seq, e.Hash
	a.replay(e, w.postings)
}

// wrong says what is the matter with an entry that should be the seqth and
// follow the one with the hash prev, or "".
func (e entryRow) wrong(seq int64, prev string, postings []payments.Posting) string {
	switch {
	case e.Seq != seq:
		return fmt.Sprintf("entry %d is missing", seq)
	case e.Prev != prev:
		return fmt.Sprintf("entry %d (%s) does not follow the one before", e.Seq, e.ID)
	case e.Hash != e.hash(postings):
		return fmt.Sprintf("entry %d (%s) was changed after it was written", e.Seq, e.ID)
	}
	return ""
}

// replay adds an entry's postings to the balances and notes what it binds.
func (a *auditor) replay(e entryRow, postings []payments.Posting) {
	var b bound
	if err := json.Unmarshal([]byte(e.Body), &b); err != nil {
		a.complain("entry %d (%s) cannot be read", e.Seq, e.ID)
	}
	if b.Receipt != 0 {
		a.booked[b.Receipt] = bookedEntry{e.Seq, b.Digest}
	}
	sum, from, into := int64(0), "", ""
	for _, p := range postings {
		a.balances[balanceKey{p.From, string(p.Amount.Currency)}] -= p.Amount.Minor
		a.balances[balanceKey{p.To, string(p.Amount.Currency)}] += p.Amount.Minor
		sum += p.Amount.Minor
		if from == "" {
			from = p.From
		}
		into = p.To
	}
	a.moved[e.ID] = movedEntry{e.Seq, sum, e.At, from, into, b.Consent}
}

// orphans are postings that no entry binds.
func (a *auditor) orphans() error {
	var seqs []int64
	err := a.all(&seqs, `SELECT DISTINCT p.seq FROM postings p WHERE p.merchant_id = ? AND NOT EXISTS
		(SELECT 1 FROM entries e WHERE e.merchant_id = p.merchant_id AND e.seq = p.seq) ORDER BY p.seq`, a.merchant.ID)
	for _, seq := range seqs {
		a.complain("postings of entry %d belong to no entry", seq)
	}
	return err
}

func (a *auditor) compareBalances() error {
	var row struct {
		balanceKey
		Minor int64 `db:"amount_minor"`
	}
	sums := map[string]int64{}
	err := a.each(&row, func() error {
		sums[row.Currency] += row.Minor
		if want := a.balances[row.balanceKey]; want != row.Minor {
			a.complain("%s holds %s, its postings say %s", row.Account,
				money.Of(row.Minor, money.Currency(row.Currency)), money.Of(want, money.Currency(row.Currency)))
		}
		delete(a.balances, row.balanceKey)
		return nil
	}, `SELECT account, currency, amount_minor FROM balances WHERE merchant_id = ? ORDER BY account, currency`, a.merchant.ID)
	if err != nil {
		return err
	}
	missing := slices.SortedFunc(maps.Keys(a.balances), func(x, y balanceKey) int { return strings.Compare(x.Account, y.Account) })
	for _, k := range missing {
		if a.balances[k] != 0 {
			a.complain("the balance of %s is missing", k.Account)
		}
	}
	for _, currency := range slices.Sorted(maps.Keys(sums)) {
		if sums[currency] != 0 {
			a.complain("balances in %s sum to %s, not to zero", currency, money.Of(sums[currency], money.Currency(currency)))
		}
	}
	return nil
}
