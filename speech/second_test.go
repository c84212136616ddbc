package speech_test

import (
	"errors"
	"slices"
	"testing"

	"voicetill/speech"
)

func alternatives(scored ...any) speech.Hypothesis {
	h := speech.Hypothesis{Final: true}
	for i := 0; i < len(scored); i += 2 {
		alt := speech.Typed(scored[i].(string)).Alternatives[0]
		alt.Score = scored[i+1].(float64)
		h.Alternatives = append(h.Alternatives, alt)
	}
	return h
}

func TestTwoHearingsAreCombined(t *testing.T) {
	for name, c := range map[string]struct {
		first, second speech.Hypothesis
		want          string
		gap           float64 // between the best two
	}{
		"both sure":               {alternatives("two", 100.0, "ten", 95.0), alternatives("two", 40.0, "ten", 37.0), "two", 4},
		"the second is surer":     {alternatives("ten", 100.0, "two", 99.0), alternatives("two", 40.0, "ten", 36.0), "two", 1.5},
		"one has it not at all":   {alternatives("ten", 100.0, "two", 99.0), alternatives("two", 40.0, "four", 39.0), "two", 1},
		"the second is silent":    {alternatives("ten", 100.0, "two", 99.0), speech.Hypothesis{}, "ten", 1},
		"the first was silent":    {speech.Hypothesis{Final: true}, alternatives("two", 40.0), "", 0},
		"a text that comes twice": {alternatives("two", 9.0, "two", 8.0, "ten", 7.0), alternatives("two", 9.0, "ten", 8.0), "two", 1.5},
	} {
		got := speech.Combine(c.first, c.second)
		gap := 0.0
		if len(got.Alternatives) > 1 {
			gap = got.Alternatives[0].Score - got.Alternatives[1].Score
		}
		if got.Text() != c.want || gap != c.gap || !got.Final && c.want != "" {
			t.Errorf("%s: got %q leading by %g, want %q by %g", name, got.Text(), gap, c.want, c.gap)
		}
	}
}

func TestOfTwoLanguagesTheLikelierIsHeard(t *testing.T) {
	for name, c := range map[string]struct {
		first, second speech.Hypothesis
		want          string
		gap           float64 // between the best two
	}{
		"the first":           {alternatives("undo", 113.0, "so", 110.0), alternatives("two", 104.0), "undo", 3},
		"the second":          {alternatives("undo", 113.0, "so", 110.0), alternatives("two", 118.0, "ten", 101.0), "two", 5},
		"the same in both":    {alternatives("two", 113.0, "so", 110.0), alternatives("two", 118.0), "two", 8},
		"the first is silent": {speech.Hypothesis{Final: true}, alternatives("two", 118.0), "two", 0},
		"neither":             {speech.Hypothesis{Final: true}, speech.Hypothesis{}, "", 0},
	} {
		got := speech.Either(c.first, c.second)
		gap := 0.0
		if len(got.Alternatives) > 1 {
			gap = got.Alternatives[0].Score - got.Alternatives[1].Score
		}
		if got.Text() != c.want || gap != c.gap || !got.Final {
			t.Errorf("%s: got %q leading by %g, want %q by %g", name, got.Text(), gap, c.want, c.gap)
		}
	}
}

func TestAnOpenQuestionHasShortUtterancesHeardForAnAnswer(t *testing.T) {
	for name, c := range map[string]struct {
		open    bool
		seconds float64
		answers int // recognisers opened of the answers
	}{"a question": {true, 0.4, 1}, "none": {false, 0.4, 0}, "too long for a number": {true, 3, 0}} {
		m, answers := &meter{}, &meter{}
		d := speech.NewDecoders(1)
		p, a := speech.NewPool(m, nil, d), speech.NewPool(answers, []string{"two"}, d)
		l, err := speech.NewListener(speech.ListenerConfig{Pool: p, Rate: speech.SampleRate, Answers: func() *speech.Pool {
			if c.open {
				return a
			}
			return nil
		}})
		if err != nil {
			t.Fatal(err)
		}
		ears := &mic{t: t, Listener: l}
		voice := append(make([]float32, speech.SampleRate), syllables(c.seconds, 0.4)...)
		ears.hears(speech.PCM16(append(voice, make([]float32, 2*speech.SampleRate)...)))
		ears.ends()
		if len(ears.finals) != 1 || answers.opened != c.answers {
			t.Errorf("%s: heard %v, %d recognisers of answers, want %d", name, ears.finals, answers.opened, c.answers)
		}
		if c.answers > 0 && !slices.Equal(answers.accepted, m.accepted) {
			t.Errorf("%s: the answer was cut as %v, the utterance as %v", name, answers.accepted, m.accepted)
		}
		if err := errors.Join(l.Close(), p.Close(), a.Close()); err != nil {
			t.Error(err)
		}
	}
}

