package store_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"voicetill/accounts"
	"voicetill/catalog"
	"voicetill/payments"
	"voicetill/payments/money"
	"voicetill/store"
	"voicetill/store/storetest"

	"go.uber.org/goleak"
)

var cluster *storetest.Cluster

// TestMain fails where PostgreSQL is not installed: half a suite proves little.
func TestMain(m *testing.M) {
	if dsn := os.Getenv(sellHere); dsn != "" {
		fmt.Fprintln(os.Stderr, sellUntilKilled(dsn, os.Stdout))
		os.Exit(1)
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	var err error
	if cluster, err = storetest.StartPostgres(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if err := cluster.Prepare(migrate); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if blank, err = blankFile(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := m.Run()
	if err := cluster.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, "stop PostgreSQL:", err)
		code = 1
	}
	if err := goleak.Find(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	return code
}

// blank is a SQLite file with the schema and nothing else.
var blank []byte

func blankFile() ([]byte, error) {
	dir, err := os.MkdirTemp("", "voicetill-blank-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "till.db")
	if err := migrate("sqlite:" + path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

// migrate makes the schema.
func migrate(dsn string) error {
	db, err := store.Open(context.Background(), dsn)
	if err != nil {
		return err
	}
	return db.Close()
}

// sqliteFile is a new one with the schema.
func sqliteFile(t *testing.T) string {
	t.Helper()
	dsn := storetest.SQLite(t)
	path, _ := store.SQLitePath(dsn)
	if err := os.WriteFile(path, blank, 0o600); err != nil {
		t.Fatal(err)
	}
	return dsn
}

// onBothEmpty runs a test on an empty database of each kind, without a schema.
func onBothEmpty(t *testing.T, test func(t *testing.T, dsn string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, storetest.SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, cluster.Empty(t)) })
}

// onBoth runs a test on SQLite and on PostgreSQL, where the schema is made already.
func onBoth(t *testing.T, test func(t *testing.T, dsn string)) {
	t.Helper()
	onBothAnew(t, func(t *testing.T, another func() string) { test(t, another()) })
}

// onBothAnew does so with as many databases as the test wants: where books are
// audited again and again, a few small ones take far less time than one large one.
func onBothAnew(t *testing.T, test func(t *testing.T, another func() string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, func() string { return sqliteFile(t) }) })
	t.Run("postgres", func(t *testing.T) { test(t, func() string { return cluster.Database(t) }) })
}

// clock is a time that stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	t   time.Time
	ago time.Duration // what has passed, whatever it was set to
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t, c.ago = c.t.Add(d), c.ago+d
}

// set sets the clock, while no time passes.
func (c *clock) set(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

func (c *clock) elapsed() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ago
}

// till is a demo shop with all its parts.
type till struct {
	*store.DB
	clock    *clock
	service  *payments.Service
	verifier *accounts.Verifier
}

const (
	ada, adaPassword = "1001", "till-demo-1"
	ben, benPassword = "1002", "till-demo-2"
)

// cheapen is false while a test wants the demo accounts as they are seeded.
var cheapen = true

// cheapLogins are the demo accounts with passwords that cost next to nothing to
// check, made before SeedDemo does.
func cheapLogins(t testing.TB, db *store.DB) {
	t.Helper()
	if !cheapen {
		return
	}
	for _, l := range store.DemoLogins() {
		if _, err := db.CreateAccount(t.Context(), l.Account, storetest.CheapHash(l.Password)); err != nil && !errors.Is(err, store.ErrAccountTaken) {
			t.Fatal(err)
		}
	}
}

func newTill(t *testing.T, dsn string) *till {
	t.Helper()
	return newTillWith(t, dsn, nil)
}

