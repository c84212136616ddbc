package main

import (
	"voicetill/checkout"
)

// knob is one threshold with the values that are tried for it.
type knob struct {
	name   string
	of     func(*checkout.Thresholds) *float64
	values []float64
}

// knobs are all that bench calibrate turns.
var knobs = []knob{
	{"nothing", func(t *checkout.Thresholds) *float64 { return &t.Nothing }, []float64{3, 5, 7, 9, 12, 15, 20}},
	{"chatter", func(t *checkout.Thresholds) *float64 { return &t.Chatter }, []float64{0, 2.5, 5, 7.5, 10, 15}},
	{"ask", func(t *checkout.Thresholds) *float64 { return &t.Ask }, []float64{0, 0.5, 1, 1.5, 2, 2.5, 3, 4, 6}},
	{"ask_teen", func(t *checkout.Thresholds) *float64 { return &t.AskTeen }, []float64{2, 3.5, 5, 7, 9}},
	{"ask_loud", func(t *checkout.Thresholds) *float64 { return &t.AskLoud }, []float64{0, 1, 2, 3, 4, 5, 7, 9, 12}},
	{"ask_unknown", func(t *checkout.Thresholds) *float64 { return &t.AskUnknown }, []float64{0, 2, 4, 6, 8, 10, 12}},
	{"ask_behind", func(t *checkout.Thresholds) *float64 { return &t.AskBehind }, []float64{0.5, 1, 1.5, 2, 3, 5, 9}},
	{"split", func(t *checkout.Thresholds) *float64 { return &t.Split }, []float64{5, 7.5, 10, 15, 20}},
	{"quiet", func(t *checkout.Thresholds) *float64 { return &t.Quiet }, []float64{20, 25, 30, 35, 40}},
	{"loud", func(t *checkout.Thresholds) *float64 { return &t.Loud }, []float64{0, 5, 10, 15}},
}

// with is t with the knob at v. It is false where that makes no sense.
func (k knob) with(t checkout.Thresholds, v float64) (checkout.Thresholds, bool) {
	*k.of(&t) = v
	return t, t.Quiet > t.Loud
}

// mostWrong is the share of utterances, in any condition, that may change a cart
// in a way that was not meant, without a question.
const mostWrong = 0.005

// verdict is what a set of thresholds comes to: less of the first is better,
// then less of the second, then more of the third.
type verdict struct {
	excess float64 // wrong unasked over mostWrong, summed over the conditions
	again  float64 // asked or not heard: the shopper has to speak again; mean over the conditions
	exact  float64 // mean over the conditions
}

func (a verdict) better(b verdict) bool {
	const same = 1e-9
	switch {
	case a.excess < b.excess-same:
		return true
	case a.excess > b.excess+same:
		return false
	case a.again < b.again-same:
		return true
	case a.again > b.again+same:
		return false
	}
	return a.exact > b.exact+same
}

// judgeConditions sums conditions up. Questions put to nobody count like those
// put to shoppers; there is nothing that talk should be heard as. Of numbers that
// are no item's only the wrong ones count: a question is right there.
func judgeConditions(list []condition) verdict {
	var v verdict
	again, commands := 0, 0
	for _, c := range list {
		v.excess += max(0, c.WrongUnasked-mostWrong)
		switch c.Group {
		case talkGroup:
			v.again += c.Asked
			again++
		case sampledGroup, recordedGroup:
			v.again += c.Asked + c.Nothing
			v.exact += c.Exact
			again++
			commands++
		}
	}
	v.again /= float64(max(again, 1))
	v.exact /= float64(max(commands, 1))
	return v
}

// choose turns one knob after the other to its best value until none helps any
// more. A value that is as good as the one there is does not replace it.
func choose(start checkout.Thresholds, knobs []knob, measure func(checkout.Thresholds) verdict) (best checkout.Thresholds, v verdict) {
	best, v = start, measure(start)
	for turned := true; turned; {
		turned = false
		for _, k := range knobs {
			from := best
			for _, value := range k.values {
				t, ok := k.with(from, value)
				if !ok || t == best {
					continue
				}
				if got := measure(t); got.better(v) {
					best, v, turned = t, got, true
				}
			}
		}
	}
	return best, v
}
