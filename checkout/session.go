package checkout

import (
	"context"
	"errors"
	"time"
)

// State is where a conversation stands.
type State string

const (
	Shopping State = "shopping"
	Choosing State = "choosing" // a question is open
	Billed   State = "billed"   // the cart is frozen, "confirm payment" or "go back"
	Proving  State = "proving"  // the password is awaited; the microphone is closed
	Paid     State = "paid"
)

// Session is all that a conversation is, as stored: another node that loads it
// goes on where this one stopped.
type Session struct {
	ID        string    `db:"id"`         // unguessable: it is the resume token
	Place     string    `db:"place_id"`   // whose shop
	Version   int64     `db:"version"`    // counts changes, from 1
	State     State     `db:"state"`      // for the operator's eye; Data rules
	Data      []byte    `db:"data"`       // JSON of cart, undo stack, open question, bill
	UpdatedAt time.Time `db:"updated_at"` // UTC
}

// Keeper stores sessions. Each method is one transaction.
type Keeper interface {
	// CreateSession stores a new one with Version 1.
	CreateSession(ctx context.Context, s Session) error
	// LoadSession returns ErrNoSession for an unknown id.
	LoadSession(ctx context.Context, id string) (Session, error)
	// SaveSession stores s, whose Version must be one more than the stored
	// one's, else ErrStale. A commandID other than "" is stored in the same
	// transaction with the reply (JSON) that was given.
	SaveSession(ctx context.Context, s Session, commandID string, reply []byte) error
	// StoredReply returns the reply to a command that was already obeyed, or
	// ErrNoReply.
	StoredReply(ctx context.Context, session, commandID string) ([]byte, error)
}

var (
	ErrNoSession = errors.New("no such session: it is over, or the resume token is wrong")
	ErrStale     = errors.New("the session was changed elsewhere meanwhile")
	ErrNoReply   = errors.New("this command has not been obeyed yet")
	// ErrFull says that the disk is full: nothing was changed, and the same can
	// be asked again.
	ErrFull = errors.New("nothing can be stored: the disk is full")
)
