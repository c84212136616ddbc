package checkout_test

import (
	"testing"

	"voicetill/catalog"
	"voicetill/checkout"
)

func TestAlternativesOfOneMeaningAddUp(t *testing.T) {
	u := shopAndBar(t)
	// Three ways to have heard two against one to have heard ten that is a little better.
	h := hears(0, "item one two zero three times ten", "item one two zero three times two", "add item one two zero three times two", "um item one two zero three times two")
	for i := range h.Alternatives[1:] {
		h.Alternatives[i+1].Score = h.Alternatives[0].Score - 0.5
	}
	got := u.Understand(h, checkout.Situation{})
	if len(got.Commands) != 1 || got.Commands[0].Quantity.String() != "2" {
		t.Errorf("got %s", short(got.Commands))
	}
}

func TestEachDoubtfulCommandOfABreathIsAsked(t *testing.T) {
	got := shopAndBar(t).Understand(hears(0.5,
		"item one two zero three times five and item four zero one six times three",
		"item one two zero three times five and item four zero one six times two",
		"item one two zero three times four and item four zero one six times three"), checkout.Situation{})
	if want := "add 1203 5 (choice), add 4016 3 (choice)"; short(got.Commands) != want {
		t.Errorf("got %s, want %s", short(got.Commands), want)
	}
}

func TestMuchOfOneThingIsUnlikely(t *testing.T) {
	got := shopAndBar(t).Understand(hears(0.5, "item one two zero three times seventy nine", "item one two zero three times seven"), checkout.Situation{})
	if len(got.Commands) != 1 || got.Commands[0].Quantity.String() != "7" {
		t.Errorf("got %s", short(got.Commands))
	}
}

func TestOptionsSaidLaterInTheSameBreath(t *testing.T) {
	u := shopAndBar(t)
	for said, want := range map[string]string{
		"a latte and with soy milk":                            "add 105 1 milkAmount=soy-milk",
		"a single shot americano no with brown sugar and milk": "add 101 1 milkAmount=milk numberOfShots=single-shot sugarAmount=brown-sugar (alike)",
	} {
		got := u.Understand(hears(0, said), checkout.Situation{})
		if short(got.Commands) != want {
			t.Errorf("%q: got %s, want %s", said, short(got.Commands), want)
		}
	}
}

func TestWordsLeftOverAreReasonToAsk(t *testing.T) {
	u := shopAndBar(t)
	for said, want := range map[string]string{
		"item one two zero three times five":           "add 1203 5",
		"item one two zero three times five please":    "add 1203 5",
		"item one two zero three times five my mother": "add 1203 5 (alike)",
	} {
		got := u.Understand(hears(0, said), checkout.Situation{})
		if short(got.Commands) != want {
			t.Errorf("%q: got %s, want %s", said, short(got.Commands), want)
		}
	}
}

func TestAddingAndRemovingTheSameThingIsAsked(t *testing.T) {
	u := shopAndBar(t)
	h := hears(3, "item one two zero three", "delete item one two zero three")
	if got := short(u.Understand(h, checkout.Situation{}).Commands); got != "add 1203 1 (choice)" {
		t.Errorf("got %s, want a question", got)
	}
	empty := checkout.Situation{InCart: map[string]catalog.Qty{}}
	if got := short(u.Understand(h, empty).Commands); got != "add 1203 1" {
		t.Errorf("nothing to remove: got %s", got)
	}
}

func TestTheSameThingTwiceInOneBreathIsAsked(t *testing.T) {
	u := shopAndBar(t)
	for said, want := range map[string]string{
		"three oat milk four oat milk":                     "add 1203 3, add 1203 4 (alike)",
		"three oat milk sorry four oat milk":               "add 1203 4",
		"a small latte and a large latte":                  "add 105 1 size=small, add 105 1 size=large",
		"item one two zero three and item two one one two": "add 1203 1, add 2112 1",
	} {
		if got := short(u.Understand(hears(0, said), checkout.Situation{}).Commands); got != want {
			t.Errorf("%q: got %s, want %s", said, got, want)
		}
	}
	noisy := u.Understand(hears(0, "three oat milk sorry four oat milk"), checkout.Situation{SNR: 20})
	if got := short(noisy.Commands); got != "add 1203 4" {
		t.Errorf("in some noise: got %s", got)
	}
}

// "For" heard better than "four" is no other sound.
func TestWhatSoundsTheSameIsNoReasonToAsk(t *testing.T) {
	u := shopAndBar(t)
	for better, want := range map[string]string{
		"two bagels sorry for bagels":  "add 2112 4",
		"two bagels sorry more bagels": "add 2112 4 (alike)",
	} {
		h := hears(2, better, "two bagels sorry four bagels")
		if got := short(u.Understand(h, checkout.Situation{}).Commands); got != want {
			t.Errorf("%q heard better: got %s, want %s", better, got, want)
		}
	}
}
