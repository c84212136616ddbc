package stripe

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	api "github.com/stripe/stripe-go/v85"
)

// memory knows the ids at Stripe of recent keys, so that they need not be
// searched for. It forgets the older half when it has too many.
type memory struct {
	mu         sync.Mutex
	young, old map[string]string
}

const memorySize = 4096 // keys of each half

func newMemory() *memory { return &memory{young: map[string]string{}} }

func (m *memory) put(key, id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.young) >= memorySize {
		m.young, m.old = map[string]string{}, m.young
	}
	m.young[key] = id
}

func (m *memory) get(key string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if id, ok := m.young[key]; ok {
		return id
	}
	return m.old[key]
}

// find returns what Stripe has of a key. Lists are consistent where Stripe's
// search lags behind (docs.stripe.com/search#data-freshness), so what is not
// remembered is looked for among what was made when the key was.
func (g *Gateway) find(ctx context.Context, key string) (attempt, error) {
	return g.findMade(ctx, key, around(key))
}

// findRecent looks among all that Stripe has made of late: a key tells the time
// of a clock here, which may have been wrong and set since.
func (g *Gateway) findRecent(ctx context.Context, key string) (attempt, error) {
	return g.findMade(ctx, key, nil)
}

func (g *Gateway) findMade(ctx context.Context, key string, made *api.RangeQueryParams) (attempt, error) {
	id := g.known.get(key)
	switch {
	case strings.HasPrefix(id, "pi_"):
		intent, err := g.intent(ctx, id)
		return attempt{intent: intent}, err
	case strings.HasPrefix(id, "cs_"):
		session, err := g.session(ctx, id)
		return attempt{session: session}, err
	}
	intent, err := g.findIntent(ctx, key, made)
	if err != nil || intent != nil {
		return attempt{intent: intent}, err
	}
	session, err := g.findSession(ctx, key, made)
	return attempt{session: session}, err
}

func (g *Gateway) intent(ctx context.Context, id string) (*api.PaymentIntent, error) {
	p := &api.PaymentIntentRetrieveParams{}
	p.AddExpand("latest_charge")
	return g.api.V1PaymentIntents.Retrieve(ctx, id, p)
}

func (g *Gateway) session(ctx context.Context, id string) (*api.CheckoutSession, error) {
	p := &api.CheckoutSessionRetrieveParams{}
	p.AddExpand("payment_intent.latest_charge")
	p.AddExpand("setup_intent.payment_method")
	return g.api.V1CheckoutSessions.Retrieve(ctx, id, p)
}

func (g *Gateway) findIntent(ctx context.Context, key string, made *api.RangeQueryParams) (*api.PaymentIntent, error) {
	p := &api.PaymentIntentListParams{CreatedRange: made}
	p.Limit = api.Int64(100)
	p.AddExpand("data.latest_charge")
	var listed listing
	for intent, err := range g.api.V1PaymentIntents.List(ctx, p).All(ctx) {
		if err != nil {
			return nil, err
		}
		if listed.beyond(intent.Created) {
			return nil, nil
		}
		if intent.Metadata[metaKey] == key && intent.Metadata[metaUse] == useCard {
			g.known.put(key, intent.ID)
			return intent, nil
		}
	}
	return nil, nil
}

func (g *Gateway) findSession(ctx context.Context, key string, made *api.RangeQueryParams) (*api.CheckoutSession, error) {
	p := &api.CheckoutSessionListParams{CreatedRange: made}
	p.Limit = api.Int64(100)
	var listed listing
	for session, err := range g.api.V1CheckoutSessions.List(ctx, p).All(ctx) {
		if err != nil {
			return nil, err
		}
		if listed.beyond(session.Created) {
			return nil, nil
		}
		if session.Metadata[metaKey] == key {
			g.known.put(key, session.ID)
			return g.session(ctx, session.ID)
		}
	}
	return nil, nil
}

// lookBack is how far a list is read whose key's time says nothing.
const lookBack = 7 * 24 * time.Hour

// listing is a list of Stripe's while it is read, newest first.
type listing struct{ newest int64 }

// beyond reports whether what was made then is too old to be read on.
func (l *listing) beyond(created int64) bool {
	l.newest = max(l.newest, created)
	return created < l.newest-int64(lookBack/time.Second)
}

// around is when something can have been made under a key: clocks differ, and a
// charge is tried until its window ends. A key that tells no time is looked for
// everywhere.
func around(key string) *api.RangeQueryParams {
	made, ok := timeOf(key)
	if !ok {
		return nil
	}
	return &api.RangeQueryParams{GreaterThanOrEqual: made.Add(-10 * time.Minute).Unix(), LesserThanOrEqual: made.Add(keysLast + time.Hour).Unix()}
}

// isMissing reports whether Stripe says that there is no such object.
func isMissing(err error) bool {
	var e *api.Error
	return errors.As(err, &e) && e.HTTPStatusCode == http.StatusNotFound
}
