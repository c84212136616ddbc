package store_test

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"voicetill/payments"
	"voicetill/payments/money"
	"voicetill/store"
)

var errDied = errors.New("the process died")

// mortal kills a process at one of its steps: before the step, or after it and
// before anybody hears of it. A step is a transaction or a call of a gateway.
// The dead do nothing more.
type mortal struct {
	mu    sync.Mutex
	step  int
	at    int // 0: never
	after bool
	dead  bool

	stumbles bool // it goes on after the step, of which it does not know whether it was done
	stumbled bool
	before   func() // what happens just before the step, nil: it dies there or stumbles
}

func (m *mortal) do(step func() error) error {
	m.mu.Lock()
	m.step++
	now := m.step == m.at
	if now && m.before != nil {
		m.stumbled = true
		m.mu.Unlock()
		m.before()
		return step()
	}
	if m.dead || now && !m.after {
		m.fall()
		m.mu.Unlock()
		return errDied
	}
	m.mu.Unlock()
	err := step()
	if now {
		m.mu.Lock()
		m.fall()
		m.mu.Unlock()
		return errDied
	}
	return err
}

func (m *mortal) fall() { m.dead, m.stumbled = !m.stumbles, m.stumbles }

func (m *mortal) died() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.dead || m.stumbled
}

// mortalStore dies at what it writes.
type mortalStore struct {
	payments.Store
	*mortal
}

func (s mortalStore) Reserve(ctx context.Context, x payments.Settlement) error {
	return s.do(func() error { return s.Store.Reserve(ctx, x) })
}

func (s mortalStore) Book(ctx context.Context, key, ref string, at time.Time) (r payments.Receipt, err error) {
	err = s.do(func() error {
		r, err = s.Store.Book(ctx, key, ref, at)
		return err
	})
	return r, err
}

func (s mortalStore) StartReverse(ctx context.Context, key, reason string, at time.Time) error {
	return s.do(func() error { return s.Store.StartReverse(ctx, key, reason, at) })
}

func (s mortalStore) Release(ctx context.Context, key, reason string, at time.Time) error {
	return s.do(func() error { return s.Store.Release(ctx, key, reason, at) })
}

func (s mortalStore) Tried(ctx context.Context, key, trouble string, next time.Time) error {
	return s.do(func() error { return s.Store.Tried(ctx, key, trouble, next) })
}

func (s mortalStore) StartRefund(ctx context.Context, r payments.Refunding) error {
	return s.do(func() error { return s.Store.StartRefund(ctx, r) })
}

func (s mortalStore) FinishRefund(ctx context.Context, key, ref string, at time.Time) (r payments.Receipt, err error) {
	err = s.do(func() error {
		r, err = s.Store.FinishRefund(ctx, key, ref, at)
		return err
	})
	return r, err
}

func (s mortalStore) RefuseRefund(ctx context.Context, key, reason string, at time.Time) error {
	return s.do(func() error { return s.Store.RefuseRefund(ctx, key, reason, at) })
}

func (s mortalStore) RefundTried(ctx context.Context, key, trouble string, next time.Time) error {
	return s.do(func() error { return s.Store.RefundTried(ctx, key, trouble, next) })
}

func (s mortalStore) AskConfirmation(ctx context.Context, c payments.Confirmation) (asked payments.Confirmation, err error) {
	err = s.do(func() error {
		asked, err = s.Store.AskConfirmation(ctx, c)
		return err
	})
	return asked, err
}

func (s mortalStore) DecideConfirmation(ctx context.Context, d payments.Decision) (c payments.Confirmation, err error) {
	err = s.do(func() error {
		c, err = s.Store.DecideConfirmation(ctx, d)
		return err
	})
	return c, err
}

func (s mortalStore) EnterVisit(ctx context.Context, v payments.Visit) (kept payments.Visit, err error) {
	err = s.do(func() error {
		kept, err = s.Store.EnterVisit(ctx, v)
		return err
	})
	return kept, err
}

func (s mortalStore) LeaveVisit(ctx context.Context, v payments.Visit, at time.Time) (kept payments.Visit, err error) {
	err = s.do(func() error {
		kept, err = s.Store.LeaveVisit(ctx, v, at)
		return err
	})
	return kept, err
}

func (s mortalStore) FreeVisit(ctx context.Context, v payments.Visit) error {
	return s.do(func() error { return s.Store.FreeVisit(ctx, v) })
}

// mortalGateway dies at what moves money.
type mortalGateway struct {
	payments.Gateway
	*mortal
	window time.Duration
}

func (g mortalGateway) Window() time.Duration { return g.window }

