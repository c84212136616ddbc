package main

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"voicetill/gate"
	"voicetill/payments"

	"aidanwoods.dev/go-paseto"
	"github.com/oklog/ulid/v2"
)

const passesUsage = "[--n 1000000] [--seed 1]"

// benchPasses shows forged, altered, expired, copied and misplaced passes to a
// till and to a gate that is cut off. None may open.
func benchPasses(ctx context.Context, args []string) error {
	fs := flag.NewFlagSet("bench passes", flag.ContinueOnError)
	n := fs.Int("n", 1_000_000, "`passes` to show")
	seed := fs.Uint64("seed", 1, "of the choice of passes")
	if err := parseFlags(fs, args, passesUsage, 0, 0); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "voicetill-passes-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	r, err := attackPasses(ctx, dir, *n, *seed)
	if err != nil {
		return err
	}
	r.Version = version()
	if err := json.NewEncoder(os.Stdout).Encode(r); err != nil {
		return err
	}
	return r.fault()
}

// passReport is the last line of the benchmark.
type passReport struct {
	Bench   string              `json:"bench"`
	N       int64               `json:"n"`      // bad passes shown
	Opened  int64               `json:"opened"` // of them
	Kinds   map[string]passKind `json:"kinds"`
	Genuine passKind            `json:"genuine"` // good ones, shown twice at the end: each must open once
	Seconds float64             `json:"seconds"`
	Seed    uint64              `json:"seed"`
	Version string              `json:"version"`
}

type passKind struct {
	Shown  int64 `json:"shown"`
	Opened int64 `json:"opened"`
}

// fault says what should not have happened.
func (r passReport) fault() error {
	if r.Opened != 0 {
		return fmt.Errorf("%d of %d bad passes opened", r.Opened, r.N)
	}
	if r.Genuine.Opened*2 != r.Genuine.Shown || r.Genuine.Opened == 0 {
		return fmt.Errorf("good passes opened %d times of %d, want each once of two", r.Genuine.Opened, r.Genuine.Shown)
	}
	return nil
}

// passRange is how many genuine passes of each kind there are.
const passRange = 12

// attacker has genuine passes and all that strangers can make of them.
type attacker struct {
	door     door
	key      ed25519.PrivateKey // the till's
	stolen   ed25519.PrivateKey // not the till's
	good     []payments.Pass
	tokens   []string // of good
	copied   []string // spent before
	replaced []string // cancelled before
	kinds    []string
	shown    map[string]*atomic.Int64
	opened   map[string]*atomic.Int64
}

// door is a till or a gate.
type door struct {
	name string
	open func(ctx context.Context, token string) (payments.Verdict, error)
}

// bad makes one bad pass of a kind.
func (a *attacker) bad(kind string, r *rand.Rand) string {
	i := r.IntN(len(a.good))
	p, token := a.good[i], a.tokens[i]
	hour := payments.PassLife + 2*payments.ClockSlack
	switch kind {
	case "altered":
		return alter(token, r)
	case "cut":
		return token[:r.IntN(len(token))]
	case "extended":
		return token + []string{"A", "==", ".e30", ".", " ", "\n"}[r.IntN(6)]
	case "spliced":
		other := a.tokens[(i+1+r.IntN(len(a.tokens)-1))%len(a.tokens)]
		at := len("v4.public.") + 1 + r.IntN(min(len(token), len(other))-len("v4.public.")-2)
		if token[:at] == other[:at] || token[at:] == other[at:] {
			return alter(token, r)
		}
		return token[:at] + other[at:]
	case "other key":
		return sign(a.stolen, p)
	case "other use":
		return signFor(a.key, p, "voicetill receipt 1")
	case "expired":
		p.Issued = p.Issued.Add(-hour - time.Duration(r.IntN(1000))*time.Hour)
	case "early":
		p.Issued = p.Issued.Add(hour + time.Duration(r.IntN(1000))*time.Hour)
	case "other place":
		p.Place = fmt.Sprint("place-", r.IntN(1000))
	case "other gate":
		p.Gates = []string{fmt.Sprint("gate-", r.IntN(1000))}
	case "copied":
		return a.copied[r.IntN(len(a.copied))]
	case "cancelled":
		return a.replaced[r.IntN(len(a.replaced))]
	case "never issued":
		p.ID = ulid.Make().String()
	}
	p.Expires = p.Issued.Add(payments.PassLife)
	return sign(a.key, p)
}

