package speech_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"voicetill/speech"
	"voicetill/speech/speechtest"
)

const frame = 100 * time.Millisecond

// mic is a listener and what came out of it.
type mic struct {
	t *testing.T
	*speech.Listener
	partials []string
	finals   []speech.Event
}

func listen(t *testing.T, e speech.Engine, wait func(string) float64) *mic {
	t.Helper()
	p := speech.NewPool(e, nil, speech.NewDecoders(2))
	l, err := speech.NewListener(speech.ListenerConfig{Pool: p, Rate: speech.SampleRate, Wait: wait})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(l.Close(), l.Close(), p.Close()); err != nil {
			t.Error(err)
		}
	})
	return &mic{t: t, Listener: l}
}

func (m *mic) took(events []speech.Event, err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
	for _, ev := range events {
		if ev.Final != nil {
			m.finals = append(m.finals, ev)
		} else {
			m.partials = append(m.partials, ev.Partial)
		}
	}
}

// hears feeds audio as a microphone does.
func (m *mic) hears(pcm []byte) {
	m.t.Helper()
	size := 2 * speech.SampleRate / 10
	for len(pcm) > 0 {
		n := min(size, len(pcm))
		m.took(m.Feed(m.t.Context(), pcm[:n]))
		pcm = pcm[n:]
	}
}

func (m *mic) ends() {
	m.t.Helper()
	m.took(m.End(m.t.Context()))
}

// silenceUntilFinal feeds silence until one more utterance has ended and says
// how much it took.
func (m *mic) silenceUntilFinal() time.Duration {
	m.t.Helper()
	before := len(m.finals)
	for quiet := 10 * time.Millisecond; quiet < 10*time.Second; quiet += 10 * time.Millisecond {
		if m.hears(speechtest.Silence(10 * time.Millisecond)); len(m.finals) > before {
			return quiet
		}
	}
	m.t.Fatal("the utterance never ended")
	return 0
}

// waits is what a till that knows its grammar asks for.
func waits(text string) float64 {
	switch {
	case strings.HasSuffix(text, "times three"):
		return 0.3
	case strings.HasSuffix(text, "one two"):
		return 1.0
	}
	return 0.7
}

func TestACompleteCommandEndsSoonerThanOneInTheMiddleOfANumber(t *testing.T) {
	took := map[string]time.Duration{}
	for text, want := range map[string]time.Duration{"item 1203 times three": 300 * time.Millisecond, "item one two": time.Second,
		"take off the": 700 * time.Millisecond} {
		e := &speechtest.Engine{}
		e.Hears(text)
		m := listen(t, e, waits)
		m.hears(speechtest.Silence(time.Second))
		m.hears(speechtest.Voice(600 * time.Millisecond))
		took[text] = m.silenceUntilFinal()
		if late := took[text] - want; late < -20*time.Millisecond || late > 150*time.Millisecond {
			t.Errorf("%q ended after %v of silence, want %v", text, took[text], want)
		}
		if got := m.finals[0].Final.Text(); got != text || m.finals[0].Silent {
			t.Errorf("got %q, silent %v; want %q", got, m.finals[0].Silent, text)
		}
	}
	if took["item 1203 times three"] >= took["item one two"] {
		t.Errorf("got %v", took)
	}
}

func TestWithoutAWaitAnUtteranceEndsAllTheSame(t *testing.T) {
	e := &speechtest.Engine{}
	e.Hears("three bagels")
	m := listen(t, e, nil)
	m.hears(speechtest.Voice(time.Second))
	if took := m.silenceUntilFinal(); took < 500*time.Millisecond || took > 1500*time.Millisecond {
		t.Errorf("ended after %v of silence", took)
	}
}

func TestSilenceCostsNoRecogniser(t *testing.T) {
	g := &meter{}
	m := listen(t, g, nil)
	m.hears(speechtest.Silence(30 * time.Second))
	m.ends()
	if g.opened != 0 || len(m.finals) != 0 || len(m.partials) != 0 || !m.Idle() {
		t.Errorf("%d recognisers opened, got %v %v", g.opened, m.partials, m.finals)
	}
}

