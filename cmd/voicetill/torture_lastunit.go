package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"voicetill/accounts"
	"voicetill/catalog"
	"voicetill/payments"
	"voicetill/payments/money"
	"voicetill/store"
)

const tortureLastUnitUsage = "[--races N] [--racers N] [--db ADDRESS]"

// lastUnit is one unit for which shoppers race, on two nodes, again and again.
type lastUnit struct {
	dsn           string
	races, racers int
}

type lastUnitReport struct {
	Torture  string `json:"torture"`
	DB       string `json:"db"`
	Races    int    `json:"races"`
	Racers   int    `json:"racers"`
	Once     int    `json:"once"`     // races with one sale
	Unsold   int    `json:"unsold"`   // without any
	Oversold int    `json:"oversold"` // with several
	Strange  int    `json:"strange"`  // losers that were told of anything but a short stock
	Findings int    `json:"findings"` // of the audit
	Version  string `json:"version"`
}

func tortureLastUnit(ctx context.Context, args []string) error {
	fs, db, _ := tortureFlags("lastunit")
	l := lastUnit{}
	fs.IntVar(&l.races, "races", 10_000, "`times` that the last unit is sold")
	fs.IntVar(&l.racers, "racers", 4, "`number` of shoppers who want it")
	if err := parseFlags(fs, args, tortureLastUnitUsage, 0, 0); err != nil {
		return err
	}
	dsn, cleanup, err := ownDB(*db)
	if err != nil {
		return err
	}
	defer cleanup()
	l.dsn = dsn
	r, err := l.run(ctx)
	return conclude(r, err)
}

func (l lastUnit) run(ctx context.Context) (r lastUnitReport, err error) {
	r = lastUnitReport{Torture: "lastunit", DB: databaseKind(l.dsn), Races: l.races, Racers: l.racers, Version: version()}
	shop, err := openShop(ctx, l.dsn, l.racers, false)
	if err != nil {
		return r, err
	}
	nodes := make([]*node, 2)
	for i := range nodes {
		if nodes[i], err = shop.node(ctx, nil); err != nil {
			return r, err
		}
		defer nodes[i].Close()
	}
	for race := range l.races {
		if err := nodes[0].SetStock(ctx, store.DemoPlace, raced, new(catalog.Qty(1000))); err != nil {
			return r, err
		}
		if err := r.count(l.race(ctx, shop, nodes, race)); err != nil {
			return r, err
		}
		progress("race", race+1, l.races)
	}
	a, err := nodes[0].Audit(ctx)
	if err != nil {
		return r, err
	}
	for _, p := range a.Problems {
		fmt.Fprintln(os.Stderr, "audit:", p)
	}
	if r.Findings = len(a.Problems); a.Receipts != l.races || r.Once != l.races || r.Strange+r.Findings > 0 {
		return r, fmt.Errorf("%w: of %d races %d sold once, with %d receipts", errBroken, l.races, r.Once, a.Receipts)
	}
	return r, nil
}

// raced is the item whose last unit is raced for.
const raced = "1203"

// race lets every shopper pay for the last unit at once.
func (l lastUnit) race(ctx context.Context, shop *tortureShop, nodes []*node, race int) []error {
	errs, start := make([]error, l.racers), make(chan struct{})
	var ready, done sync.WaitGroup
	for i, shopper := range shop.shoppers {
		n := nodes[i%len(nodes)]
		ready.Add(1)
		done.Go(func() {
			b, err := n.freeze(ctx, fmt.Sprintf("race %d, cart %d", race, i), raced, 1)
			ready.Done()
			<-start
			if err == nil {
				_, err = n.service.Pay(ctx, b, payerOf(shopper))
			}
			errs[i] = err
		})
	}
	ready.Wait()
	close(start)
	done.Wait()
	return errs
}

// count adds a race's outcome. An error that has nothing to do with racing ends
// the torture.
func (r *lastUnitReport) count(errs []error) error {
	sold := 0
	for _, err := range errs {
		var changed *payments.ChangedError
		switch {
		case err == nil:
			sold++
		case errors.Is(err, context.Canceled):
			return err
		case !errors.As(err, &changed) || len(changed.Changes) != 1 || changed.Changes[0].What != payments.StockShort:
			fmt.Fprintln(os.Stderr, "a loser was told:", err)
			r.Strange++
		}
	}
	switch sold {
	case 0:
		r.Unsold++
	case 1:
		r.Once++
	default:
		r.Oversold++
	}
	return nil
}

// node is one of several that sell from a database, without a server.
type node struct {
	*store.DB
	service *payments.Service
}

// node opens one more. wrap goes around its gateway where it is not nil. The
// caller closes it.
func (s *tortureShop) node(ctx context.Context, wrap func(payments.Gateway) payments.Gateway) (*node, error) {
	db, err := store.Open(ctx, s.dsn)
	if err != nil {
		return nil, err
	}
	key, err := db.PassKey(ctx)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	var g payments.Gateway = db.Prepaid()
	if wrap != nil {
		g = wrap(g)
	}
	return &node{db, payments.New(payments.Config{Store: db, Verifier: &accounts.Verifier{Book: db, Now: time.Now}, PassKey: key,
		Now: time.Now, Log: slog.New(slog.DiscardHandler), Gateways: map[payments.Method]payments.Gateway{payments.Prepaid: g}})}, nil
}

func payerOf(shopper string) payments.Payer {
	return payments.Payer{Account: shopper, Terminal: "torture", Proof: accounts.Proof{Factor: accounts.Password, Secret: tortureSecret}}
}

// freeze makes the bill of so many of one item.
func (n *node) freeze(ctx context.Context, cart, number string, count int64) (payments.Bill, error) {
	it, err := demoItem(number)
	if err != nil {
		return payments.Bill{}, err
	}
	total, err := it.Price.Times(count * 1000)
	if err != nil {
		return payments.Bill{}, err
	}
	return n.service.Freeze(ctx, payments.Order{Cart: cart, Merchant: store.DemoPlace, Place: store.DemoPlace, Payee: "Demo Shop",
		Currency: money.Currency("EUR"), Lines: []payments.Line{{Line: 1, Item: it.Number, Name: it.Name, Milli: count * 1000, Unit: it.Unit,
			Price: it.Price, Total: total, TaxBP: it.TaxBP}}})
}

// demoItem is an item of the demo catalogue.
func demoItem(number string) (*catalog.Item, error) {
	index, err := demoIndex()
	if err != nil {
		return nil, err
	}
	return index.ByNumber(number)
}

var demoIndex = sync.OnceValues(func() (*catalog.Index, error) {
	items, err := readCatalog("")
	return catalog.NewIndex(items), err
})
