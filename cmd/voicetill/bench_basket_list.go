package main

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"voicetill/catalog"
	"voicetill/checkout"
	"voicetill/parser"
	"voicetill/speech"
)

// wish is one line of a shopping list.
type wish struct {
	item    *catalog.Item
	qty     catalog.Qty
	options catalog.Options
}

// add is the command that fulfils it.
func (w wish) add() checkout.Command {
	qty := w.qty
	c := checkout.Command{Do: parser.Add, Item: w.item.Number, Quantity: &qty, Options: w.options}
	if w.item.Unit != catalog.Each {
		c.Unit = w.item.Unit
	}
	return c
}

// matches reports whether a line is of the thing, in whatever quantity.
func (w wish) matches(item string, options catalog.Options) bool {
	return w.item.Number == item && maps.Equal(w.options, options)
}

// dear is what one line may cost, in cents: ten stay below the limit of a trip.
const dear = 45_00

// shoppingList makes n lines of different things. Half of them are things that
// a recording asks for, as far as there are recordings.
func shoppingList(index *catalog.Index, recorded []checkout.Command, n int, rng *rand.Rand) []wish {
	items := index.Items()
	var list []wish
	taken := map[string]bool{}
	add := func(w wish) {
		if cost, err := w.item.Price.Times(int64(w.qty)); err == nil && cost.Minor <= dear && !taken[w.item.Number] {
			taken[w.item.Number] = true
			list = append(list, w)
		}
	}
	for _, i := range rng.Perm(len(recorded)) {
		if len(list) >= n/2 {
			break
		}
		if item, err := index.ByNumber(recorded[i].Item); err == nil {
			add(wish{item, *recorded[i].Quantity, recorded[i].Options})
		}
	}
	for _, i := range rng.Perm(len(items)) {
		if len(list) >= n {
			break
		}
		item := &items[i]
		qty := someOf(item, rng)
		if cost, err := item.Price.Times(int64(qty)); err != nil || cost.Minor > dear {
			qty = 1000
		}
		add(wish{item, qty, someOptions(item, rng)})
	}
	rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

// someOf is a quantity as people buy it.
func someOf(item *catalog.Item, rng *rand.Rand) catalog.Qty {
	switch p := rng.IntN(20); {
	case item.Unit != catalog.Each:
		return []catalog.Qty{200, 250, 500, 750, 1000, 1500, 2000, 3000}[rng.IntN(8)]
	case p == 0:
		return 12_000
	case p == 1 && len(item.Groups) == 0:
		return catalog.Qty(13+rng.IntN(8)) * 1000
	case p < 8:
		return 1000
	}
	return catalog.Qty(2+rng.IntN(5)) * 1000
}

// someOptions chooses among the item's options: most often one or two groups.
func someOptions(item *catalog.Item, rng *rand.Rand) catalog.Options {
	var options catalog.Options
	for _, i := range rng.Perm(len(item.Groups))[:min(len(item.Groups), rng.IntN(4))] {
		g := item.Groups[i]
		if options == nil {
			options = catalog.Options{}
		}
		options[g.Name] = speech.Typed(g.Values[rng.IntN(len(g.Values))].Name).Text()
	}
	return options
}

// phrasing puts commands into sentences, and makes sure that the till can read
// them when typed: what it cannot is a fault of its grammar and is counted.
type phrasing struct {
	understander *checkout.Understander
	index        *catalog.Index
	rng          *rand.Rand
	unreadable   func(text string)
}

// add is a sentence for the wish. careful reads the number digit by digit, as
// one does who was misunderstood twice.
func (p phrasing) add(w wish, careful bool) string {
	var texts []string
	code := p.code(w.item.Number)
	if careful {
		code = spellDigits(w.item.Number, "zero")
	}
	name := speech.Typed(w.item.Name).Text()
	switch {
	case len(w.options) > 0:
		texts = p.drinks(w, name)
	case w.item.Unit != catalog.Each:
		amount := measure(w.qty, w.item.Unit)
		texts = []string{amount + " of " + name, amount + " of " + name, amount + " of item " + code, "i would like " + amount + " of " + name}
		if w.qty%1000 == 0 {
			texts = append(texts, "item "+code+" times "+parser.SayCardinal(int64(w.qty/1000)))
		}
	default:
		n := parser.SayCardinal(int64(w.qty / 1000))
		texts = []string{"item " + code + " times " + n, "item " + code + " times " + n, n + " of item " + code, n + " " + name, n + " " + name,
			"i would like " + n + " " + name, name + " times " + n, name + " number " + code + " times " + n, "add item " + code + " quantity " + n}
		if w.qty == 1000 {
			texts = append(texts, "item "+code, "item "+code, "give me a "+name, "one "+name)
		}
		if w.qty == 12_000 {
			texts = append(texts, "a dozen "+name)
		}
	}
	if careful && w.item.Unit == catalog.Each && len(w.options) == 0 {
		texts = texts[:1]
	}
	return p.readable(texts, w.add())
}

// drinks are sentences with options before and after the name.
func (p phrasing) drinks(w wish, name string) []string {
	var before, with []string
	for _, group := range slices.Sorted(maps.Keys(w.options)) {
		if v := w.options[group]; strings.Contains(group, "milk") || strings.Contains(group, "sugar") {
			with = append(with, v)
		} else {
			before = append(before, v)
		}
	}
	p.rng.Shuffle(len(before), func(i, j int) { before[i], before[j] = before[j], before[i] })
	thing := strings.Join(append(before, name), " ")
	if len(with) > 0 {
		thing += " with " + strings.Join(with, " and ")
	}
	n := parser.SayCardinal(int64(w.qty / 1000))
	texts := []string{n + " " + thing, "can i have " + n + " " + thing}
	if w.qty == 1000 {
		texts = append(texts, "i'd like a "+thing, "a "+thing)
	}
	return texts
}

func (p phrasing) code(number string) string {
	all := spellings(number)
	return all[p.rng.IntN(len(all))].said
}

// readable picks one of the texts that mean exactly the command.
func (p phrasing) readable(texts []string, want checkout.Command) string {
	for _, i := range p.rng.Perm(len(texts)) {
		got := p.understander.Understand(speech.Typed(texts[i]), checkout.Situation{}).Commands
		if len(got) == 1 && same(got[0], want) {
			return texts[i]
		}
		p.unreadable(texts[i])
	}
	return texts[0]
}

// measure says a weight or a volume.
func measure(q catalog.Qty, unit string) string {
	whole, part := "kilo", "grams"
	if unit == "l" {
		whole, part = "litre", "millilitres"
	}
	switch {
	case q == 500:
		return "half a " + whole
	case q == 1000:
		return "one " + whole
	case q == 1500:
		return "one and a half " + whole + "s"
	case q%1000 == 0:
		return parser.SayCardinal(int64(q/1000)) + " " + whole + "s"
	case q < 1000:
		return parser.SayCardinal(int64(q)) + " " + part
	}
	return fmt.Sprintf("%s point %s %ss", parser.SayCardinal(int64(q/1000)), spellDigits(strings.TrimRight(fmt.Sprintf("%03d", q%1000), "0"), "zero"), whole)
}

// setTo is a sentence that changes a line's quantity. fresh: it was the last one
// spoken of.
func (p phrasing) setTo(w wish, fresh bool) remark {
	qty := w.qty
	name := speech.Typed(w.item.Name).Text()
	c := checkout.Command{Do: parser.Set, Item: w.item.Number, Quantity: &qty}
	if w.item.Unit != catalog.Each {
		c.Unit = w.item.Unit
		return remark{toCorrect, c, "change the " + name + " to " + measure(w.qty, w.item.Unit)}
	}
	n := parser.SayCardinal(int64(qty / 1000))
	texts := []string{"change item " + p.code(w.item.Number) + " to " + n, "change the " + name + " to " + n}
	if len(w.options) > 0 {
		texts = texts[1:]
	}
	if fresh && p.rng.IntN(2) == 0 {
		c.Item = checkout.Last
		texts = []string{"no " + n, "make it " + n}
	}
	return remark{toCorrect, c, texts[p.rng.IntN(len(texts))]}
}

// takeOut is a sentence that removes a line. fresh: it was the last one added.
func (p phrasing) takeOut(number string, fresh bool) remark {
	c := checkout.Command{Do: parser.Remove, Item: number}
	if fresh && p.rng.IntN(3) > 0 {
		if p.rng.IntN(2) == 0 {
			return remark{toCorrect, checkout.Command{Do: parser.Undo}, "undo"}
		}
		return remark{toCorrect, checkout.Command{Do: parser.Remove, Item: checkout.Last}, "remove the last one"}
	}
	item, err := p.index.ByNumber(number)
	if err == nil && item.Unit != catalog.Each {
		c.Unit = item.Unit
	}
	if err == nil && p.rng.IntN(2) == 0 {
		return remark{toCorrect, c, "remove the " + speech.Typed(item.Name).Text()}
	}
	return remark{toCorrect, c, "remove item " + p.code(number)}
}
