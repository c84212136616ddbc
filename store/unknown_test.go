package store_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"voicetill/payments"
	"voicetill/payments/money"
	"voicetill/store"

	"github.com/jmoiron/sqlx"
	"github.com/mattn/go-sqlite3"
)

// early is a provider whose callback comes before its own reply.
type early struct {
	payments.Gateway
	tell func(key string) error
}

func (e early) Charge(ctx context.Context, c payments.Charge) (string, error) {
	ref, err := e.Gateway.Charge(ctx, c)
	if err == nil {
		err = e.tell(c.Key)
	}
	return ref, err
}

func TestACallbackBeforeTheReply(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newCardTill(t, dsn)
		other, told := s.node(t, &mortal{}), 0
		node := s.nodeWith(t, s.DB, &mortal{}, early{s.card, func(key string) error {
			told++
			return errors.Join(other.Settle(t.Context(), key), other.Settle(t.Context(), key))
		}})
		b := s.freeze(t, "cart", line(t, 1, "1203", 1000))
		r, err := node.Pay(t.Context(), b, byCard())
		if err != nil || told != 1 || r.No != 1 {
			t.Errorf("got receipt %d, %v, told %d times", r.No, err, told)
		}
		if a := s.proven(t); a.Receipts != 1 || s.stock(t, "1203") != "39" {
			t.Errorf("got %d receipts, %s milk", a.Receipts, s.stock(t, "1203"))
		}
	})
}

// generous is a provider that has charged a cent more than it was asked for.
type generous struct{ *provider }

func (g generous) Lookup(ctx context.Context, key string, want money.Amount) (string, error) {
	if ref, err := g.provider.Lookup(ctx, key, want); err != nil {
		return ref, err
	}
	return "", fmt.Errorf("%w: %s", payments.ErrAmount, want)
}

// What was charged over another amount is no sale, whoever looks, and goes back.
func TestAnotherAmountIsNeverBooked(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newCardTill(t, dsn)
		s.service = s.nodeWith(t, s.DB, &mortal{}, generous{s.card})
		s.card.fault = func(op string) string { return map[string]string{"charge": handedOff}[op] }
		b := s.freeze(t, "cart", line(t, 1, "7001", 1000))
		set := s.handOff(t, s.service, b)
		s.card.heal()
		s.card.finish()
		s.clock.add(payments.Patience)
		_, looked := s.service.ReceiptFor(t.Context(), b.ID)
		for name, err := range map[string]error{"the callback": s.service.Settle(t.Context(), set.Key), "the resolver": s.service.Recover(t.Context()), "the screen": looked} {
			if name != "the resolver" && !errors.Is(err, payments.ErrAmount) {
				t.Errorf("%s: got %v", name, err)
			}
		}
		list, err := s.service.Unsettled(t.Context(), "demo")
		if err != nil || len(list) != 1 || !strings.Contains(list[0].Trouble, payments.ErrAmount.Error()) {
			t.Errorf("the merchant sees %+v, %v", list, err)
		}
		s.settleAll(t)
		if a := s.proven(t); a.Receipts != 0 || s.stock(t, "7001") != "1" || s.card.kept()[b.ID] != 0 {
			t.Errorf("%d receipts, %s cakes, the provider keeps %d", a.Receipts, s.stock(t, "7001"), s.card.kept()[b.ID])
		}
	})
}

// What arrives over another amount after its settlement was let go goes back, all
// of it, as often as it is told of.
func TestAnotherAmountThatArrivesLateGoesBack(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newCardTill(t, dsn)
		s.service = s.nodeWith(t, s.DB, &mortal{}, generous{s.card})
		s.card.fault = func(op string) string { return map[string]string{"charge": delayed}[op] }
		b := s.freeze(t, "cart", line(t, 1, "7001", 1000))
		if _, err := s.service.Pay(t.Context(), b, byCard()); !errors.Is(err, errLost) {
			t.Fatal(err)
		}
		s.card.heal()
		s.clock.add(payments.Patience)
		if err := s.service.Recover(t.Context()); err != nil { // the provider denies it: released
			t.Fatal(err)
		}
		s.pay(t, b) // the last cake, from the balance
		if err := s.arrive(t, s.service); err != nil {
			t.Error(err)
		}
		if kept := s.card.kept()[b.ID]; kept != 0 {
			t.Errorf("the provider keeps %d", kept)
		}
		s.settleAll(t)
		if a := s.proven(t); a.Receipts != 1 {
			t.Errorf("%d receipts", a.Receipts)
		}
	})
}

