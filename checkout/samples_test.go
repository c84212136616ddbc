package checkout_test

import (
	"slices"
	"testing"

	"voicetill/checkout"
	"voicetill/speech"
)

func TestSamplesSayWhatTheyMean(t *testing.T) {
	u := shopAndBar(t)
	list := u.Samples(300, 7)
	if len(list) != 300 {
		t.Fatalf("got %d samples", len(list))
	}
	kinds := map[string]bool{}
	for _, s := range list {
		kinds[string(s.Commands[0].Do)] = true
		if got := u.Understand(speech.Typed(s.Text), checkout.Situation{}).Commands; short(got) != short(s.Commands) || len(got) != 1 {
			t.Errorf("%q: got %s, want %s", s.Text, short(got), short(s.Commands))
		}
	}
	if len(kinds) < 8 {
		t.Errorf("300 samples are of %d kinds only: %v", len(kinds), kinds)
	}
	text := func(s checkout.Sample) string { return s.Text }
	again, other := u.Samples(300, 7), u.Samples(300, 8)
	same := func(a, b []checkout.Sample) bool {
		return slices.EqualFunc(a, b, func(x, y checkout.Sample) bool { return text(x) == text(y) })
	}
	if !same(list, again) || same(list, other) {
		t.Error("samples go by their seed")
	}
}
