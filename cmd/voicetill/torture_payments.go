package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"sync"
	"time"

	"voicetill/accounts"
	"voicetill/payments"
	"voicetill/payments/money"
	"voicetill/store"
)

const torturePaymentsUsage = "[--n N] [--db ADDRESS] [--seed N]"

// badPayments are payments by a provider behind a bad network, in processes
// that die between any two steps.
type badPayments struct {
	dsn  string
	n    int
	seed uint64
}

type paymentsReport struct {
	Torture   string `json:"torture"`
	DB        string `json:"db"`
	N         int    `json:"n"`
	Paid      int    `json:"paid"`      // with a receipt
	Unpaid    int    `json:"unpaid"`    // nothing kept
	TopUps    int    `json:"top_ups"`   // of those paid, into balances
	Mandates  int    `json:"mandates"`  // of those paid, as their shoppers had allowed
	Confirmed int    `json:"confirmed"` // of those paid, by staff
	Refunds   int    `json:"refunds"`   // done
	Crashes   int    `json:"crashes"`   // processes that died in a payment
	Faults    int    `json:"faults"`    // requests and replies lost, late or double
	Strays    int    `json:"strays"`    // charges that came after their reversal
	Rounds    int    `json:"rounds"`    // of recovering until all was settled
	Wrong     int    `json:"wrong"`     // bills of which another sum is kept than receipts say
	Lost      int    `json:"lost"`      // acknowledged, and no receipt
	Unsettled int    `json:"unsettled"` // settlements and refunds
	Findings  int    `json:"findings"`  // of the audit
	Seed      uint64 `json:"seed"`
	Version   string `json:"version"`
}

func torturePayments(ctx context.Context, args []string) error {
	fs, db, seed := tortureFlags("payments")
	b := badPayments{}
	fs.IntVar(&b.n, "n", 10_000, "`number` of payments")
	if err := parseFlags(fs, args, torturePaymentsUsage, 0, 0); err != nil {
		return err
	}
	dsn, cleanup, err := ownDB(*db)
	if err != nil {
		return err
	}
	defer cleanup()
	b.dsn, b.seed = dsn, *seed
	r, err := b.run(ctx)
	return conclude(r, err)
}

// market is where bad payments happen.
type market struct {
	shop     *tortureShop
	nodes    []*store.DB
	provider *provider
	report   *paymentsReport

	mu       sync.Mutex
	random   *rand.Rand
	now      time.Time
	told     map[string]int64  // receipt number by bill
	accounts map[string]string // id by number
	bills    []string
	crashes  int
}

const (
	marketShoppers = 8
	mostRounds     = 500 // of recovering
)

func (b badPayments) run(ctx context.Context) (r paymentsReport, err error) {
	r = paymentsReport{Torture: "payments", DB: databaseKind(b.dsn), N: b.n, Seed: b.seed, Version: version()}
	shop, err := openShop(ctx, b.dsn, marketShoppers, false)
	if err != nil {
		return r, err
	}
	m := &market{shop: shop, provider: newProvider(b.seed), report: &r, random: rand.New(rand.NewPCG(b.seed, 1<<35)),
		now: time.Now(), told: map[string]int64{}}
	for range 2 {
		db, err := store.Open(ctx, b.dsn, store.Clock(m.clock))
		if err != nil {
			return r, err
		}
		defer db.Close()
		m.nodes = append(m.nodes, db)
	}
	if err := m.nodes[0].SetTopUpLimits(ctx, store.DemoPlace, tortureTopUps); err != nil {
		return r, err
	}
	if err := m.prepare(ctx); err != nil {
		return r, err
	}
	if err := m.payAll(ctx, b.n); err != nil {
		return r, err
	}
	if err := m.settleAll(ctx); err != nil {
		return r, err
	}
	if err := m.judge(ctx); err != nil {
		return r, err
	}
	if r.Wrong+r.Lost+r.Unsettled+r.Findings+m.provider.over > 0 || r.Paid == 0 {
		return r, fmt.Errorf("%w: of %d payments %d wrong, %d lost, %d unsettled, %d findings, %d refunds beyond their charge",
			errBroken, b.n, r.Wrong, r.Lost, r.Unsettled, r.Findings, m.provider.over)
	}
	return r, nil
}

