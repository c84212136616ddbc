package server

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"voicetill/checkout"
	"voicetill/payments"
)

// understoodTally counts how shoppers were understood until the counts are
// stored: an utterance costs no write.
type understoodTally struct {
	records Reports
	log     *slog.Logger
	now     func() time.Time

	mu     sync.Mutex
	counts map[tallyKey]checkout.Understood
}

type tallyKey struct{ place, day string }

func newUnderstoodTally(c Config) *understoodTally {
	return &understoodTally{records: c.Records, log: c.Log, now: c.Now, counts: map[tallyKey]checkout.Understood{}}
}

func (t *understoodTally) add(place string, zone *time.Location, n checkout.Understood) {
	t.mu.Lock()
	defer t.mu.Unlock()
	key := tallyKey{place, payments.DayOf(t.now(), zone)}
	t.counts[key] = t.counts[key].Plus(n)
}

// flush stores what was counted; what cannot be stored waits for the next time.
func (t *understoodTally) flush(ctx context.Context) {
	t.mu.Lock()
	counts := t.counts
	t.counts = map[tallyKey]checkout.Understood{}
	t.mu.Unlock()
	for key, n := range counts {
		if err := t.records.AddUnderstood(ctx, key.place, key.day, n); err != nil {
			t.log.Warn("how shoppers were understood was not stored", "place", key.place, "err", err)
			t.mu.Lock()
			t.counts[key] = t.counts[key].Plus(n)
			t.mu.Unlock()
		}
	}
}

// StoreUnderstood stores how shoppers were understood since the last time. To be
// called now and then, and once more at the end.
func (s *Server) StoreUnderstood(ctx context.Context) { s.understood.flush(ctx) }
