package store

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/jmoiron/sqlx"
)

// group commits SQLite's writers together: while one commit waits for the disk,
// the transactions that come gather, and the next commit is for all of them.
// Each is a savepoint, so that one that fails takes nothing from the others
// (https://www.sqlite.org/lang_savepoint.html). A transaction is acknowledged
// after the commit, as ever. Its goroutine ends when nobody waits.
type group struct {
	x       *sqlx.DB // of one connection
	file    *file    // what x was opened from, or nil
	mu      sync.Mutex
	waiting []*member
	running bool
	commits int
}

// member is one transaction of a group.
type member struct {
	ctx      context.Context
	fn       func(*tx) error
	err      error
	panicked any
	done     chan struct{}
}

// do runs fn in a transaction and returns when it is committed, or is not. A
// transaction that has begun is not cut off when ctx ends: that would undo its
// whole group.
func (g *group) do(ctx context.Context, fn func(*tx) error) error {
	m := &member{ctx: ctx, fn: fn, done: make(chan struct{})}
	g.mu.Lock()
	g.waiting = append(g.waiting, m)
	if !g.running {
		g.running = true
		go g.run()
	}
	g.mu.Unlock()
	<-m.done
	if m.panicked != nil {
		panic(m.panicked)
	}
	return m.err
}

func (g *group) run() {
	for {
		g.mu.Lock()
		members := g.waiting
		g.waiting = nil
		if len(members) == 0 {
			g.running = false
			g.mu.Unlock()
			return
		}
		g.commits++
		g.mu.Unlock()
		if err := g.commit(members); err != nil {
			for _, m := range members {
				if m.err == nil {
					m.err = err
				}
			}
		}
		for _, m := range members {
			close(m.done)
		}
	}
}

// commit runs the members in one transaction. After an error none of them is
// stored.
func (g *group) commit(members []*member) error {
	t, err := g.x.BeginTxx(context.Background(), nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer t.Rollback()
	for _, m := range members {
		if err := m.run(t); err != nil {
			return err
		}
	}
	if err := g.file.still(); err != nil {
		return err
	}
	if err := t.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// run runs one member. Its own error stays its own; one that is returned has
// ended the whole transaction, as a full disk does.
func (m *member) run(t *sqlx.Tx) error {
	if m.err = m.ctx.Err(); m.err != nil {
		return nil
	}
	if _, err := t.Exec(`SAVEPOINT member`); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	m.err = m.call(&tx{context.WithoutCancel(m.ctx), t})
	if m.err != nil || m.panicked != nil {
		if _, err := t.Exec(`ROLLBACK TO member`); err != nil {
			return fmt.Errorf("undo one of several transactions: %w", errors.Join(err, m.err))
		}
	}
	if _, err := t.Exec(`RELEASE member`); err != nil {
		return fmt.Errorf("end one of several transactions: %w", err)
	}
	return nil
}

func (m *member) call(t *tx) error {
	defer func() { m.panicked = recover() }()
	return m.fn(t)
}
