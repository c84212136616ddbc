package speech

import "context"

// Event is something a Listener noticed: a partial text, or a finished
// utterance.
type Event struct {
	Partial string      // the best text so far, when it changed
	Final   *Hypothesis // set when an utterance ended; never with lost audio
	Silent  bool        // with Final: nothing was said
}

// Listener hears one microphone: voice-activity gate, a pooled recogniser while
// someone speaks, endpointing. It is owned by one goroutine.
type Listener struct{}

// ListenerConfig wires a Listener.
type ListenerConfig struct {
	Pool *Pool
	Rate int // of the PCM fed, Hz; 8000 to 48000, resampled to SampleRate
	// Wait says, for the partial text, how long a silence ends the utterance, in
	// seconds. It may be nil: 0.8 s.
	Wait func(partial string) float64
}

// NewListener starts hearing nothing. Close must be called.
func NewListener(c ListenerConfig) (*Listener, error) { return &Listener{}, nil }

// Feed takes s16le mono PCM at the configured rate, any even length. It blocks
// while all decoders are busy.
func (l *Listener) Feed(ctx context.Context, pcm []byte) ([]Event, error) { return nil, nil }

// End finishes the utterance now: the button was released.
func (l *Listener) End(ctx context.Context) ([]Event, error) { return nil, nil }

// Discard forgets the utterance: audio was lost, or the till itself spoke.
func (l *Listener) Discard() {}

// Close gives the recogniser back.
func (l *Listener) Close() error { return nil }

// Pool hands out recognisers of one phrase list, and bounds how many decode at
// a time together with all pools of the same Decoders.
type Pool struct{}

// Decoders bounds concurrent decoding over all pools.
type Decoders struct{}

// NewDecoders allows n at a time (the number of CPUs is right).
func NewDecoders(n int) *Decoders { return &Decoders{} }

// NewPool pools recognisers of the phrases. None is opened before the first use.
func NewPool(e Engine, phrases []string, d *Decoders) *Pool { return &Pool{} }

// Close closes idle recognisers; those in use are closed when given back.
func (p *Pool) Close() error { return nil }
