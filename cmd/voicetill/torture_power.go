package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"

	"voicetill/store/powercut"
)

const torturePowerUsage = "[--cuts N] [--kiosks N] [--seed N]"

// powerCuts is a till on a disk whose power is cut again and again while
// kiosks buy.
type powerCuts struct {
	binary       string
	dir          string // empty, for the disk to be shown at
	cuts, kiosks int
	seed         uint64
}

type powerReport struct {
	Torture string `json:"torture"`
	Disk    string `json:"disk"`
	Cuts    int    `json:"cuts"`
	Kiosks  int    `json:"kiosks"`
	judgement
	Undone  int     `json:"undone"` // changes that the cuts took from the disk
	BackMax float64 `json:"back_max_s"`
	Seed    uint64  `json:"seed"`
	Version string  `json:"version"`
}

func torturePower(ctx context.Context, args []string) error {
	fs, _, seed := tortureFlags("power")
	p := powerCuts{}
	fs.IntVar(&p.cuts, "cuts", 50, "`times` that the power is cut")
	fs.IntVar(&p.kiosks, "kiosks", 8, "`number` of kiosks that buy")
	err := parseFlags(fs, args, torturePowerUsage, 0, 0)
	if err != nil {
		return err
	}
	if p.binary, err = os.Executable(); err != nil {
		return err
	}
	if p.dir, err = os.MkdirTemp("", "voicetill-torture-"); err != nil {
		return err
	}
	defer os.RemoveAll(p.dir)
	p.seed = *seed
	r, err := p.run(ctx)
	return conclude(r, err)
}

func (p powerCuts) run(ctx context.Context) (r powerReport, err error) {
	r = powerReport{Torture: "power", Disk: "FUSE", Cuts: p.cuts, Kiosks: p.kiosks, Seed: p.seed, Version: version()}
	dirs := map[string]string{"before": "", "disk": "", "after": ""}
	for name := range dirs {
		dirs[name] = filepath.Join(p.dir, name)
		if err := os.Mkdir(dirs[name], 0o700); err != nil {
			return r, err
		}
	}
	shop, err := openShop(ctx, "sqlite:"+filepath.Join(dirs["before"], "till.db"), p.kiosks, false)
	if err != nil {
		return r, err
	}
	disk := powercut.NewDisk()
	if err := toDisk(disk, dirs["before"]); err != nil {
		return r, err
	}
	till := &killable{binary: p.binary, args: []string{"--typed-only", "--db", "sqlite:" + filepath.Join(dirs["disk"], "till.db")}}
	kiosks := shop.kiosks(till, p.seed)
	random := rand.New(rand.NewPCG(p.seed, 1<<33))
	m := mains{till: till, disk: disk, dir: dirs["disk"], random: random, lives: lifetimes{random, newRoll(kiosks)}}
	defer m.down()
	told, buying := queue(kiosks).whileBuying(ctx, func(ctx context.Context) error { return m.cutAll(ctx, p.cuts) })
	if err := errors.Join(m.down(), fromDisk(disk, dirs["after"])); err != nil {
		return r, errors.Join(buying, err)
	}
	r.Undone, r.BackMax = disk.Lost(), quantile(till.back, 1)
	shop.dsn = "sqlite:" + filepath.Join(dirs["after"], "till.db")
	if buying != nil {
		r.judgement, err = shop.stopped(ctx, told, buying)
		return r, err
	}
	if r.judgement, err = shop.judge(ctx, told); err != nil {
		return r, err
	}
	if r.Undone == 0 && p.cuts > 0 {
		err = fmt.Errorf("%w: no cut took anything", errBroken)
	}
	return r, errors.Join(r.judgement.err(), err)
}

// mains is the power of a till and its disk.
type mains struct {
	till    *killable
	disk    *powercut.Disk
	dir     string
	random  *rand.Rand
	lives   lifetimes
	unmount func() error // nil: not mounted
}

func (m *mains) up() (err error) {
	if m.unmount, err = m.disk.Mount(m.dir); err != nil {
		return err
	}
	return m.till.start("")
}

// down ends the process and takes the disk away. Twice is once.
func (m *mains) down() error {
	m.till.kill()
	if m.unmount == nil {
		return nil
	}
	err := m.unmount()
	m.unmount = nil
	return err
}

// cutAll cuts the power at a random time after the till answered each time,
// and what was not synced is gone, every other time wholly.
func (m *mains) cutAll(ctx context.Context, cuts int) error {
	if err := m.up(); err != nil {
		return err
	}
	for n := range cuts {
		if err := m.lives.pass(ctx, m.till, n); err != nil {
			return err
		}
		m.till.kill() // a till without power answers nothing, not even that the disk is gone
		m.disk.Cut()
		if err := m.down(); err != nil {
			return err
		}
		random := m.random
		if n%2 == 0 {
			random = nil
		}
		m.disk.Restore(random)
		if err := m.up(); err != nil {
			return fmt.Errorf("after cut %d: %w", n+1, err)
		}
		progress("cut", n+1, cuts)
	}
	return nil
}

func toDisk(d *powercut.Disk, dir string) error {
	list, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range list {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return err
		}
		d.Put(e.Name(), data)
	}
	return nil
}

// fromDisk copies all but the shared memory, which SQLite makes anew.
func fromDisk(d *powercut.Disk, dir string) error {
	for _, name := range d.Names() {
		if filepath.Ext(name) == ".db-shm" {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, name), d.Get(name), 0o600); err != nil {
			return err
		}
	}
	return nil
}
