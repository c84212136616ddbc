package speech_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"voicetill/speech"
	"voicetill/speech/speechtest"
)

func TestDecodersBoundWhatRunsAtOnce(t *testing.T) {
	const slots, callers = 3, 50
	d := speech.NewDecoders(slots)
	var busy, most, done atomic.Int32
	full := make(chan struct{})
	var once sync.Once
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			err := d.Do(t.Context(), func() {
				n := busy.Add(1)
				for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
				}
				if n == slots {
					once.Do(func() { close(full) })
				}
				<-full // nobody leaves before all slots are taken
				busy.Add(-1)
				done.Add(1)
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if most.Load() != slots || done.Load() != callers {
		t.Errorf("%d of %d were done, %d at once", done.Load(), callers, most.Load())
	}
}

func TestWhoWaitsForADecoderMayGiveUp(t *testing.T) {
	d := speech.NewDecoders(0) // one at least
	hold, inside := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() { d.Do(context.Background(), func() { close(inside); <-hold }) })
	<-inside
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	ran := false
	if err := d.Do(ctx, func() { ran = true }); !errors.Is(err, context.Canceled) || ran {
		t.Errorf("got %v, ran %v", err, ran)
	}
	close(hold)
	wg.Wait()
	if err := d.Do(t.Context(), func() { ran = true }); err != nil || !ran {
		t.Errorf("the slot was not given back: %v", err)
	}
}

func TestPoolUsesRecognisersAgainAfterAReset(t *testing.T) {
	m := &meter{}
	p := speech.NewPool(m, []string{"undo"}, speech.NewDecoders(1))
	if m.opened != 0 {
		t.Error("a recogniser was opened before the first use")
	}
	for range 5 {
		r, err := p.Take(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		h, err := r.Accept(speechtest.Voice(100e6))
		if err != nil || h.Text() != "100" {
			t.Errorf("got %q, %v: it still knows of the stream before", h.Text(), err)
		}
		p.Give(r)
	}
	if m.opened != 1 || m.resets != 5 || m.closed != 0 {
		t.Errorf("%d opened, %d resets, %d closed", m.opened, m.resets, m.closed)
	}
	if err := p.Close(); err != nil || m.closed != 1 {
		t.Errorf("%d closed, %v", m.closed, err)
	}
}

func TestPoolKeepsOnlySoManyIdle(t *testing.T) {
	m := &meter{}
	p := speech.NewPool(m, nil, speech.NewDecoders(2))
	var taken []speech.Recognizer
	for range 40 {
		r, err := p.Take(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		taken = append(taken, r)
	}
	for _, r := range taken {
		p.Give(r)
	}
	if idle := m.opened - m.closed; m.opened != 40 || idle == 0 || idle > 20 {
		t.Errorf("%d of %d are idle", idle, m.opened)
	}
	if err := p.Close(); err != nil || m.closed != m.opened {
		t.Errorf("%d of %d are closed, %v", m.closed, m.opened, err)
	}
}

func TestAClosedPoolGivesNothingAndTakesBackWhatIsOut(t *testing.T) {
	m := &meter{}
	p := speech.NewPool(m, nil, speech.NewDecoders(1))
	out, err := p.Take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // twice is allowed
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := out.Accept(speechtest.Voice(100e6)); err != nil || m.closed != 0 {
		t.Errorf("a recogniser in use was closed: %v", err)
	}
	if r, err := p.Take(t.Context()); !errors.Is(err, speech.ErrPoolClosed) {
		t.Errorf("got %v, %v", r, err)
	}
	p.Give(out)
	if m.closed != 1 {
		t.Error("a recogniser given back to a closed pool stays open")
	}
}

func TestPoolSaysWhyThereIsNoRecogniser(t *testing.T) {
	m := &meter{fail: &speech.UnknownWordsError{Words: []string{"chobani", "haribo"}}}
	_, err := speech.NewPool(m, nil, speech.NewDecoders(1)).Take(t.Context())
	var unknown *speech.UnknownWordsError
	if !errors.As(err, &unknown) || !strings.Contains(err.Error(), "chobani, haribo") {
		t.Errorf("got %v", err)
	}
}

func TestPoolsOpenTheirOwnPhrasesOnly(t *testing.T) {
	e := &speechtest.Engine{}
	d := speech.NewDecoders(2)
	for _, phrases := range [][]string{{"oat milk"}, {"a large latte"}} {
		p := speech.NewPool(e, phrases, d)
		r, err := p.Take(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		p.Give(r)
		p.Close()
	}
	opened := e.Opened()
	if len(opened) != 2 || opened[0][0] != "oat milk" || opened[1][0] != "a large latte" || e.Running() != 0 {
		t.Errorf("got %v, %d running", opened, e.Running())
	}
}

func TestManyUseOnePool(t *testing.T) {
	m := &meter{}
	p := speech.NewPool(m, nil, speech.NewDecoders(2))
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			for range 20 {
				r, err := p.Take(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				if h, err := r.Accept(speechtest.Voice(10e6)); err != nil || h.Text() != "10" {
					t.Errorf("got %q, %v", h.Text(), err)
				}
				p.Give(r)
			}
		})
	}
	wg.Wait()
	if err := p.Close(); err != nil || m.opened != m.closed || m.opened > 20 {
		t.Errorf("%d opened, %d closed, %v", m.opened, m.closed, err)
	}
}