func (g mortalGateway) Charge(ctx context.Context, c payments.Charge) (ref string, err error) {
	err = g.do(func() error {
		ref, err = g.Gateway.Charge(ctx, c)
		return err
	})
	return ref, err
}

func (g mortalGateway) Lookup(ctx context.Context, key string, want money.Amount) (ref string, err error) {
	err = g.do(func() error {
		ref, err = g.Gateway.Lookup(ctx, key, want)
		return err
	})
	return ref, err
}

func (g mortalGateway) Reverse(ctx context.Context, key string) error {
	return g.do(func() error { return g.Gateway.Reverse(ctx, key) })
}

func (g mortalGateway) Refund(ctx context.Context, r payments.Refund) (ref string, err error) {
	err = g.do(func() error {
		ref, err = g.Gateway.Refund(ctx, r)
		return err
	})
	return ref, err
}

// cardTill is a till whose card payments go through a provider.
type cardTill struct {
	*till
	card    *provider
	stories int
	stumble bool             // processes do not die, but do not learn what became of a step
	byHand  map[string]int64 // given in cash for charges that are no sales, by bill
}

func newCardTill(t *testing.T, dsn string) *cardTill {
	t.Helper()
	s := &cardTill{till: newTill(t, dsn), card: newProvider(), byHand: map[string]int64{}}
	s.service = s.node(t, &mortal{})
	return s
}

// node is another process on the same database and provider.
func (s *cardTill) node(t testing.TB, m *mortal) *payments.Service {
	t.Helper()
	return s.nodeWith(t, s.DB, m, s.card)
}

// nodeWith is a process on a database of its own, or a way to the provider.
func (s *cardTill) nodeWith(t testing.TB, db *store.DB, m *mortal, g payments.Gateway) *payments.Service {
	t.Helper()
	key, err := s.PassKey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return payments.New(payments.Config{Store: mortalStore{db, m}, Wallet: db, Verifier: s.verifier, PassKey: key, Now: s.clock.now,
		Log: slog.New(slog.DiscardHandler), Gateways: map[payments.Method]payments.Gateway{
			payments.Prepaid: mortalGateway{db.Prepaid(), m, payments.ReverseAfter},
			card:             mortalGateway{g, m, s.card.window},
		}})
}

func byCard() payments.Payer {
	p := payer(ada, adaPassword)
	p.Method = card
	return p
}

// billOf is the bill that a settlement's key belongs to.
func billOf(key string) string {
	bill, _, _ := strings.Cut(key, "/")
	return bill
}

// handOff pays a bill by card up to where its shopper pays at the provider.
func (s *cardTill) handOff(t testing.TB, node *payments.Service, b payments.Bill) payments.Settlement {
	t.Helper()
	var hand *payments.HandoffError
	if _, err := node.Pay(t.Context(), b, byCard()); !errors.As(err, &hand) {
		t.Fatal(err)
	}
	set, err := s.PendingFor(t.Context(), b.ID)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// settleAll lets time pass and recovers until nothing is under way.
func (s *cardTill) settleAll(t testing.TB) {
	t.Helper()
	s.card.heal()
	for range 50 {
		s.clock.add(15 * time.Minute)
		if err := s.service.Recover(t.Context()); err != nil {
			t.Fatal(err)
		}
		settlements, err := s.Pending(t.Context(), s.clock.now().Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		refunds, err := s.PendingRefunds(t.Context(), s.clock.now().Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		if len(settlements)+len(refunds) == 0 {
			return
		}
	}
	t.Fatal("payments stay unsettled")
}

// keptByReceipts is what each bill's receipts by card say the merchant keeps.
func (s *cardTill) keptByReceipts(t testing.TB) map[string]int64 {
	t.Helper()
	sales, _, err := s.Receipts(t.Context(), "demo", payments.ReceiptFind{Down: true, Limit: 1_000_000})
	if err != nil {
		t.Fatal(err)
	}
	kept := maps.Clone(s.byHand)
	for _, r := range sales {
		if r.Method == card {
			kept[r.Bill] += r.Total.Minor
		}
	}
	return kept
}

// proven compares books and provider: captured − refunded is the receipts, or
// zero.
func (s *cardTill) proven(t testing.TB) store.Audit {
	t.Helper()
	a := s.audited(t)
	receipts := s.keptByReceipts(t)
	for bill, kept := range s.card.kept() {
		if kept != receipts[bill] {
			t.Errorf("bill %s: the provider keeps %d minor units, its receipts say %d", bill, kept, receipts[bill])
		}
		delete(receipts, bill)
	}
	for bill, minor := range receipts {
		if minor != 0 {
			t.Errorf("bill %s: receipts of %d minor units, nothing was captured", bill, minor)
		}
	}
	return a
}
