// Package deliver brings receipts to those they are for, by mail and on paper:
// an outbox that survives crashes, one goroutine a channel, at least once.
package deliver

import (
	"context"
	"errors"
	"time"
)

// Kind is a channel.
type Kind string

const (
	Mail  Kind = "mail"
	Print Kind = "print"
)

// Delivery is one receipt on its way to one recipient.
type Delivery struct {
	ID       string
	Merchant string
	Receipt  string // its id
	Link     string // path element of its address
	Kind     Kind
	To       string // Mail: id of the account; Print: id of the place
	Nth      int    // 1 is the original; later ones were asked for, and are copies
	Tries    int    // this one included
	Created  time.Time
}

// Copy reports whether the recipient had the receipt before.
func (d Delivery) Copy() bool { return d.Nth > 1 }

// States of a Status.
const (
	Waiting = "waiting"
	Sent    = "sent"
	GivenUp = "given up"
)

// Status is how a delivery stands, for the merchant's eye.
type Status struct {
	Kind    Kind      `json:"kind"`
	Nth     int       `json:"nth"`
	State   string    `json:"state"`
	Tries   int       `json:"tries"`
	Trouble string    `json:"trouble,omitempty"`
	Created time.Time `json:"created"`
}

// ErrNothingDue says that no delivery waits for now.
var ErrNothingDue = errors.New("no delivery is due")

// Farthest is how far from now the next try can be at most: what is further was
// written down by a clock that was set back since.
const Farthest = 2 * time.Hour

// ErrUndeliverable marks what no further try would mend.
var ErrUndeliverable = errors.New("undeliverable")

// Outbox keeps deliveries. Each method is one transaction.
type Outbox interface {
	// TakeDelivery lends the delivery that has been due longest for a time, or that is
	// due later than Farthest:
	// nobody else is given it meanwhile, and who crashes leaves it to be tried
	// again after. An empty recipient is any. ErrNothingDue if there is none.
	TakeDelivery(ctx context.Context, kind Kind, to string, at time.Time, lend time.Duration) (Delivery, error)
	// Delivered ends it.
	Delivered(ctx context.Context, d Delivery, at time.Time) error
	// NotDelivered keeps what went wrong, and when to try again; a zero next
	// gives it up.
	NotDelivered(ctx context.Context, d Delivery, trouble string, at, next time.Time) error
}
