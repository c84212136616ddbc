package store_test

import (
	"errors"
	"slices"
	"testing"

	"voicetill/catalog"
	"voicetill/store"
)

func TestATaughtItemKeepsAllElse(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s, ctx := newTill(t, dsn), t.Context()
		_, before, err := s.Catalog(ctx, "demo")
		if err != nil {
			t.Fatal(err)
		}
		version, err := s.TeachItem(ctx, "demo", "1203", []string{"note milk"})
		if err != nil {
			t.Fatal(err)
		}
		now, items, err := s.Catalog(ctx, "demo")
		if err != nil || now != version || version == "1" {
			t.Fatalf("version: got %s and %s, %v, want a new one", version, now, err)
		}
		for i, it := range items {
			if it.Number == "1203" && !slices.Equal(it.Taught, []string{"note milk"}) {
				t.Errorf("got %+v", it)
			}
			if it.Name != before[i].Name || it.Price != before[i].Price || (it.Stock == nil) != (before[i].Stock == nil) {
				t.Errorf("item %s changed: %+v", it.Number, it)
			}
		}
		if _, err := s.TeachItem(ctx, "demo", "9999", nil); !errors.Is(err, catalog.ErrNoItem) {
			t.Errorf("unknown item: got %v", err)
		}
		if _, err := s.TeachItem(ctx, "nowhere", "1203", nil); !errors.Is(err, store.ErrNoPlace) {
			t.Errorf("unknown place: got %v", err)
		}
		if v, err := s.CatalogVersion(ctx, "demo"); err != nil || v != version {
			t.Errorf("a refused lesson changed the version to %s, %v", v, err)
		}
	})
}
