package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"time"
)

const tortureKillUsage = "[--kills N] [--kiosks N] [--within DURATION] [--db ADDRESS] [--seed N]"

// killing is a till that is killed again and again while kiosks buy.
type killing struct {
	binary        string
	dsn           string
	kills, kiosks int
	seed          uint64
	within        time.Duration // for the till to answer again
}

// killReport is the outcome.
type killReport struct {
	Torture string `json:"torture"`
	DB      string `json:"db"`
	Kills   int    `json:"kills"`
	Kiosks  int    `json:"kiosks"`
	judgement
	BackP50 float64 `json:"back_p50_s"` // from the kill to the first answer
	BackP99 float64 `json:"back_p99_s"`
	BackMax float64 `json:"back_max_s"`
	Seed    uint64  `json:"seed"`
	Version string  `json:"version"`
}

// backWithin is how soon after a kill a till answers.
const backWithin = 2 * time.Second

func tortureKill(ctx context.Context, args []string) error {
	fs, db, seed := tortureFlags("kill")
	k := killing{}
	fs.IntVar(&k.kills, "kills", 1000, "`times` that the till is killed")
	fs.IntVar(&k.kiosks, "kiosks", 8, "`number` of kiosks that buy")
	fs.DurationVar(&k.within, "within", backWithin, "`time` in which the till has to answer after each kill")
	err := parseFlags(fs, args, tortureKillUsage, 0, 0)
	if err != nil {
		return err
	}
	if k.binary, err = os.Executable(); err != nil {
		return err
	}
	dsn, cleanup, err := ownDB(*db)
	if err != nil {
		return err
	}
	defer cleanup()
	k.dsn, k.seed = dsn, *seed
	report, err := k.run(ctx)
	return conclude(report, err)
}

// longestLife is how long a till sells, at most, before it is killed.
const longestLife = 300 * time.Millisecond

func (k killing) run(ctx context.Context) (r killReport, err error) {
	r = killReport{Torture: "kill", DB: databaseKind(k.dsn), Kills: k.kills, Kiosks: k.kiosks, Seed: k.seed, Version: version()}
	shop, err := openShop(ctx, k.dsn, k.kiosks, false)
	if err != nil {
		return r, err
	}
	till := &killable{binary: k.binary, args: []string{"--typed-only", "--db", k.dsn}}
	defer till.kill()
	kiosks := shop.kiosks(till, k.seed)
	lives := lifetimes{random: rand.New(rand.NewPCG(k.seed, 1<<32)), roll: newRoll(kiosks)}
	told, err := queue(kiosks).whileBuying(ctx, func(ctx context.Context) error { return k.killAll(ctx, till, lives) })
	till.kill()
	if err != nil {
		r.judgement, err = shop.stopped(ctx, told, err)
		return r, err
	}
	r.BackP50, r.BackP99, r.BackMax = quantile(till.back, 0.5), quantile(till.back, 0.99), quantile(till.back, 1)
	if r.judgement, err = shop.judge(ctx, told); err != nil {
		return r, err
	}
	if r.BackMax > k.within.Seconds() {
		err = fmt.Errorf("%w: the till was back after %.1f s once", errBroken, r.BackMax)
	}
	return r, errors.Join(r.judgement.err(), err)
}

// killAll kills the till at a random time after it answered each time.
func (k killing) killAll(ctx context.Context, till *killable, lives lifetimes) error {
	if err := till.start(""); err != nil {
		return err
	}
	for n := range k.kills {
		if err := lives.pass(ctx, till, n); err != nil {
			return err
		}
		till.kill()
		if err := till.start(""); err != nil {
			return fmt.Errorf("after kill %d: %w", n+1, err)
		}
		progress("kill", n+1, k.kills)
	}
	return nil
}

// lifetimes are how long a till lives: a random time from its first answer on.
// The first and every fourth one live until all kiosks have paid once, since a proof that is
// never finished five times in a row locks its account.
type lifetimes struct {
	random *rand.Rand
	roll   *roll
}

// pass waits for the end of the nth life.
func (l lifetimes) pass(ctx context.Context, till *killable, n int) error {
	select {
	case <-till.serving():
	case <-ctx.Done():
		return ctx.Err()
	}
	if n%4 == 0 {
		select {
		case <-l.roll.call():
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	pauseFor(ctx, time.Duration(l.random.Int64N(int64(longestLife))))
	return ctx.Err()
}

// roll knows which kiosks have paid since it was called. It is safe for
// concurrent use.
type roll struct {
	mu      sync.Mutex
	kiosks  int
	paid    map[*buyer]bool
	allPaid chan struct{}
}

// newRoll takes the place of the kiosks' stopwatches.
func newRoll(kiosks []*buyer) *roll {
	r := &roll{kiosks: len(kiosks), paid: map[*buyer]bool{}, allPaid: make(chan struct{})}
	for _, k := range kiosks {
		k.took = func(step string, _ time.Duration) {
			if step == "prove" {
				r.note(k)
			}
		}
	}
	return r
}

// call returns what is closed once every kiosk has paid from now on.
func (r *roll) call() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.paid, r.allPaid = map[*buyer]bool{}, make(chan struct{})
	return r.allPaid
}

func (r *roll) note(k *buyer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.paid[k] {
		return
	}
	if r.paid[k] = true; len(r.paid) == r.kiosks {
		close(r.allPaid)
	}
}

// queue is kiosks that buy at once.
type queue []*buyer

// whileBuying lets all kiosks buy until work returns, waits until each has
// finished the purchase that it is at, and returns all that were acknowledged.
func (q queue) whileBuying(ctx context.Context, work func(context.Context) error) (told []sale, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	closing := make(chan struct{})
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i, k := range q {
		wg.Go(func() {
			defer k.hangUp()
			for open := true; open; {
				s, err := k.buy(ctx)
				if err != nil {
					cancel(fmt.Errorf("kiosk %d: %w", i, err))
					return
				}
				mu.Lock()
				told = append(told, s)
				mu.Unlock()
				select {
				case <-closing:
					open = false
				default:
				}
			}
		})
	}
	err = work(ctx)
	close(closing)
	if err != nil {
		cancel(err)
	}
	wg.Wait()
	if cause := context.Cause(ctx); cause != nil {
		return told, cause
	}
	return told, nil
}
