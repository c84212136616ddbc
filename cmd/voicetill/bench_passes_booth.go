package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"time"

	"voicetill/accounts"
	"voicetill/catalog"
	"voicetill/gate"
	"voicetill/models"
	"voicetill/payments"
	"voicetill/payments/money"
	"voicetill/store"
)

// passBooth is a till with sales, and a gate of it that is cut off.
type passBooth struct {
	db      *store.DB
	service *payments.Service
	key     ed25519.PrivateKey
	memory  *gate.Memory
	link    *cutLink
	gate    *gate.Gate
	sales   int
	at      time.Time // stands still, so that no pass expires while the benchmark runs
	atTill  *attacker
	atGate  *attacker
}

// cutLink is the way from the gate to the till.
type cutLink struct {
	booth *passBooth
	cut   atomic.Bool
}

var errLinkCut = errors.New("the link is cut")

func (l *cutLink) at(ask string) payments.Gate {
	return payments.Gate{Place: "demo", Name: "exit", Known: true, Ask: ask}
}

// Open is part of gate.Till.
func (l *cutLink) Open(ctx context.Context, token, ask string) (payments.Verdict, error) {
	if l.cut.Load() {
		return payments.Verdict{}, errLinkCut
	}
	return l.booth.service.Open(ctx, token, l.at(ask))
}

// Sync is part of gate.Till.
func (l *cutLink) Sync(ctx context.Context, since time.Time, did []payments.GateEvent) (payments.GateNews, error) {
	if l.cut.Load() {
		return payments.GateNews{}, errLinkCut
	}
	return l.booth.service.SyncGate(ctx, l.at(""), did, since)
}

func openPassBooth(ctx context.Context, dir string) (b *passBooth, err error) {
	b = &passBooth{at: time.Now().UTC().Truncate(time.Second)}
	b.link = &cutLink{booth: b}
	if err := b.openTill(ctx, dir); err != nil {
		return nil, errors.Join(err, b.close())
	}
	if b.gate, b.memory, err = passGate(dir, b.link, b.now); err != nil {
		return nil, errors.Join(err, b.close())
	}
	if err := b.fill(ctx); err != nil {
		return nil, errors.Join(err, b.close())
	}
	return b, nil
}

func (b *passBooth) now() time.Time { return b.at }

func (b *passBooth) close() error {
	var errs []error
	if b.memory != nil {
		errs = append(errs, b.memory.Close())
	}
	if b.db != nil {
		errs = append(errs, b.db.Close())
	}
	return errors.Join(errs...)
}

func (b *passBooth) openTill(ctx context.Context, dir string) (err error) {
	if b.db, err = store.Open(ctx, "sqlite:"+filepath.Join(dir, "till.db"), store.Clock(b.now)); err != nil {
		return err
	}
	data, err := models.FS.ReadFile("demo/catalog.csv")
	if err != nil {
		return err
	}
	items, err := catalog.ReadCSV(bytes.NewReader(data), "EUR")
	if err != nil {
		return err
	}
	if err := b.db.SeedDemo(ctx, items); err != nil {
		return err
	}
	if b.key, err = b.db.PassKey(ctx); err != nil {
		return err
	}
	verifier := &accounts.Verifier{Book: b.db, Now: b.now}
	b.service = payments.New(payments.Config{Store: b.db, Verifier: verifier, PassKey: b.key, Now: b.now, Log: quiet,
		Gateways: map[payments.Method]payments.Gateway{payments.Prepaid: b.db.Prepaid()}})
	return b.service.NameGates(ctx, "demo", []string{"exit"})
}

// buy pays for one oat milk.
func (b *passBooth) buy(ctx context.Context) (payments.Receipt, error) {
	b.sales++
	price := money.Of(249, "EUR")
	line := payments.Line{Line: 1, Item: "1203", Name: "oat milk", Milli: 1000, Unit: catalog.Each, Price: price, Total: price, TaxBP: 700}
	if err := b.db.SetStock(ctx, "demo", "1203", new(catalog.Qty(40_000))); err != nil {
		return payments.Receipt{}, err
	}
	a, err := b.db.Account(ctx, "1001")
	if err != nil {
		return payments.Receipt{}, err
	}
	if err := b.db.TopUp(ctx, "demo", a.ID, fmt.Sprint("bench/", b.sales), price); err != nil {
		return payments.Receipt{}, err
	}
	bill, err := b.service.Freeze(ctx, payments.Order{Cart: fmt.Sprint("cart ", b.sales), Merchant: "demo", Place: "demo", Payee: "Demo Shop", Currency: "EUR", Lines: []payments.Line{line}})
	if err != nil {
		return payments.Receipt{}, err
	}
	return b.service.Pay(ctx, bill, payments.Payer{Account: "1001", Terminal: "bench", Proof: accounts.Proof{Factor: accounts.Password, Secret: "till-demo-1"}})
}

// fill sells, spends and reissues, and then cuts the link.
func (b *passBooth) fill(ctx context.Context) error {
	b.atTill = newAttacker(door{"till", func(ctx context.Context, token string) (payments.Verdict, error) {
		return b.service.Open(ctx, token, b.link.at(""))
	}}, b.key, append([]string{"never issued"}, badKinds...))
	b.atGate = newAttacker(door{"gate cut off", b.gate.Open}, b.key, badKinds)
	if err := b.gate.Sync(ctx); err != nil {
		return err
	}
	for _, a := range []*attacker{b.atTill, b.atGate} {
		for range passRange {
			if err := b.sell(ctx, a); err != nil {
				return err
			}
		}
	}
	if err := b.gate.Sync(ctx); err != nil {
		return err
	}
	b.link.cut.Store(true)
	return nil
}

// sell makes one good, one copied and one cancelled pass.
func (b *passBooth) sell(ctx context.Context, a *attacker) error {
	spent, err := b.buy(ctx)
	if err != nil {
		return err
	}
	if v, err := a.door.open(ctx, spent.Pass); err != nil || !v.Open {
		return fmt.Errorf("open with a good pass at the %s: %+v, %w", a.door.name, v, err)
	}
	a.copied = append(a.copied, spent.Pass)
	old, err := b.buy(ctx)
	if err != nil {
		return err
	}
	anew, err := b.service.Reissue(ctx, payments.Reissue{Place: "demo", Receipt: old.ID, Who: "bench"})
	if err != nil {
		return err
	}
	a.replaced = append(a.replaced, old.Pass)
	good, err := payments.ReadPass(b.service.PassKey(), anew.Pass)
	if err != nil {
		return err
	}
	a.good, a.tokens = append(a.good, good), append(a.tokens, anew.Pass)
	return nil
}
