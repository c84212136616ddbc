// Package server is the till on the network: HTTP and WebSocket routes, socket
// loops, and one goroutine for each conversation.
package server

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"voicetill/accounts"
	"voicetill/catalog"
	"voicetill/catalog/pictures"
	"voicetill/checkout"
	"voicetill/parser"
	"voicetill/payments"
	"voicetill/speech"

	"github.com/alexedwards/scs/v2"
	"github.com/oklog/ulid/v2"
)

// Limits bound what strangers can make a Server do.
type Limits struct {
	Message    int           // bytes of one WebSocket message
	Frames     time.Duration // of audio that may wait for a conversation
	PerAddress int           // sockets of one address; loopback is not counted
	Sockets    int           // sockets in all
	Phrases    int           // of a phrase list
	PhraseText int           // bytes of a phrase list
	Upload     int64         // bytes of a catalogue, with its pictures
	Idle       time.Duration // without a pong or a message, then a socket is closed
	Write      time.Duration // for one message to go out
}

// DefaultLimits suit one machine.
func DefaultLimits() Limits {
	return Limits{Message: 64 << 10, Frames: 10 * time.Second, PerAddress: 64, Sockets: 2000,
		Phrases: 50_000, PhraseText: 48 << 10, Upload: 64 << 20, Idle: 60 * time.Second, Write: 10 * time.Second}
}

// Config is what a Server is made of.
type Config struct {
	Records     Records
	Cashier     *payments.Service
	Verifier    *accounts.Verifier
	Engine      speech.Engine            // hears English; nil: typed input only
	Engines     map[string]speech.Engine // hear further languages that have a grammar
	Decoders    int                      // that run at a time
	Samples     int                      // that a language is estimated from; 0: as many as are heard well by
	Grammars    map[string]*parser.Grammar
	Replies     map[string]*checkout.Replies
	Pages       fs.FS // index.html, kiosk.html, merchant.html, gate.html, receipt.html, assets/
	WebSessions scs.Store
	Voice       Voice  // nil: replies have no audio
	VoiceKey    []byte // signs the addresses of spoken replies; the same on all nodes
	CheckSeed   []byte // decides which baskets staff looks at; secret, the same on all nodes; none: nothing is looked at
	Secure      bool   // cookies over TLS only
	Delivering  Delivering
	Limits      Limits
	Log         *slog.Logger
	Now         func() time.Time
	// Respell adds respellings to items whose names Engine does not know, before
	// they are stored. nil: nothing is respelled.
	Respell func(ctx context.Context, items []catalog.Item) ([]catalog.Item, error)
	// Fetch gets the pictures that uploaded catalogues point to. nil: none are.
	Fetch  pictures.Getter
	Sample fs.FS // a catalogue to begin with, as a ZIP of it is uploaded; nil: none
	// Speller pronounces names, so that those that sound alike are found. nil: how
	// items can be said is not told.
	Speller checkout.Speller
	// Callbacks answer providers of payments, each below /v1/callbacks/ by its
	// name, such as "stripe" or "other/paynow". They check signatures themselves.
	Callbacks map[string]http.Handler
	// FollowEvery is how often a conversation looks whether a payment outside the
	// till was booked; a second if zero.
	FollowEvery time.Duration
	// LookEvery is how often is looked whether something that consoles show has
	// changed; a second if zero.
	LookEvery time.Duration
	// AfterSave, for tests, runs when a conversation was stored and its reply has
	// not gone out yet.
	AfterSave func()
}

// Server answers all requests of a till. Close must be called.
type Server struct {
	Config
	log      *slog.Logger
	sessions *scs.SessionManager
	shelves  *shelves
	decoders *speech.Decoders
	metrics  *metrics
	speak    *speaker
	watchers *watchers
	sockets  *sockets
	draining atomic.Bool
	started  time.Time

	understood *understoodTally
	refused    refusals // callbacks
}

// New makes a Server that listens to nothing yet: see Handler.
func New(c Config) *Server {
	if c.AfterSave == nil {
		c.AfterSave = func() {}
	}
	if c.FollowEvery == 0 {
		c.FollowEvery = time.Second
	}
	if c.LookEvery == 0 {
		c.LookEvery = time.Second
	}
	s := &Server{Config: c, log: c.Log, decoders: speech.NewDecoders(c.Decoders), sockets: newSockets(c.Limits), started: c.Now()}
	s.shelves = newShelves(c, s.decoders, s.till)
	s.metrics = newMetrics(s)
	s.speak = newSpeaker(c.Voice, c.VoiceKey)
	s.sessions = newSessions(c)
	s.watchers = newWatchers(c.Records, c.LookEvery, c.Log)
	s.understood = newUnderstoodTally(c)
	return s
}

