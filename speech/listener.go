package speech

import (
	"context"
	"fmt"
	"slices"
	"sort"
)

// Event is something a Listener noticed: a partial text, or a finished
// utterance.
type Event struct {
	Partial string      // the best text so far, when it changed
	Final   *Hypothesis // set when an utterance ended; never with lost audio
	Silent  bool        // with Final: no word was heard
	Start   float64     // with Final: when the voice began, seconds of the stream
	End     float64     // with Final: when the voice ended
	Level   float64     // with Final: how loud the voice was at its loudest, dB relative to full scale
	Noise   float64     // with Final: how loud it is when nobody speaks, dB relative to full scale
}

// ListenerConfig wires a Listener.
type ListenerConfig struct {
	Pool *Pool
	Rate int // of the PCM fed, Hz; resampled to SampleRate
	// Wait says, for the text so far, how long a silence ends the utterance, in
	// seconds. It may be nil: 0.8 s.
	Wait func(partial string) float64
	// Answers has recognisers of what means something to the open question alone,
	// such as a number, or is nil while none is open. It is asked at the end of a
	// short utterance and may be nil.
	Answers func() *Pool
	// Second hears a noisy utterance once more, with the noise taken off, where a
	// decoder is free at its end.
	Second bool
}

// Listener hears one microphone: voice-activity gate, a pooled recogniser while
// someone speaks, endpointing by meaning. It is owned by one goroutine.
type Listener struct {
	cfg       ListenerConfig
	resampler *Resampler
	gate      *Gate
	samples   []float32 // of the last Feed: room that is used again
	rest      []float32 // less than a gate frame
	preroll   []float32 // what came just before the voice: its last prerollFrames count
	clock     int       // gate frames heard since the beginning

	levels   []float64    // dB, of the frames of the utterance and of those just before it
	rec      Recognizer   // nil while nobody speaks
	pending  []float32    // of the utterance, since slices ended
	slices   []slice      // of the utterance, not yet decoded
	heard    [][]byte     // slices that were decoded, kept for a second hearing
	pieces   []Hypothesis // ended by the recogniser itself, waiting for the rest
	partial  string       // text of the running piece
	wait     int          // gate frames of silence that end the text so far
	begun    int          // clock when the utterance began
	voiced   int          // clock after the last voiced frame
	changed  int          // clock when the text last changed
	reported string       // the last text in an Event
}

// slice is what one Feed brought. The recogniser gets each apart, however late:
// where the features of an utterance are cut changes what is heard.
type slice struct {
	pcm   []byte
	clock int // when it ended
}

// Times of the listener, in gate frames of 10 ms.
const (
	patience      = 50   // of voice may wait for a decoder
	still         = 10   // without voice: the talker may have ended
	prerollFrames = 40   // kept before the voice begins
	prerollSpare  = 20   // more may be kept, so that the oldest are dropped seldom
	onsetFrames   = 3    // voiced in a row to begin
	textPatience  = 60   // over the wait, where noise keeps the gate open but no word comes
	maxUtterance  = 2000 // 20 s, then it is ended whatever comes
	defaultWait   = 0.8
)

// NewListener starts hearing nothing. Close must be called.
func NewListener(c ListenerConfig) (*Listener, error) {
	resampler, err := NewResampler(c.Rate)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	if c.Wait == nil {
		c.Wait = func(string) float64 { return defaultWait }
	}
	return &Listener{cfg: c, resampler: resampler, gate: NewGate()}, nil
}

// Feed takes s16le mono PCM at the configured rate, any even length. While all
// decoders are busy, audio in the middle of an utterance waits for up to half a
// second and Feed returns; at a pause, or later, Feed blocks.
func (l *Listener) Feed(ctx context.Context, pcm []byte) ([]Event, error) {
	if len(pcm)%2 != 0 {
		return nil, fmt.Errorf("%w: %d bytes", ErrOddLength, len(pcm))
	}
	l.samples = appendPCM16(l.samples[:0], pcm)
	return l.hear(ctx, l.resampler.Feed(l.samples))
}

