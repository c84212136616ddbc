// Package speechtest has an engine that "hears" what a test has prepared, and
// audio that a voice-activity gate takes for voice and for silence. It is the
// second implementation of speech.Engine.
package speechtest

import (
	"encoding/binary"
	"math"
	"strings"
	"sync"
	"time"

	"voicetill/speech"
)

// Engine hears the prepared hypotheses in order, one for each utterance that
// has audio in it, and nothing once they are used up. It is safe for concurrent
// use.
type Engine struct {
	// Hold, where set, is called before audio is taken: a slow recogniser.
	Hold func()

	mu      sync.Mutex
	script  []speech.Hypothesis
	lacking map[string]bool
	opened  [][]string
	running int
}

// Hears prepares utterances that are heard without doubt.
func (e *Engine) Hears(texts ...string) {
	for _, t := range texts {
		h := speech.Typed(t)
		for i := range h.Alternatives[0].Words {
			w := &h.Alternatives[0].Words[i]
			w.Start, w.End = float64(i)/2, float64(i+1)/2
		}
		e.HearsHypothesis(h)
	}
}

// HearsHypothesis prepares one utterance with its alternatives.
func (e *Engine) HearsHypothesis(h speech.Hypothesis) {
	e.mu.Lock()
	defer e.mu.Unlock()
	h.Final = true
	e.script = append(e.script, h)
}

// Forget drops what is prepared and was not heard.
func (e *Engine) Forget() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.script = nil
}

// Lacks makes the engine know nothing of the words.
func (e *Engine) Lacks(words ...string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.lacking == nil {
		e.lacking = map[string]bool{}
	}
	for _, w := range words {
		e.lacking[w] = true
	}
}

// Opened are the phrase lists that recognisers were opened with.
func (e *Engine) Opened() [][]string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([][]string{}, e.opened...)
}

// Running is how many recognisers are not closed.
func (e *Engine) Running() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.running
}

// Open is part of speech.Engine.
func (e *Engine) Open(phrases []string) (speech.Recognizer, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	var unknown []string
	for _, w := range strings.Fields(strings.Join(phrases, " ")) {
		if e.lacking[w] {
			unknown = append(unknown, w)
		}
	}
	if len(unknown) > 0 {
		return nil, &speech.UnknownWordsError{Words: unknown}
	}
	e.opened = append(e.opened, phrases)
	e.running++
	return &recognizer{engine: e}, nil
}

// Speak is part of speech.Engine: the same script is heard.
func (e *Engine) Speak(*speech.Language) (speech.Engine, error) { return e, nil }

// Knows is part of speech.Engine.
func (e *Engine) Knows(word string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return !e.lacking[word]
}

// Close is part of speech.Engine.
func (e *Engine) Close() error { return nil }

type recognizer struct {
	engine *Engine
	heard  bool
	closed bool
}

func (r *recognizer) Accept(pcm []byte) (speech.Hypothesis, error) {
	if len(pcm) == 0 {
		return speech.Hypothesis{}, nil
	}
	if r.engine.Hold != nil {
		r.engine.Hold()
	}
	r.heard = true
	r.engine.mu.Lock()
	defer r.engine.mu.Unlock()
	if len(r.engine.script) == 0 || len(r.engine.script[0].Alternatives) == 0 {
		return speech.Hypothesis{}, nil
	}
	return speech.Hypothesis{Alternatives: r.engine.script[0].Alternatives[:1]}, nil
}

func (r *recognizer) Flush() (speech.Hypothesis, error) {
	if !r.heard {
		return speech.Hypothesis{Final: true}, nil
	}
	r.heard = false
	r.engine.mu.Lock()
	defer r.engine.mu.Unlock()
	if len(r.engine.script) == 0 {
		return speech.Hypothesis{Final: true}, nil
	}
	h := r.engine.script[0]
	r.engine.script = r.engine.script[1:]
	return h, nil
}

func (r *recognizer) Reset() { r.heard = false }

func (r *recognizer) Close() error {
	r.engine.mu.Lock()
	defer r.engine.mu.Unlock()
	if !r.closed {
		r.closed = true
		r.engine.running--
	}
	return nil
}

// Voice is s16le PCM at speech.SampleRate that a gate takes for voice.
func Voice(d time.Duration) []byte { return tone(d, 0.25) }

// Silence is s16le PCM at speech.SampleRate.
func Silence(d time.Duration) []byte { return tone(d, 0) }

func tone(d time.Duration, amplitude float64) []byte {
	n := int(d.Seconds() * speech.SampleRate)
	pcm := make([]byte, 2*n)
	for i := range n {
		x := amplitude * math.Sin(2*math.Pi*1000*float64(i)/speech.SampleRate)
		binary.LittleEndian.PutUint16(pcm[2*i:], uint16(int16(x*math.MaxInt16)))
	}
	return pcm
}
