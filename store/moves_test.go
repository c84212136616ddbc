package store_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"voicetill/checkout"
	"voicetill/store"
)

func TestAMovedConversationHasOneOwner(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s, ctx := newTill(t, dsn), t.Context()
		soon := time.Now().Add(time.Hour)
		begin := func(id string, state checkout.State) checkout.Session {
			x := checkout.Session{ID: id, Place: "demo", Version: 1, State: state, Data: []byte(`{}`), UpdatedAt: time.Now()}
			if err := s.CreateSession(ctx, x); err != nil {
				t.Fatal(err)
			}
			x.Version++
			if err := s.SaveSession(ctx, x, "add", []byte(`"three"`)); err != nil {
				t.Fatal(err)
			}
			return x
		}
		offer := func(session string, until time.Time) string {
			code, err := s.OfferMove(ctx, session, until)
			if err != nil {
				t.Fatal(err)
			}
			return code
		}
		old := begin("kiosk", checkout.Shopping)
		replaced := offer("kiosk", soon)
		code := offer("kiosk", soon)
		if _, err := s.TakeMove(ctx, replaced, "x"); !errors.Is(err, store.ErrNoMove) {
			t.Errorf("a replaced code: got %v", err)
		}

		var wg sync.WaitGroup
		var mu sync.Mutex
		var owners []string
		for _, id := range []string{"phone-1", "phone-2", "phone-3"} {
			wg.Go(func() {
				moved, err := s.TakeMove(ctx, code, id)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					owners = append(owners, moved.ID)
				case !errors.Is(err, store.ErrNoMove):
					t.Errorf("%s: %v", id, err)
				}
			})
		}
		wg.Wait()
		if len(owners) != 1 {
			t.Fatalf("owners: %v, want one", owners)
		}
		if taken, err := s.MoveTaken(ctx, "kiosk"); err != nil || !taken {
			t.Errorf("taken: %t, %v", taken, err)
		}
		if _, err := s.LoadSession(ctx, "kiosk"); !errors.Is(err, checkout.ErrNoSession) {
			t.Errorf("the kiosk still has it: %v", err)
		}
		old.Version++
		if err := s.SaveSession(ctx, old, "late", []byte(`""`)); !errors.Is(err, checkout.ErrNoSession) {
			t.Errorf("the kiosk still changes it: %v", err)
		}
		if reply, err := s.StoredReply(ctx, owners[0], "add"); err != nil || string(reply) != `"three"` {
			t.Errorf("replies did not move: %s, %v", reply, err)
		}
		moved, err := s.LoadSession(ctx, owners[0])
		if err != nil || moved.Version != 3 || moved.Place != "demo" {
			t.Errorf("got %+v, %v", moved, err)
		}

		begin("slow", checkout.Shopping)
		if _, err := s.TakeMove(ctx, offer("slow", time.Unix(1, 0)), "y"); !errors.Is(err, store.ErrNoMove) {
			t.Errorf("too old: got %v", err)
		}
		begin("paying", checkout.Proving)
		paying := offer("paying", soon)
		if _, err := s.TakeMove(ctx, paying, "z"); !errors.Is(err, store.ErrNoMove) {
			t.Errorf("while paying: got %v", err)
		}
		if _, err := s.LoadSession(ctx, "paying"); err != nil {
			t.Errorf("a refused move took it away: %v", err)
		}
		if _, err := s.OfferMove(ctx, "nobody", time.Now()); !errors.Is(err, checkout.ErrNoSession) {
			t.Errorf("unknown: got %v", err)
		}
		if n := s.purged(t, "moves", 0); n != 1 {
			t.Errorf("purged %d, want the old one", n)
		}
	})
}
