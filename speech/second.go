package speech

import (
	"slices"
	"sort"
)

// noisyBelow is the ratio of voice to noise, in dB, under which an utterance is
// heard a second time with the noise taken off.
const noisyBelow = 30.0

// hearsAgain says whether a finished utterance is worth a second hearing.
func (l *Listener) hearsAgain() bool {
	return l.cfg.Second && len(l.heard) > 0 && len(l.pieces) == 0 && l.gate.Peak()-l.gate.Floor() < noisyBelow
}

// again hears the finished utterance a second time with the noise taken off, in
// the slices of the first.
func (l *Listener) again() (Hypothesis, error) {
	var samples []float32
	for _, pcm := range l.heard {
		samples = append(samples, FromPCM16(pcm)...)
	}
	rest := PCM16(Denoise(samples))
	clean := make([][]byte, len(l.heard))
	for i, pcm := range l.heard {
		clean[i], rest = rest[:len(pcm)], rest[len(pcm):]
	}
	l.rec.Reset()
	return replay(l.rec, clean)
}

// replay is what a recogniser makes of a whole utterance, slice by slice.
func replay(rec Recognizer, utterance [][]byte) (Hypothesis, error) {
	for _, pcm := range utterance {
		if _, err := rec.Accept(pcm); err != nil {
			return Hypothesis{}, err
		}
	}
	return rec.Flush()
}

// shortAnswer is how long a number or a measure takes at most, in gate frames.
const shortAnswer = 150

// answers is the pool for a second hearing of an utterance that may answer the
// open question, or nil.
func (l *Listener) answers() *Pool {
	if l.cfg.Answers == nil || len(l.heard) == 0 || len(l.pieces) > 0 || l.voiced-l.begun > shortAnswer {
		return nil
	}
	return l.cfg.Answers()
}

// hearWith hears the finished utterance with a recogniser of another pool.
func (l *Listener) hearWith(p *Pool) (Hypothesis, error) {
	rec, err := p.open()
	if err != nil {
		return Hypothesis{}, err
	}
	defer p.Give(rec)
	return replay(rec, l.heard)
}

// Either makes one hypothesis of two hearings of the same utterance by the same
// acoustic model in two languages, of which the speaker used one: the scores are
// those of the likelier, as they are.
func Either(first, second Hypothesis) Hypothesis {
	both := Hypothesis{Final: first.Final || second.Final}
	at := map[string]int{}
	for _, alt := range slices.Concat(first.Alternatives, second.Alternatives) {
		i, ok := at[alt.Text()]
		if !ok {
			i = len(both.Alternatives)
			at[alt.Text()] = i
			both.Alternatives = append(both.Alternatives, alt)
		}
		if alt.Score > both.Alternatives[i].Score {
			both.Alternatives[i] = alt
		}
	}
	sort.SliceStable(both.Alternatives, func(i, j int) bool { return both.Alternatives[i].Score > both.Alternatives[j].Score })
	return both
}

// notHeard is how much less likely, in the recogniser's log units, than the last
// of a hearing's alternatives what it has not among them counts.
const notHeard = 2.0

// Combine makes one hypothesis of two hearings of the same utterance. Scores are
// relative to each hearing's best, and the mean of both (Fiscus, ROVER, 1997,
// on whole alternatives). Where one heard nothing, the first stands.
func Combine(first, second Hypothesis) Hypothesis {
	if len(first.Alternatives) == 0 || len(second.Alternatives) == 0 {
		return first
	}
	a, b := relative(first), relative(second)
	both := Hypothesis{Final: first.Final}
	seen := map[string]bool{}
	for _, list := range [][]Alternative{first.Alternatives, second.Alternatives} {
		for _, alt := range list {
			text := alt.Text()
			if seen[text] {
				continue
			}
			seen[text] = true
			alt.Score = (a.of(text) + b.of(text)) / 2
			both.Alternatives = append(both.Alternatives, alt)
		}
	}
	sort.SliceStable(both.Alternatives, func(i, j int) bool { return both.Alternatives[i].Score > both.Alternatives[j].Score })
	return both
}

// scores of one hearing's texts relative to its best.
type scores struct {
	byText map[string]float64
	lowest float64
}

func relative(h Hypothesis) scores {
	s := scores{byText: map[string]float64{}}
	for _, alt := range h.Alternatives {
		score := alt.Score - h.Alternatives[0].Score
		if _, ok := s.byText[alt.Text()]; !ok {
			s.byText[alt.Text()] = score
		}
		s.lowest = min(s.lowest, score)
	}
	return s
}

func (s scores) of(text string) float64 {
	if score, ok := s.byText[text]; ok {
		return score
	}
	return s.lowest - notHeard
}
