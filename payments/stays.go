package payments

import (
	"sync"
	"time"
)

// stays remembers when visits that are inside began, by a clock that nobody sets:
// where the till's own clock is set during a stay, the stay is as long as it was.
// What began before the till was started, or at another node, is measured by the
// clock alone.
type stays struct {
	elapsed func() time.Duration // nil: nothing is remembered
	mu      sync.Mutex
	begun   map[string]begun // by the visit's id
}

type begun struct {
	at      time.Time     // by the till's clock
	elapsed time.Duration // by the other
}

// mostStays bounds the memory of what never leaves.
const mostStays = 100_000

func (s *stays) begin(visit string, at time.Time) {
	if s.elapsed == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.begun[visit]; known || len(s.begun) >= mostStays {
		return
	}
	if s.begun == nil {
		s.begun = map[string]begun{}
	}
	s.begun[visit] = begun{at, s.elapsed()}
}

// end is what the clock by which a visit began says now, or now itself.
func (s *stays) end(visit string, now time.Time) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if b, known := s.begun[visit]; known {
		return b.at.Add(s.elapsed() - b.elapsed).UTC().Truncate(time.Microsecond)
	}
	return now
}

func (s *stays) forget(visit string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.begun, visit)
}