// Callbacks, resolvers, screens and the shopper's second try, at once and on
// three nodes: one sale.
func TestEverybodySettlesAtOnce(t *testing.T) {
	const rounds, racers = 8, 12
	onBoth(t, func(t *testing.T, dsn string) {
		s := newCardTill(t, dsn)
		nodes := []*payments.Service{s.node(t, &mortal{}), s.node(t, &mortal{}), s.node(t, &mortal{})}
		for round := range rounds {
			b := s.freeze(t, fmt.Sprint("cart ", round), line(t, 1, "1203", 1000))
			s.card.mu.Lock()
			s.card.fault = func(op string) string { return map[string]string{"charge": lostAfter}[op] }
			s.card.mu.Unlock()
			if _, err := nodes[0].Pay(t.Context(), b, byCard()); !errors.Is(err, errLost) {
				t.Fatal(err)
			}
			s.card.heal()
			set, err := s.PendingFor(t.Context(), b.ID)
			if err != nil {
				t.Fatal(err)
			}
			s.clock.add(time.Minute)
			errs := race(racers, func(i int) (err error) {
				node := nodes[i%len(nodes)]
				switch i % 4 {
				case 0:
					err = node.Settle(t.Context(), set.Key)
				case 1:
					err = node.Recover(t.Context())
				case 2:
					_, err = node.ReceiptFor(t.Context(), b.ID)
				case 3:
					_, err = node.Pay(t.Context(), b, byCard())
				}
				return err
			})
			if done := count(errs, nil); done != racers {
				t.Errorf("round %d: %v", round, errs)
			}
		}
		if a := s.proven(t); a.Receipts != rounds {
			t.Errorf("got %d receipts, want %d", a.Receipts, rounds)
		}
	})
}

// Two resolvers reverse one payment, while its callback says that it succeeded.
func TestTwoResolversReverseOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newCardTill(t, dsn)
		nodes := []*payments.Service{s.node(t, &mortal{}), s.node(t, &mortal{})}
		for round := range 8 {
			b := s.freeze(t, fmt.Sprint("cart ", round), line(t, 1, "7001", 1000))
			s.card.mu.Lock()
			s.card.fault = func(op string) string { return map[string]string{"charge": handedOff}[op] }
			s.card.mu.Unlock()
			set := s.handOff(t, nodes[0], b)
			s.card.heal()
			s.clock.add(s.card.window + time.Second)
			race(6, func(i int) error {
				if i == 5 {
					s.card.finish()
					return nodes[0].Settle(t.Context(), set.Key)
				}
				return nodes[i%2].Recover(t.Context())
			})
			s.settleAll(t)
			if err := s.arrive(t, s.service); err != nil {
				t.Error(err)
			}
			s.settleAll(t)
			s.proven(t)
			if _, err := s.ReceiptByBill(t.Context(), b.ID); err == nil {
				if _, err := s.service.Refund(t.Context(), "demo", int64(s.proven(t).Receipts), payments.RefundAsk{Key: fmt.Sprint(round), Restock: true}); err != nil {
					t.Error(err)
				}
			}
			if got := s.stock(t, "7001"); got != "1" {
				t.Fatalf("round %d: %s cakes", round, got)
			}
		}
	})
}

// cutter stands before PostgreSQL and breaks a connection at the nth commit: the
// commit arrives, or it does not, and its answer never comes.
type cutter struct {
	listener net.Listener
	to       string // network address or socket's path
	network  string
	at       atomic.Int64 // commits to go; 0: never
	arrives  atomic.Bool
	cut      atomic.Int64 // connections that were cut
	arriving sync.Mutex   // held from a cut until the answer has come
	wg       sync.WaitGroup
}

func newCutter(t *testing.T, dsn string) (*cutter, string) {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{network: "tcp", to: u.Host}
	if host := u.Query().Get("host"); host != "" {
		c.network, c.to = "unix", host+"/.s.PGSQL."+cmp.Or(u.Query().Get("port"), "5432")
	}
	if c.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	u.Host, u.RawQuery = c.listener.Addr().String(), "sslmode=disable"
	c.wg.Go(c.serve)
	t.Cleanup(func() { c.listener.Close(); c.wg.Wait() })
	return c, u.String()
}

func (c *cutter) serve() {
	for {
		in, err := c.listener.Accept()
		if err != nil {
			return
		}
		out, err := net.Dial(c.network, c.to)
		if err != nil {
			in.Close()
			continue
		}
		answered := make(chan struct{}) // the answers are over, or one had nobody to hear it
		c.wg.Go(func() { defer close(answered); defer in.Close(); _, _ = io.Copy(struct{ io.Writer }{in}, out) })
		c.wg.Go(func() { defer in.Close(); defer out.Close(); c.forward(in, out, answered) })
	}
}

