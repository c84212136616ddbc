package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"voicetill/accounts"
	"voicetill/catalog"
	"voicetill/payments/money"
	"voicetill/store"

	"golang.org/x/crypto/argon2"
)

// Of a shop under torture.
const (
	tortureSecret  = "torture-1"
	tortureBalance = 1_000_000_000_00 // cents of each shopper
	tortureStock   = 1_000_000_000    // of each item
)

var tortureItems = []string{"1203", "2112", "3301", "3310", "1250"}

var errUsedDB = errors.New("torture sells thousands of times and wants an empty database of its own")

// tortureShop is the demo shop with more on its shelves than can be sold.
type tortureShop struct {
	dsn      string
	shoppers []string // numbers
}

// openShop sets a shop with so many shoppers up in an empty database. Their
// password costs as much as others with dear, else next to nothing, so that
// payments are not the pastime of a few.
func openShop(ctx context.Context, dsn string, shoppers int, dear bool) (*tortureShop, error) {
	db, err := store.Open(ctx, dsn)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	if a, err := db.Audit(ctx); err != nil || a.Merchants > 0 {
		return nil, errors.Join(errUsedDB, err)
	}
	items, err := readCatalog("")
	if err != nil {
		return nil, err
	}
	if err := db.SeedDemo(ctx, items); err != nil {
		return nil, err
	}
	for _, number := range tortureItems {
		if err := db.SetStock(ctx, store.DemoPlace, number, new(catalog.Qty(tortureStock*1000))); err != nil {
			return nil, fmt.Errorf("stock of item %s: %w", number, err)
		}
	}
	s := &tortureShop{dsn: dsn}
	return s, s.addShoppers(ctx, db, shoppers, dear)
}

func (s *tortureShop) addShoppers(ctx context.Context, db *store.DB, n int, dear bool) error {
	hash := cheapHash(tortureSecret)
	if dear {
		var err error
		if hash, err = accounts.Hash(ctx, tortureSecret); err != nil {
			return err
		}
	}
	for i := range n {
		number := fmt.Sprint(700001 + i)
		id, err := db.CreateAccount(ctx, accounts.Account{Number: number, Email: number + "@example.com", Kind: accounts.Shopper}, hash)
		if err != nil {
			return err
		}
		if err := db.TopUp(ctx, store.DemoPlace, id, "torture/"+id, money.Of(tortureBalance, "EUR")); err != nil {
			return err
		}
		s.shoppers = append(s.shoppers, number)
	}
	return nil
}

// cheapHash is a PHC string of Argon2id with the least settings there are.
func cheapHash(password string) string {
	salt, b64 := []byte("salt of tortures"), base64.RawStdEncoding
	key := argon2.IDKey([]byte(password), salt, 1, 8, 1, 32)
	return fmt.Sprintf("$argon2id$v=19$m=8,t=1,p=1$%s$%s", b64.EncodeToString(salt), b64.EncodeToString(key))
}

// kiosks are one for each shopper.
func (s *tortureShop) kiosks(till *killable, seed uint64) []*buyer {
	list := make([]*buyer, len(s.shoppers))
	for i, number := range s.shoppers {
		list[i] = &buyer{till: till, shopper: number, secret: tortureSecret, items: tortureItems,
			random: rand.New(rand.NewPCG(seed, uint64(i))), patience: []string{"payment_pending", "busy"}}
	}
	return list
}

// judgement is what the books say about the sales that kiosks were told of.
type judgement struct {
	Sales     int `json:"sales"`   // acknowledged
	Lost      int `json:"lost"`    // acknowledged, and not in the books so
	Doubled   int `json:"doubled"` // receipts beyond the acknowledged ones
	Unsettled int `json:"unsettled"`
	Findings  int `json:"findings"` // of the audit, and balances and stock that differ
}

// errBroken says that a promise was broken: the report says which.
var errBroken = errors.New("a promise was broken")

func (v judgement) err() error {
	if v.Lost+v.Doubled+v.Unsettled+v.Findings > 0 || v.Sales == 0 {
		return fmt.Errorf("%w: of %d sales %d lost, %d doubled, %d unsettled, %d findings", errBroken, v.Sales, v.Lost, v.Doubled, v.Unsettled, v.Findings)
	}
	return nil
}

