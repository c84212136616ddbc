// Package gate is an exit gate in software. It verifies passes by the till's
// public key, asks the till, which all gates share, whether one was used, and
// when it is cut off from the till opens only for passes that name it alone.
package gate

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"voicetill/payments"

	"github.com/oklog/ulid/v2"
)

// Till is what gates share.
type Till interface {
	// Open spends a pass. ask names the try. After an error it is unknown whether
	// the pass was spent; the same try may be repeated.
	Open(ctx context.Context, token, ask string) (payments.Verdict, error)
	// Sync tells what the gate did and returns what is new since.
	Sync(ctx context.Context, since time.Time, did []payments.GateEvent) (payments.GateNews, error)
}

// Config is what a Gate is made of. Relay and PIN may be missing.
type Config struct {
	Place, Name string
	Memory      *Memory
	Till        Till
	Relay       func(ctx context.Context) error // opens the door; nil: whoever asks does
	PIN         string                          // with which staff opens by hand while the gate is cut off; "": not at all
	Now         func() time.Time
	Log         *slog.Logger
}

// askWithin is how long a shopper waits for the till before the gate counts as
// cut off.
const askWithin = 3 * time.Second

// Gate opens for each pass once. It is safe for concurrent use; one shopper is
// served at a time.
type Gate struct {
	Config
	opening sync.Mutex // held from the look at a pass to the door

	mu      sync.Mutex
	online  bool
	fault   string    // why it is cut off
	key     []byte    // the pinned one
	floor   time.Time // see Memory.Floor
	told    time.Time // the till's time at the last sync
	heard   time.Time // that moment by the gate's own clock
	since   time.Time // as told for the next sync
	last    Opening
	refused map[string]time.Time // pass and reason: when it was noted
	wrong   int                  // tries of the PIN since a right one
	until   time.Time            // no PIN is tried before
}

// Opening is what happened last, for screens.
type Opening struct {
	N      int64     `json:"n"` // counts up
	Open   bool      `json:"open"`
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
}

// State is how the gate stands, for screens.
type State struct {
	Place   string    `json:"place"`
	Name    string    `json:"name"`
	Online  bool      `json:"online"` // else it is cut off
	Fault   string    `json:"fault,omitempty"`
	Since   time.Time `json:"since"`   // the till's time when it was last heard; zero: never
	Waiting int       `json:"waiting"` // events that the till does not have yet
	Hand    bool      `json:"hand"`    // staff can open by hand here
	Last    Opening   `json:"last"`
}

// New makes a gate of what it remembers; it is cut off until it has heard from
// the till.
func New(c Config) (*Gate, error) {
	if err := payments.CheckGateNames(c.Name); err != nil {
		return nil, err
	}
	key, err := c.Memory.Key()
	if err != nil {
		return nil, fmt.Errorf("read the gate's key: %w", err)
	}
	floor, err := c.Memory.Floor()
	if err != nil {
		return nil, fmt.Errorf("read the gate's time: %w", err)
	}
	return &Gate{Config: c, key: key, floor: floor, fault: "the till was not heard yet", refused: map[string]time.Time{}}, nil
}

// State is how the gate stands.
func (g *Gate) State() (State, error) {
	waiting, err := g.Memory.Waiting()
	g.mu.Lock()
	defer g.mu.Unlock()
	return State{Place: g.Place, Name: g.Name, Online: g.online, Fault: g.fault, Since: g.told, Waiting: waiting, Hand: g.PIN != "", Last: g.last}, err
}

// now is the till's time, carried on by the gate's own clock; before the till
// was heard, the gate's clock, but never before what the till told once.
func (g *Gate) now() time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.told.IsZero() {
		return g.told.Add(g.Now().Sub(g.heard))
	}
	if now := g.Now().UTC(); now.After(g.floor) {
		return now
	}
	return g.floor
}

func (g *Gate) isOnline() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.online
}

// cutOff notes why the till cannot be asked.
func (g *Gate) cutOff(why error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.online {
		g.Log.Warn("the gate is cut off", "gate", g.Name, "err", why)
	}
	g.online, g.fault = false, why.Error()
}

// Look says what Open would as far as the gate itself knows, and spends
// nothing.
func (g *Gate) Look(token string) (payments.Verdict, error) {
	p, v := g.read(token)
	if !v.Open {
		return v, nil
	}
	over, err := g.Memory.Over(p)
	if err != nil {
		return payments.Verdict{}, fmt.Errorf("look for pass: %w", err)
	}
	switch {
	case over != "":
		v.Open, v.Reason = false, over
	case !g.isOnline() && !p.NamesAlone(g.Name):
		v.Open, v.Reason = false, payments.PassCutOff
	}
	return v, nil
}