func (m *market) clock() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

func (m *market) pass(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = m.now.Add(d)
}

func (m *market) intN(n int) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.random.IntN(n)
}

// process is a new one on a random node, which dies soon so many times of a
// hundred.
func (m *market) process(ctx context.Context, percent int) (*payments.Service, *life, error) {
	db := m.nodes[m.intN(len(m.nodes))]
	key, err := db.PassKey(ctx)
	if err != nil {
		return nil, nil, err
	}
	l := &life{left: -1}
	if m.intN(100) < percent {
		l.left, l.after = m.intN(7), m.intN(2) == 0
	}
	return payments.New(payments.Config{Store: mortalStore{db, l}, Wallet: db, PassKey: key, Now: m.clock, Log: slog.New(slog.DiscardHandler),
		Verifier: &accounts.Verifier{Book: db, Now: m.clock},
		Gateways: map[payments.Method]payments.Gateway{viaProvider: mortalGateway{m.provider, l}}}), l, nil
}

// payAll pays n bills, a shopper each.
func (m *market) payAll(ctx context.Context, n int) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	todo := make(chan int)
	var wg sync.WaitGroup
	for _, shopper := range m.shop.shoppers {
		wg.Go(func() {
			for i := range todo {
				if err := m.purchase(ctx, i, shopper); err != nil {
					cancel(err)
				}
			}
		})
	}
	for i := range n {
		select {
		case todo <- i:
			progress("payment", i+1, n)
		case <-ctx.Done():
		}
	}
	close(todo)
	wg.Wait()
	return context.Cause(ctx)
}

// purchase freezes a bill and tries up to three times to pay it, each time in
// another process; then callbacks arrive and sometimes money goes back. One in
// five is a payment into the shopper's balance.
func (m *market) purchase(ctx context.Context, i int, shopper string) error {
	m.pass(time.Duration(m.intN(8)) * time.Second)
	if m.intN(5) == 0 {
		if err := m.topUp(ctx, i, shopper); err != nil {
			return err
		}
		return m.aftermath(ctx)
	}
	s, _, err := m.process(ctx, 0)
	if err != nil {
		return err
	}
	b, err := (&node{service: s}).freeze(ctx, fmt.Sprint("cart ", i), tortureItems[m.intN(len(tortureItems))], int64(1+m.intN(5)))
	if err != nil {
		return err
	}
	m.mu.Lock()
	m.bills = append(m.bills, b.ID)
	m.mu.Unlock()
	for range 1 + m.intN(3) {
		if paid, err := m.pay(ctx, b, shopper); paid || err != nil {
			break
		}
	}
	return m.aftermath(ctx)
}

// aftermath is what reaches the till behind a payment.
func (m *market) aftermath(ctx context.Context) error {
	if m.intN(100) == 0 {
		m.provider.deliver()
	}
	for range m.intN(4) {
		if err := m.callBack(ctx); err != nil {
			return err
		}
	}
	if m.intN(25) == 0 {
		return m.recover(ctx)
	}
	return nil
}

// pay is one try. An error of the payment leaves its outcome open.
func (m *market) pay(ctx context.Context, b payments.Bill, shopper string) (paid bool, err error) {
	s, l, err := m.process(ctx, 15)
	if err != nil {
		return false, err
	}
	r, err := m.settle(ctx, s, b, shopper)
	m.count(l)
	if err != nil {
		return false, nil
	}
	m.mu.Lock()
	m.told[b.ID] = r.No
	m.mu.Unlock()
	if m.intN(5) == 0 {
		return true, m.refund(ctx, r)
	}
	return true, nil
}

func (m *market) count(l *life) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.dead {
		m.mu.Lock()
		m.crashes++
		m.mu.Unlock()
	}
}

