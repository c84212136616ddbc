package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"voicetill/payments"

	"github.com/oklog/ulid/v2"
)

// passRow is an exit pass with the receipt's columns that its verdicts need.
type passRow struct {
	Merchant  string `db:"merchant_id"`
	ID        string `db:"id"`
	Place     string `db:"place_id"`
	Receipt   string `db:"receipt_id"`
	Gates     string `db:"gates"`
	Replaces  string `db:"replaces"`
	Issued    *int64 `db:"issued_at_us"` // nil: when the receipt was paid
	Spent     *int64 `db:"spent_at_us"`
	Gate      string `db:"gate"`
	Ask       string `db:"ask"`
	Cancelled *int64 `db:"cancelled_at_us"`
}

const selectPass = `SELECT merchant_id, id, place_id, receipt_id, gates, replaces, issued_at_us, spent_at_us, gate, ask, cancelled_at_us FROM passes`

// state is nil for a pass that can be spent.
func (p passRow) state() error {
	switch {
	case p.Spent != nil:
		return payments.ErrPassUsed
	case p.Cancelled != nil:
		return payments.ErrPassCancelled
	}
	return nil
}

// exit is the pass as signed; the receipt knows place and bill.
func (p passRow) exit(paid time.Time) (e payments.Pass, err error) {
	e = payments.Pass{ID: p.ID, Issued: paid}
	if p.Issued != nil {
		e.Issued = fromMicros(*p.Issued)
	}
	for text, into := range map[string]*[]string{p.Gates: &e.Gates, p.Replaces: &e.Replaces} {
		if text == "[]" {
			continue
		}
		if err := json.Unmarshal([]byte(text), into); err != nil {
			return e, fmt.Errorf("read pass %s: %w", p.ID, err)
		}
	}
	return e, nil
}

func (t *tx) pass(id string) (p passRow, err error) {
	err = t.get(&p, selectPass+` WHERE id = ?`, id)
	return p, none(err, payments.ErrNoPass)
}

// withExit adds the pass of now to a receipt; a refund's has none.
func (t *tx) withExit(r payments.Receipt) (payments.Receipt, error) {
	if !r.Exits() {
		return r, nil
	}
	var p passRow
	err := t.get(&p, selectPass+` WHERE merchant_id = ? AND receipt_id = ? AND cancelled_at_us IS NULL`, r.Merchant, r.ID)
	if err != nil {
		return r, fmt.Errorf("find pass of receipt %d: %w", r.No, none(err, payments.ErrNoPass))
	}
	r.Exit, err = p.exit(r.Paid)
	return r, err
}

// SpendPass is part of payments.Passes.
func (db *DB) SpendPass(ctx context.Context, s payments.Spend) error {
	return db.tx(ctx, func(t *tx) error {
		p, err := t.spend(s, db.now())
		if err != nil {
			return err
		}
		return t.noteOpen(p, s, payments.GateEvent{})
	})
}

// spend spends a pass; now is the till's clock. The row says how it stood
// before.
func (t *tx) spend(s payments.Spend, now time.Time) (passRow, error) {
	n, err := t.exec(`UPDATE passes SET spent_at_us = ?, gate = ?, ask = ?, changed_at_us = ?
		WHERE id = ? AND spent_at_us IS NULL AND cancelled_at_us IS NULL`, micros(s.At), s.Gate, s.Ask, micros(now), s.Pass)
	if err != nil {
		return passRow{}, err
	}
	p, err := t.pass(s.Pass)
	if err != nil || n == 1 {
		return p, err
	}
	if p.Spent != nil && s.Ask != "" && p.Ask == s.Ask && p.Gate == s.Gate {
		return p, nil
	}
	return p, p.state()
}

// PassSpent is part of payments.Passes.
func (db *DB) PassSpent(ctx context.Context, id string) error {
	return db.view(ctx, func(t *tx) error {
		p, err := t.pass(id)
		if err != nil {
			return err
		}
		return p.state()
	})
}

// PassUse is when and at which gate a pass was spent; the zero time for one that
// was not. payments.ErrNoPass.
func (db *DB) PassUse(ctx context.Context, id string) (at time.Time, gate string, err error) {
	var p passRow
	if err := db.get(ctx, &p, selectPass+` WHERE id = ?`, id); err != nil {
		return at, "", none(err, payments.ErrNoPass)
	}
	if p.Spent != nil {
		at = fromMicros(*p.Spent)
	}
	return at, p.Gate, nil
}

