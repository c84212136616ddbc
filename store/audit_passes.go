package store

import (
	"maps"
	"slices"
	"time"

	"voicetill/payments"
)

// exitWanted is the exit pass that a receipt was issued with.
type exitWanted struct {
	no          int64
	place, pass string
	paid        time.Time
}

// passAudit is a pass with the time at which it opened a gate, if that is noted.
type passAudit struct {
	passRow
	Expires int64  `db:"expires_at_us"`
	Opened  *int64 `db:"opened"`
}

// passes proves that each sale has the passes that were issued for it, one after
// the other, of which the last one can be used, and that what opened a gate is
// spent, and what is spent has opened one.
func (a *auditor) passes() error {
	var last int64
	err := a.get(&last, `SELECT COALESCE(MAX(at_us), 0) FROM entries WHERE merchant_id = ?`, a.merchant.ID)
	if err != nil {
		return err
	}
	noted := last - leastGates.Microseconds() // gates' events of before may be purged
	var row passAudit
	var line []passAudit
	judge := func() error {
		if len(line) == 0 {
			return nil
		}
		defer func() { line = line[:0] }()
		return a.passLine(line, noted)
	}
	err = a.each(&row, func() error {
		if len(line) > 0 && line[0].Receipt != row.Receipt {
			if err := judge(); err != nil {
				return err
			}
		}
		line = append(line, row)
		return nil
	}, `SELECT p.merchant_id, p.id, p.place_id, p.receipt_id, p.gates, p.replaces, p.issued_at_us, p.spent_at_us, p.gate, p.ask,
		p.cancelled_at_us, p.expires_at_us, e.at_us AS opened FROM passes p
		LEFT JOIN gate_events e ON e.merchant_id = p.merchant_id AND e.id = 'open/' || p.id
		WHERE p.merchant_id = ? ORDER BY p.receipt_id, COALESCE(p.issued_at_us, 0), p.id`, a.merchant.ID)
	if err == nil {
		err = judge()
	}
	missing := slices.SortedFunc(maps.Values(a.exits), func(x, y exitWanted) int { return int(x.no - y.no) })
	for _, e := range missing {
		a.complain("receipt %d has lost its exit pass", e.no)
	}
	return err
}

// passLine checks the passes of one receipt, oldest first.
func (a *auditor) passLine(line []passAudit, noted int64) error {
	want, ok := a.exits[line[0].Receipt]
	if !ok {
		a.complain("exit pass %s belongs to no sale", line[0].ID)
		return nil
	}
	delete(a.exits, line[0].Receipt)
	var ids []string
	opened := false
	for i, p := range line {
		e, err := p.exit(want.paid)
		if err != nil {
			return err
		}
		first, live := i == 0, i == len(line)-1
		switch {
		case first != (p.ID == want.pass), first != (p.Issued == nil), p.Place != want.place, !slices.Equal(e.Replaces, ids):
			a.complain("receipt %d: exit pass %s is not one that was issued for it", want.no, p.ID)
		case p.Expires != micros(e.Issued.Add(payments.PassLife)):
			a.complain("receipt %d: exit pass %s does not end when it has to", want.no, p.ID)
		case live != (p.Cancelled == nil), p.Cancelled != nil && p.Spent != nil:
			a.complain("receipt %d: exit pass %s is cancelled, and none takes its place, or the other way round", want.no, p.ID)
		}
		if p.Opened != nil && p.Spent != nil && *p.Opened != *p.Spent {
			a.complain("receipt %d: exit pass %s was spent at another time than it opened a gate", want.no, p.ID)
		}
		ids = append(ids, p.ID)
		opened = opened || p.Opened != nil
	}
	switch p := line[len(line)-1]; { // a gate that was cut off may have opened for one before it
	case opened && p.Spent == nil:
		a.complain("receipt %d: exit pass %s can be spent again, a gate has opened for it", want.no, p.ID)
	case !opened && p.Spent != nil && *p.Spent > noted:
		a.complain("receipt %d: exit pass %s is spent, and no gate has opened for it", want.no, p.ID)
	}
	return nil
}