func secondHearing(t *testing.T, m *meter, d *speech.Decoders) *mic {
	t.Helper()
	p := speech.NewPool(m, nil, d)
	l, err := speech.NewListener(speech.ListenerConfig{Pool: p, Rate: speech.SampleRate, Second: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(l.Close(), p.Close()); err != nil {
			t.Error(err)
		}
	})
	return &mic{t: t, Listener: l}
}

func TestOnlyWhatIsNoisyIsHeardTwice(t *testing.T) {
	voice := append(make([]float32, speech.SampleRate), append(syllables(1, 0.4), make([]float32, 2*speech.SampleRate)...)...)
	for name, c := range map[string]struct {
		noise float64
		times int
	}{"a quiet room": {0.00001, 1}, "a noisy one": {0.03, 2}} {
		m := &meter{}
		ears := secondHearing(t, m, speech.NewDecoders(1))
		ears.hears(speech.PCM16(add(voice, noise(4, c.noise))))
		ears.ends()
		if len(ears.finals) != 1 || ears.finals[0].Silent {
			t.Fatalf("%s: heard %v", name, ears.finals)
		}
		once := slices.Clone(m.accepted[:len(m.accepted)/c.times])
		if c.times == 2 && !slices.Equal(once, m.accepted[len(once):]) {
			t.Errorf("%s: the second hearing was cut as %v, the first as %v", name, m.accepted[len(once):], once)
		}
		total := 0
		for _, n := range once {
			total += n
		}
		if want := ears.finals[0].Final.Text(); want == "" || total < 2*speech.SampleRate {
			t.Errorf("%s: %d bytes were heard as %q", name, total, want)
		}
	}
}

// ratio is how much stronger x is where there is voice than before it.
func ratio(x []float32, voiceFrom int) float64 {
	sum := func(part []float32) (e float64) {
		for _, s := range part {
			e += float64(s) * float64(s)
		}
		return e / float64(len(part))
	}
	return sum(x[voiceFrom:]) / sum(x[:voiceFrom])
}

func TestDenoiseTakesOffNoiseAndKeepsVoice(t *testing.T) {
	clean := append(make([]float32, speech.SampleRate), syllables(1, 0.4)...)
	noisy := add(clean, noise(2, 0.03))
	before := slices.Clone(noisy)
	got := speech.Denoise(noisy)
	if len(got) != len(noisy) || !slices.Equal(noisy, before) {
		t.Fatalf("%d samples of %d, or the input was changed", len(got), len(noisy))
	}
	if was, is := ratio(noisy, speech.SampleRate), ratio(got, speech.SampleRate); is < 3*was {
		t.Errorf("voice over noise was %.1f and is %.1f", was, is)
	}
	voice := func(x []float32) (e float64) {
		for _, s := range x[speech.SampleRate:] {
			e += float64(s) * float64(s)
		}
		return e
	}
	if share := voice(got) / voice(clean); share < 0.7 || share > 1.3 {
		t.Errorf("%.2f of the voice is left", share)
	}
	for _, n := range []int{0, 1, 511, 512, 1023, 1024, 1025, 1151, 1153} {
		if got := speech.Denoise(noisy[:n]); len(got) != n {
			t.Errorf("%d samples became %d", n, len(got))
		}
	}
}

func FuzzDenoise(f *testing.F) {
	f.Add([]byte{})
	f.Add(speech.PCM16(noise(0.2, 0.5)))
	f.Add(speech.PCM16(make([]float32, 3000)))
	f.Fuzz(func(t *testing.T, pcm []byte) {
		x := speech.FromPCM16(pcm)
		for _, s := range speech.Denoise(x) {
			if s != s || s > 8 || s < -8 {
				t.Fatalf("%g came out of %d samples", s, len(x))
			}
		}
	})
}