// read checks signature, place, gate and time.
func (g *Gate) read(token string) (payments.Pass, payments.Verdict) {
	g.mu.Lock()
	key := g.key
	g.mu.Unlock()
	if len(key) != ed25519.PublicKeySize {
		return payments.Pass{}, payments.Verdict{Reason: payments.PassCutOff}
	}
	p, err := payments.ReadPass(key, token)
	if err != nil {
		return payments.Pass{}, payments.Verdict{Reason: payments.PassUnknown}
	}
	reason := p.Check(payments.Gate{Place: g.Place, Name: g.Name}, g.now())
	return p, payments.Verdict{Open: reason == payments.PassGood, Reason: reason, Receipt: p.Receipt, Place: p.Place}
}

// Open spends a pass and opens the door: once, and only after the gate has
// written down that it is spent. A refusal is a Verdict, not an error.
func (g *Gate) Open(ctx context.Context, token string) (payments.Verdict, error) {
	g.opening.Lock()
	defer g.opening.Unlock()
	p, v := g.read(token)
	if !v.Open {
		return g.refuse(p, v)
	}
	over, err := g.Memory.Over(p)
	if err != nil {
		return payments.Verdict{}, fmt.Errorf("look for pass: %w", err)
	}
	if over != "" {
		v.Open, v.Reason = false, over
		return g.refuse(p, v)
	}
	try, err := g.Memory.Try(p.ID, ulid.Make().String())
	if err != nil {
		return payments.Verdict{}, fmt.Errorf("note the try: %w", err)
	}
	if g.isOnline() {
		told, err := g.askTill(ctx, token, try)
		if err == nil && !told.Open {
			g.show(told)
			return told, nil // the till has noted it
		}
		if err == nil {
			return g.spend(ctx, p, told, nil)
		}
		g.cutOff(err)
	}
	return g.openAlone(ctx, p, v, try)
}

func (g *Gate) askTill(ctx context.Context, token, try string) (payments.Verdict, error) {
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	return g.Till.Open(ctx, token, try)
}

// openAlone decides while the gate is cut off. A pass that other gates might
// open too stays shut.
func (g *Gate) openAlone(ctx context.Context, p payments.Pass, v payments.Verdict, try string) (payments.Verdict, error) {
	if !p.NamesAlone(g.Name) {
		v.Open, v.Reason = false, payments.PassCutOff
		return g.refuse(p, v)
	}
	e := g.event(p, v)
	e.Ask = try
	return g.spend(ctx, p, v, &e)
}

// spend writes down that the pass is spent, and only then opens the door.
func (g *Gate) spend(ctx context.Context, p payments.Pass, v payments.Verdict, e *payments.GateEvent) (payments.Verdict, error) {
	err := g.Memory.Spend(p, g.now(), e)
	if errors.Is(err, ErrSpent) { // told of meanwhile
		if v.Reason, err = g.Memory.Over(p); err != nil {
			return payments.Verdict{}, fmt.Errorf("look for pass: %w", err)
		}
		v.Open = false
		return g.refuse(p, v)
	}
	if err != nil {
		return payments.Verdict{}, fmt.Errorf("write down that the pass is spent: %w", err)
	}
	if err := g.openDoor(ctx); err != nil {
		g.Log.Error("the door did not open", "gate", g.Name, "err", err)
		v.Open, v.Reason = false, payments.PassStuck
		return g.refuse(p, v)
	}
	g.show(v)
	return v, nil
}

func (g *Gate) openDoor(ctx context.Context) error {
	if g.Relay == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	return g.Relay(ctx)
}

// refuse keeps a refusal for the till, but the same one only now and then.
func (g *Gate) refuse(p payments.Pass, v payments.Verdict) (payments.Verdict, error) {
	g.show(v)
	if g.noted(p.ID + "/" + v.Reason) {
		return v, nil
	}
	if err := g.Memory.Post(g.event(p, v)); err != nil {
		return v, fmt.Errorf("note refusal: %w", err)
	}
	return v, nil
}

// noteEach is how often the same refusal is noted at most: a camera looks many
// times a second, and a stranger may try for long.
const noteEach = time.Minute

// noted reports whether a refusal was noted within noteEach, and else takes it
// for noted from now on.
func (g *Gate) noted(what string) bool {
	now := g.now()
	g.mu.Lock()
	defer g.mu.Unlock()
	if last, ok := g.refused[what]; ok && now.Sub(last) < noteEach {
		return true
	}
	for old, at := range g.refused {
		if now.Sub(at) >= noteEach {
			delete(g.refused, old)
		}
	}
	g.refused[what] = now
	return false
}

func (g *Gate) event(p payments.Pass, v payments.Verdict) payments.GateEvent {
	return payments.GateEvent{ID: ulid.Make().String(), Place: g.Place, Gate: g.Name, Pass: p.ID, Receipt: p.Receipt,
		Open: v.Open, Reason: v.Reason, Seen: 1, At: g.now()}
}

// show keeps what happened for screens. A refusal that is shown again stays the
// same one.
func (g *Gate) show(v payments.Verdict) {
	now := g.now()
	g.mu.Lock()
	defer g.mu.Unlock()
	if again := !v.Open && !g.last.Open && g.last.Reason == v.Reason; !again {
		g.last = Opening{N: g.last.N + 1, Open: v.Open, Reason: v.Reason, At: now}
	}
}
