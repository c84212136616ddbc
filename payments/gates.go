package payments

import (
	"context"
	"fmt"
	"regexp"
	"time"
)

// How often the pass of one receipt can be issued anew: by its shopper, within
// ReissueWindow after the payment, and in all.
const (
	ShopperReissues = 2
	MaxReissues     = 5
	ReissueWindow   = 2 * time.Hour
)

// GateEvent is something that happened at a gate.
type GateEvent struct {
	ID      string    `json:"id"` // given by a gate that reports it: the same again is not counted; "" elsewhere
	Place   string    `json:"place"`
	Gate    string    `json:"gate"`
	Pass    string    `json:"pass,omitempty"`    // id; "": what was shown is no pass
	Receipt string    `json:"receipt,omitempty"` // id
	Ask     string    `json:"ask,omitempty"`     // of an opening: the gate's try
	Open    bool      `json:"open"`
	Reason  string    `json:"reason"`         // as of Verdict
	Note    string    `json:"note,omitempty"` // what staff said about it
	Who     string    `json:"who,omitempty"`  // of staff
	Seen    int64     `json:"seen"`           // how often, at most one in ten seconds
	At      time.Time `json:"at"`             // the last time
}

// GateState is a gate as the till knows it.
type GateState struct {
	Name  string    `json:"name"`
	Named bool      `json:"named"` // new passes name it
	Seen  time.Time `json:"seen"`  // when it last asked for news; zero: never
}

// GateNews is what a gate learns from the till.
type GateNews struct {
	Now       time.Time `json:"now"`                 // the till's clock
	Key       []byte    `json:"key"`                 // verifies passes, 32 bytes
	Spent     []string  `json:"spent"`               // ids of the place's passes spent or cancelled since, in no order
	Cancelled []string  `json:"cancelled,omitempty"` // those of Spent in whose stead another was issued
	Releases  []string  `json:"releases"`            // ids of openings by staff, each told to the gate once
}

// Spend is one opening.
type Spend struct {
	Pass string // id
	Gate string // name
	Ask  string // of the gate's try; "": it is never repeated
	At   time.Time
}

// Reissue asks for another pass in the place of a receipt's.
type Reissue struct {
	Place   string
	Receipt string   // id or number
	Who     string   // of staff; "": the shopper
	Gates   []string // that it is for; none: those of the old one
	At      time.Time
}

// Passes keeps which exit passes were spent.
type Passes interface {
	// SpendPass spends a pass once and only once, and notes it: ErrPassUsed from
	// the second time on, except for the same gate's same try, which is told nil
	// again; ErrPassCancelled, ErrNoPass for one that was never issued.
	SpendPass(ctx context.Context, s Spend) error
	// PassSpent returns nil for a pass that can be spent, or what SpendPass would.
	PassSpent(ctx context.Context, id string) error
	// ReissuePass cancels the unspent pass of a receipt and returns the receipt
	// with a new one. ErrNoReceipt, ErrPassUsed, ErrPassCancelled (somebody else
	// was faster), ErrReissues, ErrOtherGates.
	ReissuePass(ctx context.Context, r Reissue) (Receipt, error)
}

// Gates keeps what happens at gates. An unknown place has none.
type Gates interface {
	// NoteGate keeps an event. The same pass refused for the same reason counts
	// up, and so does what is no pass within a minute at a gate.
	NoteGate(ctx context.Context, e GateEvent) error
	// ReportGate keeps what a gate did while it was cut off. An opening spends the
	// pass; where that was spent elsewhere, or unknown, the event says so.
	ReportGate(ctx context.Context, e GateEvent) error
	// GateEvents are the latest at a place, newest first, at most limit.
	GateEvents(ctx context.Context, place string, limit int) ([]GateEvent, error)
	// GateNews notes that a gate was there and returns what is new for it since.
	// Key is empty.
	GateNews(ctx context.Context, place, gate string, since, now time.Time) (GateNews, error)
	// ReleaseGate leaves an opening by hand for the gate and notes it.
	ReleaseGate(ctx context.Context, e GateEvent) error
	// GateStates are a place's gates by name.
	GateStates(ctx context.Context, place string) ([]GateState, error)
	// NameGates sets the gates that a place's new passes name.
	NameGates(ctx context.Context, place string, names []string) error
}

var gateName = regexp.MustCompile(`^[a-z0-9-]{1,40}$`)

// CheckGateNames returns ErrGateName for a name that a pass could not carry.
func CheckGateNames(names ...string) error {
	for _, n := range names {
		if !gateName.MatchString(n) {
			return fmt.Errorf("%w: not %q", ErrGateName, n)
		}
	}
	return nil
}

// Reissue cancels the exit pass of a receipt and issues another, which opens
// once like the first, for thirty minutes from now. With gates, which must be
// among those of the old one, it opens these alone. The errors are those of
// Passes.ReissuePass, and ErrGateName.
func (s *Service) Reissue(ctx context.Context, ask Reissue) (Receipt, error) {
	if err := CheckGateNames(ask.Gates...); err != nil {
		return Receipt{}, err
	}
	ask.At = s.now().UTC().Truncate(time.Second)
	r, err := s.store.ReissuePass(ctx, ask)
	if err != nil {
		return Receipt{}, err
	}
	return s.withPass(r)
}

// maxLate bounds how old or new a gate may say that an event is.
const maxLate = 30 * 24 * time.Hour

// SyncGate takes what a gate did while it was cut off and returns what happened
// elsewhere since. Reporting the same again changes nothing.
func (s *Service) SyncGate(ctx context.Context, g Gate, did []GateEvent, since time.Time) (GateNews, error) {
	if err := CheckGateNames(g.Name); err != nil {
		return GateNews{}, err
	}
	now := s.now().UTC()
	for _, e := range did {
		e.Place, e.Gate = g.Place, g.Name
		if e.At.After(now.Add(ClockSlack)) || e.At.Before(now.Add(-maxLate)) {
			e.At = now
		}
		if err := s.store.ReportGate(ctx, e); err != nil {
			return GateNews{}, fmt.Errorf("take report of gate %s: %w", g.Name, err)
		}
	}
	news, err := s.store.GateNews(ctx, g.Place, g.Name, since, now)
	news.Now, news.Key = now, s.PassKey()
	return news, err
}

// ReleaseGate lets a shopper out by hand: the gate opens when it asks for news
// within ReleaseLife, and the opening is noted with who and why.
func (s *Service) ReleaseGate(ctx context.Context, g Gate, who, why string) error {
	if err := CheckGateNames(g.Name); err != nil {
		return err
	}
	return s.store.ReleaseGate(ctx, GateEvent{Place: g.Place, Gate: g.Name, Open: true, Reason: PassReleased, Note: why, Who: who, At: s.now().UTC()})
}

// ReleaseLife is how long a release waits for its gate: who opens by hand looks
// at the gate.
const ReleaseLife = 20 * time.Second

// GateEvents are the latest at a place, newest first, at most limit.
func (s *Service) GateEvents(ctx context.Context, place string, limit int) ([]GateEvent, error) {
	return s.store.GateEvents(ctx, place, limit)
}

// GateStates are a place's gates by name.
func (s *Service) GateStates(ctx context.Context, place string) ([]GateState, error) {
	return s.store.GateStates(ctx, place)
}

// NameGates sets the gates that a place's new passes name, or returns
// ErrGateName. Passes of before stay as they are.
func (s *Service) NameGates(ctx context.Context, place string, names []string) error {
	if err := CheckGateNames(names...); err != nil {
		return err
	}
	return s.store.NameGates(ctx, place, names)
}
