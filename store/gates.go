package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"voicetill/payments"

	"github.com/oklog/ulid/v2"
)

// noteEach is how often the same refusal is counted at most, so that a pass
// held before a camera does not write to the disk at every look.
const noteEach = 10 * time.Second

// NoteGate is part of payments.Gates.
func (db *DB) NoteGate(ctx context.Context, e payments.GateEvent) error {
	id := refusalID(e)
	var noted bool
	err := db.get(ctx, &noted, `SELECT COUNT(*) > 0 FROM gate_events WHERE place_id = ? AND id = ? AND at_us > ?`,
		e.Place, id, micros(e.At.Add(-noteEach)))
	if err != nil || noted {
		return err
	}
	return db.tx(ctx, func(t *tx) error { return t.noteAt(id, e) })
}

// refusalID is the same for what is to be counted together.
func refusalID(e payments.GateEvent) string {
	if e.Pass == "" {
		return fmt.Sprintf("none/%s/%s/%d", e.Place, e.Gate, e.At.Truncate(time.Minute).Unix())
	}
	return "refused/" + e.Pass + "/" + e.Reason
}

// noteAt keeps an event if its place is known.
func (t *tx) noteAt(id string, e payments.GateEvent) error {
	var merchant string
	err := none(t.get(&merchant, `SELECT merchant_id FROM places WHERE id = ?`, e.Place), ErrNoPlace)
	if errors.Is(err, ErrNoPlace) {
		return nil
	}
	if err != nil {
		return err
	}
	return t.note(id, merchant, e)
}

func (t *tx) note(id, merchant string, e payments.GateEvent) error {
	_, err := t.exec(`INSERT INTO gate_events (merchant_id, id, place_id, gate, pass_id, receipt_id, opened, reason, note, who, seen, at_us)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?)
		ON CONFLICT (merchant_id, id) DO UPDATE SET seen = gate_events.seen + 1, at_us = excluded.at_us, gate = excluded.gate`,
		merchant, id, e.Place, e.Gate, e.Pass, e.Receipt, flag(e.Open), e.Reason, e.Note, e.Who, micros(e.At))
	if err != nil {
		return fmt.Errorf("note what happened at gate %s: %w", e.Gate, err)
	}
	return nil
}

// noteOnce keeps an event that a repetition must not count up.
func (t *tx) noteOnce(id, merchant string, e payments.GateEvent) error {
	_, err := t.exec(`INSERT INTO gate_events (merchant_id, id, place_id, gate, pass_id, receipt_id, opened, reason, note, who, seen, at_us)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?) ON CONFLICT (merchant_id, id) DO NOTHING`,
		merchant, id, e.Place, e.Gate, e.Pass, e.Receipt, flag(e.Open), e.Reason, e.Note, e.Who, micros(e.At))
	if err != nil {
		return fmt.Errorf("note what happened at gate %s: %w", e.Gate, err)
	}
	return nil
}

// noteOpen notes that a pass opened a gate, once.
func (t *tx) noteOpen(p passRow, s payments.Spend, e payments.GateEvent) error {
	e.Place, e.Gate, e.Pass, e.Receipt, e.Open, e.At = p.Place, s.Gate, p.ID, p.Receipt, true, s.At
	if e.Reason == "" {
		e.Reason = payments.PassGood
	}
	return t.noteOnce("open/"+p.ID, p.Merchant, e)
}

// ReportGate is part of payments.Gates.
func (db *DB) ReportGate(ctx context.Context, e payments.GateEvent) error {
	return db.tx(ctx, func(t *tx) error {
		if e.Open && e.Pass != "" && e.Reason == payments.PassGood {
			p, err := t.spendLate(payments.Spend{Pass: e.Pass, Gate: e.Gate, Ask: e.Ask, At: e.At}, db.now())
			switch {
			case err == nil:
				return t.noteOpen(p, payments.Spend{Gate: e.Gate, At: e.At}, e)
			case errors.Is(err, payments.ErrNoPass):
				e.Reason = payments.PassUnknown
			case errors.Is(err, payments.ErrPassUsed):
				e.Reason = payments.PassTwice
			default:
				return err
			}
		}
		return t.reported(e)
	})
}

// spendLate spends what a gate has opened already. If the pass was cancelled
// meanwhile, the one in its place is spent.
func (t *tx) spendLate(s payments.Spend, now time.Time) (passRow, error) {
	p, err := t.spend(s, now)
	if !errors.Is(err, payments.ErrPassCancelled) {
		return p, err
	}
	err = t.get(&s.Pass, `SELECT id FROM passes WHERE merchant_id = ? AND receipt_id = ? AND cancelled_at_us IS NULL`, p.Merchant, p.Receipt)
	if err != nil {
		return p, none(err, payments.ErrNoPass)
	}
	_, err = t.spend(s, now)
	return p, err
}

func (t *tx) reported(e payments.GateEvent) error {
	var merchant string
	if err := t.get(&merchant, `SELECT merchant_id FROM places WHERE id = ?`, e.Place); err != nil {
		return none(err, ErrNoPlace)
	}
	sum := sha256.Sum256([]byte(e.Place + "/" + e.Gate + "/" + e.ID))
	return t.noteOnce("gate/"+hex.EncodeToString(sum[:12]), merchant, e)
}

type eventRow struct {
	Gate    string `db:"gate"`
	Pass    string `db:"pass_id"`
	Receipt string `db:"receipt_id"`
	Opened  int    `db:"opened"`
	Reason  string `db:"reason"`
	Note    string `db:"note"`
	Who     string `db:"who"`
	Seen    int64  `db:"seen"`
	At      int64  `db:"at_us"`
}

