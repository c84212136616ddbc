package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"voicetill/accounts"
	"voicetill/payments"
	"voicetill/payments/money"
	"voicetill/store"

	"pgregory.net/rapid"
)

const tortureLedgerUsage = "[--operations N] [--seed N]"

// randomBooks are books in which rapid keeps finding new sequences of
// operations: each begins with empty ones and has so many operations.
type randomBooks struct {
	operations int // in all
	length     int // of a sequence
	snapshot   int // operations from one check of the books to the next
	seed       uint64
	fresh      func() (dsn string, drop func(), err error)
}

type ledgerReport struct {
	Torture    string         `json:"torture"`
	Operations int            `json:"operations"`
	Sequences  int            `json:"sequences"`
	Snapshots  int            `json:"snapshots"` // at which the books were in order
	Done       map[string]int `json:"done"`      // operations by kind that changed the books
	Crashes    int            `json:"crashes"`
	Seed       uint64         `json:"seed"`
	Version    string         `json:"version"`
}

func tortureLedger(ctx context.Context, args []string) error {
	fs := flag.NewFlagSet("torture ledger", flag.ContinueOnError)
	b := randomBooks{length: 1000, snapshot: 100, fresh: memoryDB}
	fs.IntVar(&b.operations, "operations", 1_000_000, "`number` of operations")
	fs.Uint64Var(&b.seed, "seed", 1, "`number` that the random choices follow from")
	if err := parseFlags(fs, args, tortureLedgerUsage, 0, 0); err != nil {
		return err
	}
	testing.Init() // rapid asks for the flags of tests
	if err := flag.CommandLine.Parse(nil); err != nil {
		return err
	}
	for name, value := range map[string]string{"rapid.checks": fmt.Sprint(max(b.operations/b.length, 1)), "rapid.seed": fmt.Sprint(b.seed),
		"rapid.nofailfile": "true", "rapid.shrinktime": "1m"} {
		if err := flag.Set(name, value); err != nil {
			return err
		}
	}
	r := b.report()
	t := &outside{name: "ledger"}
	t.run(func() { rapid.Check(t, func(rt *rapid.T) { b.sequence(ctx, rt, &r) }) })
	var err error
	if t.failed {
		err = fmt.Errorf("%w: the last message says where", errBroken)
	}
	return conclude(r, errors.Join(err, ctx.Err()))
}

func (b randomBooks) report() ledgerReport {
	return ledgerReport{Torture: "ledger", Seed: b.seed, Done: map[string]int{}, Version: version()}
}

// memoryDB is a SQLite file where writing costs least: power cuts are another
// torture's.
func memoryDB() (dsn string, drop func(), err error) {
	parent := "/dev/shm"
	if info, err := os.Stat(parent); err != nil || !info.IsDir() {
		parent = ""
	}
	dir, err := os.MkdirTemp(parent, "voicetill-torture-")
	return "sqlite:" + filepath.Join(dir, "till.db"), func() { os.RemoveAll(dir) }, err
}

// books are a shop's books and what they should say.
type books struct {
	t        *rapid.T
	ctx      context.Context
	shop     *tortureShop
	db       *store.DB
	report   *ledgerReport
	now      time.Time
	bills    []payments.Bill // whose payment was tried
	paidBy   map[string]string
	toppedUp map[string]int64 // minor units by shopper, beyond the start
	paidIn   []string         // bills of payments into balances through the provider
	provider *provider
	keys     int
}

// sequence is one case of the property: whatever happens, the ledger sums to
// zero and everything else follows from it.
func (b randomBooks) sequence(ctx context.Context, t *rapid.T, r *ledgerReport) {
	dsn, drop, err := b.fresh()
	if err != nil {
		t.Fatal(err)
	}
	defer drop()
	shop, err := openShop(ctx, dsn, 2, false)
	if err != nil {
		t.Fatal(err)
	}
	k := &books{t: t, ctx: ctx, shop: shop, report: r, now: time.Now(), paidBy: map[string]string{}, toppedUp: map[string]int64{}, provider: newProvider(1)}
	k.provider.calm = true
	if k.db, err = store.Open(ctx, dsn, store.Clock(func() time.Time { return k.now })); err != nil {
		t.Fatal(err)
	}
	defer k.db.Close()
	if err := k.db.SetTopUpLimits(ctx, store.DemoPlace, tortureTopUps); err != nil {
		t.Fatal(err)
	}
	for n := range b.length {
		if ctx.Err() != nil {
			return
		}
		k.operate(rapid.SampledFrom(ledgerOperations).Draw(t, "operation"))
		if r.Operations++; (n+1)%b.snapshot == 0 || n+1 == b.length {
			k.check()
		}
	}
	r.Sequences++
	progress("operations", r.Operations, max(b.operations, r.Operations))
}

