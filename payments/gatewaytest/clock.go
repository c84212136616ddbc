// Package gatewaytest settles payments through a gateway in a test as the till
// does, on a clock of the test's own and over a line that loses, doubles and
// delays what goes over it.
package gatewaytest

import (
	"context"
	"sync"
	"time"
)

// Clock is a time that passes only when somebody waits. It is safe for
// concurrent use.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// NewClock makes a Clock that stands at a time.
func NewClock(at time.Time) *Clock { return &Clock{at: at} }

// Now is the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Wait lets time pass at once. It returns ctx's error.
func (c *Clock) Wait(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
	return ctx.Err()
}
