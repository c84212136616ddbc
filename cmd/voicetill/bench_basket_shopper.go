package main

import (
	"math/rand/v2"
	"slices"

	"voicetill/catalog"
	"voicetill/checkout"
	"voicetill/parser"
)

// purpose is why a shopper speaks.
type purpose string

const (
	toAdd     purpose = "add"     // a line of the list for the first time
	toRepeat  purpose = "repeat"  // of a line that did not reach the cart
	toCorrect purpose = "correct" // of what is wrong in the cart
	toAnswer  purpose = "answer"  // to a question about age or quantity, which anybody is asked
	toChoose  purpose = "choose"  // to a question that the till asks because it is not sure
	toClose   purpose = "close"   // checkout, confirm
)

// remark is one thing to say.
type remark struct {
	purpose purpose
	command checkout.Command // what it means
	text    string
}

// lineTries is how often a shopper speaks about one line before leaving it as it
// is.
const lineTries = 8

// shopper buys a list: says the next line, sees or hears what came of it, and
// puts it right. attention is the chance to notice that a line went wrong.
type shopper struct {
	list      []wish
	phrasing  phrasing
	attention float64
	rng       *rand.Rand

	at       int // the line that is being bought
	tries    int // utterances about it
	before   checkout.View
	asked    purpose         // what an answer to the open question is for
	left     map[int]bool    // lines of the list that the shopper does without
	overseen map[string]bool // wrong lines that were not noticed
}

func newShopper(list []wish, p phrasing, attention float64, rng *rand.Rand) *shopper {
	return &shopper{list: list, phrasing: p, attention: attention, rng: rng, asked: toAnswer, left: map[int]bool{}, overseen: map[string]bool{}}
}

// next is what the shopper says now. r is the till's last reply, with the
// commands that it had heard; done says that the bill waits for its proof or
// that the till cannot be moved to go on.
func (s *shopper) next(r checkout.Reply, heard []checkout.Command) (u remark, done bool) {
	if r.State == checkout.Choosing {
		return s.answer(r, heard), false
	}
	s.asked = toAnswer
	switch r.State {
	case checkout.Proving, checkout.Paid:
		return remark{}, true
	}
	u, right := s.compare(r.Cart)
	switch {
	case r.State == checkout.Billed && right:
		return remark{toClose, checkout.Command{Do: parser.Confirm}, "confirm payment"}, false
	case r.State == checkout.Billed:
		s.tries++
		return remark{toCorrect, checkout.Command{Do: parser.Back}, "go back"}, false
	case right:
		return remark{toClose, checkout.Command{Do: parser.Checkout}, pick(s.rng, "checkout", "check out please", "that is all", "i want to pay")}, false
	}
	s.before = r.Cart
	return u, false
}

// compare looks the cart over and says what is to be done about it; right says
// that the list is bought.
func (s *shopper) compare(cart checkout.View) (u remark, right bool) {
	if s.tries >= lineTries {
		for _, l := range cart.Lines {
			if w, wanted := s.wanted(l); !wanted || l.Quantity != w.qty.String() {
				s.oversee(l)
			}
		}
		for i, w := range s.list[:min(s.at+1, len(s.list))] {
			s.left[i] = s.left[i] || !s.find(cart, w)
		}
		s.at, s.tries = s.at+1, 0
	}
	for ; s.at < len(s.list); s.at, s.tries = s.at+1, 0 {
		if u, wrong := s.fault(cart); wrong {
			s.tries++
			return u, false
		}
		if u, missing := s.missing(cart); missing {
			s.tries++
			return u, false
		}
	}
	if u, wrong := s.fault(cart); wrong && s.tries < lineTries {
		s.tries++
		return u, false
	}
	if u, missing := s.missing(cart); missing && s.tries < lineTries {
		s.tries++
		return u, false
	}
	return remark{}, true
}

// missing names the first line that should be in the cart by now and is not.
// One that was there before is missed with attention only.
func (s *shopper) missing(cart checkout.View) (remark, bool) {
	for i, w := range s.list[:min(s.at+1, len(s.list))] {
		if s.find(cart, w) || s.left[i] {
			continue
		}
		if i < s.at && s.rng.Float64() >= s.attention {
			s.left[i] = true
			continue
		}
		u := remark{toAdd, w.add(), s.phrasing.add(w, s.tries >= 2)}
		if s.tries > 0 || i < s.at {
			u.purpose = toRepeat
		}
		return u, true
	}
	return remark{}, false
}

