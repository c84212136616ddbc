package store_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"voicetill/payments"
	"voicetill/store"
)

func TestWhatMovesAConsolesPulse(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		s.report(t, "front")
		for _, tt := range []struct {
			name string
			do   func() error
			want string
		}{
			{"nothing", func() error { return nil }, ""},
			{"a sale", func() error { s.buys(t, "cart"); return nil }, "sales"},
			{"a call", func() error { _, err := s.CallStaff(t.Context(), store.DemoPlace, "x", "phone", "help"); return err }, "calls"},
			{"what happens at a gate", func() error {
				return s.NoteGate(t.Context(), payments.GateEvent{Place: store.DemoPlace, Gate: "front", Reason: "expired", At: s.clock.now()})
			}, "gates"},
			{"a gate that falls silent", func() error { s.clock.add(11 * time.Second); return nil }, "gates"},
			{"a catalogue", func() error { _, err := s.ReplaceCatalog(t.Context(), store.DemoPlace, shelf()); return err }, "catalog"},
		} {
			before, err := s.Pulse(t.Context(), store.DemoPlace)
			if err != nil {
				t.Fatal(err)
			}
			if err := tt.do(); err != nil {
				t.Fatalf("%s: %v", tt.name, err)
			}
			now, err := s.Pulse(t.Context(), store.DemoPlace)
			if err != nil {
				t.Fatal(err)
			}
			var moved []string
			for _, part := range slices.Sorted(maps.Keys(now)) {
				if now[part] != before[part] {
					moved = append(moved, part)
				}
			}
			if got := strings.Join(moved, " "); got != tt.want {
				t.Errorf("%s: moved %q, want %q", tt.name, got, tt.want)
			}
		}
		if _, err := s.Pulse(t.Context(), "nowhere"); !errors.Is(err, store.ErrNoPlace) {
			t.Errorf("got %v", err)
		}
	})
}
