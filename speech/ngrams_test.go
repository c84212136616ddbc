package speech_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"voicetill/speech"
)

var said = []string{"two oat milk", "two oat milk", "three oat milk", "item one two", "item one three", "checkout", "remove oat milk"}

// cost of a sentence: the cheapest way through the language, backing off where
// it must or where it is cheaper. +Inf where there is none.
func cost(l *speech.Language, sentence string) float64 {
	at := closure(l, map[int32]float64{0: 0})
	for _, w := range strings.Fields(sentence) {
		next := map[int32]float64{}
		for state, c := range at {
			for _, a := range l.States[state].Arcs {
				if a.Label > 0 && l.Words[a.Label] == w {
					if old, ok := next[a.To]; !ok || c+a.Cost < old {
						next[a.To] = c + a.Cost
					}
				}
			}
		}
		at = closure(l, next)
	}
	best := math.Inf(1)
	for state, c := range at {
		if f := l.States[state].Final; f >= 0 {
			best = min(best, c+f)
		}
	}
	return best
}

// closure adds the states that backing off leads to.
func closure(l *speech.Language, at map[int32]float64) map[int32]float64 {
	for changed := true; changed; {
		changed = false
		for state, c := range at {
			for _, a := range l.States[state].Arcs {
				if a.Label != 0 {
					continue
				}
				if old, ok := at[a.To]; !ok || c+a.Cost < old-1e-12 {
					at[a.To], changed = c+a.Cost, true
				}
			}
		}
	}
	return at
}

func TestNGramsPreferWhatIsSaid(t *testing.T) {
	l := speech.NGrams(said)
	for _, c := range []struct{ likelier, than string }{
		{"two oat milk", "three oat milk"}, // twice as often
		{"two oat milk", "milk oat two"},
		{"item one two", "item two one"},
		{"checkout", "checkout checkout"},
		{"remove oat milk", "remove two oat milk"},
	} {
		if a, b := cost(l, c.likelier), cost(l, c.than); a >= b {
			t.Errorf("%q costs %.2f, %q %.2f", c.likelier, a, c.than, b)
		}
	}
}

func TestNGramsLetEveryOrderOfTheirWordsThrough(t *testing.T) {
	l := speech.NGrams(said)
	for _, s := range []string{"milk", "milk milk milk", "two item remove three", "one"} {
		if c := cost(l, s); math.IsInf(c, 1) {
			t.Errorf("%q cannot be said at all", s)
		}
	}
	if c := cost(l, "kombucha"); !math.IsInf(c, 1) {
		t.Error("a word that was never said is known")
	}
}

func TestNGramsAreProbabilities(t *testing.T) {
	l := speech.NGrams(said)
	for i, s := range l.States {
		sum, last, backs := 0.0, int32(-1), 0
		for _, a := range s.Arcs {
			if a.Label <= last {
				t.Fatalf("state %d: arcs are out of order", i)
			}
			last = a.Label
			if a.Label == 0 {
				backs++
			}
			if a.Cost < 0 || a.To < 0 || int(a.To) >= len(l.States) || int(a.Label) >= len(l.Words) {
				t.Fatalf("state %d: %+v", i, a)
			}
			sum += math.Exp(-a.Cost)
		}
		if s.Final >= 0 {
			sum += math.Exp(-s.Final)
		}
		if math.Abs(sum-1) > 1e-9 || backs > 1 {
			t.Errorf("state %d: probabilities add up to %g, with %d ways to back off", i, sum, backs)
		}
	}
	if total := l.Arcs(); total < len(l.States) {
		t.Errorf("%d arcs between %d states", total, len(l.States))
	}
}

func TestNGramsAreTheSameEveryTime(t *testing.T) {
	a, b := speech.NGrams(said), speech.NGrams(said)
	if !slices.Equal(a.Words, b.Words) || !slices.EqualFunc(a.States, b.States, func(x, y speech.LanguageState) bool {
		return x.Final == y.Final && slices.Equal(x.Arcs, y.Arcs)
	}) {
		t.Error("the same sentences gave another language")
	}
}
