package checkout_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"testing"

	"voicetill/catalog"
	"voicetill/checkout"
	"voicetill/parser"
	"voicetill/payments/money"

	"pgregory.net/rapid"
)

// TestTheCartAddsUpAndUndoTakesBack drives a conversation at random and holds
// it against a plain model: quantities by item and options, and a stack of
// them for undo.
func TestTheCartAddsUpAndUndoTakesBack(t *testing.T) {
	numbers := []string{"1203", "1230", "2112", "3340", "105"}
	options := []catalog.Options{nil, {"size": "large"}}
	rapid.Check(t, func(t *rapid.T) {
		s := newShop(quiet{})
		d, err := checkout.Open(ctx, s.Till, checkout.Hello{})
		if err != nil {
			t.Fatal(err)
		}
		model := map[string]catalog.Qty{}
		var stack []map[string]catalog.Qty
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			c := checkout.Command{
				Do:   rapid.SampledFrom([]parser.Kind{parser.Add, parser.Add, parser.Remove, parser.Set, parser.Undo}).Draw(t, "do"),
				Item: rapid.SampledFrom(numbers).Draw(t, "item"),
			}
			if c.Item == "105" {
				c.Options = rapid.SampledFrom(options).Draw(t, "options")
			}
			if c.Do != parser.Remove || rapid.Bool().Draw(t, "some") {
				q := catalog.Qty(rapid.IntRange(1, 9).Draw(t, "n") * 1000)
				c.Quantity = &q
			}
			before := maps.Clone(model)
			r, err := d.Do(ctx, "", c)
			if err != nil {
				t.Fatal(err)
			}
			got := contents(r.Cart)
			if c.Do == parser.Undo {
				if len(stack) > 0 {
					model, stack = stack[len(stack)-1], stack[:len(stack)-1]
				}
			} else if !maps.Equal(got, before) {
				stack = append(stack, before)
				model = got
				checkStep(t, c, before, got)
			}
			if !maps.Equal(got, model) {
				t.Fatalf("after %s: got %v, want %v", c.Do, got, model)
			}
			checkTotal(t, r.Cart)
		}
	})
}

// checkStep says what a single command may have changed.
func checkStep(t *rapid.T, c checkout.Command, before, after map[string]catalog.Qty) {
	k := c.Item + fmt.Sprint(c.Options)
	switch c.Do {
	case parser.Add:
		if after[k] != before[k]+*c.Quantity {
			t.Fatalf("add %s of %s: %v became %v", *c.Quantity, k, before, after)
		}
	case parser.Set, parser.Remove:
		changed := 0
		for _, key := range keys(before, after) {
			if before[key] != after[key] {
				changed++
			}
		}
		if changed != 1 {
			t.Fatalf("%s of %s changed %d lines", c.Do, k, changed)
		}
	}
}

func keys(a, b map[string]catalog.Qty) map[string]string {
	all := map[string]string{}
	for k := range a {
		all[k] = k
	}
	for k := range b {
		all[k] = k
	}
	return all
}

func contents(v checkout.View) map[string]catalog.Qty {
	m := map[string]catalog.Qty{}
	for _, l := range v.Lines {
		q, err := catalog.ParseQty(l.Quantity)
		if err != nil {
			panic(err)
		}
		m[l.Item+fmt.Sprint(l.Options)] += q
	}
	return m
}

func checkTotal(t *rapid.T, v checkout.View) {
	sum := money.Of(0, "EUR")
	for _, l := range v.Lines {
		a, err := money.Parse(l.Total, "EUR")
		if err == nil {
			sum, err = sum.Add(a)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if sum.Decimal() != v.Total {
		t.Fatalf("lines add up to %s, the cart says %s", sum.Decimal(), v.Total)
	}
}

// quiet is a testing.TB that newShop can use inside rapid.
type quiet struct{ testing.TB }

func (quiet) Helper()           {}
func (quiet) Fatal(args ...any) { panic(fmt.Sprint(args...)) }

func TestEveryLanguageHasEverySentenceWithTheSameBlanks(t *testing.T) {
	replies(t, "en")
	replies(t, "zh")
	bad := []string{`{}`, `not json`, `{"welcome": "hello"}`}
	for _, data := range bad {
		if _, err := checkout.NewReplies("en", []byte(data)); err == nil {
			t.Errorf("replies %s were taken", data)
		}
	}
}

func TestACommandIsReadAsItWasWritten(t *testing.T) {
	q := catalog.Qty(1500)
	want := checkout.Command{Do: parser.Add, Item: "3340", Name: "tomatoes", Quantity: &q, Unit: "kg", Options: catalog.Options{"a": "b"}}
	data, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got checkout.Command
	if err := json.Unmarshal(data, &got); err != nil || got.Item != want.Item || *got.Quantity != q || got.Unit != "kg" {
		t.Errorf("got %+v, %v from %s", got, err, data)
	}
}
