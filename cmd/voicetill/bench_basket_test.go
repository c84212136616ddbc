package main

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"voicetill/catalog"
	"voicetill/checkout"
	"voicetill/parser"
	"voicetill/payments"
	"voicetill/speech"
	"voicetill/speech/speechtest"
	"voicetill/speech/synth"
)

// scriptedFloor is a shop that hears nothing yet.
func scriptedFloor(t *testing.T) *shopFloor {
	t.Helper()
	items, err := readCatalog("")
	if err != nil {
		t.Fatal(err)
	}
	g, err := englishGrammar()
	if err != nil {
		t.Fatal(err)
	}
	u := checkout.NewUnderstander(g, catalog.NewIndex(items), nil)
	f, err := openFloor(t.Context(), &ears{understander: u}, items, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.db.Close() })
	return f
}

// hears makes the shop hear the texts and hypotheses, one an utterance.
func (f *shopFloor) hears(t *testing.T, heard []any) {
	t.Helper()
	engine := &speechtest.Engine{}
	for _, h := range heard {
		if text, ok := h.(string); ok {
			engine.Hears(text)
		} else {
			engine.HearsHypothesis(h.(speech.Hypothesis))
		}
	}
	pool := speech.NewPool(engine, nil, speech.NewDecoders(1))
	f.ears.engine, f.ears.pool = engine, pool
	t.Cleanup(func() { pool.Close() })
}

// tone is a sound that the gate takes for voice.
func tone(context.Context, synth.Voice, string) ([]float32, error) {
	pcm := speechtest.Voice(time.Second)
	samples := make([]float32, len(pcm)/2)
	for i := range samples {
		samples[i] = float32(int16(uint16(pcm[2*i])|uint16(pcm[2*i+1])<<8)) / (1 << 15)
	}
	return samples, nil
}

// doubtful hears the first text a little better than the second.
func doubtful(first, second string) speech.Hypothesis {
	h := speech.Typed(first)
	other := speech.Typed(second).Alternatives[0]
	other.Score = h.Alternatives[0].Score - 0.5
	h.Alternatives = append(h.Alternatives, other)
	return h
}

func TestAShopperPutsRightWhatWasMisheard(t *testing.T) {
	t.Parallel()
	f, shoppers := scriptedFloor(t), 0
	for name, c := range map[string]struct {
		heard     []any // texts and hypotheses, one an utterance
		attention float64
		said      map[purpose]int
		wrong     int
		missing   int
	}{
		"all is well": {[]any{"three oat milk", "two banana", "checkout", "confirm payment"}, 1,
			map[purpose]int{toAdd: 2, toClose: 2}, 0, 0},
		"nothing was heard at first": {[]any{"", "three oat milk", "two banana", "checkout", "confirm payment"}, 1,
			map[purpose]int{toAdd: 2, toRepeat: 1, toClose: 2}, 0, 0},
		"another item was heard": {[]any{"three goat milk", "undo", "three oat milk", "two banana", "checkout", "confirm payment"}, 1,
			map[purpose]int{toAdd: 2, toRepeat: 1, toCorrect: 1, toClose: 2}, 0, 0},
		"another quantity was heard": {[]any{"two oat milk", "make it three", "two banana", "checkout", "confirm payment"}, 1,
			map[purpose]int{toAdd: 2, toCorrect: 1, toClose: 2}, 0, 0},
		"the till doubts": {[]any{doubtful("three goat milk", "three oat milk"), "the second one", "two banana", "checkout", "confirm payment"}, 1,
			map[purpose]int{toAdd: 2, toChoose: 1, toClose: 2}, 0, 0},
		"the answer is not heard": {[]any{doubtful("three goat milk", "three oat milk"), "", "the second one", "two banana", "checkout", "confirm payment"}, 1,
			map[purpose]int{toAdd: 2, toChoose: 2, toClose: 2}, 0, 0},
		"the till offers others": {[]any{doubtful("three goat milk", "three soy milk"), "no", "three oat milk", "two banana", "checkout", "confirm payment"}, 1,
			map[purpose]int{toAdd: 2, toRepeat: 1, toChoose: 1, toClose: 2}, 0, 0},
		"checkout is heard too soon": {[]any{"three oat milk", "checkout", "go back", "two banana", "checkout", "confirm payment"}, 1,
			map[purpose]int{toAdd: 2, toCorrect: 1, toRepeat: 1, toClose: 2}, 0, 0},
		"an earlier line is undone": {[]any{"three oat milk", "undo", "three oat milk", "two banana", "checkout", "confirm payment"}, 1,
			map[purpose]int{toAdd: 2, toRepeat: 2, toClose: 2}, 0, 0},
		"nobody looks": {[]any{"three goat milk", "three oat milk", "two banana", "checkout", "confirm payment"}, 0,
			map[purpose]int{toAdd: 2, toRepeat: 1, toClose: 2}, 1, 0},
		"one line is never heard": {[]any{"", "", "", "", "", "", "", "", "two banana", "checkout", "confirm payment"}, 1,
			map[purpose]int{toAdd: 2, toRepeat: lineTries - 1, toClose: 2}, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			f.hears(t, c.heard)
			shoppers++
			r := &basketRun{attention: c.attention, say: tone, seed: 1, voices: make([]synth.Voice, 1)}
			got, err := r.walk(t.Context(), f, shoppers, wishes(t, f.index), nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range []purpose{toAdd, toRepeat, toCorrect, toAnswer, toChoose, toClose} {
				if got.said[p] != c.said[p] {
					t.Errorf("%s: said %d times, want %d\n%s", p, got.said[p], c.said[p], got.log.String())
				}
			}
			if !got.paid || got.wrong != c.wrong || got.missing != c.missing {
				t.Errorf("paid %v, %d wrong, %d missing, want paid, %d and %d\n%s", got.paid, got.wrong, got.missing, c.wrong, c.missing, got.log.String())
			}
		})
	}
}

