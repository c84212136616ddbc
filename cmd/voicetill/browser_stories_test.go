//go:build vosk

package main

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// What goes wrong in a shop, as one who stands there lives it: everything is
// spoken into a microphone but the password.
func TestStoriesOfShoppers(t *testing.T) {
	t.Parallel()
	for _, story := range []struct {
		name string
		tell func(*testing.T, *browserTill)
	}{
		{"another item was heard, and is put right", otherItemHeard},
		{"two meanings, and a choice", twoMeanings},
		{"two items of one name, and the second is chosen", secondMeaning},
		{"the price changes under the bill", priceChanges},
		{"the connection is lost in the middle, on a phone", func(t *testing.T, till *browserTill) { connectionLost(t, till, "phone") }},
		{"the connection is lost in the middle, on a kiosk", func(t *testing.T, till *browserTill) { connectionLost(t, till, "kiosk") }},
		{"the password is wrong five times", wrongFiveTimes},
	} {
		t.Run(story.name, func(t *testing.T) {
			t.Parallel()
			story.tell(t, startBrowserTill(t))
		})
	}
}

// speaker opens a page whose shopper speaks.
func speaker(t *testing.T, till *browserTill, path string, l look) *screen {
	t.Helper()
	return openScreen(t, spokenBrowser(t), till.address, path, l, playable)
}

func spokenBrowser(t *testing.T) context.Context {
	return openBrowser(t, speaksUnasked)
}

func otherItemHeard(t *testing.T, till *browserTill) {
	s := speaker(t, till, "/", phone)
	s.linked()
	s.says("two goat milk")
	s.line("1230", "2")
	s.sees("#said", "goat milk")
	s.says("undo")
	s.line("1230", "")
	s.says("item one two zero three times two")
	s.line("1203", "2")
	s.says("make it four")
	s.line("1203", "4")
	s.says("two goat milk")
	s.line("1230", "2")
	s.says("remove item one two three zero") // by its name it would be asked which: both milks are there
	s.line("1230", "")
	s.line("1203", "4")
	s.sees("#total", "9.96")
}

func twoMeanings(t *testing.T, till *browserTill) {
	s := speaker(t, till, "/", phone)
	s.linked()
	s.says("add fifteen croissants")
	s.state("choosing")
	s.wait("document.querySelectorAll('.choice').length >= 2")
	s.line("2120", "") // nothing before the answer
	s.says("the first one")
	s.line("2120", "15")
	s.says("cancel everything")
	s.state("choosing")
	s.says("no")
	s.state("shopping")
	s.line("2120", "15")
}

// secondMeaning is a shop that sells two kinds of milk: the till asks which, and
// is answered by its place on the list.
func secondMeaning(t *testing.T, till *browserTill) {
	clerk := signInStaff(t, till.address)
	clerk.call("PATCH", "/v1/merchant/items/1204?place=demo", `{"also": "soya milk|milk|豆奶|豆浆"}`, 200)
	s := speaker(t, till, "/", phone)
	s.linked()
	for _, answer := range []string{"the second one", "the second", "number two"} {
		s.says("two milk")
		s.state("choosing")
		s.sees("#said", " or ")
		choices := js[[]string](s, "[...document.querySelectorAll('.choice')].map((c) => c.innerText.replace(/\\s+/g, ' '))")
		if len(choices) < 3 || !strings.HasPrefix(choices[0], "1 ") || !strings.HasPrefix(choices[1], "2 ") {
			t.Fatalf("the till asks %q", choices)
		}
		second := "1213"
		if strings.Contains(choices[1], "soy milk") {
			second = "1204"
		}
		s.line(second, "") // nothing before the answer
		s.says(answer)
		s.line(second, "2")
		s.state("shopping")
		s.says("undo")
		s.line(second, "")
	}
	s.says("two milk")
	s.state("choosing")
	s.says("two soy milk") // named instead
	s.line("1204", "2")
}

func priceChanges(t *testing.T, till *browserTill) {
	s := speaker(t, till, "/", phone)
	s.linked()
	s.says("three oat milk")
	s.line("1203", "3")
	s.says("checkout")
	s.state("billed")
	s.sees(".grand", "7.47")
	m := openScreen(t, openBrowser(t), till.address, "/merchant#catalog", backOffice)
	enterConsole(t, m)
	m.edits("1203", "price", "2.79")
	m.sees(`tr[data-item="1203"]`, "€2.79")
	s.says("confirm payment")
	s.state("proving")
	s.fill("#account", "1001")
	s.fill("#secret", "till-demo-1"+kb.Enter)
	s.sees("#said", "oat milk is") // and nothing is taken
	s.state("billed")
	s.sees(".grand", "8.37")
	s.says("confirm payment")
	s.state("proving")
	s.fill("#account", "1001")
	s.fill("#secret", "till-demo-1"+kb.Enter)
	s.state("paid")
	s.sees("#receipt-title", "8.37")
}