// newTillWith puts wrap around the gateway of prepaid balances.
func newTillWith(t *testing.T, dsn string, wrap func(payments.Gateway) payments.Gateway) *till {
	t.Helper()
	c := &clock{t: time.Date(2026, 11, 24, 12, 0, 0, 123456000, time.UTC)}
	db, err := store.Open(t.Context(), dsn, store.Clock(c.now))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	cheapLogins(t, db)
	if err := db.SeedDemo(t.Context(), shelf()); err != nil {
		t.Fatal(err)
	}
	key, err := db.PassKey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var gateway payments.Gateway = db.Prepaid()
	if wrap != nil {
		gateway = wrap(gateway)
	}
	v := &accounts.Verifier{Book: db, Now: c.now, Pause: func(context.Context, time.Duration) error { return nil }}
	s := payments.New(payments.Config{Store: db, Verifier: v, PassKey: key, Now: c.now, Elapsed: c.elapsed, Log: slog.New(slog.DiscardHandler),
		Gateways: map[payments.Method]payments.Gateway{payments.Prepaid: gateway}})
	return &till{db, c, s, v}
}

func qty(milli int64) *catalog.Qty { return new(catalog.Qty(milli)) }

// shelf is counted milk, uncounted bread by weight, and a last unit.
func shelf() []catalog.Item {
	return []catalog.Item{
		{Number: "1203", Name: "oat milk", Price: money.Of(249, "EUR"), Unit: catalog.Each, TaxBP: 700, Stock: qty(40_000)},
		{Number: "3340", Name: "tomatoes", Price: money.Of(299, "EUR"), Unit: "kg", TaxBP: 700},
		{Number: "7001", Name: "last cake", Price: money.Of(500, "EUR"), Unit: catalog.Each, TaxBP: 1900, Stock: qty(1000)},
		{Number: "8001", Name: "latte", Price: money.Of(320, "EUR"), Unit: catalog.Each, TaxBP: 1900, Groups: []catalog.Group{
			{Name: "milk", Values: []catalog.Value{{Name: "soy", Surcharge: money.Of(40, "EUR")}, {Name: "cow"}}}}},
	}
}

// failer is a testing.TB or a *rapid.T.
type failer interface {
	Helper()
	Fatal(args ...any)
}

// line prices what is bought as the shelf does.
func line(t failer, n int, number string, milli int64) payments.Line {
	t.Helper()
	it, err := catalog.NewIndex(shelf()).ByNumber(number)
	if err != nil {
		t.Fatal(err)
	}
	total, err := it.Price.Times(milli)
	if err != nil {
		t.Fatal(err)
	}
	return payments.Line{Line: n, Item: number, Name: it.Name, Milli: milli, Unit: it.Unit, Price: it.Price, Total: total, TaxBP: it.TaxBP}
}

func order(cart string, lines ...payments.Line) payments.Order {
	return payments.Order{Cart: cart, Merchant: "demo", Place: "demo", Payee: "Demo Shop", Currency: "EUR", Lines: lines}
}

func (s *till) freeze(t testing.TB, cart string, lines ...payments.Line) payments.Bill {
	t.Helper()
	b, err := s.service.Freeze(t.Context(), order(cart, lines...))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func payer(account, password string) payments.Payer {
	return payments.Payer{Account: account, Terminal: "kiosk 1", Proof: accounts.Proof{Factor: accounts.Password, Secret: password}}
}

func (s *till) pay(t testing.TB, b payments.Bill) payments.Receipt {
	t.Helper()
	r, err := s.service.Pay(t.Context(), b, payer(ada, adaPassword))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (s *till) balance(t testing.TB, account string) string {
	t.Helper()
	a, err := s.Account(t.Context(), account)
	if err != nil {
		t.Fatal(err)
	}
	b, err := s.Balance(t.Context(), "demo", a.ID, "EUR")
	if err != nil {
		t.Fatal(err)
	}
	return b.Decimal()
}

func (s *till) stock(t testing.TB, number string) string {
	t.Helper()
	levels, err := s.StockLevels(t.Context(), "demo")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range levels {
		if l.Item == number && l.Stock != nil {
			return l.Stock.String()
		}
	}
	return "not counted"
}

// audited fails the test unless the books are in order.
func (s *till) audited(t testing.TB) store.Audit {
	t.Helper()
	a, err := s.Audit(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range a.Problems {
		t.Errorf("audit: %s", p)
	}
	return a
}