const base64Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// alter changes one letter to three of a token.
func alter(token string, r *rand.Rand) string {
	b := []byte(token)
	head := len("v4.public.")
	for range 1 + r.IntN(3) {
		i := head + r.IntN(len(b)-head)
		if letter := base64Letters[r.IntN(64)]; letter != b[i] {
			b[i] = letter
			continue
		}
		b[i] = '.'
	}
	if string(b) == token {
		b[head] = '.'
	}
	return string(b)
}

func sign(key ed25519.PrivateKey, p payments.Pass) string {
	token, err := payments.SignPass(key, p)
	if err != nil {
		return ""
	}
	return token
}

// signFor signs the claims of a pass for another use than passes.
func signFor(key ed25519.PrivateKey, p payments.Pass, use string) string {
	t := paseto.NewToken()
	t.SetJti(p.ID)
	t.SetAudience(p.Place)
	t.SetIssuedAt(p.Issued)
	t.SetExpiration(p.Expires)
	t.SetString("bill", p.Bill)
	t.SetString("receipt", p.Receipt)
	t.SetString("gates", strings.Join(p.Gates, " "))
	k, err := paseto.NewV4AsymmetricSecretKeyFromEd25519(key)
	if err != nil {
		return ""
	}
	return t.V4Sign(k, []byte(use))
}

// attack shows n bad passes of all kinds in turn.
func (a *attacker) attack(ctx context.Context, n int, seed uint64) error {
	var next atomic.Int64
	var all sync.WaitGroup
	failed := make(chan error, runtime.NumCPU())
	for w := range runtime.NumCPU() {
		r := rand.New(rand.NewPCG(seed, uint64(w)))
		all.Go(func() {
			for i := next.Add(1); i <= int64(n) && ctx.Err() == nil; i = next.Add(1) {
				kind := a.kinds[int(i)%len(a.kinds)]
				v, err := a.door.open(ctx, a.bad(kind, r))
				if err != nil {
					failed <- fmt.Errorf("%s pass at the %s: %w", kind, a.door.name, err)
					return
				}
				a.shown[kind].Add(1)
				if v.Open {
					a.opened[kind].Add(1)
				}
				if i%50_000 == 0 {
					fmt.Fprintf(os.Stderr, "%s: %d of %d\n", a.door.name, i, n)
				}
			}
		})
	}
	all.Wait()
	close(failed)
	if err := <-failed; err != nil {
		return err
	}
	return ctx.Err()
}

// attackPasses shows half of n to the till and half to a gate that is cut off.
func attackPasses(ctx context.Context, dir string, n int, seed uint64) (passReport, error) {
	r := passReport{Bench: "passes", Kinds: map[string]passKind{}, Seed: seed}
	b, err := openPassBooth(ctx, dir)
	if err != nil {
		return r, err
	}
	defer b.close()
	started := time.Now()
	for _, a := range []*attacker{b.atTill, b.atGate} {
		if err := a.attack(ctx, n/2, seed); err != nil {
			return r, err
		}
		for _, token := range slices.Concat(a.tokens, a.tokens) {
			v, err := a.door.open(ctx, token)
			if err != nil {
				return r, err
			}
			r.Genuine.Shown++
			if v.Open {
				r.Genuine.Opened++
			}
		}
		for _, kind := range a.kinds {
			k := passKind{a.shown[kind].Load(), a.opened[kind].Load()}
			r.Kinds[kind+", "+a.door.name] = k
			r.N, r.Opened = r.N+k.Shown, r.Opened+k.Opened
		}
	}
	r.Seconds = time.Since(started).Seconds()
	return r, nil
}

var badKinds = []string{"altered", "cut", "extended", "spliced", "other key", "other use", "expired", "early", "other place", "other gate", "copied", "cancelled"}

func newAttacker(d door, key ed25519.PrivateKey, kinds []string) *attacker {
	a := &attacker{door: d, key: key, kinds: kinds, shown: map[string]*atomic.Int64{}, opened: map[string]*atomic.Int64{},
		stolen: ed25519.NewKeyFromSeed([]byte(strings.Repeat("x", ed25519.SeedSize)))}
	for _, k := range kinds {
		a.shown[k], a.opened[k] = &atomic.Int64{}, &atomic.Int64{}
	}
	return a
}

// quiet is a log for nobody.
var quiet = slog.New(slog.DiscardHandler)

// passGate is a gate named exit whose till can be taken away.
func passGate(dir string, till gate.Till, now func() time.Time) (*gate.Gate, *gate.Memory, error) {
	m, err := gate.OpenMemory(filepath.Join(dir, "gate.db"), "demo", "exit")
	if err != nil {
		return nil, nil, err
	}
	g, err := gate.New(gate.Config{Place: "demo", Name: "exit", Memory: m, Till: till, Now: now, Log: quiet})
	return g, m, err
}
