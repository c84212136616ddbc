package speech

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// maxIdle recognisers are kept per pool; each takes a few megabytes.
const maxIdle = 16

// ErrPoolClosed says that the pool's catalogue is no longer the current one.
var ErrPoolClosed = errors.New("the pool of recognisers is closed")

// Pool hands out recognisers of one phrase list: libvosk cannot share a
// compiled grammar between recognisers, so they are used again after a Reset.
type Pool struct {
	engine   Engine
	phrases  []string
	decoders *Decoders

	owned Engine // closed with the pool; nil where the engine is somebody else's

	mu     sync.Mutex
	idle   []Recognizer
	closed bool
}

// NewLanguagePool pools recognisers of the language that the sentences are
// samples of. It takes as long as loading a model, half a second. With an engine
// that has one language only, the sentences are its phrases.
func NewLanguagePool(e Engine, sentences []string, d *Decoders) (*Pool, error) {
	own, err := e.Speak(NGrams(sentences))
	if errors.Is(err, ErrOneLanguage) {
		return NewPool(e, sentences, d), nil
	}
	if err != nil {
		return nil, err
	}
	p := NewPool(own, nil, d)
	p.owned = own
	return p, nil
}

// NewPool pools recognisers of the phrases. None is opened before the first use.
func NewPool(e Engine, phrases []string, d *Decoders) *Pool {
	return &Pool{engine: e, phrases: phrases, decoders: d}
}

// Take returns a recogniser as new, which the caller owns until Give.
func (p *Pool) Take(ctx context.Context) (r Recognizer, err error) {
	if ctxErr := p.decoders.Do(ctx, func() { r, err = p.open() }); ctxErr != nil {
		return nil, ctxErr
	}
	return r, err
}

// open is Take for who has a decoder already.
func (p *Pool) open() (Recognizer, error) {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil, ErrPoolClosed
	}
	if n := len(p.idle); n > 0 {
		r := p.idle[n-1]
		p.idle = p.idle[:n-1]
		p.mu.Unlock()
		return r, nil
	}
	p.mu.Unlock()
	r, err := p.engine.Open(p.phrases)
	if err != nil {
		return nil, fmt.Errorf("take recogniser: %w", err)
	}
	return r, nil
}

// Give takes a recogniser back, which the caller must not use any more.
func (p *Pool) Give(r Recognizer) {
	r.Reset()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || len(p.idle) >= maxIdle {
		r.Close()
		return
	}
	p.idle = append(p.idle, r)
}

// Close closes idle recognisers; those in use are closed when given back.
func (p *Pool) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	var errs []error
	for _, r := range p.idle {
		errs = append(errs, r.Close())
	}
	p.idle = nil
	if p.owned != nil {
		errs = append(errs, p.owned.Close())
	}
	return errors.Join(errs...)
}