// refund asks twice under each of two keys, from two processes at once, for a
// part of a sale or all of it.
func (m *market) refund(ctx context.Context, r payments.Receipt) error {
	amount := money.Amount{}
	if m.intN(2) == 0 {
		amount = money.Of(1+int64(m.intN(int(r.Total.Minor))), r.Currency)
	}
	var wg sync.WaitGroup
	for try := range 4 {
		s, l, err := m.process(ctx, 15)
		if err != nil {
			return err
		}
		wg.Go(func() {
			_, _ = s.Refund(ctx, r.Merchant, r.No, payments.RefundAsk{Key: fmt.Sprint(r.ID, "/", try%2), Amount: amount})
			m.count(l)
		})
	}
	wg.Wait()
	return nil
}

// callBack brings one callback to the till, which may die of it.
func (m *market) callBack(ctx context.Context) error {
	key, ok := m.provider.callback()
	if !ok {
		return nil
	}
	s, l, err := m.process(ctx, 15)
	if err != nil {
		return err
	}
	if err := s.Settle(ctx, key); err != nil {
		m.provider.again(key)
	}
	m.count(l)
	return nil
}

func (m *market) recover(ctx context.Context) error {
	s, l, err := m.process(ctx, 30)
	if err != nil {
		return err
	}
	_ = s.Recover(ctx) // what is left is seen by its being pending
	m.count(l)
	return nil
}

// settleAll lets time pass until nothing is pending.
func (m *market) settleAll(ctx context.Context) error {
	for m.report.Rounds < mostRounds {
		m.report.Rounds++
		m.pass(time.Minute)
		if err := m.recover(ctx); err != nil {
			return err
		}
		m.provider.deliver() // what was reversed just now, too
		for range len(m.provider.callbacks) {
			if err := m.callBack(ctx); err != nil {
				return err
			}
		}
		n, err := m.unsettled(ctx)
		if err != nil || n == 0 && !m.provider.busy() {
			return err
		}
	}
	return nil
}

func (m *market) unsettled(ctx context.Context) (int, error) {
	far := m.clock().Add(1000 * time.Hour)
	pending, err := m.nodes[0].Pending(ctx, far)
	if err != nil {
		return 0, err
	}
	refunds, err := m.nodes[0].PendingRefunds(ctx, far)
	return len(pending) + len(refunds), err
}

// judge compares what the provider keeps of each bill with its receipts.
func (m *market) judge(ctx context.Context) (err error) {
	r, db, kept := m.report, m.nodes[0], m.provider.kept()
	r.Crashes, r.Faults, r.Strays = m.crashes, m.provider.faults, m.provider.strays
	for _, bill := range m.bills {
		want, err := m.receipts(ctx, db, bill)
		if err != nil {
			return err
		}
		if kept[bill] != want {
			fmt.Fprintf(os.Stderr, "bill %s: %d minor units are kept, its receipts say %d\n", bill, kept[bill], want)
			r.Wrong++
		}
	}
	if err := m.judgeBalances(ctx, db); err != nil {
		return err
	}
	if r.Unsettled, err = m.unsettled(ctx); err != nil {
		return err
	}
	a, err := db.Audit(ctx)
	for _, p := range a.Problems {
		fmt.Fprintln(os.Stderr, "audit:", p)
	}
	r.Findings = len(a.Problems)
	return err
}

// receipts is what a bill's receipts add up to in minor units.
func (m *market) receipts(ctx context.Context, db *store.DB, bill string) (sum int64, err error) {
	sold, err := db.ReceiptByBill(ctx, bill)
	no, told := m.told[bill]
	if errors.Is(err, payments.ErrNoReceipt) {
		m.report.Unpaid++
		if told {
			m.report.Lost++
		}
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	if told && no != sold.No {
		m.report.Lost++
	}
	m.report.Paid++
	if sold.Kind == payments.TopUp {
		return sold.Total.Minor, nil
	}
	if err := m.noteKind(ctx, db, sold); err != nil {
		return 0, err
	}
	refundable, err := db.Refundable(ctx, sold.Merchant, sold.No)
	sum = sold.Total.Minor
	for _, e := range refundable.Earlier {
		m.report.Refunds++
		sum += e.Total.Minor
	}
	return sum, err
}