// ledgerOperations by how often they are drawn.
var ledgerOperations = []string{"sell", "sell", "sell", "sell", "pay again", "top up", "refund", "refund", "recover", "freeze", "wait"}

func (k *books) operate(kind string) {
	k.now = k.now.Add(time.Second)
	var err error
	switch kind {
	case "sell":
		err = k.sell()
	case "pay again":
		err = k.payAgain()
	case "top up":
		err = k.topUp()
	case "refund":
		err = k.refund()
	case "recover":
		err = k.recover()
	case "freeze":
		_, err = k.freeze()
	case "wait":
		k.now = k.now.Add(time.Duration(rapid.IntRange(0, 900).Draw(k.t, "seconds")) * time.Second)
	}
	if err == nil {
		k.report.Done[kind]++
	}
}

// process is one that may die at a drawn step.
func (k *books) process() (*payments.Service, *life) {
	key, err := k.db.PassKey(k.ctx)
	if err != nil {
		k.t.Fatal(err)
	}
	l := &life{left: rapid.IntRange(-6, 6).Draw(k.t, "steps"), after: rapid.Bool().Draw(k.t, "after")}
	now := func() time.Time { return k.now }
	return payments.New(payments.Config{Store: mortalStore{k.db, l}, Wallet: k.db, PassKey: key, Now: now, Log: slog.New(slog.DiscardHandler),
		Verifier: &accounts.Verifier{Book: k.db, Now: now},
		Gateways: map[payments.Method]payments.Gateway{payments.Prepaid: mortalGateway{k.db.Prepaid(), l}, viaProvider: mortalGateway{k.provider, l}}}), l
}

func (k *books) shopper() string { return rapid.SampledFrom(k.shop.shoppers).Draw(k.t, "shopper") }

func (k *books) freeze() (payments.Bill, error) {
	k.keys++
	s, _ := k.process()
	return (&node{service: s}).freeze(k.ctx, fmt.Sprint("cart ", k.keys), rapid.SampledFrom(tortureItems).Draw(k.t, "item"),
		int64(rapid.IntRange(1, 9).Draw(k.t, "count")))
}

func (k *books) sell() error {
	b, err := k.freeze()
	if err != nil {
		return err
	}
	k.bills = append(k.bills, b)
	k.paidBy[b.ID] = k.shopper()
	return k.pay(b, k.paidBy[b.ID])
}

func (k *books) pay(b payments.Bill, shopper string) error {
	s, l := k.process()
	_, err := s.Pay(k.ctx, b, payerOf(shopper))
	k.count(l)
	return err
}

func (k *books) count(l *life) {
	if l.dead {
		k.report.Crashes++
	}
}

var errNothing = errors.New("there is nothing to do it to")

func (k *books) payAgain() error {
	if len(k.bills) == 0 {
		return errNothing
	}
	b := k.bills[rapid.IntRange(0, len(k.bills)-1).Draw(k.t, "bill")]
	return k.pay(b, k.paidBy[b.ID])
}

// topUp pays in, through the provider or at the desk, there sometimes twice
// under one key.
func (k *books) topUp() error {
	shopper, amount := k.shopper(), int64(rapid.IntRange(1, 10_000).Draw(k.t, "amount"))
	if rapid.Bool().Draw(k.t, "by card") {
		return k.payInVia(shopper, amount)
	}
	a, err := k.db.Account(k.ctx, shopper)
	if err != nil {
		return err
	}
	k.keys++
	for range rapid.IntRange(1, 2).Draw(k.t, "times") {
		if err := k.db.TopUp(k.ctx, store.DemoPlace, a.ID, fmt.Sprint("drawn ", k.keys), money.Of(amount, "EUR")); err != nil {
			return err
		}
	}
	k.toppedUp[shopper] += amount
	return nil
}

