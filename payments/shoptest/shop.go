// Package shoptest settles many charges through a gateway as the till does,
// over whatever network its caller has put between, and compares what the
// provider kept with what was booked.
package shoptest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"

	"voicetill/payments"

	"github.com/oklog/ulid/v2"
)

// Shop is what to settle, and how.
type Shop struct {
	Gateway payments.Gateway
	Charges int                                                                    // how many
	Workers int                                                                    // at a time
	Make    func(i int, key string) payments.Charge                                // from any worker
	Act     func(ctx context.Context, c payments.Charge, h payments.Handoff) error // the shopper finishes a handoff, or leaves it
	Flush   func() error                                                           // delivers what is late; from any worker, and at the end
	Kept    func(key string) (int64, error)                                        // minor units taken under a key and not given back, at the end
	Seed    uint64
}

// Sum counts what happened.
type Sum struct {
	Booked, Released, Reversed, Refunds, Handoffs int
	Captured, Refunded                            int64 // minor units, as the shop has booked them
}

// outcome is how the shop has settled one charge, in minor units.
type outcome struct {
	key              string
	booked, refunded int64
	reversed         bool
	refunds          int
	handoff          bool
	err              error
}

// patience is how often the shop asks a gateway that does not know.
const patience = 60

// ErrDiffers says that what a provider kept is not what was booked.
var ErrDiffers = errors.New("what the provider kept is not what was booked")

// Run settles all charges. It returns ErrDiffers, joined for each key, or what
// kept a charge from being settled.
func (s Shop) Run(ctx context.Context) (Sum, error) {
	outcomes := make([]outcome, s.Charges)
	var wg sync.WaitGroup
	for w := range s.Workers {
		wg.Go(func() {
			random := rand.New(rand.NewPCG(s.Seed, uint64(w)))
			for i := w; i < s.Charges; i += s.Workers {
				outcomes[i] = s.settle(ctx, i, random)
			}
		})
	}
	wg.Wait()
	if err := s.flush(); err != nil {
		return Sum{}, err
	}
	return s.compare(outcomes)
}

func (s Shop) flush() error {
	if s.Flush == nil {
		return nil
	}
	return s.Flush()
}

// compare is done when nothing is on its way any more.
func (s Shop) compare(outcomes []outcome) (sum Sum, err error) {
	var errs []error
	for _, o := range outcomes {
		if o.err != nil {
			errs = append(errs, o.err)
			continue
		}
		kept, err := s.Kept(o.key)
		if err != nil {
			errs = append(errs, fmt.Errorf("what was kept under %s: %w", o.key, err))
		} else if kept != o.booked-o.refunded {
			errs = append(errs, fmt.Errorf("%w: %d kept under %s, %d booked, %d refunded", ErrDiffers, kept, o.key, o.booked, o.refunded))
		}
		sum.add(o)
	}
	return sum, errors.Join(errs...)
}

func (sum *Sum) add(o outcome) {
	if o.booked > 0 {
		sum.Booked++
	} else {
		sum.Released++
	}
	if o.reversed {
		sum.Reversed++
	}
	if o.handoff {
		sum.Handoffs++
	}
	sum.Refunds += o.refunds
	sum.Captured += o.booked
	sum.Refunded += o.refunded
}

// Plus adds another shop's sum.
func (sum Sum) Plus(other Sum) Sum {
	return Sum{sum.Booked + other.Booked, sum.Released + other.Released, sum.Reversed + other.Reversed, sum.Refunds + other.Refunds,
		sum.Handoffs + other.Handoffs, sum.Captured + other.Captured, sum.Refunded + other.Refunded}
}

// newKey is as the till makes them: bill and settlement.
func newKey() string { return ulid.Make().String() + "/" + ulid.Make().String() }
