package store_test

import (
	"errors"
	"testing"
	"time"

	"voicetill/catalog"
	"voicetill/store"
)

func TestPicturesStayAsLongAsAnItemIsShownWithThem(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s, ctx := newTill(t, dsn), t.Context()
		pictures := []catalog.Picture{{Hash: "aa", JPEG: []byte{0xff, 0, 1}}, {Hash: "bb", JPEG: []byte{2}}}
		for range 2 { // again changes nothing
			if err := s.SavePictures(ctx, "demo", pictures); err != nil {
				t.Fatal(err)
			}
		}
		_, items, err := s.Catalog(ctx, "demo")
		if err != nil {
			t.Fatal(err)
		}
		items[0].Picture, items[0].Shown = "a.png", "aa"
		if _, err := s.ReplaceCatalog(ctx, "demo", items); err != nil {
			t.Fatal(err)
		}
		s.purged(t, "pictures", 0)
		if body, err := s.Picture(ctx, "bb"); err != nil || string(body) != "\x02" {
			t.Errorf("an upload under way lost its picture: %x, %v", body, err)
		}
		if n := s.purged(t, "pictures", 25*time.Hour); n != 1 {
			t.Errorf("purged %d, want the unused one", n)
		}
		if body, err := s.Picture(ctx, "aa"); err != nil || string(body) != "\xff\x00\x01" {
			t.Errorf("got %x, %v", body, err)
		}
		if _, err := s.Picture(ctx, "bb"); !errors.Is(err, store.ErrNoPicture) {
			t.Errorf("purged: got %v", err)
		}
		items[0].Shown = ""
		if _, err := s.ReplaceCatalog(ctx, "demo", items); err != nil {
			t.Fatal(err)
		}
		if n := s.purged(t, "pictures", 25*time.Hour); n != 1 {
			t.Errorf("purged %d, want the one that was used before", n)
		}
		if err := s.SavePictures(ctx, "nowhere", pictures); !errors.Is(err, store.ErrNoPlace) {
			t.Errorf("unknown place: got %v", err)
		}
	})
}
