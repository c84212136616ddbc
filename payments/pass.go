package payments

import (
	"context"
	"crypto/ed25519"
	"errors"
	"slices"
	"time"
)

// PassLife is how long after the payment an exit pass opens the gate.
const PassLife = 30 * time.Minute

// ClockSlack is how far the clocks of till and gate may differ.
const ClockSlack = 2 * time.Minute

// Pass is what an exit pass says. Its token is a PASETO v4.public.
type Pass struct {
	ID       string
	Place    string
	Bill     string
	Receipt  string
	Gates    []string // that it opens; none: any gate of the place that asks the till
	Replaces []string // ids of the cancelled passes before it, which open nothing beside it
	Issued   time.Time
	Expires  time.Time
}

// Names reports whether the pass opens the gate.
func (p Pass) Names(gate string) bool { return len(p.Gates) == 0 || slices.Contains(p.Gates, gate) }

// NamesAlone reports whether the pass opens this gate and no other: only such
// a pass opens a gate that is cut off from the others.
func (p Pass) NamesAlone(gate string) bool { return len(p.Gates) == 1 && p.Gates[0] == gate }

// Reasons of a Verdict.
const (
	PassGood       = "good"
	PassUsed       = "already used"
	PassExpired    = "expired"
	PassEarly      = "clock differs" // issued in the future by this clock
	PassWrongPlace = "wrong place"
	PassWrongGate  = "wrong gate"
	PassCancelled  = "cancelled" // another was issued in its stead
	PassUnknown    = "not a pass"
	PassCutOff     = "gate cut off" // the gate cannot ask the others whether it was used
	PassReleased   = "released by staff"
	PassReissued   = "issued anew"
	PassTwice      = "opened twice"  // reported by a gate that was cut off: look into it
	PassStuck      = "gate is stuck" // good and spent, but the gate's relay did not answer: staff opens
)

// Verdict says whether a pass opens, and the reason for the person at the gate.
type Verdict struct {
	Open    bool   `json:"open"`
	Reason  string `json:"reason"`
	Receipt string `json:"receipt,omitempty"` // id; absent for what is not a pass
	Place   string `json:"place,omitempty"`
}

// Gate is where a pass is shown. An empty Place is any place of this till.
type Gate struct {
	Place, Name string
	Known       bool   // it has the merchant's token: what is no pass is noted too
	Ask         string // of a known gate: names the try, so that it can be repeated; "": it is not
}

// Check says whether a genuine pass is good at a gate at a time, as far as can
// be told without knowing what was spent: PassGood, PassWrongPlace,
// PassWrongGate, PassEarly or PassExpired.
func (p Pass) Check(g Gate, at time.Time) string {
	switch {
	case g.Place != "" && g.Place != p.Place:
		return PassWrongPlace
	case !p.Names(g.Name):
		return PassWrongGate
	case at.Before(p.Issued.Add(-ClockSlack)):
		return PassEarly
	case !at.Before(p.Expires):
		return PassExpired
	}
	return PassGood
}

// passOf is the pass that goes with a receipt. PASETO counts whole seconds.
func passOf(r Receipt) Pass {
	p := r.Exit
	if p.ID == "" {
		p = Pass{ID: r.PassID, Issued: r.Paid}
	}
	p.Place, p.Bill, p.Receipt = r.Place, r.Bill, r.ID
	p.Issued = p.Issued.UTC().Truncate(time.Second)
	p.Expires = p.Issued.Add(PassLife)
	return p
}

// withPass signs the receipt's pass. The same receipt always gives the same
// token, so it need not be stored. What has no pass stays without.
func (s *Service) withPass(r Receipt) (Receipt, error) {
	if !r.Exits() {
		return r, nil
	}
	p := passOf(r)
	token, err := SignPass(s.passKey, p)
	r.Pass = token
	return r, err
}

// PassKey verifies the passes of this till.
func (s *Service) PassKey() ed25519.PublicKey { return s.passKey.Public().(ed25519.PublicKey) }

// Look says what Open would, and spends nothing.
func (s *Service) Look(ctx context.Context, token string, g Gate) (Verdict, error) {
	p, v := s.read(token, g)
	if !v.Open {
		return v, nil
	}
	return v.after(s.store.PassSpent(ctx, p.ID))
}

// Open spends a pass at a gate: the first time within its life and at its
// place and gate it opens, once and only once on all nodes. A known gate may
// repeat a try by its Ask, for it cannot tell whether the first one was lost. A
// refusal is a Verdict, not an error. Both are noted for the merchant; of what
// is no pass only what a known gate was shown.
func (s *Service) Open(ctx context.Context, token string, g Gate) (Verdict, error) {
	p, v := s.read(token, g)
	now := s.now().UTC()
	if v.Open {
		var err error
		if v, err = v.after(s.store.SpendPass(ctx, g.spend(p, now))); v.Open || err != nil {
			return v, err
		}
	}
	if v.Receipt == "" && !g.Known {
		return v, nil
	}
	e := GateEvent{Place: p.Place, Gate: g.Name, Pass: p.ID, Receipt: p.Receipt, Reason: v.Reason, At: now}
	if g.Known {
		e.Place = g.Place
	}
	return v, s.store.NoteGate(ctx, e)
}

// spend is what the store books of an opening. Only a known gate is believed
// that its try is the one of before.
func (g Gate) spend(p Pass, at time.Time) Spend {
	s := Spend{Pass: p.ID, Gate: g.Name, At: at}
	if g.Known {
		s.Ask = g.Ask
	}
	return s
}

func (v Verdict) after(err error) (Verdict, error) {
	switch {
	case errors.Is(err, ErrPassUsed):
		v.Open, v.Reason = false, PassUsed
	case errors.Is(err, ErrPassCancelled):
		v.Open, v.Reason = false, PassCancelled
	case errors.Is(err, ErrNoPass):
		return Verdict{Reason: PassUnknown}, nil
	case err != nil:
		return Verdict{}, err
	}
	return v, nil
}

// read checks signature, place, gate and time.
func (s *Service) read(token string, g Gate) (Pass, Verdict) {
	p, err := ReadPass(s.PassKey(), token)
	if err != nil {
		return Pass{}, Verdict{Reason: PassUnknown}
	}
	reason := p.Check(g, s.now())
	return p, Verdict{Open: reason == PassGood, Reason: reason, Receipt: p.Receipt, Place: p.Place}
}
