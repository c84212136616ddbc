package speech

import (
	"context"
	"runtime"
	"slices"
	"sync"
)

// Decoders bounds concurrent decoding over all pools, so that five hundred open
// microphones do not make five hundred busy threads. Who has stopped talking, and
// waits for an answer, goes before those who still talk.
type Decoders struct {
	mu    sync.Mutex
	free  int
	first []chan struct{} // waiting with DoFirst, in order; closed when a slot is theirs
	later []chan struct{} // waiting with Do
}

// BusyDecoders is how many at a time keep all CPUs busy: one of them may wait for
// what another holds of the language that both decode with.
func BusyDecoders() int { return runtime.NumCPU() + 1 }

// NewDecoders allows n at a time (BusyDecoders is right).
func NewDecoders(n int) *Decoders { return &Decoders{free: max(n, 1)} }

// Do runs work once a slot is free, or returns ctx's error.
func (d *Decoders) Do(ctx context.Context, work func()) error { return d.do(ctx, &d.later, work) }

// DoFirst is Do ahead of all that wait with Do.
func (d *Decoders) DoFirst(ctx context.Context, work func()) error { return d.do(ctx, &d.first, work) }

// Try runs work if a slot is free and nobody waits, and reports whether it did.
func (d *Decoders) Try(work func()) bool {
	d.mu.Lock()
	if d.free == 0 {
		d.mu.Unlock()
		return false
	}
	d.free--
	d.mu.Unlock()
	defer d.pass()
	work()
	return true
}

func (d *Decoders) do(ctx context.Context, queue *[]chan struct{}, work func()) error {
	if err := d.wait(ctx, queue); err != nil {
		return err
	}
	defer d.pass()
	work()
	return nil
}

// wait returns with a slot, or with ctx's error and none.
func (d *Decoders) wait(ctx context.Context, queue *[]chan struct{}) error {
	d.mu.Lock()
	if d.free > 0 { // so nobody waits
		d.free--
		d.mu.Unlock()
		return nil
	}
	turn := make(chan struct{})
	*queue = append(*queue, turn)
	d.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
	}
	d.mu.Lock()
	at := slices.Index(*queue, turn)
	if at >= 0 {
		*queue = slices.Delete(*queue, at, at+1)
	}
	d.mu.Unlock()
	if at < 0 {
		d.pass() // the slot had come in the same moment
	}
	return ctx.Err()
}

// pass gives a slot to who waits, or frees it.
func (d *Decoders) pass() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, queue := range []*[]chan struct{}{&d.first, &d.later} {
		if len(*queue) > 0 {
			close((*queue)[0])
			*queue = (*queue)[1:]
			return
		}
	}
	d.free++
}
