package gate

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"voicetill/payments"

	bolt "go.etcd.io/bbolt"
)

var (
	// ErrSpent says that a pass, or one that it replaces, was spent before.
	ErrSpent = errors.New("the exit pass is already used")
	// ErrOtherGate refuses a memory that another gate has written.
	ErrOtherGate = errors.New("the file is the memory of another gate")
	// ErrOtherKey refuses another public key than the pinned one.
	ErrOtherKey = errors.New("the till signs with another key than the pinned one")
)

// Names of the file's buckets: ids of passes that were spent here with the time
// in microseconds, of those that the till said are spent or cancelled, and which
// of these are cancelled, tries by pass, events that the till does not have yet,
// and the rest.
var (
	bucketSpent     = []byte("spent")
	bucketTold      = []byte("told")
	bucketCancelled = []byte("cancelled")
	bucketTries     = []byte("tries")
	bucketOutbox    = []byte("outbox")
	bucketMeta      = []byte("meta")
)

// maxOutbox bounds the refusals that wait for the till; openings always wait.
const maxOutbox = 20_000

// lockWait is how long to wait for another process that has the file.
const lockWait = time.Second

// Memory is what a gate must not forget, in a file that one process opens at a
// time. What a method has changed is on the disk when it returns.
type Memory struct{ db *bolt.DB }

// OpenMemory opens or makes the file. ErrOtherGate if it belongs to another
// gate.
func OpenMemory(path, place, name string) (*Memory, error) {
	db, err := bolt.Open(path, 0o600, &bolt.Options{Timeout: lockWait})
	if err != nil {
		return nil, fmt.Errorf("open the gate's memory %s: %w", path, err)
	}
	m := &Memory{db}
	if err := m.own(place + "/" + name); err != nil {
		return nil, errors.Join(fmt.Errorf("open the gate's memory %s: %w", path, err), db.Close())
	}
	return m, nil
}

func (m *Memory) own(owner string) error {
	return m.db.Update(func(tx *bolt.Tx) error {
		for _, b := range [][]byte{bucketSpent, bucketTold, bucketCancelled, bucketTries, bucketOutbox, bucketMeta} {
			if _, err := tx.CreateBucketIfNotExists(b); err != nil {
				return err
			}
		}
		meta := tx.Bucket(bucketMeta)
		if was := meta.Get([]byte("owner")); was != nil && string(was) != owner {
			return ErrOtherGate
		}
		return meta.Put([]byte("owner"), []byte(owner))
	})
}

// Close may be called twice.
func (m *Memory) Close() error { return m.db.Close() }

// Pin keeps the key that verifies passes, once: ErrOtherKey for another one.
func (m *Memory) Pin(key []byte) error {
	have, err := m.Key()
	if err != nil {
		return err
	}
	if have != nil {
		if string(have) != string(key) {
			return ErrOtherKey
		}
		return nil
	}
	return m.put("key", key)
}

// Key is the pinned one, or nil.
func (m *Memory) Key() (key []byte, err error) {
	err = m.db.View(func(tx *bolt.Tx) error {
		key = append(key, tx.Bucket(bucketMeta).Get([]byte("key"))...)
		return nil
	})
	return key, err
}

func (m *Memory) put(name string, value []byte) error {
	return m.db.Update(func(tx *bolt.Tx) error { return tx.Bucket(bucketMeta).Put([]byte(name), value) })
}

// Floor is the latest time that the till has told, or zero: no later moment is
// earlier, whatever the gate's clock says.
func (m *Memory) Floor() (at time.Time, err error) {
	err = m.db.View(func(tx *bolt.Tx) error {
		at = readTime(tx.Bucket(bucketMeta).Get([]byte("floor")))
		return nil
	})
	return at, err
}

// Over is why the pass opens nothing any more: payments.PassUsed if it or one
// that it replaces was spent, payments.PassCancelled, or "" if it may open.
func (m *Memory) Over(p payments.Pass) (reason string, err error) {
	err = m.db.View(func(tx *bolt.Tx) error {
		switch {
		case !anySpent(tx, p):
		case tx.Bucket(bucketCancelled).Get([]byte(p.ID)) != nil:
			reason = payments.PassCancelled
		default:
			reason = payments.PassUsed
		}
		return nil
	})
	return reason, err
}

// anySpent does not ask whether the till said that a replaced pass is over: it
// is, for it was cancelled.
func anySpent(tx *bolt.Tx, p payments.Pass) bool {
	if tx.Bucket(bucketTold).Get([]byte(p.ID)) != nil {
		return true
	}
	b := tx.Bucket(bucketSpent)
	for _, id := range append([]string{p.ID}, p.Replaces...) {
		if b.Get([]byte(id)) != nil {
			return true
		}
	}
	return false
}

