package main

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"time"
	"unicode/utf8"

	"github.com/oklog/ulid/v2"

	"voicetill/accounts"
	"voicetill/catalog"
	"voicetill/checkout"
	"voicetill/payments"
	"voicetill/speech"
	"voicetill/store"
)

// shopFloor is one shop with its ledger, for many shoppers at once.
type shopFloor struct {
	ears    *ears
	index   *catalog.Index
	db      *store.DB
	passKey ed25519.PrivateKey
	replies map[string]*checkout.Replies
}

// openFloor makes a shop in dir that never runs out of anything.
func openFloor(ctx context.Context, ears *ears, items []catalog.Item, dir string) (*shopFloor, error) {
	items = append([]catalog.Item(nil), items...)
	for i := range items {
		items[i].Stock = nil
	}
	db, err := store.Open(ctx, "sqlite:"+filepath.Join(dir, "baskets.db"))
	if err != nil {
		return nil, err
	}
	f := &shopFloor{ears: ears, index: catalog.NewIndex(items), db: db}
	if err = db.SeedDemo(ctx, items); err == nil {
		f.passKey, err = db.PassKey(ctx)
	}
	if err == nil {
		var read spokenLanguages
		read, err = languages()
		f.replies = read.replies
	}
	if err != nil {
		db.Close()
		return nil, err
	}
	return f, nil
}

// booth is one till with one shopper before it.
type booth struct {
	floor  *shopFloor
	dialog *checkout.Dialog
	ears   *speech.Listener
	ear    checkout.Ear
	clock  time.Time
	noise  []float32
	snr    *float64
	rng    *rand.Rand
	cut    int // utterances that the till broke into
}

// basketMorning is when every shopper begins.
var basketMorning = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// basketMoney is what a shopper has to spend: the limit of one trip.
var basketMoney = checkout.DefaultLimits("EUR").TripTotal

func (f *shopFloor) open(ctx context.Context, id string) (*booth, error) {
	b := &booth{floor: f, clock: basketMorning, ear: checkout.Ear{Answers: true}}
	now := func() time.Time { return b.clock }
	cashier := payments.New(payments.Config{Store: f.db, Verifier: &accounts.Verifier{Book: f.db, Now: now}, PassKey: f.passKey, Now: now,
		Log: slog.New(slog.DiscardHandler), Gateways: map[payments.Method]payments.Gateway{payments.Prepaid: f.db.Prepaid()}})
	till := &checkout.Till{
		Place:  checkout.Place{ID: store.DemoPlace, Merchant: store.DemoPlace, Payee: "Demo Shop", Currency: "EUR", Limits: checkout.DefaultLimits("EUR")},
		Keeper: f.db, Cashier: cashier, Shelf: func() *catalog.Index { return f.index }, Replies: f.replies, Now: now,
		NewID: func() string { return ulid.Make().String() },
	}
	ada := store.DemoLogins()[0].Account
	if err := f.db.TopUp(ctx, store.DemoPlace, ada.ID, "basket/"+id, basketMoney); err != nil {
		return nil, err
	}
	var err error
	if b.dialog, err = checkout.Open(ctx, till, checkout.Hello{Lang: "en", Client: "kiosk"}); err != nil {
		return nil, err
	}
	b.ears, err = speech.NewListener(speech.ListenerConfig{Pool: f.ears.pool, Rate: speech.SampleRate, Second: true,
		Answers: func() *speech.Pool {
			if b.dialog.State() != checkout.Choosing {
				return nil
			}
			return f.ears.answers
		},
		Wait: func(partial string) float64 { return f.ears.understander.Wait(partial, b.dialog.Situation()) },
	})
	return b, err
}

func (b *booth) Close() error { return b.ears.Close() }

// A shopper waits before speaking, and after it for the till.
const (
	breathBefore = speech.SampleRate
	breathAfter  = 2 * speech.SampleRate
)

// hear plays what a shopper says to the till as a microphone would. It returns
// the reply, nil where there was none, and what was heard.
func (b *booth) hear(ctx context.Context, said []float32) (*checkout.Reply, checkout.Heard, error) {
	samples := make([]float32, breathBefore, breathBefore+len(said)+breathAfter)
	samples = append(append(samples, said...), make([]float32, breathAfter)...)
	if b.snr != nil {
		samples = mix(samples, b.noise, *b.snr, b.rng)
	}
	pcm := speech.PCM16(samples)
	ends := breathBefore + lastVoiced(said)
	var heard checkout.Heard
	for at := 0; at < len(pcm); at += frameBytes {
		b.clock = b.clock.Add(100 * time.Millisecond)
		events, err := b.ears.Feed(ctx, pcm[at:min(at+frameBytes, len(pcm))])
		if err != nil {
			return nil, heard, err
		}
		for _, e := range events {
			if e.Final == nil || e.Silent {
				continue
			}
			heard, _ = b.ear.Hear(b.floor.ears.understander, e, b.dialog.Situation())
			r, err := b.dialog.Hear(ctx, "", heard)
			if err != nil {
				return nil, heard, err
			}
			if r != nil {
				if at/2 < ends {
					b.cut++
				}
				b.spoken(*r)
				return r, heard, nil
			}
		}
	}
	return nil, heard, nil
}

// spoken passes the time for which the till speaks: it does not listen then.
func (b *booth) spoken(r checkout.Reply) {
	b.clock = b.clock.Add(time.Duration(utf8.RuneCountInString(r.Say)) * time.Second / 13)
	b.ears.Discard()
	b.ear = checkout.Ear{Answers: true}
}

// pay types the password for the bill.
func (b *booth) pay(ctx context.Context, bill *payments.BillView) (*checkout.Reply, error) {
	if bill == nil {
		return nil, fmt.Errorf("pay: %w", errNoBill)
	}
	ada := store.DemoLogins()[0]
	return b.dialog.Prove(ctx, "", checkout.Proof{Bill: bill.Bill, Version: bill.Version, Account: ada.Account.ID, Terminal: "bench",
		Proof: accounts.Proof{Factor: accounts.Password, Secret: ada.Password}})
}
