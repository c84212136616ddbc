package store_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"voicetill/checkout"
	"voicetill/store"

	"github.com/alexedwards/scs/v2"
)

var (
	_ checkout.Keeper = (*store.DB)(nil)
	_ scs.CtxStore    = (*store.WebSessions)(nil)
)

func (s *till) session(id string, version int64) checkout.Session {
	return checkout.Session{ID: id, Place: "demo", Version: version, State: checkout.Shopping, Data: []byte(`{"cart": []}`), UpdatedAt: s.clock.now()}
}

func TestSessions(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s, ctx := newTill(t, dsn), t.Context()
		if err := s.CreateSession(ctx, s.session("a", 1)); err != nil {
			t.Fatal(err)
		}
		elsewhere := s.session("b", 1)
		elsewhere.Place = "nowhere"
		if err := s.CreateSession(ctx, elsewhere); !errors.Is(err, store.ErrNoPlace) {
			t.Errorf("unknown place: got %v, want %v", err, store.ErrNoPlace)
		}
		next := s.session("a", 2)
		next.State, next.Data = checkout.Billed, []byte(`{"cart": ["1203"]}`)
		if err := s.SaveSession(ctx, next, "c1", []byte(`{"say": "One oat milk."}`)); err != nil {
			t.Fatal(err)
		}
		got, err := s.LoadSession(ctx, "a")
		if err != nil || got.Version != 2 || got.State != checkout.Billed || string(got.Data) != string(next.Data) || !got.UpdatedAt.Equal(next.UpdatedAt) {
			t.Errorf("loaded: got %+v, %v, want %+v", got, err, next)
		}
		if r, err := s.StoredReply(ctx, "a", "c1"); err != nil || string(r) != `{"say": "One oat milk."}` {
			t.Errorf("reply: got %s, %v", r, err)
		}
		for _, tt := range []struct {
			name    string
			session checkout.Session
			command string
			want    error
		}{
			{"saved elsewhere meanwhile", s.session("a", 2), "c2", checkout.ErrStale},
			{"a version left out", s.session("a", 4), "c2", checkout.ErrStale},
			{"an unknown session", s.session("x", 2), "c2", checkout.ErrNoSession},
			{"a command obeyed before", s.session("a", 3), "c1", checkout.ErrStale},
		} {
			if err := s.SaveSession(ctx, tt.session, tt.command, []byte(`{}`)); !errors.Is(err, tt.want) {
				t.Errorf("%s: got %v, want %v", tt.name, err, tt.want)
			}
		}
		if again, err := s.LoadSession(ctx, "a"); err != nil || again.Version != 2 {
			t.Errorf("after refused saves: got version %d, %v, want 2", again.Version, err)
		}
		if _, err := s.StoredReply(ctx, "a", "c2"); !errors.Is(err, checkout.ErrNoReply) {
			t.Errorf("reply to a refused command: got %v, want %v", err, checkout.ErrNoReply)
		}
		if _, err := s.LoadSession(ctx, "x"); !errors.Is(err, checkout.ErrNoSession) {
			t.Errorf("unknown session: got %v, want %v", err, checkout.ErrNoSession)
		}
	})
}

func TestWhatWasHeardIsForgotten(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s, ctx := newTill(t, dsn), t.Context()
		if err := s.CreateSession(ctx, s.session("a", 1)); err != nil {
			t.Fatal(err)
		}
		hear := func(text string) {
			t.Helper()
			if err := s.SaveHeard(ctx, "a", store.HeardLine{At: s.clock.now(), Text: text, Commands: json.RawMessage(`[]`)}); err != nil {
				t.Fatal(err)
			}
			s.clock.add(time.Minute)
		}
		heard := func(want ...string) {
			t.Helper()
			lines, err := s.Heard(ctx, "a")
			if err != nil || len(lines) != len(want) {
				t.Fatalf("got %+v, %v, want %q", lines, err, want)
			}
			for i, l := range lines {
				if l.Text != want[i] {
					t.Errorf("line %d: got %q, want %q", i, l.Text, want[i])
				}
			}
		}
		hear("three oat milk")
		hear("checkout")
		heard("three oat milk", "checkout")
		if n := s.purged(t, "heard", store.DefaultKeep.Heard-90*time.Second); n != 1 {
			t.Errorf("purged %d, want 1", n)
		}
		heard("checkout")
		if err := s.DeleteHeard(ctx, "a"); err != nil {
			t.Fatal(err)
		}
		heard()
		hear("help")
		if n := s.purged(t, "sessions", store.DefaultKeep.Sessions+time.Second); n != 1 {
			t.Errorf("purged %d sessions, want 1", n)
		}
		heard()
	})
}

func TestStaffCalls(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s, ctx := newTill(t, dsn), t.Context()
		first, err := s.CallStaff(ctx, "demo", "a", "kiosk", "called")
		if err != nil {
			t.Fatal(err)
		}
		if again, err := s.CallStaff(ctx, "demo", "a", "kiosk", "called"); err != nil || again != first {
			t.Errorf("called twice: got %s, %v, want %s", again, err, first)
		}
		if _, err := s.CallStaff(ctx, "demo", "b", "phone", "age"); err != nil {
			t.Fatal(err)
		}
		if calls, err := s.StaffCalls(ctx, "demo"); err != nil || len(calls) != 2 || calls[0].ID != first || calls[1].Reason != "age" || calls[1].From != "phone" {
			t.Errorf("open calls: got %+v, %v", calls, err)
		}
		if err := s.StaffCallDone(ctx, "demo", first); err != nil {
			t.Fatal(err)
		}
		if err := s.StaffCallDone(ctx, "demo", first); !errors.Is(err, store.ErrNoCall) {
			t.Errorf("done twice: got %v, want %v", err, store.ErrNoCall)
		}
		if calls, err := s.StaffCalls(ctx, "demo"); err != nil || len(calls) != 1 {
			t.Errorf("open calls: got %+v, %v, want one", calls, err)
		}
	})
}

func TestSignInSessions(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s, ctx := newTill(t, dsn), t.Context()
		w := s.WebSessions()
		data := []byte{0, 1, 255}
		if err := w.CommitCtx(ctx, "token", data, s.clock.now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if b, found, err := w.FindCtx(ctx, "token"); err != nil || !found || string(b) != string(data) {
			t.Errorf("got %v, %v, %v, want %v", b, found, err, data)
		}
		if _, found, err := w.FindCtx(ctx, "other"); err != nil || found {
			t.Errorf("another token: found %v, %v", found, err)
		}
		s.clock.add(time.Hour)
		if _, found, err := w.FindCtx(ctx, "token"); err != nil || found {
			t.Errorf("expired: found %v, %v", found, err)
		}
		if err := w.CommitCtx(ctx, "token", data, s.clock.now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if err := w.DeleteCtx(ctx, "token"); err != nil {
			t.Fatal(err)
		}
		if _, found, err := w.FindCtx(ctx, "token"); err != nil || found {
			t.Errorf("deleted: found %v, %v", found, err)
		}
	})
}
