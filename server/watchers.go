package server

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"
)

// Pulses tells that something of a place's console has changed.
type Pulses interface {
	// Pulse is a text for each part of the console, which differs once the part
	// has changed. It is cheap.
	Pulse(ctx context.Context, place string) (map[string]string, error)
}

// watchers look at the places that consoles are open for: one goroutine for each
// of them, from its first listener to its last, however many consoles there are.
type watchers struct {
	pulses Pulses
	every  time.Duration
	log    *slog.Logger
	mu     sync.Mutex
	places map[string]*watched
}

// watched is a place that is looked at. listeners are guarded by watchers.mu.
type watched struct {
	listeners map[*listener]struct{}
	ready     chan struct{} // closed when it was looked at first
	stop      context.CancelFunc
	done      chan struct{}
}

// listener is one console. What changed piles up in it until it is taken: a slow
// console delays nobody.
type listener struct {
	wake  chan struct{} // holds a value while parts wait
	mu    sync.Mutex
	parts map[string]struct{}
}

func newWatchers(pulses Pulses, every time.Duration, log *slog.Logger) *watchers {
	return &watchers{pulses: pulses, every: every, log: log, places: map[string]*watched{}}
}

// firstLook is how long a console waits for the first look at its place.
const firstLook = 5 * time.Second

// listen returns once the place is being looked at: what changes from then on is
// told. The caller leaves.
func (w *watchers) listen(ctx context.Context, place string) (*listener, error) {
	l := &listener{wake: make(chan struct{}, 1), parts: map[string]struct{}{}}
	ctx, cancel := context.WithTimeout(ctx, firstLook)
	defer cancel()
	w.mu.Lock()
	x, ok := w.places[place]
	if !ok {
		run, stop := context.WithCancel(context.WithoutCancel(ctx))
		x = &watched{listeners: map[*listener]struct{}{}, ready: make(chan struct{}), stop: stop, done: make(chan struct{})}
		w.places[place] = x
		go w.run(run, place, x)
	}
	x.listeners[l] = struct{}{}
	w.mu.Unlock()
	select {
	case <-x.ready:
		return l, nil
	case <-ctx.Done():
		w.leave(place, l)
		return nil, ctx.Err()
	}
}

// leave ends the looking with the last listener, and waits for it.
func (w *watchers) leave(place string, l *listener) {
	w.mu.Lock()
	x := w.places[place]
	delete(x.listeners, l)
	last := len(x.listeners) == 0
	if last {
		delete(w.places, place)
	}
	w.mu.Unlock()
	if last {
		x.stop()
		<-x.done
	}
}

func (w *watchers) run(ctx context.Context, place string, x *watched) {
	defer close(x.done)
	tick := time.NewTicker(w.every)
	defer tick.Stop()
	var before map[string]string
	for {
		now, err := w.pulses.Pulse(ctx, place)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			w.log.Warn("the console's changes could not be looked up", "place", place, "err", err)
		case before == nil:
			before = now
			close(x.ready)
		default:
			w.tell(x, changes(before, now))
			before = now
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// changes are the parts that differ, by name.
func changes(before, now map[string]string) []string {
	var parts []string
	for _, part := range slices.Sorted(maps.Keys(now)) {
		if before[part] != now[part] {
			parts = append(parts, part)
		}
	}
	return parts
}

func (w *watchers) tell(x *watched, parts []string) {
	if len(parts) == 0 {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for l := range x.listeners {
		l.add(parts)
	}
}

func (l *listener) add(parts []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range parts {
		l.parts[p] = struct{}{}
	}
	select {
	case l.wake <- struct{}{}:
	default: // it was woken already
	}
}

// take returns what has changed since the last time, by name.
func (l *listener) take() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	parts := slices.Sorted(maps.Keys(l.parts))
	clear(l.parts)
	return parts
}