// judge compares the books with what kiosks were told, when all of them have
// finished their purchases. What it finds goes to stderr too.
func (s *tortureShop) judge(ctx context.Context, told []sale) (v judgement, err error) {
	db, err := store.Open(ctx, s.dsn)
	if err != nil {
		return v, err
	}
	defer db.Close()
	v.Sales, v.Lost = len(told), missing(ctx, db, told)
	a, err := db.Audit(ctx)
	if err != nil {
		return v, err
	}
	for _, p := range a.Problems {
		fmt.Fprintln(os.Stderr, "audit:", p)
	}
	v.Doubled, v.Findings = max(a.Receipts-len(told), 0), len(a.Problems)
	pending, err := db.Pending(ctx, time.Now().Add(time.Hour))
	if err != nil {
		return v, err
	}
	v.Unsettled = len(pending)
	n, err := s.differences(ctx, db, told)
	v.Findings += n
	return v, err
}

// stopped is what is left to be said where a kiosk could not go on, because of
// cause: what of the sales that were told is not in the books.
func (s *tortureShop) stopped(ctx context.Context, told []sale, cause error) (v judgement, err error) {
	db, err := store.Open(ctx, s.dsn)
	if err != nil {
		return v, errors.Join(cause, err)
	}
	defer db.Close()
	v.Sales, v.Lost = len(told), missing(ctx, db, told)
	return v, fmt.Errorf("%w: of %d sales %d lost, and then: %w", errBroken, v.Sales, v.Lost, cause)
}

// missing counts the sales that are not in the books as they were told.
func missing(ctx context.Context, db *store.DB, told []sale) (n int) {
	for _, t := range told {
		r, err := db.ReceiptByBill(ctx, t.Bill)
		if err != nil || r.ID != t.Receipt || r.No != t.No || r.Total != t.Total {
			fmt.Fprintf(os.Stderr, "told of receipt %d over %s of bill %s, the books have %d over %s: %v\n", t.No, t.Total, t.Bill, r.No, r.Total, err)
			n++
		}
	}
	return n
}

// differences counts balances and stock that are not what was told leaves.
func (s *tortureShop) differences(ctx context.Context, db *store.DB, told []sale) (n int, err error) {
	left, have := map[string]int64{}, map[string]catalog.Qty{}
	for _, number := range tortureItems {
		have[number] = tortureStock * 1000
	}
	for _, t := range told {
		left[t.Shopper] -= t.Total.Minor
		for _, l := range t.Lines {
			q, err := catalog.ParseQty(l.Quantity)
			if err != nil {
				return n, err
			}
			have[l.Item] -= q
		}
	}
	for _, number := range s.shoppers {
		a, err := db.Account(ctx, number)
		if err != nil {
			return n, err
		}
		got, err := db.Balance(ctx, store.DemoPlace, a.ID, "EUR")
		if err != nil {
			return n, err
		}
		if want := money.Of(tortureBalance+left[number], "EUR"); got != want {
			fmt.Fprintf(os.Stderr, "shopper %s has %s, what was told leaves %s\n", number, got, want)
			n++
		}
	}
	levels, err := db.StockLevels(ctx, store.DemoPlace)
	for _, l := range levels {
		if want, ok := have[l.Item]; ok && (l.Stock == nil || *l.Stock != want) {
			fmt.Fprintf(os.Stderr, "item %s: %v in stock, what was told leaves %s\n", l.Item, l.Stock, want)
			n++
		}
	}
	return n, err
}

// ownDB is the address, or that of a new file below a folder that cleanup
// deletes.
func ownDB(address string) (dsn string, cleanup func(), err error) {
	if address != "" {
		return address, func() {}, nil
	}
	dir, err := os.MkdirTemp("", "voicetill-torture-")
	if err != nil {
		return "", nil, err
	}
	return "sqlite:" + filepath.Join(dir, "till.db"), func() { os.RemoveAll(dir) }, nil
}

// databaseKind is "sqlite" or "postgres".
func databaseKind(dsn string) string {
	if _, ok := store.SQLitePath(dsn); ok {
		return "sqlite"
	}
	return "postgres"
}