// ReissuePass is part of payments.Passes.
func (db *DB) ReissuePass(ctx context.Context, ask payments.Reissue) (r payments.Receipt, err error) {
	err = db.tx(ctx, func(t *tx) error {
		if r, err = t.receiptAt(ask.Place, ask.Receipt); err != nil {
			return err
		}
		old := r.Exit
		if err := mayReissue(r, ask); err != nil {
			return err
		}
		n, err := t.exec(`UPDATE passes SET cancelled_at_us = ?, changed_at_us = ?
			WHERE merchant_id = ? AND id = ? AND spent_at_us IS NULL AND cancelled_at_us IS NULL`,
			micros(ask.At), micros(db.now()), r.Merchant, old.ID)
		if err != nil {
			return err
		}
		if n == 0 {
			return t.whyNotReissued(old.ID)
		}
		r.Exit = payments.Pass{ID: ulid.Make().String(), Gates: old.Gates, Replaces: append(slices.Clone(old.Replaces), old.ID), Issued: ask.At}
		if len(ask.Gates) > 0 {
			r.Exit.Gates = ask.Gates
		}
		if err := t.addPass(r); err != nil {
			return err
		}
		return t.note("reissue/"+r.Exit.ID, r.Merchant, payments.GateEvent{Place: r.Place, Pass: r.Exit.ID, Receipt: r.ID,
			Reason: payments.PassReissued, Who: ask.Who, At: ask.At})
	})
	return r, err
}

func mayReissue(r payments.Receipt, ask payments.Reissue) error {
	most := payments.MaxReissues
	if ask.Who == "" {
		most = payments.ShopperReissues
	}
	switch {
	case len(r.Exit.Replaces) >= most, ask.Who == "" && ask.At.After(r.Paid.Add(payments.ReissueWindow)):
		return payments.ErrReissues
	case len(r.Exit.Gates) > 0 && slices.ContainsFunc(ask.Gates, func(g string) bool { return !r.Exit.Names(g) }):
		return payments.ErrOtherGates
	}
	return nil
}

// whyNotReissued is the state of the pass that could not be cancelled.
func (t *tx) whyNotReissued(id string) error {
	p, err := t.pass(id)
	if err == nil {
		err = p.state()
	}
	if err == nil {
		err = errors.New("the exit pass changes too fast")
	}
	return err
}

// receiptAt finds a sale of a place by id or number.
func (t *tx) receiptAt(place, ref string) (payments.Receipt, error) {
	var body string
	err := t.get(&body, `SELECT body FROM receipts WHERE merchant_id = (SELECT merchant_id FROM places WHERE id = ?)
		AND place_id = ? AND (id = ? OR CAST(no AS TEXT) = ?)`, place, place, ref, ref)
	if err != nil {
		return payments.Receipt{}, none(err, payments.ErrNoReceipt)
	}
	r, err := readReceipt(body)
	if err != nil {
		return r, err
	}
	if !r.Exits() {
		return r, payments.ErrNoReceipt
	}
	return t.withExit(r)
}

// firstPass writes the pass of a new sale, which names the place's gates.
func (t *tx) firstPass(r payments.Receipt) error {
	_, err := t.exec(`INSERT INTO passes (merchant_id, id, place_id, receipt_id, expires_at_us, gate, gates)
		SELECT merchant_id, ?, id, ?, ?, '', gates FROM places WHERE id = ?`,
		r.PassID, r.ID, micros(r.Paid.Add(payments.PassLife)), r.Place)
	if err != nil {
		return fmt.Errorf("write pass of receipt %d: %w", r.No, err)
	}
	return nil
}

// addPass writes the pass that a receipt has anew.
func (t *tx) addPass(r payments.Receipt) error {
	gates, replaces := jsonNames(r.Exit.Gates), jsonNames(r.Exit.Replaces)
	_, err := t.exec(`INSERT INTO passes (merchant_id, id, place_id, receipt_id, expires_at_us, gate, gates, replaces, issued_at_us)
		VALUES (?, ?, ?, ?, ?, '', ?, ?, ?)`, r.Merchant, r.Exit.ID, r.Place, r.ID,
		micros(r.Exit.Issued.Add(payments.PassLife)), gates, replaces, micros(r.Exit.Issued))
	if err != nil {
		return fmt.Errorf("write pass of receipt %d: %w", r.No, err)
	}
	return nil
}

func jsonNames(names []string) string {
	if len(names) == 0 {
		return "[]"
	}
	data, _ := json.Marshal(names) // strings always encode
	return string(data)
}
