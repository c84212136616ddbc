package gate

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"time"

	"voicetill/payments"

	"github.com/oklog/ulid/v2"
)

var (
	// ErrNoHand says that staff cannot open this gate by hand: it has no PIN.
	ErrNoHand = errors.New("this gate has no PIN for staff: let the shopper out on the merchant's page")
	// ErrWrongPIN says that the PIN was wrong.
	ErrWrongPIN = errors.New("that is not the PIN")
	// ErrLocked says that the PIN was wrong too often: wait.
	ErrLocked = errors.New("the PIN was wrong too often: wait five minutes")
	// ErrNoReason says that opening by hand takes a reason.
	ErrNoReason = errors.New("opening by hand takes a reason")
)

// After wrongPINs wrong tries no PIN is taken for lockPIN.
const (
	wrongPINs = 5
	lockPIN   = 5 * time.Minute
)

// OpenByHand opens because staff at the gate says so, with the PIN and a
// reason, which the till learns when it can be reached. It returns ErrNoHand,
// ErrWrongPIN, ErrLocked or ErrNoReason.
func (g *Gate) OpenByHand(ctx context.Context, pin, reason string) (payments.Verdict, error) {
	if reason == "" {
		return payments.Verdict{}, ErrNoReason
	}
	if err := g.checkPIN(pin); err != nil {
		return payments.Verdict{}, err
	}
	g.opening.Lock()
	defer g.opening.Unlock()
	e := payments.GateEvent{ID: ulid.Make().String(), Place: g.Place, Gate: g.Name, Open: true, Reason: payments.PassReleased,
		Note: reason, Who: "at the gate", Seen: 1, At: g.now()}
	if err := g.Memory.Post(e); err != nil {
		return payments.Verdict{}, fmt.Errorf("note the opening by hand: %w", err)
	}
	return g.released(ctx), nil
}

func (g *Gate) checkPIN(pin string) error {
	if g.PIN == "" {
		return ErrNoHand
	}
	now := g.now()
	g.mu.Lock()
	defer g.mu.Unlock()
	if now.Before(g.until) {
		return ErrLocked
	}
	if subtle.ConstantTimeCompare([]byte(pin), []byte(g.PIN)) == 1 {
		g.wrong = 0
		return nil
	}
	if g.wrong++; g.wrong >= wrongPINs {
		g.wrong, g.until = 0, now.Add(lockPIN)
	}
	return ErrWrongPIN
}

// release opens because the merchant said so; the till has noted it.
func (g *Gate) release(ctx context.Context) {
	g.opening.Lock()
	defer g.opening.Unlock()
	g.released(ctx)
}

// released runs with opening held.
func (g *Gate) released(ctx context.Context) payments.Verdict {
	v := payments.Verdict{Open: true, Reason: payments.PassReleased}
	if err := g.openDoor(ctx); err != nil {
		g.Log.Error("the door did not open", "gate", g.Name, "err", err)
		v = payments.Verdict{Reason: payments.PassStuck}
	}
	g.show(v)
	return v
}
