package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

const tortureDiskUsage = "[--rounds N] [--kiosks N] [--seed N]"

// fullDisk is a till whose disk is filled up and emptied again and again while
// kiosks buy. It is never started again.
type fullDisk struct {
	binary         string
	dir            string // empty, for a small file system to be mounted on
	rounds, kiosks int
	seed           uint64
}

type diskReport struct {
	Torture string `json:"torture"`
	Disk    string `json:"disk"`
	Rounds  int    `json:"rounds"`
	Kiosks  int    `json:"kiosks"`
	judgement
	Refused int    `json:"refused"` // commands, because the disk was full
	Seed    uint64 `json:"seed"`
	Version string `json:"version"`
}

// diskSize is enough for a hundred rounds.
const diskSize = "size=256m"

func tortureDisk(ctx context.Context, args []string) error {
	fs, _, seed := tortureFlags("disk")
	d := fullDisk{}
	fs.IntVar(&d.rounds, "rounds", 100, "`times` that the disk is filled up")
	fs.IntVar(&d.kiosks, "kiosks", 8, "`number` of kiosks that buy")
	err := parseFlags(fs, args, tortureDiskUsage, 0, 0)
	if err != nil {
		return err
	}
	if d.binary, err = os.Executable(); err != nil {
		return err
	}
	if d.dir, err = os.MkdirTemp("", "voicetill-torture-"); err != nil {
		return err
	}
	defer os.RemoveAll(d.dir)
	d.seed = *seed
	r, err := d.run(ctx)
	return conclude(r, err)
}

// errNoMount says that a small disk takes a right that this process lacks.
var errNoMount = errors.New("a small disk can be mounted by root alone")

func (d fullDisk) run(ctx context.Context) (r diskReport, err error) {
	r = diskReport{Torture: "disk", Disk: "tmpfs", Rounds: d.rounds, Kiosks: d.kiosks, Seed: d.seed, Version: version()}
	if err := syscall.Mount("voicetill", d.dir, "tmpfs", 0, diskSize); err != nil {
		return r, fmt.Errorf("%w: %w", errNoMount, err)
	}
	defer syscall.Unmount(d.dir, 0)
	shop, err := openShop(ctx, "sqlite:"+filepath.Join(d.dir, "till.db"), d.kiosks, false)
	if err != nil {
		return r, err
	}
	till := &killable{binary: d.binary, args: []string{"--typed-only", "--db", shop.dsn}}
	defer till.kill()
	if err := till.start(""); err != nil {
		return r, err
	}
	f := filling{ballast: filepath.Join(d.dir, "ballast"), refused: newGauge(), added: newGauge()}
	kiosks := shop.kiosks(till, d.seed)
	for _, k := range kiosks {
		k.patience = append(k.patience, "full")
		k.refused = func(code string) {
			if code == "full" {
				f.refused.add()
			}
		}
		k.took = func(step string, _ time.Duration) {
			if step == "prove" {
				f.added.add()
			}
		}
	}
	told, err := queue(kiosks).whileBuying(ctx, func(ctx context.Context) error { return f.rounds(ctx, d.rounds, d.kiosks) })
	if err != nil {
		return r, err
	}
	till.kill()
	r.Refused = f.refused.value()
	if r.judgement, err = shop.judge(ctx, told); err != nil {
		return r, err
	}
	return r, r.judgement.err()
}

// filling fills a disk up with ballast.
type filling struct {
	ballast        string
	refused, added *gauge // commands that were refused, sales
}

// rounds fills the disk until every kiosk was refused, then makes room until
// every kiosk has bought.
func (f filling) rounds(ctx context.Context, rounds, kiosks int) error {
	for n := range rounds {
		if err := f.added.rises(ctx, kiosks); err != nil {
			return fmt.Errorf("round %d: nobody buys: %w", n+1, err)
		}
		if err := fillUp(f.ballast); err != nil {
			return err
		}
		if err := f.refused.rises(ctx, kiosks); err != nil {
			return fmt.Errorf("round %d: nobody is refused: %w", n+1, err)
		}
		if err := os.Remove(f.ballast); err != nil {
			return err
		}
		progress("full disk", n+1, rounds)
	}
	if err := f.added.rises(ctx, kiosks); err != nil {
		return fmt.Errorf("at the end nobody buys: %w", err)
	}
	return nil
}

// fillUp writes a file until there is no room, a page at a time at the end.
func fillUp(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	for size := 1 << 20; size >= 4096; size /= 16 {
		block := make([]byte, size)
		for err == nil {
			_, err = f.Write(block)
		}
		if !errors.Is(err, syscall.ENOSPC) {
			return err
		}
		err = nil
	}
	return nil
}

// gauge counts, and lets one wait for it to rise.
type gauge struct {
	mu  sync.Mutex
	n   int
	hit chan struct{} // one token: it rose
}

func newGauge() *gauge { return &gauge{hit: make(chan struct{}, 1)} }

func (c *gauge) add() {
	c.mu.Lock()
	c.n++
	c.mu.Unlock()
	select {
	case c.hit <- struct{}{}:
	default:
	}
}

func (c *gauge) value() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n
}

// rises waits until it has risen by so many. One goroutine at a time may wait.
func (c *gauge) rises(ctx context.Context, by int) error {
	ctx, cancel := context.WithTimeoutCause(ctx, kioskWaits, errors.New("for half a minute"))
	defer cancel()
	for from := c.value(); c.value() < from+by; {
		select {
		case <-c.hit:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}
