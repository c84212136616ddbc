package speech_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"voicetill/speech"
)

func TestWhoHasEndedGoesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := speech.NewDecoders(1)
		hold := make(chan struct{})
		var order []string
		var wg sync.WaitGroup
		go d.Do(t.Context(), func() { <-hold })
		synctest.Wait()
		for _, w := range []struct {
			name string
			do   func(context.Context, func()) error
		}{{"talks", d.Do}, {"talks too", d.Do}, {"has ended", d.DoFirst}, {"has ended too", d.DoFirst}} {
			wg.Go(func() {
				if err := w.do(t.Context(), func() { order = append(order, w.name) }); err != nil {
					t.Error(err)
				}
			})
			synctest.Wait()
		}
		if d.Try(func() { t.Error("ran beside others") }) {
			t.Error("there was no free decoder to try")
		}
		close(hold)
		wg.Wait()
		if want := []string{"has ended", "has ended too", "talks", "talks too"}; !slices.Equal(order, want) {
			t.Errorf("got %q, want %q", order, want)
		}
		synctest.Wait()
		if !d.Try(func() {}) {
			t.Error("the decoder is still taken")
		}
	})
}

func TestWhoGivesUpLeavesTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := speech.NewDecoders(1)
		hold := make(chan struct{})
		go d.Do(t.Context(), func() { <-hold })
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		left := make(chan error, 2)
		go func() { left <- d.Do(ctx, func() { t.Error("ran") }) }()
		go func() { left <- d.DoFirst(ctx, func() { t.Error("ran") }) }()
		synctest.Wait()
		cancel()
		for range 2 {
			if err := <-left; !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
		}
		ran := false
		done := make(chan error, 1)
		go func() { done <- d.Do(t.Context(), func() { ran = true }) }()
		synctest.Wait()
		close(hold)
		if err := <-done; err != nil || !ran {
			t.Errorf("the next one: %v, ran %v", err, ran)
		}
	})
}
