package payments

import (
	"context"
	"time"
)

// Pauses between tries.
const (
	shortestPause = 3 * time.Second
	longestPause  = 10 * time.Minute
	aheadPause    = 4 * time.Second  // of what begins in the future; two ticks of serve's
	askLimit      = 12 * time.Second // for one question to a gateway; below Patience
)

// FarthestTry is how far from now the next try can be: what is further was
// written by a clock that was set back since.
const FarthestTry = longestPause + Patience

// Ahead is how much later than Patience ago something lies in the future: it was
// written down by a clock that was set back since.
const Ahead = 2 * Patience

// Resolve runs Recover at once and at every tick until ctx ends. Start it once
// in a goroutine; any number of nodes may run one on the same store. What could
// not be settled yet is logged where it is new.
func (s *Service) Resolve(ctx context.Context, tick <-chan time.Time) {
	last := ""
	for {
		err := s.Recover(ctx)
		if ctx.Err() != nil {
			return
		}
		said := ""
		if err != nil {
			said = err.Error()
		}
		if said != last && said != "" {
			s.log.Error("payments are still pending", "err", err)
		}
		last = said
		select {
		case <-tick:
		case <-ctx.Done():
			return
		}
	}
}

// pause is how long to wait before the outcome of a settlement is asked for
// again. Within the window, a quarter of its age: a shopper who has just paid
// at the provider waits little. While it is reversed, ever longer. Where its age
// is not known, it is counted by pauses of one length.
func pause(set Settlement, window time.Duration, now time.Time) time.Duration {
	if set.State == Reversing {
		return backoff(set.Tries)
	}
	if set.isAhead(now) {
		return aheadPause
	}
	age := set.age(now)
	wait := min(max(age/4, shortestPause), longestPause)
	if left := window - age; left > 0 {
		wait = min(wait, left)
	}
	return wait
}

// age is how long a settlement is under way. Of one that begins in the future,
// since a clock was set back, its tries tell: there is a pause between them.
func (set Settlement) age(now time.Time) time.Duration {
	if set.isAhead(now) {
		return time.Duration(set.Tries) * aheadPause
	}
	return now.Sub(set.StartedAt)
}

// isAhead reports whether a settlement begins in the future.
func (set Settlement) isAhead(now time.Time) bool { return set.StartedAt.Sub(now) > Patience }

// backoff is the pause after so many tries: 15 s, 30 s, … 10 minutes.
func backoff(tries int) time.Duration {
	return min(Patience<<min(tries, 10), longestPause)
}

func windowOf(set Settlement, g Gateway) time.Duration {
	if w, ok := g.(Windowed); ok && !set.Coded {
		return w.Window()
	}
	return ReverseAfter
}