// hear runs the gate over samples at SampleRate, decodes what is voice, and
// ends utterances. Within one call it decodes at most once an utterance.
func (l *Listener) hear(ctx context.Context, samples []float32) ([]Event, error) {
	l.rest = append(l.rest, samples...)
	var events []Event
	if len(l.slices) > 0 && len(l.rest) >= (still+1)*GateFrame {
		var err error
		if events, err = l.decode(ctx, true); err != nil {
			return events, err
		}
	}
	taken := 0
	defer func() { l.rest = l.rest[:copy(l.rest, l.rest[taken:])] }()
	for taken+GateFrame <= len(l.rest) {
		frame := l.rest[taken : taken+GateFrame]
		l.take(frame, l.gate.Voiced(frame))
		taken += GateFrame
		if l.begun > 0 && l.over() {
			more, err := l.finish(ctx)
			events = append(events, more...)
			if err != nil {
				return events, err
			}
		}
	}
	more, err := l.decode(ctx, false)
	return append(events, more...), err
}

// take adds one frame to the utterance, or to what may become its beginning.
func (l *Listener) take(frame []float32, voiced bool) {
	l.clock++
	if l.begun == 0 && len(l.levels) >= prerollFrames+prerollSpare {
		l.levels = l.levels[:copy(l.levels, last(l.levels, prerollFrames))]
	}
	l.levels = append(l.levels, l.gate.Level())
	if l.begun == 0 {
		if len(l.preroll) >= (prerollFrames+prerollSpare)*GateFrame {
			l.preroll = l.preroll[:copy(l.preroll, last(l.preroll, prerollFrames*GateFrame))]
		}
		l.preroll = append(l.preroll, frame...)
		if !voiced {
			l.voiced = l.clock
			return
		}
		if l.clock-l.voiced < onsetFrames {
			return
		}
		l.begun, l.changed = l.clock, l.clock
		l.wait = int(l.cfg.Wait("") * 100)
		l.pending = append(l.pending, last(l.preroll, prerollFrames*GateFrame)...)
		l.preroll = l.preroll[:0]
	} else {
		l.pending = append(l.pending, frame...)
	}
	if voiced {
		l.voiced = l.clock
	}
}

// noise is how loud it is between the words of the utterance, in dB relative to
// full scale: a tenth of its frames, at most 0.2 s, are no louder. The gate's floor is the least
// that was ever heard, which says too little where other people talk.
func (l *Listener) noise() float64 {
	if len(l.levels) == 0 {
		return l.gate.Floor()
	}
	levels := slices.Clone(l.levels)
	slices.Sort(levels)
	return levels[min(len(levels)/10, 20)]
}

// last is the end of list, at most n long.
func last[T any](list []T, n int) []T { return list[max(len(list)-n, 0):] }

// over reports whether the utterance has ended: silence for as long as the
// text so far asks for, or no new word for even longer.
func (l *Listener) over() bool {
	return l.clock-l.voiced >= l.wait ||
		l.reported != "" && l.clock-l.changed >= l.wait+textPatience ||
		l.clock-l.begun >= maxUtterance
}

// text is all that was heard of the running utterance.
func (l *Listener) text() string {
	text := l.partial
	for i := len(l.pieces) - 1; i >= 0; i-- {
		text = l.pieces[i].Text() + " " + text
	}
	return text
}

// decode feeds the recogniser what is pending. Unless it must, it leaves that
// where no decoder is free and the utterance goes on anyway.
func (l *Listener) decode(ctx context.Context, must bool) ([]Event, error) {
	l.cut()
	if len(l.slices) == 0 {
		return nil, nil
	}
	var event *Event
	var err error
	work := func() { event, err = l.accept() }
	d := l.cfg.Pool.decoders
	switch {
	case must || l.clock-l.voiced >= still:
		if ctxErr := d.DoFirst(ctx, work); ctxErr != nil {
			return nil, ctxErr
		}
	case !l.mayWait():
		if ctxErr := d.Do(ctx, work); ctxErr != nil {
			return nil, ctxErr
		}
	case !d.Try(work):
		return nil, nil
	}
	if err != nil {
		l.drop()
		return nil, err
	}
	if event == nil {
		return nil, nil
	}
	l.wait = int(l.cfg.Wait(event.Partial) * 100)
	return []Event{*event}, nil
}

// cut makes a slice of what is pending.
func (l *Listener) cut() {
	if l.begun == 0 || len(l.pending) == 0 {
		return
	}
	l.slices = append(l.slices, slice{PCM16(l.pending), l.clock})
	l.pending = l.pending[:0]
}

// mayWait says that the utterance cannot end before the next slice, whatever the
// text of those that wait.
func (l *Listener) mayWait() bool {
	ahead := l.clock + still
	return ahead-l.slices[0].clock < patience && ahead-l.changed < textPatience+still && ahead-l.begun < maxUtterance
}