func TestTheBeginningAndTheEndOfTheVoiceAreHeard(t *testing.T) {
	m := listen(t, &meter{}, nil)
	m.hears(speechtest.Silence(2 * time.Second))
	m.hears(speechtest.Voice(700 * time.Millisecond))
	m.silenceUntilFinal()
	ms, err := strconv.Atoi(m.finals[0].Final.Text())
	if err != nil {
		t.Fatal(err)
	}
	// Something before the voice, so that no consonant is cut, and all of it.
	if ms < 900 || ms > 2500 {
		t.Errorf("%d ms were decoded of 700 ms of voice", ms)
	}
	ev := m.finals[0]
	if ev.Start < 1.9 || ev.Start > 2.1 || ev.End < 2.6 || ev.End > 2.9 {
		t.Errorf("the voice was from 2.0 to 2.7 s, got %.2f to %.2f", ev.Start, ev.End)
	}
}

func TestEveryUtteranceIsANewOne(t *testing.T) {
	e := &speechtest.Engine{}
	e.Hears("three bagels", "two croissants", "checkout")
	m := listen(t, e, waits)
	for range 3 {
		m.hears(speechtest.Silence(time.Second))
		m.hears(speechtest.Voice(600 * time.Millisecond))
		m.silenceUntilFinal()
		if !m.Idle() {
			t.Error("not idle after the end")
		}
	}
	var got []string
	for i, f := range m.finals {
		got = append(got, f.Final.Text())
		if i > 0 && f.Start <= m.finals[i-1].End {
			t.Errorf("utterance %d begins at %.2f, the one before ended at %.2f", i, f.Start, m.finals[i-1].End)
		}
	}
	if want := "three bagels|two croissants|checkout"; strings.Join(got, "|") != want {
		t.Errorf("got %v, want %s", got, want)
	}
	if want := "three bagels|two croissants|checkout"; strings.Join(m.partials, "|") != want {
		t.Errorf("got the partials %v: each text is told once", m.partials)
	}
}

func TestDiscardedAudioIsNeverHeard(t *testing.T) {
	g := &meter{}
	m := listen(t, g, nil)
	m.hears(speechtest.Silence(time.Second))
	m.hears(speechtest.Voice(time.Second))
	m.Discard() // frames were lost: 1203 with a hole in it may read as 123
	if !m.Idle() {
		t.Error("not idle after Discard")
	}
	m.hears(speechtest.Silence(3 * time.Second))
	if len(m.finals) != 0 {
		t.Fatalf("lost audio was heard: %v", m.finals)
	}
	m.hears(speechtest.Voice(600 * time.Millisecond))
	m.silenceUntilFinal()
	if ms, err := strconv.Atoi(m.finals[0].Final.Text()); err != nil || ms > 2500 {
		t.Errorf("got %q: the next utterance has the lost one in it", m.finals[0].Final.Text())
	}
	if g.opened != 1 {
		t.Errorf("%d recognisers were opened", g.opened)
	}
	m.Discard() // of nothing
	m.ends()
	if len(m.finals) != 1 {
		t.Errorf("got %v", m.finals)
	}
}

func TestEndFinishesWhatIsBeingSaid(t *testing.T) {
	e := &speechtest.Engine{}
	e.Hears("item one two")
	m := listen(t, e, waits)
	m.hears(speechtest.Silence(500 * time.Millisecond))
	m.hears(speechtest.Voice(time.Second))
	if len(m.finals) != 0 {
		t.Fatal("ended in mid-voice")
	}
	m.ends()
	if len(m.finals) != 1 || m.finals[0].Final.Text() != "item one two" || !m.Idle() {
		t.Fatalf("got %+v", m.finals)
	}
	m.ends()
	m.hears(speechtest.Silence(3 * time.Second))
	if len(m.finals) != 1 {
		t.Errorf("got %d utterances of one", len(m.finals))
	}
}

func TestNoiseInWhichNothingIsHeardIsSilent(t *testing.T) {
	m := listen(t, &speechtest.Engine{}, nil) // nothing is prepared: no words
	m.hears(speechtest.Silence(time.Second))
	m.hears(speechtest.Voice(time.Second))
	m.silenceUntilFinal()
	if ev := m.finals[0]; !ev.Silent || ev.Final.Text() != "" {
		t.Errorf("got %+v", ev)
	}
}

func TestAnUtteranceThatNeverEndsIsEnded(t *testing.T) {
	m := listen(t, &meter{}, nil)
	m.hears(speechtest.Silence(time.Second))
	for range 60 { // a voice with its ups and downs, a minute long
		m.hears(speechtest.Voice(850 * time.Millisecond))
		m.hears(speechtest.Silence(150 * time.Millisecond))
	}
	if len(m.finals) < 2 {
		t.Errorf("%d utterances within a minute", len(m.finals))
	}
}