// forward sends what the till says, until a commit that is to be cut.
func (c *cutter) forward(in, out net.Conn, answered <-chan struct{}) {
	buffer := make([]byte, 64<<10)
	for {
		n, err := in.Read(buffer)
		if err != nil {
			return
		}
		if strings.Contains(strings.ToLower(string(buffer[:n])), "commit") && c.at.Add(-1) == 0 {
			c.cut.Add(1)
			c.arriving.Lock()
			defer c.arriving.Unlock()
			in.Close() // nobody hears the answer
			if c.arrives.Load() {
				_, _ = out.Write(buffer[:n])
				_ = out.SetReadDeadline(time.Now().Add(time.Minute))
				<-answered
			}
			return
		}
		if _, err := out.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// The connection to PostgreSQL breaks at each commit of a sale, of a top-up and of
// its refund, before it has arrived or after.
func TestAConnectionThatBreaksAtACommit(t *testing.T) {
	direct := cluster.Database(t)
	s := newCardTill(t, direct)
	cut, dsn := newCutter(t, direct)
	if err := s.SetTopUpLimits(t.Context(), "demo", payments.TopUpLimits{Least: eur(500), Most: eur(2000), Ceiling: eur(1_000_000_00)}); err != nil {
		t.Fatal(err)
	}
	told := 0
	for _, story := range stories {
		if !strings.Contains("a prepaid sale, a card sale, a top-up by card, a part of a top-up that is given back, a card refund by amount", story.name) {
			continue
		}
		told++
		for _, arrives := range []bool{false, true} {
			cut.arrives.Store(arrives)
			at := int64(1)
			for s.breaks(t, cut, dsn, story, at) {
				at++
			}
			if at < 3 {
				t.Errorf("%s has %d commits", story.name, at-1)
			}
		}
	}
	if told != 5 {
		t.Errorf("%d stories were told", told)
	}
}

// breaks tells a story whose connection breaks at a commit, and proves that
// another process brings everything in order. false: it has fewer commits.
func (s *cardTill) breaks(t *testing.T, cut *cutter, dsn string, story story, at int64) bool {
	t.Helper()
	s.stories++
	s.replace(t, shelf())
	db, err := store.Open(t.Context(), dsn, store.Clock(s.clock.now))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	before := s.balance(t, ben)
	cut.cut.Store(0)
	cut.at.Store(at)
	err = story.tell(t, s, s.nodeWith(t, db, &mortal{}, s.card))
	cut.at.Store(0)
	cut.arriving.Lock() // what follows is to find the commit
	cut.arriving.Unlock()
	if cut.cut.Load() == 0 {
		if err != nil {
			t.Errorf("%s without a cut: %v", story.name, err)
		}
		return false
	}
	s.settleAll(t)
	s.proven(t)
	s.paidIn(t, before)
	if t.Failed() {
		t.Fatalf("%s: cut at commit %d, which arrives: %v; told: %v", story.name, at, cut.arrives.Load(), err)
	}
	return true
}

// locking holds SQLite's one write lock from another process's connection while a
// charge is made.
type locking struct {
	payments.Gateway
	lock func()
}

func (l locking) Charge(ctx context.Context, c payments.Charge) (string, error) {
	ref, err := l.Gateway.Charge(ctx, c)
	l.lock()
	return ref, err
}

// A database that stays busy for longer than a transaction waits refuses, before
// the charge or after it, and nothing is lost.
func TestADatabaseThatIsBusy(t *testing.T) {
	dsn := fresh(t, "sqlite:")
	s := newCardTill(t, dsn)
	other, err := store.Open(t.Context(), dsn, store.Clock(s.clock.now))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	withRaw(t, dsn, func(db *sqlx.DB) {
		held, err := db.Connx(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer held.Close()
		say := func(what string) {
			if _, err := held.ExecContext(t.Context(), what); err != nil {
				t.Fatal(err)
			}
		}
		node := s.nodeWith(t, other, &mortal{}, locking{s.card, func() { say("BEGIN IMMEDIATE") }})
		b := s.freeze(t, "cart", line(t, 1, "7001", 1000))
		if _, err := node.Pay(t.Context(), b, byCard()); !isBusy(err) {
			t.Errorf("when it is to be booked: got %v", err)
		}
		if kept := s.card.kept()[b.ID]; kept != 500 {
			t.Errorf("the provider keeps %d", kept)
		}
		if _, err := node.ReceiptFor(t.Context(), b.ID); !isBusy(err) {
			t.Errorf("when it is looked at: got %v", err)
		}
		say("ROLLBACK")
		r, err := s.service.ReceiptFor(t.Context(), b.ID)
		if err != nil || r.No != 1 {
			t.Errorf("when it is free again: receipt %d, %v", r.No, err)
		}
		if a := s.proven(t); a.Receipts != 1 || s.stock(t, "7001") != "0" {
			t.Errorf("got %d receipts, %s cakes", a.Receipts, s.stock(t, "7001"))
		}
	})
}

func isBusy(err error) bool {
	var lite sqlite3.Error
	return errors.As(err, &lite) && lite.Code == sqlite3.ErrBusy
}
