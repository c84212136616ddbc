package checkout_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"voicetill/catalog"
	"voicetill/checkout"
	"voicetill/speech"
)

func TestWhatTakesBackWhatIsNoOrder(t *testing.T) {
	u := shopAndBar(t)
	s := checkout.Situation{Typed: true, InCart: map[string]catalog.Qty{"1203": 2000}, Last: "1203", Added: 2000}
	for said, want := range map[string]string{
		"item 9999 sorry oat milk":     "add 1203 1",
		"no oat milk sorry bagels":     "add 2112 1 (alike)",
		"no, goat milk, sorry, bagels": "remove last 2, add 2112 2",
		"two tomatoes sorry bagels":    "add 2112 2",
	} {
		if got := short(u.Understand(speech.Typed(said), s).Commands); got != want {
			t.Errorf("%q: got %s, want %s", said, got, want)
		}
	}
}

// Whatever stands behind what, a line means something or nothing, in any situation.
func TestAnyWordsInARowAreRead(t *testing.T) {
	pieces := []string{"two bagels", "item 9999", "no oat milk", "sorry", "no", "nope", "i mean", "and", "three", "make it four", "swap the bagels for lemons",
		"with soy milk", "times four", "no times", "remove the oat milk", "remove the last one", "item 1203 times", "checkout", "yes", "a large latte",
		"half a kilo of tomatoes", "one kilo", "oat milk", "undo", "another one", "the first one", "red wine", "i am twelve", "fifteen bagels", "with my card"}
	u, rng := shopAndBar(t), rand.New(rand.NewPCG(7, 11))
	asked := []checkout.Command{u.Understand(speech.Typed("fifteen bagels"), checkout.Situation{}).Commands[0]}
	situations := []checkout.Situation{{}, {InCart: map[string]catalog.Qty{}},
		{InCart: map[string]catalog.Qty{"2112": 2000, "1203": 1000}, Last: "2112", Added: 2000, SNR: 15},
		{InCart: map[string]catalog.Qty{"2112": 2000}, Last: "2112", State: checkout.Choosing, Choices: asked}}
	for range 2000 {
		var words []string
		for range 1 + rng.IntN(5) {
			words = append(words, pieces[rng.IntN(len(pieces))])
		}
		s := situations[rng.IntN(len(situations))]
		s.Typed = rng.IntN(2) == 0
		for _, c := range u.Understand(speech.Typed(strings.Join(words, " ")), s).Commands {
			if c.Do == "" || c.Quantity != nil && *c.Quantity < 0 {
				t.Errorf("%q: got %+v", words, c)
			}
		}
	}
}