// Spend spends the pass, and with it those that it replaces, or returns
// ErrSpent. An event is kept for the till in the same transaction.
func (m *Memory) Spend(p payments.Pass, at time.Time, e *payments.GateEvent) error {
	return m.db.Update(func(tx *bolt.Tx) error {
		if anySpent(tx, p) {
			return ErrSpent
		}
		for _, id := range append([]string{p.ID}, p.Replaces...) {
			if err := tx.Bucket(bucketSpent).Put([]byte(id), writeTime(at)); err != nil {
				return err
			}
		}
		if err := tx.Bucket(bucketTries).Delete([]byte(p.ID)); err != nil {
			return err
		}
		if e == nil {
			return nil
		}
		return post(tx, *e)
	})
}

// Try is the name under which the till is asked to spend the pass, the same
// until it is spent, so that an answer that was lost can be asked for again.
func (m *Memory) Try(pass, fresh string) (try string, err error) {
	err = m.db.Update(func(tx *bolt.Tx) error {
		b := tx.Bucket(bucketTries)
		if have := b.Get([]byte(pass)); have != nil {
			try = string(have)
			return nil
		}
		try = fresh
		return b.Put([]byte(pass), []byte(fresh))
	})
	return try, err
}

// Post keeps an event for the till. When very many wait, a refusal is dropped.
func (m *Memory) Post(e payments.GateEvent) error {
	return m.db.Update(func(tx *bolt.Tx) error {
		if !e.Open && tx.Bucket(bucketOutbox).Stats().KeyN >= maxOutbox {
			return nil
		}
		return post(tx, e)
	})
}

func post(tx *bolt.Tx, e payments.GateEvent) error {
	data, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("write event: %w", err)
	}
	return tx.Bucket(bucketOutbox).Put([]byte(e.ID), data)
}

// Outbox are the oldest events that wait for the till, at most n.
func (m *Memory) Outbox(n int) (events []payments.GateEvent, err error) {
	err = m.db.View(func(tx *bolt.Tx) error {
		c := tx.Bucket(bucketOutbox).Cursor()
		for k, v := c.First(); k != nil && len(events) < n; k, v = c.Next() {
			var e payments.GateEvent
			if err := json.Unmarshal(v, &e); err != nil {
				return fmt.Errorf("read event %s: %w", k, err)
			}
			events = append(events, e)
		}
		return nil
	})
	return events, err
}

// Waiting counts the events that wait for the till.
func (m *Memory) Waiting() (n int, err error) {
	err = m.db.View(func(tx *bolt.Tx) error {
		n = tx.Bucket(bucketOutbox).Stats().KeyN
		return nil
	})
	return n, err
}

// Learn takes what the till told: the events that it has now, the passes that
// are spent or cancelled, and its time, after which what has expired long ago
// is forgotten.
func (m *Memory) Learn(told []payments.GateEvent, news payments.GateNews) error {
	return m.db.Update(func(tx *bolt.Tx) error {
		for _, e := range told {
			if err := tx.Bucket(bucketOutbox).Delete([]byte(e.ID)); err != nil {
				return err
			}
		}
		if err := errors.Join(learn(tx, bucketTold, news.Spent, news.Now), learn(tx, bucketCancelled, news.Cancelled, news.Now)); err != nil {
			return err
		}
		if err := tx.Bucket(bucketMeta).Put([]byte("floor"), writeTime(news.Now)); err != nil {
			return err
		}
		before := news.Now.Add(-keepSpent)
		return errors.Join(forget(tx, bucketSpent, before), forget(tx, bucketTold, before), forget(tx, bucketCancelled, before))
	})
}

// learn keeps when the till told of passes first.
func learn(tx *bolt.Tx, bucket []byte, ids []string, at time.Time) error {
	b := tx.Bucket(bucket)
	for _, id := range ids {
		if b.Get([]byte(id)) != nil {
			continue
		}
		if err := b.Put([]byte(id), writeTime(at)); err != nil {
			return err
		}
	}
	return nil
}

// keepSpent is how long a spent pass is remembered. It has expired long before:
// it was issued before it was spent.
const keepSpent = 2 * (payments.PassLife + payments.ClockSlack)

// forget drops what was spent before a time, and tries for it.
func forget(tx *bolt.Tx, bucket []byte, before time.Time) error {
	var old [][]byte
	b := tx.Bucket(bucket)
	err := b.ForEach(func(id, at []byte) error {
		if readTime(at).Before(before) {
			old = append(old, append([]byte(nil), id...))
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, id := range old {
		if err := errors.Join(b.Delete(id), tx.Bucket(bucketTries).Delete(id)); err != nil {
			return err
		}
	}
	return nil
}

func writeTime(t time.Time) []byte { return binary.BigEndian.AppendUint64(nil, uint64(t.UnixMicro())) }

func readTime(data []byte) time.Time {
	if len(data) != 8 {
		return time.Time{}
	}
	return time.UnixMicro(int64(binary.BigEndian.Uint64(data))).UTC()
}
