package store

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"
)

var errNo = errors.New("no")

// gathered opens a database with one row, and holds its group up until so many
// transactions wait: then they are of one commit.
func gathered(t *testing.T, fns ...func(*tx) error) (db *DB, errs []error) {
	t.Helper()
	db, err := openSQLite(filepath.Join(t.TempDir(), "till.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if _, err := db.write.Exec(`CREATE TABLE a (n BIGINT NOT NULL CHECK (n < 100)); INSERT INTO a VALUES (0)`); err != nil {
		t.Fatal(err)
	}
	errs = make([]error, len(fns))
	started, free := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := db.tx(t.Context(), func(*tx) error { close(started); <-free; return nil }); err != nil {
			t.Error(err)
		}
	})
	<-started
	for i, fn := range fns {
		wg.Go(func() { errs[i] = db.tx(t.Context(), fn) })
	}
	for waiting := 0; waiting < len(fns); {
		db.group.mu.Lock()
		waiting = len(db.group.waiting)
		db.group.mu.Unlock()
	}
	close(free)
	wg.Wait()
	return db, errs
}

func (db *DB) n(t *testing.T) (n int) {
	t.Helper()
	if err := db.get(t.Context(), &n, `SELECT n FROM a`); err != nil {
		t.Fatal(err)
	}
	return n
}

func add(n int, err error) func(*tx) error {
	return func(t *tx) error {
		_, failed := t.exec(`UPDATE a SET n = n + ?`, n)
		return errors.Join(failed, err)
	}
}

func TestTransactionsThatWaitAreCommittedTogether(t *testing.T) {
	db, errs := gathered(t, add(1, nil), add(10, nil), add(20, errNo), add(30, nil), add(100, nil))
	failed := 0
	for i, want := range []bool{false, false, true, false, true} {
		if (errs[i] != nil) != want {
			t.Errorf("transaction %d: got %v", i, errs[i])
		}
		if errs[i] != nil {
			failed++
		}
	}
	if !errors.Is(errs[2], errNo) || failed != 2 {
		t.Errorf("got %v, want the third and the last to fail", errs)
	}
	if got := db.n(t); got != 41 {
		t.Errorf("got %d, want 41: one that fails takes nothing from the others", got)
	}
	if db.group.commits != 2 {
		t.Errorf("got %d commits, want one before and one for all", db.group.commits)
	}
}

// A broken connection ends the whole transaction: then nobody is told of success.
func TestATransactionThatIsGoneAcknowledgesNobody(t *testing.T) {
	db, errs := gathered(t, add(1, nil), func(t *tx) error {
		if _, err := t.exec(`ROLLBACK`); err != nil {
			return err
		}
		return errNo
	})
	if errs[0] == nil && db.n(t) != 1 || errs[0] != nil && db.n(t) != 0 {
		t.Errorf("got %v with %d in the table", errs, db.n(t))
	}
	if err := db.tx(t.Context(), add(5, nil)); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestAPanicIsItsOwnersAlone(t *testing.T) {
	db, _ := gathered(t)
	func() {
		defer func() {
			if p := recover(); p != "oh" {
				t.Errorf("got %v, want the panic", p)
			}
		}()
		_ = db.tx(t.Context(), func(t *tx) error { _ = add(7, nil)(t); panic("oh") })
	}()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := db.tx(ctx, add(9, nil)); !errors.Is(err, context.Canceled) {
		t.Errorf("for nobody any more: got %v", err)
	}
	if err := db.tx(t.Context(), add(1, nil)); err != nil || db.n(t) != 1 {
		t.Errorf("got %v and %d, want 1", err, db.n(t))
	}
}