// accept decodes the slices, and returns an event if the text has changed.
func (l *Listener) accept() (*Event, error) {
	if l.rec == nil {
		rec, err := l.cfg.Pool.open()
		if err != nil {
			return nil, err
		}
		l.rec = rec
	}
	var event *Event
	for _, s := range l.slices {
		h, err := l.rec.Accept(s.pcm)
		if err != nil {
			return event, err
		}
		if l.cfg.Second || l.cfg.Answers != nil {
			l.heard = append(l.heard, s.pcm)
		}
		if h.Final {
			if len(h.Alternatives) > 0 {
				l.pieces = append(l.pieces, h)
			}
			l.partial = ""
		} else {
			l.partial = h.Text()
		}
		if text := l.text(); text != l.reported {
			l.reported, l.changed = text, s.clock
			event = &Event{Partial: text}
		}
	}
	l.slices = l.slices[:0]
	return event, nil
}

// finish ends the running utterance.
func (l *Listener) finish(ctx context.Context) ([]Event, error) {
	events, err := l.decode(ctx, true)
	if err != nil {
		return events, err
	}
	var h Hypothesis
	if l.rec != nil {
		if ctxErr := l.cfg.Pool.decoders.DoFirst(ctx, func() { h, err = l.rec.Flush() }); ctxErr != nil {
			return events, ctxErr
		}
	}
	if pool := l.answers(); err == nil && pool != nil {
		var answer Hypothesis
		if ctxErr := pool.decoders.DoFirst(ctx, func() { answer, err = l.hearWith(pool) }); ctxErr != nil {
			return events, ctxErr
		}
		h = Either(h, answer)
	} else if err == nil && l.hearsAgain() {
		l.cfg.Pool.decoders.Try(func() {
			var second Hypothesis
			second, err = l.again()
			h = Combine(h, second)
		})
	}
	pieces := l.pieces
	if len(h.Alternatives) > 0 {
		pieces = append(pieces, h)
	}
	end := Event{Start: float64(l.begun-onsetFrames) / 100, End: float64(l.voiced) / 100, Level: l.gate.Peak(), Noise: l.noise()}
	l.drop()
	if err != nil {
		return events, err
	}
	whole := Join(pieces...)
	end.Final, end.Silent = &whole, len(whole.Alternatives) == 0
	return append(events, end), nil
}

// End finishes the utterance now: the button was released.
func (l *Listener) End(ctx context.Context) ([]Event, error) {
	events, err := l.hear(ctx, append(l.resampler.Flush(), make([]float32, GateFrame)...))
	if err != nil || l.begun == 0 {
		return events, err
	}
	more, err := l.finish(ctx)
	return append(events, more...), err
}

// drop forgets the utterance and gives the recogniser back.
func (l *Listener) drop() {
	if l.rec != nil {
		l.cfg.Pool.Give(l.rec)
		l.rec = nil
	}
	l.pending, l.slices, l.heard, l.pieces, l.partial, l.reported = l.pending[:0], nil, nil, nil, "", ""
	l.begun, l.voiced = 0, l.clock
	l.levels = l.levels[:0]
	l.gate.Quiet()
}

// Discard forgets the utterance: audio was lost, or the till itself spoke.
func (l *Listener) Discard() {
	l.drop()
	l.preroll, l.rest = l.preroll[:0], l.rest[:0]
}

// Close gives the recogniser back.
func (l *Listener) Close() error {
	l.drop()
	return nil
}

// maxJoined is enough for a second piece to tell which alternative of the first
// was meant ("with cream" or "with brown", then "sugar").
const maxJoined = 100

// Join makes one hypothesis of the pieces of one utterance, each piece ended by
// a pause: the best combinations of their alternatives, at most maxJoined.
func Join(pieces ...Hypothesis) Hypothesis {
	whole := Hypothesis{Final: true}
	for _, p := range pieces {
		if len(p.Alternatives) == 0 {
			continue
		}
		if len(whole.Alternatives) == 0 {
			whole.Alternatives = p.Alternatives
			continue
		}
		var joined []Alternative
		for _, a := range whole.Alternatives {
			for _, b := range p.Alternatives {
				words := append(a.Words[:len(a.Words):len(a.Words)], b.Words...)
				joined = append(joined, Alternative{Words: words, Score: a.Score + b.Score})
			}
		}
		sort.SliceStable(joined, func(i, j int) bool { return joined[i].Score > joined[j].Score })
		whole.Alternatives = joined[:min(len(joined), maxJoined)]
	}
	return whole
}