// GateEvents is part of payments.Gates.
func (db *DB) GateEvents(ctx context.Context, place string, limit int) ([]payments.GateEvent, error) {
	var rows []eventRow
	err := db.all(ctx, &rows, `SELECT gate, pass_id, receipt_id, opened, reason, note, who, seen, at_us FROM gate_events
		WHERE place_id = ? ORDER BY at_us DESC, id LIMIT ?`, place, limit)
	if err != nil {
		return nil, err
	}
	events := make([]payments.GateEvent, len(rows))
	for i, r := range rows {
		events[i] = payments.GateEvent{Place: place, Gate: r.Gate, Pass: r.Pass, Receipt: r.Receipt, Open: r.Opened == 1,
			Reason: r.Reason, Note: r.Note, Who: r.Who, Seen: r.Seen, At: fromMicros(r.At)}
	}
	return events, nil
}

// GateNews is part of payments.Gates.
func (db *DB) GateNews(ctx context.Context, place, gate string, since, now time.Time) (news payments.GateNews, err error) {
	err = db.tx(ctx, func(t *tx) error {
		news = payments.GateNews{Spent: []string{}, Releases: []string{}}
		_, err := t.exec(`INSERT INTO gates (merchant_id, place_id, name, seen_at_us) SELECT merchant_id, id, ?, ? FROM places WHERE id = ?
			ON CONFLICT (merchant_id, place_id, name) DO UPDATE SET seen_at_us = excluded.seen_at_us`, gate, micros(now), place)
		if err != nil {
			return fmt.Errorf("note that gate %s is there: %w", gate, err)
		}
		// Transactions that began before may end after: look a little further back.
		var over []struct {
			ID        string `db:"id"`
			Cancelled bool   `db:"cancelled"`
		}
		err = t.all(&over, `SELECT id, spent_at_us IS NULL AS cancelled FROM passes WHERE place_id = ? AND changed_at_us > ? AND expires_at_us > ?`,
			place, micros(since.Add(-payments.ClockSlack)), micros(now.Add(-payments.ClockSlack)))
		if err != nil {
			return fmt.Errorf("find spent passes of %s: %w", place, err)
		}
		for _, p := range over {
			news.Spent = append(news.Spent, p.ID)
			if p.Cancelled {
				news.Cancelled = append(news.Cancelled, p.ID)
			}
		}
		err = t.all(&news.Releases, `UPDATE gate_releases SET taken_at_us = ? WHERE place_id = ? AND gate = ? AND taken_at_us IS NULL AND at_us > ? AND at_us <= ?
			RETURNING id`, micros(now), place, gate, micros(now.Add(-payments.ReleaseLife)), micros(now.Add(payments.ReleaseLife)))
		if err != nil {
			return fmt.Errorf("take releases of gate %s: %w", gate, err)
		}
		return nil
	})
	return news, err
}

// ReleaseGate is part of payments.Gates.
func (db *DB) ReleaseGate(ctx context.Context, e payments.GateEvent) error {
	return db.tx(ctx, func(t *tx) error {
		id := ulid.Make().String()
		n, err := t.exec(`INSERT INTO gate_releases (merchant_id, id, place_id, gate, at_us) SELECT merchant_id, ?, id, ?, ? FROM places WHERE id = ?`,
			id, e.Gate, micros(e.At), e.Place)
		if err != nil {
			return fmt.Errorf("release gate %s: %w", e.Gate, err)
		}
		if n == 0 {
			return ErrNoPlace
		}
		return t.noteAt("release/"+id, e)
	})
}

// GateStates is part of payments.Gates.
func (db *DB) GateStates(ctx context.Context, place string) ([]payments.GateState, error) {
	states := []payments.GateState{}
	err := db.view(ctx, func(t *tx) error {
		named, err := t.namedGates(place)
		if err != nil {
			return err
		}
		var rows []struct {
			Name string `db:"name"`
			Seen int64  `db:"seen_at_us"`
		}
		if err := t.all(&rows, `SELECT name, seen_at_us FROM gates WHERE place_id = ?`, place); err != nil {
			return err
		}
		seen := map[string]time.Time{}
		for _, r := range rows {
			seen[r.Name] = fromMicros(r.Seen)
		}
		states = statesOf(named, seen)
		return nil
	})
	return states, err
}

// statesOf are all gates that are named or were seen, by name.
func statesOf(named []string, seen map[string]time.Time) []payments.GateState {
	states := []payments.GateState{}
	for name, at := range seen {
		states = append(states, payments.GateState{Name: name, Named: slices.Contains(named, name), Seen: at})
	}
	for _, name := range named {
		if _, ok := seen[name]; !ok {
			states = append(states, payments.GateState{Name: name, Named: true})
		}
	}
	slices.SortFunc(states, func(a, b payments.GateState) int { return strings.Compare(a.Name, b.Name) })
	return states
}

func (t *tx) namedGates(place string) ([]string, error) {
	var text string
	if err := t.get(&text, `SELECT gates FROM places WHERE id = ?`, place); err != nil {
		return nil, none(err, ErrNoPlace)
	}
	e, err := passRow{Gates: text, Replaces: "[]"}.exit(time.Time{})
	return e.Gates, err
}

// NameGates is part of payments.Gates.
func (db *DB) NameGates(ctx context.Context, place string, names []string) error {
	names = slices.Compact(slices.Sorted(slices.Values(names)))
	n, err := db.exec(ctx, `UPDATE places SET gates = ? WHERE id = ?`, jsonNames(names), place)
	if err == nil && n == 0 {
		return ErrNoPlace
	}
	return err
}