// fault finds a line that is not on the list so far, or in another quantity.
func (s *shopper) fault(cart checkout.View) (remark, bool) {
	for _, l := range cart.Lines {
		w, wanted := s.wanted(l)
		if wanted && l.Quantity == w.qty.String() || s.overseen[seen(l)] {
			continue
		}
		if s.rng.Float64() >= s.attention {
			s.oversee(l)
			continue
		}
		if !wanted {
			return s.phrasing.takeOut(l.Item, s.isNew(l)), true
		}
		return s.phrasing.setTo(w, s.isNew(l)), true
	}
	return remark{}, false
}

// wanted is the wish that a line fulfils, of those named so far.
func (s *shopper) wanted(l checkout.LineView) (wish, bool) {
	for _, w := range s.list[:min(s.at+1, len(s.list))] {
		if w.matches(l.Item, l.Options) {
			return w, true
		}
	}
	return wish{}, false
}

func (s *shopper) find(cart checkout.View, w wish) bool {
	return slices.ContainsFunc(cart.Lines, func(l checkout.LineView) bool { return w.matches(l.Item, l.Options) })
}

// isNew reports whether the line is the one that the last utterance changed.
func (s *shopper) isNew(l checkout.LineView) bool {
	for _, b := range s.before.Lines {
		if b.Line == l.Line {
			return b.Quantity != l.Quantity
		}
	}
	return true
}

func seen(l checkout.LineView) string {
	return l.Item + "|" + l.Quantity + "|" + optionsText(l.Options)
}

func (s *shopper) oversee(l checkout.LineView) { s.overseen[seen(l)] = true }

// answer says which meaning was meant, or none.
func (s *shopper) answer(r checkout.Reply, heard []checkout.Command) remark {
	u := remark{purpose: s.asked}
	yes := len(r.Choices) == 2 && len(r.Expect) > 0 && r.Expect[0] == parser.Yes
	for _, c := range heard {
		if u.purpose = toAnswer; !yes {
			u.purpose = toChoose
		}
		switch c.Ask {
		case checkout.AskChoice, checkout.AskAlike, checkout.AskUnknown, checkout.AskUnit:
			u.purpose = toChoose
		}
	}
	s.asked = u.purpose
	u.command, u.text = checkout.Command{Do: parser.No}, pick(s.rng, "no", "none of them")
	if yes {
		u.text = "no"
	}
	for _, c := range r.Choices {
		if !s.means(c.Command, r.Cart) {
			continue
		}
		if yes {
			u.command, u.text = checkout.Command{Do: parser.Yes}, pick(s.rng, "yes", "that's right")
		} else if c.N <= 3 {
			u.command = checkout.Command{Do: parser.Choose, N: c.N}
			u.text = [][]string{{"the first one", "number one"}, {"the second one", "number two"}, {"the third one", "number three"}}[c.N-1][s.rng.IntN(2)]
		}
		break
	}
	return u
}

// means reports whether doing the command brings the cart nearer to the list.
func (s *shopper) means(c checkout.Command, cart checkout.View) bool {
	qty := catalog.Qty(1000)
	if c.Quantity != nil {
		qty = *c.Quantity
	}
	switch c.Do {
	case parser.Add:
		return s.listed(func(w wish) bool { return w.matches(c.Item, c.Options) && w.qty == qty && !s.find(cart, w) })
	case parser.Set:
		return s.listed(func(w wish) bool { return (w.item.Number == c.Item || c.Item == checkout.Last) && w.qty == qty })
	case parser.Remove:
		return c.Item != checkout.Last && !s.listed(func(w wish) bool { return w.item.Number == c.Item })
	}
	return false
}

// listed reports whether a wish named so far is like that.
func (s *shopper) listed(is func(wish) bool) bool {
	return slices.ContainsFunc(s.list[:min(s.at+1, len(s.list))], is)
}

func pick(rng *rand.Rand, texts ...string) string { return texts[rng.IntN(len(texts))] }