func TestPiecesThatTheRecogniserEndedAreOneUtterance(t *testing.T) {
	m := listen(t, &meter{endsSelf: true}, nil)
	m.hears(speechtest.Silence(time.Second))
	m.hears(speechtest.Voice(600 * time.Millisecond))
	m.silenceUntilFinal()
	if words := strings.Fields(m.finals[0].Final.Text()); len(m.finals) != 1 || len(words) < 3 {
		t.Errorf("got %d utterances, the first %q", len(m.finals), m.finals[0].Final.Text())
	}
}

func TestListeningAtOtherRates(t *testing.T) {
	for _, rate := range []int{8000, 16000, 44100, 48000} {
		t.Run(fmt.Sprint(rate), func(t *testing.T) {
			p := speech.NewPool(&meter{}, nil, speech.NewDecoders(1))
			l, err := speech.NewListener(speech.ListenerConfig{Pool: p, Rate: rate})
			if err != nil {
				t.Fatal(err)
			}
			m := &mic{t: t, Listener: l}
			quiet := make([]float32, rate)
			for _, part := range [][]float32{quiet, sine(1000, rate, 0.25), quiet, quiet} {
				for len(part) > 0 {
					n := min(rate/10, len(part))
					m.took(m.Feed(t.Context(), speech.PCM16(part[:n])))
					part = part[n:]
				}
			}
			if len(m.finals) != 1 {
				t.Fatalf("got %d utterances", len(m.finals))
			}
			ms, _ := strconv.Atoi(m.finals[0].Final.Text())
			if ms < 1100 || ms > 2800 {
				t.Errorf("%d ms were decoded of 1,000 ms of voice", ms)
			}
			if err := errors.Join(l.Close(), p.Close()); err != nil {
				t.Error(err)
			}
		})
	}
	if _, err := speech.NewListener(speech.ListenerConfig{Rate: 12}); err == nil {
		t.Error("12 Hz was taken")
	}
}

func TestHalfASampleIsRefused(t *testing.T) {
	m := listen(t, &meter{}, nil)
	if events, err := m.Feed(t.Context(), make([]byte, 321)); !errors.Is(err, speech.ErrOddLength) || len(events) > 0 {
		t.Errorf("got %v, %v", events, err)
	}
}

var errBroken = errors.New("the recogniser failed")

func TestARecogniserThatFailsIsGivenBack(t *testing.T) {
	g := &meter{broken: errBroken}
	m := listen(t, g, nil)
	m.hears(speechtest.Silence(time.Second))
	_, err := m.Feed(t.Context(), speechtest.Voice(time.Second))
	if !errors.Is(err, errBroken) {
		t.Fatalf("got %v", err)
	}
	if !m.Idle() || g.resets != 1 {
		t.Errorf("idle %v, %d given back", m.Idle(), g.resets)
	}
}