// wishes are three oat milk and two bananas.
func wishes(t *testing.T, index *catalog.Index) []wish {
	t.Helper()
	var list []wish
	for number, qty := range map[string]catalog.Qty{"1203": 3000, "3301": 2000} {
		item, err := index.ByNumber(number)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, wish{item: item, qty: qty})
	}
	slices.SortFunc(list, func(a, b wish) int { return strings.Compare(a.item.Number, b.item.Number) })
	return list
}

func TestEverySentenceOfAShopperCanBeRead(t *testing.T) {
	t.Parallel()
	g, err := englishGrammar()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", "../../models/demo/coffee.csv"} {
		items, err := readCatalog(name)
		if err != nil {
			t.Fatal(err)
		}
		index := catalog.NewIndex(items)
		u := checkout.NewUnderstander(g, index, nil)
		rng := rand.New(rand.NewPCG(3, 4))
		lists, total := map[string]bool{}, int64(0)
		p := phrasing{u, index, rng, func(text string) { t.Errorf("cannot be read: %s", text) }}
		for range 20 {
			list := shoppingList(index, nil, 10, rng)
			if len(list) != 10 {
				t.Fatalf("got %d lines", len(list))
			}
			total = 0
			for _, w := range list {
				lists[w.item.Number] = true
				p.add(w, false)
				for _, s := range []remark{p.setTo(w, true), p.setTo(w, false), p.takeOut(w.item.Number, true), p.takeOut(w.item.Number, false)} {
					got := u.Understand(speech.Typed(s.text), checkout.Situation{}).Commands
					if len(got) != 1 || !same(got[0], s.command) {
						t.Errorf("%q: got %+v, want %+v", s.text, got, s.command)
					}
				}
				total += w.item.Price.Minor * int64(w.qty) / 1000
			}
			if limit := checkout.DefaultLimits("EUR").TripTotal.Minor; total > limit {
				t.Errorf("a list for %d cents: one trip is limited to %d", total, limit)
			}
		}
		if len(lists) < len(items)*3/4 {
			t.Errorf("20 lists have only %d of %d items", len(lists), len(items))
		}
	}
}

func TestReceiptsAreComparedWithLists(t *testing.T) {
	items, err := readCatalog("")
	if err != nil {
		t.Fatal(err)
	}
	list := wishes(t, catalog.NewIndex(items))
	oat, banana := payments.LineView{Item: "1203", Quantity: "3"}, payments.LineView{Item: "3301", Quantity: "2"}
	goat, two := payments.LineView{Item: "1230", Quantity: "3"}, payments.LineView{Item: "1203", Quantity: "2"}
	withMilk := payments.LineView{Item: "3301", Quantity: "2", Options: map[string]string{"milk": "soy"}}
	for name, c := range map[string]struct {
		lines          []payments.LineView
		wrong, missing int
	}{
		"the same in another order": {[]payments.LineView{banana, oat}, 0, 0},
		"nothing":                   {nil, 0, 2},
		"one missing":               {[]payments.LineView{oat}, 0, 1},
		"another item":              {[]payments.LineView{goat, banana}, 1, 1},
		"another quantity":          {[]payments.LineView{two, banana}, 1, 1},
		"other options":             {[]payments.LineView{oat, withMilk}, 1, 1},
		"one twice":                 {[]payments.LineView{oat, oat, banana}, 1, 0},
	} {
		if wrong, missing := compareReceipt(c.lines, list); wrong != c.wrong || missing != c.missing {
			t.Errorf("%s: got %d wrong, %d missing, want %d and %d", name, wrong, missing, c.wrong, c.missing)
		}
	}
}

func TestMeasuresAreSaid(t *testing.T) {
	for q, want := range map[catalog.Qty]string{200: "two hundred grams", 500: "half a kilo", 1000: "one kilo", 1500: "one and a half kilos",
		2000: "two kilos", 1250: "one point two five kilos", 2050: "two point zero five kilos"} {
		if got := measure(q, "kg"); got != want {
			t.Errorf("%d: got %q, want %q", q, got, want)
		}
	}
	if got := measure(250, "l"); got != "two hundred and fifty millilitres" {
		t.Errorf("got %q", got)
	}
}

func TestRecordingsAreFoundByMeaning(t *testing.T) {
	three := catalog.Qty(3000)
	a := checkout.Command{Do: parser.Add, Item: "101", Quantity: &three, Options: catalog.Options{"size": "large", "milk": "soy"}, Ask: checkout.AskQuantity}
	b := checkout.Command{Do: parser.Add, Item: "101", Quantity: &three, Options: catalog.Options{"milk": "soy", "size": "large"}, Name: "americano"}
	if meaningOf(a) != meaningOf(b) {
		t.Errorf("%q and %q do the same", meaningOf(a), meaningOf(b))
	}
	b.Options = nil
	if meaningOf(a) == meaningOf(b) {
		t.Error("options make no difference")
	}
}