// refund gives back an amount, a line's part, or all that is left of a sale.
func (k *books) refund() error {
	if len(k.bills) == 0 {
		return errNothing
	}
	r, err := k.db.ReceiptByBill(k.ctx, k.bills[rapid.IntRange(0, len(k.bills)-1).Draw(k.t, "bill")].ID)
	if err != nil {
		return err
	}
	ask := payments.RefundAsk{Key: fmt.Sprint("key ", rapid.IntRange(1, 40).Draw(k.t, "key"), r.No)}
	switch rapid.IntRange(0, 2).Draw(k.t, "by") {
	case 0:
		ask.Amount = money.Of(int64(rapid.IntRange(1, 500).Draw(k.t, "amount")), "EUR")
	case 1:
		ask.Lines = []payments.RefundLine{{Line: 1, Milli: int64(rapid.IntRange(1, 3).Draw(k.t, "units")) * 1000}}
	}
	ask.Restock = ask.Amount == money.Amount{} && rapid.Bool().Draw(k.t, "restock")
	s, l := k.process()
	_, err = s.Refund(k.ctx, r.Merchant, r.No, ask)
	k.count(l)
	return err
}

func (k *books) recover() error {
	s, l := k.process()
	err := s.Recover(k.ctx)
	k.count(l)
	return err
}

// check finishes what is pending, without dying, and reads the books.
func (k *books) check() {
	s, l := k.process()
	l.left = -1
	for range 20 {
		k.now = k.now.Add(time.Hour)
		if err := s.Recover(k.ctx); err == nil {
			break
		}
	}
	far := k.now.Add(1000 * time.Hour)
	pending, err := k.db.Pending(k.ctx, far)
	refunds, err2 := k.db.PendingRefunds(k.ctx, far)
	if err := errors.Join(err, err2); err != nil || len(pending)+len(refunds) > 0 {
		k.t.Fatalf("%d settlements and %d refunds are pending: %v", len(pending), len(refunds), err)
	}
	a, err := k.db.Audit(k.ctx)
	if err != nil || len(a.Problems) > 0 {
		k.t.Fatalf("the books are out of order: %v %v", a.Problems, err)
	}
	for _, shopper := range k.shop.shoppers {
		account, got := k.balance(shopper)
		if want := tortureBalance + k.toppedUp[shopper] + k.paidInBy(account) - k.spent(shopper); got != want {
			k.t.Fatalf("shopper %s has %d minor units, top-ups and receipts leave %d", shopper, got, want)
		}
	}
	k.report.Snapshots++
}

func (k *books) balance(shopper string) (account string, minor int64) {
	a, err := k.db.Account(k.ctx, shopper)
	if err != nil {
		k.t.Fatal(err)
	}
	b, err := k.db.Balance(k.ctx, store.DemoPlace, a.ID, "EUR")
	if err != nil {
		k.t.Fatal(err)
	}
	return a.ID, b.Minor
}

// spent is what a shopper's receipts add up to, refunds taken off.
func (k *books) spent(shopper string) (minor int64) {
	for _, b := range k.bills {
		if k.paidBy[b.ID] != shopper {
			continue
		}
		sold, err := k.db.ReceiptByBill(k.ctx, b.ID)
		if errors.Is(err, payments.ErrNoReceipt) {
			continue
		}
		if err != nil {
			k.t.Fatal(err)
		}
		refundable, err := k.db.Refundable(k.ctx, sold.Merchant, sold.No)
		if err != nil {
			k.t.Fatal(err)
		}
		minor += sold.Total.Minor
		for _, e := range refundable.Earlier {
			minor += e.Total.Minor
		}
	}
	return minor
}

// outside lets rapid check outside a test: it tells on stderr, and its failures
// end what run runs.
type outside struct {
	name   string
	failed bool
}

func (b *outside) run(do func()) {
	done := make(chan struct{})
	go func() { defer close(done); do() }()
	<-done
}

func (b *outside) Helper()                      {}
func (b *outside) Name() string                 { return b.name }
func (b *outside) Log(a ...any)                 { fmt.Fprintln(os.Stderr, a...) }
func (b *outside) Logf(format string, a ...any) { fmt.Fprintf(os.Stderr, format+"\n", a...) }
func (b *outside) Fail()                        { b.failed = true }
func (b *outside) Failed() bool                 { return b.failed }
func (b *outside) FailNow()                     { b.failed = true; runtime.Goexit() }
func (b *outside) SkipNow()                     { runtime.Goexit() }
func (b *outside) Error(a ...any)               { b.Log(a...); b.Fail() }
func (b *outside) Errorf(f string, a ...any)    { b.Logf(f, a...); b.Fail() }
func (b *outside) Fatal(a ...any)               { b.Log(a...); b.FailNow() }
func (b *outside) Fatalf(f string, a ...any)    { b.Logf(f, a...); b.FailNow() }
func (b *outside) Skip(a ...any)                { b.Log(a...); b.SkipNow() }
func (b *outside) Skipf(f string, a ...any)     { b.Logf(f, a...); b.SkipNow() }