func connectionLost(t *testing.T, till *browserTill, where string) {
	w, clerk := startWire(t, till), signInStaff(t, till.address)
	before := clerk.sales()
	p := cutPages[where]
	s := openScreen(t, spokenBrowser(t), w.address, p.path, p.look, playable, tones)
	if where == "kiosk" {
		s.click("#wake")
	}
	s.linked()
	s.says("three oat milk")
	s.line("1203", "3")
	s.hush()
	s.click(".talk") // goes on listening
	s.wait("document.querySelector('.talk.listening')")
	js[bool](s, "(window.tones = [], true)")
	said := fmt.Sprintf("(window.saying = sayInRoom(%q), true)", sentence(t, "five lemons and two goat milk"))
	js[bool](s, said)
	s.wait("document.querySelector('#partial.words')") // in the middle of it
	w.cut()
	s.away()
	s.sees("#partial", "say it again")
	s.wait("document.querySelector('.talk.idle')")
	s.plays(311, 233)
	js[bool](s, "window.saying.then(() => true)")
	s.line("1203", "3")
	s.view(where + "-cut-speaking")
	s.click(".talk") // nobody is there to listen
	s.wait("document.querySelector('.talk.opening')")
	s.wait("document.querySelector('.talk.idle')")
	w.mend()
	s.back()
	s.line("3320", "") // what was heard by half is not guessed
	s.line("1230", "")
	s.says("two bagels")
	s.line("2112", "2")
	s.line("1203", "3")
	s.says("checkout")
	s.state("billed")
	w.cut()
	s.away()
	s.sees(".grand", "9.37")
	w.mend()
	s.back()
	s.says("confirm payment")
	s.state("proving")
	s.fill("#account", "1001")
	w.hold(toPage)
	s.fill("#secret", "till-demo-1"+kb.Enter)
	await(t, "the sale", func() (bool, error) { return clerk.sales() == before+1, nil })
	w.cut()
	s.away()
	w.mend()
	s.state("paid")
	s.sees("#receipt-title", "9.37")
	if sold := clerk.sales(); sold != before+1 {
		t.Errorf("%d sales, want one", sold-before)
	}
}

// Alone, since the kiosk waits no longer for a busy machine than for a shopper.
func TestSomebodyElseComesAfterAShopperWhoLeft(t *testing.T) {
	till := startBrowserTill(t)
	s := speaker(t, till, "/kiosk?idle=12", kiosk)
	s.click("#wake")
	s.linked()
	s.says("three oat milk")
	s.line("1203", "3")
	s.wait("document.querySelector('dialog.idle-warning')?.open")
	s.wait("document.querySelector('#wake')")
	s.click("#wake")
	s.linked()
	s.sees(".cart-empty", "empty")
	s.says("two bagels")
	s.line("2112", "2")
	s.line("1203", "")
	s.click(".open-menu")
	s.click(`[data-menu="heard"]`)
	s.sees(".heard", "bagels")
	if heard := js[int](s, "document.querySelectorAll('.heard li').length"); heard != 1 {
		t.Errorf("the second shopper sees %d sentences, want the one that was said", heard)
	}
}

func wrongFiveTimes(t *testing.T, till *browserTill) {
	s := speaker(t, till, "/", phone)
	s.linked()
	s.says("two bagels")
	s.line("2112", "2")
	s.says("checkout")
	s.state("billed")
	s.says("confirm payment")
	s.state("proving")
	s.fill("#account", "1001")
	free := "document.querySelector('#secret').value === '' && !document.querySelector('.pay').disabled"
	for try := range 5 {
		s.wait(free)
		s.fill("#secret", fmt.Sprintf("wrong %d", try)+kb.Enter)
		s.wait(free)
		s.sees("#said", "do not go together")
	}
	s.fill("#secret", "till-demo-1"+kb.Enter) // right, and too late
	s.sees("#said", "Too many wrong tries")
	s.state("proving")
	s.wait(free)
	s.fill("#account", strings.Repeat(kb.Backspace, 4)+"1002")
	s.fill("#secret", "till-demo-2"+kb.Enter)
	s.state("paid") // the terminal shuts nobody else out
}