func TestWhoWaitsForABusyDecoderCanBeToldToStop(t *testing.T) {
	g := &meter{}
	d := speech.NewDecoders(1)
	p := speech.NewPool(g, nil, d)
	l, err := speech.NewListener(speech.ListenerConfig{Pool: p, Rate: speech.SampleRate})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Feed(t.Context(), speechtest.Silence(time.Second)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err = d.Do(t.Context(), func() { // the only decoder is busy
		cancel()
		if _, err := l.Feed(ctx, speechtest.Voice(time.Second)); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
	if err := errors.Join(err, l.Close(), p.Close()); err != nil {
		t.Error(err)
	}
}

func TestJoin(t *testing.T) {
	h := func(alternatives ...string) speech.Hypothesis {
		joined := speech.Hypothesis{Final: true}
		for i, text := range alternatives {
			a := speech.Typed(text).Alternatives[0]
			a.Score = -float64(i)
			joined.Alternatives = append(joined.Alternatives, a)
		}
		return joined
	}
	for name, c := range map[string]struct {
		pieces []speech.Hypothesis
		want   string // texts, best first
	}{
		"nothing":           {nil, ""},
		"two silences":      {[]speech.Hypothesis{h(), h()}, ""},
		"one piece":         {[]speech.Hypothesis{h("a latte", "a lot")}, "a latte|a lot"},
		"a silence between": {[]speech.Hypothesis{h("a latte"), h(), h("with milk")}, "a latte with milk"},
		"every combination": {[]speech.Hypothesis{h("a", "b"), h("x", "y")}, "a x|a y|b x|b y"},
		"best first":        {[]speech.Hypothesis{h("a", "b", "c"), h("v", "w", "x")}, "a v|a w|b v|a x|b w|c v|b x|c w|c x"},
	} {
		whole := speech.Join(c.pieces...)
		var got []string
		for i, a := range whole.Alternatives {
			got = append(got, a.Text())
			if i > 0 && a.Score > whole.Alternatives[i-1].Score {
				t.Errorf("%s: alternative %d is better than the one before", name, i)
			}
		}
		if strings.Join(got, "|") != c.want || !whole.Final {
			t.Errorf("%s: got %v, want %s", name, got, c.want)
		}
	}
}

func TestJoinKeepsAHundred(t *testing.T) {
	h := speech.Hypothesis{Final: true}
	for i := range 20 {
		a := speech.Typed(fmt.Sprintf("word%d", i)).Alternatives[0]
		a.Score = -float64(i)
		h.Alternatives = append(h.Alternatives, a)
	}
	whole := speech.Join(h, h)
	if n := len(whole.Alternatives); n != 100 || whole.Alternatives[n-1].Score < -13 {
		t.Errorf("got %d alternatives, the last with %g", n, whole.Alternatives[n-1].Score)
	}
}

func TestJoinLeavesItsPiecesAlone(t *testing.T) {
	first, second := speech.Typed("a latte please"), speech.Typed("with milk")
	first.Alternatives[0].Words = first.Alternatives[0].Words[:2] // room behind it
	speech.Join(first, second)
	if got := first.Alternatives[0].Words[:3][2].Text; got != "please" {
		t.Errorf("the piece was written over with %q", got)
	}
}

// TestABusyDecoderChangesNothingThatIsHeard compares what the recogniser gets,
// and what comes of it, with a decoder that is taken in the middle of the voice.
func TestABusyDecoderChangesNothingThatIsHeard(t *testing.T) {
	run := func(busy bool) (accepted []int, finals []speech.Event, early int) {
		g := &meter{}
		d := speech.NewDecoders(1)
		p := speech.NewPool(g, nil, d)
		defer p.Close()
		l, err := speech.NewListener(speech.ListenerConfig{Pool: p, Rate: speech.SampleRate, Wait: waits})
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		pcm := slices.Concat(speechtest.Silence(time.Second), speechtest.Voice(1500*time.Millisecond), speechtest.Silence(2*time.Second))
		at := 0
		for part := range slices.Chunk(pcm, 2*speech.SampleRate/10) {
			feed := func() {
				events, err := l.Feed(t.Context(), part)
				if err != nil {
					t.Fatal(err)
				}
				for _, e := range events {
					if e.Final != nil {
						finals = append(finals, e)
					}
				}
			}
			before := len(g.accepted)
			if at++; busy && at > 11 && at <= 25 && at%3 != 0 { // the only decoder is taken
				if err := d.Do(t.Context(), feed); err != nil {
					t.Fatal(err)
				}
				early += len(g.accepted) - before
				continue
			}
			feed()
		}
		return g.accepted, finals, early
	}
	wantAccepted, wantFinals, _ := run(false)
	accepted, finals, early := run(true)
	if early != 0 {
		t.Errorf("%d slices were decoded without a decoder", early)
	}
	if !slices.Equal(accepted, wantAccepted) {
		t.Errorf("the recogniser got %v, want %v", accepted, wantAccepted)
	}
	if len(finals) != 1 || !reflect.DeepEqual(finals, wantFinals) {
		t.Errorf("got %+v, want %+v", finals, wantFinals)
	}
}

func TestAButtonReleasedWhileDecodersAreBusyLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := speech.NewDecoders(1)
		p := speech.NewPool(&meter{}, nil, d)
		defer p.Close()
		l, err := speech.NewListener(speech.ListenerConfig{Pool: p, Rate: speech.SampleRate, Wait: waits})
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		hold := make(chan struct{})
		go d.Do(t.Context(), func() { <-hold })
		synctest.Wait()
		voice := speechtest.Voice(frame)
		for _, part := range [][]byte{speechtest.Silence(time.Second), voice, voice, voice} {
			if events, err := l.Feed(t.Context(), part); err != nil || len(events) > 0 {
				t.Fatalf("got %v, %v", events, err)
			}
		}
		var events []speech.Event
		ended := make(chan struct{})
		go func() { defer close(ended); events, err = l.End(t.Context()) }()
		synctest.Wait() // End waits for the decoder
		close(hold)
		<-ended
		if err != nil || len(events) == 0 || events[len(events)-1].Final == nil {
			t.Fatalf("got %v, %v", events, err)
		}
		if ms, err := strconv.Atoi(events[len(events)-1].Final.Text()); err != nil || ms < 600 {
			t.Errorf("%d ms were decoded of 300 ms of voice and 400 before it, %v", ms, err)
		}
	})
}
