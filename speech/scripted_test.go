package speech_test

import (
	"errors"
	"fmt"
	"sync"

	"voicetill/speech"
)

// meter is an engine that hears how much audio it was given: the text of an
// utterance is its length in milliseconds. It notes what the pool does with it.
type meter struct {
	mu     sync.Mutex
	opened int
	closed int
	resets int
	busy   int // recognisers in Accept or Flush now
	most   int // the most at once

	accepted []int // bytes, by Accept

	hold     func() // called inside Accept
	fail     error  // of Open
	broken   error  // of Accept
	endsSelf bool   // Accept ends an utterance by itself
}

func (m *meter) Open([]string) (speech.Recognizer, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return nil, m.fail
	}
	m.opened++
	return &gauge{meter: m}, nil
}

func (m *meter) Speak(*speech.Language) (speech.Engine, error) { return nil, errors.New("not here") }
func (m *meter) Knows(string) bool                             { return true }
func (m *meter) Close() error                                  { return nil }

func (m *meter) enter() {
	m.mu.Lock()
	m.busy++
	m.most = max(m.most, m.busy)
	m.mu.Unlock()
}

func (m *meter) leave() {
	m.mu.Lock()
	m.busy--
	m.mu.Unlock()
}

type gauge struct {
	meter   *meter
	samples int
	closed  bool
}

func (g *gauge) heard(final bool) speech.Hypothesis {
	if g.samples == 0 {
		return speech.Hypothesis{Final: final}
	}
	word := speech.Word{Text: fmt.Sprint(1000 * g.samples / speech.SampleRate)}
	return speech.Hypothesis{Alternatives: []speech.Alternative{{Words: []speech.Word{word}}}, Final: final}
}

func (g *gauge) Accept(pcm []byte) (speech.Hypothesis, error) {
	g.meter.enter()
	defer g.meter.leave()
	if g.meter.hold != nil {
		g.meter.hold()
	}
	if g.meter.broken != nil {
		return speech.Hypothesis{}, g.meter.broken
	}
	g.samples += len(pcm) / 2
	g.meter.mu.Lock()
	g.meter.accepted = append(g.meter.accepted, len(pcm))
	g.meter.mu.Unlock()
	h := g.heard(g.meter.endsSelf)
	if h.Final {
		g.samples = 0
	}
	return h, nil
}

func (g *gauge) Flush() (speech.Hypothesis, error) {
	g.meter.enter()
	defer g.meter.leave()
	h := g.heard(true)
	g.samples = 0
	return h, nil
}

func (g *gauge) Reset() {
	g.samples = 0
	g.meter.mu.Lock()
	defer g.meter.mu.Unlock()
	g.meter.resets++
}

func (g *gauge) Close() error {
	g.meter.mu.Lock()
	defer g.meter.mu.Unlock()
	if !g.closed {
		g.closed = true
		g.meter.closed++
	}
	return nil
}
