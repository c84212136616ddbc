package store_test

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"voicetill/catalog"
	"voicetill/store"
	"voicetill/store/storetest"

	"github.com/jmoiron/sqlx"
	"github.com/pressly/goose/v3/lock"
)

func TestCatalogComesBackAsItWent(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		version, items, err := s.Catalog(t.Context(), "demo")
		if err != nil || version != "1" {
			t.Fatalf("got version %s, %v, want 1", version, err)
		}
		if want := shelf(); !reflect.DeepEqual(items, want) {
			t.Errorf("got %+v, want %+v", items, want)
		}
	})
}

func TestReplaceCatalog(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s, ctx := newTill(t, dsn), t.Context()
		old := shelf()
		next := []catalog.Item{old[2], old[0]} // another order, two retired
		next[0].Stock, next[1].Stock = nil, qty(3000)
		version, err := s.ReplaceCatalog(ctx, "demo", next)
		if err != nil || version != "2" {
			t.Fatalf("got version %s, %v, want 2", version, err)
		}
		if v, err := s.CatalogVersion(ctx, "demo"); err != nil || v != "2" {
			t.Errorf("version: got %s, %v, want 2", v, err)
		}
		_, items, err := s.Catalog(ctx, "demo")
		if err != nil || !reflect.DeepEqual(items, next) {
			t.Errorf("got %+v, %v, want %+v", items, err, next)
		}
		s.audited(t)
		twice := []catalog.Item{old[1], old[0], old[1]}
		if _, err := s.ReplaceCatalog(ctx, "demo", twice); !errors.Is(err, store.ErrSameNumber) {
			t.Errorf("got %v, want %v", err, store.ErrSameNumber)
		}
		if version, items, err := s.Catalog(ctx, "demo"); err != nil || version != "2" || !reflect.DeepEqual(items, next) {
			t.Errorf("after a refused catalogue: got version %s, %+v, %v", version, items, err)
		}
		if _, err := s.ReplaceCatalog(ctx, "nowhere", next); !errors.Is(err, store.ErrNoPlace) {
			t.Errorf("got %v, want %v", err, store.ErrNoPlace)
		}
		if _, _, err := s.Catalog(ctx, "nowhere"); !errors.Is(err, store.ErrNoPlace) {
			t.Errorf("got %v, want %v", err, store.ErrNoPlace)
		}
		s.audited(t)
	})
}

func TestSetStock(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s, ctx := newTill(t, dsn), t.Context()
		for _, tt := range []struct {
			number string
			q      *catalog.Qty
			want   string
		}{{"1203", qty(7000), "7"}, {"1203", nil, "not counted"}, {"1203", qty(9000), "9"}, {"3340", qty(1500), "1.5"}} {
			if err := s.SetStock(ctx, "demo", tt.number, tt.q); err != nil {
				t.Fatal(err)
			}
			if got := s.stock(t, tt.number); got != tt.want {
				t.Errorf("stock of %s: got %s, want %s", tt.number, got, tt.want)
			}
		}
		if err := s.SetStock(ctx, "demo", "9999", qty(1)); !errors.Is(err, catalog.ErrNoItem) {
			t.Errorf("unknown item: got %v, want %v", err, catalog.ErrNoItem)
		}
		if err := s.SetStock(ctx, "nowhere", "1203", qty(1)); !errors.Is(err, store.ErrNoPlace) {
			t.Errorf("unknown place: got %v, want %v", err, store.ErrNoPlace)
		}
		if v, err := s.CatalogVersion(ctx, "demo"); err != nil || v != "1" {
			t.Errorf("version: got %s, %v, want 1", v, err)
		}
		s.audited(t)
	})
}

func TestSeedingAgainChangesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		s.pay(t, s.freeze(t, "cart", line(t, 1, "1203", 3000)))
		if err := s.SeedDemo(t.Context(), shelf()); err != nil {
			t.Fatal(err)
		}
		if got := s.balance(t, ada) + ", " + s.stock(t, "1203"); got != "192.53, 37" {
			t.Errorf("balance and stock: got %s, want 192.53, 37", got)
		}
		if p, err := s.Place(t.Context(), "demo"); err != nil || p != (store.Place{ID: "demo", Merchant: "demo", Name: "Demo Shop", Payee: "Demo Shop", Currency: "EUR", Demo: true}) {
			t.Errorf("place: got %+v, %v", p, err)
		}
		if places, err := s.Places(t.Context(), ""); err != nil || len(places) != 1 {
			t.Errorf("places: got %+v, %v, want one", places, err)
		}
	})
}

func TestADatabaseOfANewerVersionIsRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		newTill(t, dsn)
		raw(t, dsn, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, `+map[bool]string{true: "1", false: "TRUE"}[dsn[:6] == "sqlite"]+`)`)
		db, err := store.Open(t.Context(), dsn)
		if !errors.Is(err, store.ErrNewerSchema) {
			t.Errorf("got %v, %v, want %v", db, err, store.ErrNewerSchema)
		}
	})
}

func TestNodesMayStartAtOnceOnNothing(t *testing.T) {
	onBothEmpty(t, func(t *testing.T, dsn string) {
		if tryRaw(t, dsn, `SELECT version_id FROM goose_db_version`) == nil {
			t.Fatal("there is a schema before the first start")
		}
		for _, err := range race(4, func(int) error {
			db, err := store.Open(t.Context(), dsn)
			if err != nil {
				return err
			}
			if err := db.SeedDemo(t.Context(), shelf()); err != nil {
				return errors.Join(err, db.Close())
			}
			return db.Close()
		}) {
			if err != nil {
				t.Error(err)
			}
		}
		newTill(t, dsn).audited(t)
	})
}

// A node that is killed while it starts leaves the lock of migrations held until
// PostgreSQL notices. Who has nothing to migrate does not wait for it.
func TestANodeStartsWhileTheLockOfMigrationsIsHeld(t *testing.T) {
	dsn := fresh(t, "postgres:")
	if err := migrate(dsn); err != nil {
		t.Fatal(err)
	}
	withRaw(t, dsn, func(raw *sqlx.DB) {
		held, err := raw.Connx(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer held.Close()
		if _, err := held.ExecContext(t.Context(), `SELECT pg_advisory_lock($1)`, lock.DefaultLockID); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		db, err := store.Open(ctx, dsn)
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestOpenRefusesUnknownAddresses(t *testing.T) {
	for _, dsn := range []string{"", "till.db", "mysql://till"} {
		if _, err := store.Open(t.Context(), dsn); !errors.Is(err, store.ErrAddress) {
			t.Errorf("%q: got %v, want %v", dsn, err, store.ErrAddress)
		}
	}
	if _, err := store.Open(t.Context(), "sqlite:"); err == nil {
		t.Error("an address without a file was opened")
	}
}

func TestFileNamesNeedNoCare(t *testing.T) {
	dsn := storetest.SQLite(t) + " 100%?#.db"
	newTill(t, dsn).audited(t)
	newTill(t, dsn).audited(t)
}
