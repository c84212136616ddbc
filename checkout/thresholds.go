package checkout

// Thresholds decide from the scores of an utterance's meanings whether one is
// obeyed, asked about or ignored. All but the levels are in natural-log units of
// the recogniser's scores.
type Thresholds struct {
	// Nothing is how much worse than the best alternative, taken for talk that is
	// not for the till, a meaning may be and still count.
	Nothing float64
	Chatter float64 // how much better it must do in the middle of talk

	Ask        float64 // of two meanings this close together neither is taken without a question
	AskTeen    float64 // the same for thirteen and thirty, up to nineteen and ninety, for adding and removing, and for a guess with and without a quantity
	AskLoud    float64 // more for both in the loudest noise
	AskBehind  float64 // how much worse than the best alternative its words may be heard
	AskUnknown float64 // for a number that the shop lacks: who said it does not want its neighbour

	Split float64 // what an utterance without a meaning counts against one that has

	Quiet float64 // dB of voice over noise from which on a room is quiet
	Loud  float64 // dB of voice over noise down to which noise counts more and more
}

// DefaultThresholds are those that the till works with.
var DefaultThresholds = Thresholds{Nothing: 9, Chatter: 5, Ask: 2, AskTeen: 5, AskLoud: 5, AskBehind: 1.5, AskUnknown: 8, Split: 10, Quiet: 30, Loud: 10}

// noisy is 0 in a quiet room and 1 where the voice hardly stands out.
func (t Thresholds) noisy(s Situation) float64 {
	if s.SNR == 0 {
		return 0
	}
	return min(1, max(0, (t.Quiet-s.SNR)/(t.Quiet-t.Loud)))
}

// needed is how far a meaning must lead another to be taken without a question.
func (t Thresholds) needed(first, second []string, s Situation) float64 {
	loud := t.AskLoud * t.noisy(s)
	if teenPair(first, second) {
		return t.AskTeen + loud
	}
	return t.Ask + loud
}