// newSessions keeps who is signed in. scs.New would start a goroutine for a
// store in memory that nothing could stop.
func newSessions(c Config) *scs.SessionManager {
	return &scs.SessionManager{Store: c.WebSessions, Lifetime: 12 * time.Hour, Codec: scs.GobCodec{},
		Cookie: scs.SessionCookie{Name: "voicetill", Path: "/", HttpOnly: true, Persist: true,
			SameSite: http.SameSiteStrictMode, Secure: c.Secure}}
}

// Drain tells every conversation that the till goes, ends them, and waits for
// them or for ctx. New sockets are refused from then on.
func (s *Server) Drain(ctx context.Context) error {
	s.draining.Store(true)
	return s.sockets.drain(ctx)
}

// Close frees recognisers. Drain first.
func (s *Server) Close() error { return s.shelves.close() }

// till is what the conversations of a place stand on.
func (s *Server) till(p Place) *checkout.Till {
	till := &checkout.Till{
		Place: checkout.Place{ID: p.ID, Merchant: p.Merchant, Payee: p.Payee, Currency: p.Currency,
			Limits: checkout.DefaultLimits(p.Currency)},
		Keeper: keeper{s.Records, s.AfterSave}, Cashier: s.Cashier, Ways: s.Cashier, Purse: s.Cashier, Mandates: s.Cashier, Staff: staff{s.Records},
		Replies: s.Replies, Now: s.Now,
		NewID: func() string { return ulid.Make().String() },
	}
	if len(s.CheckSeed) > 0 {
		till.Checks, till.CheckSeed = s.Records, s.CheckSeed
	}
	return till
}

// keeper runs the tests' hook between a commit and its reply.
type keeper struct {
	checkout.Keeper
	afterSave func()
}

func (k keeper) SaveSession(ctx context.Context, s checkout.Session, command string, reply []byte) error {
	if err := k.Keeper.SaveSession(ctx, s, command, reply); err != nil {
		return err
	}
	k.afterSave()
	return nil
}

// staff puts the calls of conversations with all others.
type staff struct{ calls Calls }

func (c staff) CallStaff(ctx context.Context, place, session, from, reason string, _ time.Time) error {
	_, err := c.calls.CallStaff(ctx, place, session, from, reason)
	return err
}

// sockets counts and ends WebSockets.
type sockets struct {
	limits Limits
	wg     sync.WaitGroup
	mu     sync.Mutex
	open   map[*socket]struct{}
	from   map[string]int
	total  int
	gone   bool
}

func newSockets(l Limits) *sockets {
	return &sockets{limits: l, open: map[*socket]struct{}{}, from: map[string]int{}}
}

// reserve counts a socket in before its upgrade, or refuses it.
func (n *sockets) reserve(k *socket) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case n.gone:
		return errDraining
	case n.total >= n.limits.Sockets, k.counted && n.from[k.address] >= n.limits.PerAddress:
		return errConnections
	}
	n.total++
	n.from[k.address]++
	n.wg.Add(1)
	return nil
}

// admit opens a socket that was upgraded; after a drain it is ended at once.
func (n *sockets) admit(k *socket) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.open[k] = struct{}{}
	if n.gone {
		k.end(errDraining)
	}
}

func (n *sockets) leave(k *socket) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.open, k)
	n.total--
	if n.from[k.address]--; n.from[k.address] == 0 {
		delete(n.from, k.address)
	}
	n.wg.Done()
}

func (n *sockets) count() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.total
}

func (n *sockets) drain(ctx context.Context) error {
	n.mu.Lock()
	n.gone = true
	for k := range n.open {
		k.end(errDraining)
	}
	n.mu.Unlock()
	done := make(chan struct{})
	go func() { n.wg.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		n.mu.Lock()
		for k := range n.open {
			k.conn.Close()
		}
		n.mu.Unlock()
		<-done
		return ctx.Err()
	}
}
