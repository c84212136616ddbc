package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// dials counts the page's tries to reach the till.
const dials = `(() => {
	window.dials = 0;
	window.WebSocket = class extends WebSocket {
		constructor(...to) { super(...to); window.dials++; }
	};
})()`

// Whatever the page tries, what it says stays, and no key moves under the finger.
func TestAKioskWithoutANetworkStaysStill(t *testing.T) {
	till := startBrowserTill(t, "--typed-only")
	s := openScreen(t, openBrowser(t), till.address, "/kiosk?idle=600", kiosk, dials)
	s.click("#wake")
	s.types("three oat milk")
	s.line("1203", "3")
	till.end(t)
	s.sees("#offline", "basket is")
	const watch = `(() => {
		window.at = new Set();
		new MutationObserver(() => at.add(!!document.querySelector("#offline") + " " + Math.round(document.querySelector(".key").getBoundingClientRect().y))).observe(document, {subtree: true, childList: true, attributes: true});
		window.dials = 0;
		return true;
	})()`
	js[bool](s, watch)
	s.wait("window.dials >= 3")
	if at := js[[]string](s, "[...at]"); len(at) > 1 {
		t.Errorf("whether it says so, and where its keys are: %q", at)
	}
	till.start(t)
	s.linked()
}

func TestAKioskWithoutANetworkGoesOnByItself(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t, "--typed-only")
	s := openScreen(t, openBrowser(t), till.address, "/kiosk?idle=600", kiosk)
	s.click("#wake")
	s.types("three oat milk")
	s.line("1203", "3")
	s.installed()
	till.end(t)
	s.sees("#offline", "basket is")
	s.keys("2101×2")
	s.click(".entry-line button[type=submit]")
	s.sees("#offline", "1 not sent yet")
	s.keys("33") // half typed
	s.view("kiosk-offline")
	s.axe("a kiosk without a network")
	s.line("1203", "3")
	till.start(t)
	s.line("2101", "2")
	s.line("1203", "3")
	s.wait("!document.querySelector('#offline')")
	s.wait("document.querySelector('#type').value === '33'")
}

func TestAKioskWithoutANetworkForgetsItsShopperToo(t *testing.T) {
	till := startBrowserTill(t, "--typed-only")
	s := openScreen(t, openBrowser(t), till.address, "/kiosk?idle=4", kiosk)
	s.click("#wake")
	s.types("three oat milk")
	s.line("1203", "3")
	till.end(t)
	s.types("two bagels")
	s.sees("#offline", "1 not sent yet")
	s.wait("document.querySelector('#wake')")
	till.start(t)
	s.click("#wake")
	s.linked()
	s.sees(".cart-empty", "empty")
	s.sees("#total", "0.00")
}

// scan types digits and Enter as a reader of bar codes does: a page may take each
// key for itself, which s.press does not let it.
func (s *screen) scan(digits string) {
	s.t.Helper()
	for _, d := range digits {
		key := input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeRawKeyDown, Key: string(d), Code: "Digit" + string(d), WindowsVirtualKeyCode: int64(d)}
		call(s, input.DispatchKeyEvent, key)
		call(s, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeChar, Key: string(d), Text: string(d)})
		key.Type = input.DispatchKeyEventTypeKeyUp
		call(s, input.DispatchKeyEvent, key)
	}
	s.press(kb.Enter)
}

func TestWhatAReaderOfBarCodesTypesIsNeverLost(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t, "--typed-only")
	s := openScreen(t, openBrowser(t), till.address, "/kiosk?idle=600", kiosk)
	s.wait("document.querySelector('#wake')")
	s.scan("1203") // while it rests
	s.line("1203", "1")
	s.click(`.cart-line[data-item="1203"] .stepper button:last-child`)
	s.line("1203", "2")
	s.scan("2101") // the focus is on a button
	s.line("2101", "1")
	s.click(".open-typing") // away with it
	s.wait("!document.querySelector('#type')")
	s.scan("2112")
	s.line("2112", "1")
	s.press("15 croissants" + kb.Enter)
	s.state("choosing")
	s.click("#cart-title")
	s.press("1") // an answer, where a question is open
	s.line("2120", "15")
}

func TestTheNextShopperSeesNothingThatWasTyped(t *testing.T) {
	till := startBrowserTill(t, "--typed-only")
	s := openScreen(t, openBrowser(t), till.address, "/kiosk?idle=4", kiosk)
	s.click("#wake")
	s.linked()
	s.press("33")
	s.wait("document.querySelector('#type').value === '33'")
	s.click(".open-typing")
	s.wait("!document.querySelector('#type')")
	s.wait("document.querySelector('#wake')")
	s.click("#wake")
	s.wait("document.querySelector('#type')?.value === ''")
}

// tones records the pitch of every tone that the page plays.
const tones = `(() => {
	window.tones = [];
	const start = OscillatorNode.prototype.start;
	OscillatorNode.prototype.start = function (...at) {
		window.tones.push(Math.round(this.frequency.value));
		return start.apply(this, at);
	};
})()`

func (s *screen) plays(want ...int) {
	s.t.Helper()
	var got []int
	defer func() {
		if s.t.Failed() {
			s.t.Logf("it played %v, want %v", got, want)
		}
	}()
	await(s.t, "tones", func() (bool, error) {
		var err error
		got, err = chromedp.Run(s.ctx, chromedp.Evaluate[[]int]("window.tones"))
		return slices.Equal(got, want), err
	})
	js[bool](s, "(window.tones = [], true)")
}

func TestSignalsDiffer(t *testing.T) {
	till := startBrowserTill(t, "--typed-only")
	s := openScreen(t, openBrowser(t, speaksUnasked), till.address, "/", phone, tones)
	s.types("three oat milk")
	s.plays(740, 988)
	s.types("add 15 croissants")
	s.plays(587, 784)
	s.types("the second one")
	s.state("shopping")
	js[bool](s, "(window.tones = [], true)")
	s.types("add item 9999")
	s.plays(311, 233)
	s.click(".open-menu")
	s.click(`[data-menu="settings"]`)
	s.click(`[data-setting="noises"] .to-no`)
	s.click(".sheet-head button")
	s.types("two bagels")
	s.line("2112", "2")
	s.plays()
}

// whole fails the test where the page scrolls, or where its keys do.
func (s *screen) whole(where string) {
	s.t.Helper()
	const cut = `[["the page", document.documentElement], ["the keys", document.querySelector(".talk-bar")]].filter(([, e]) => e && e.scrollHeight > e.clientHeight + 1).map(([name, e]) => name + " by " + (e.scrollHeight - e.clientHeight))`
	if names := js[[]string](s, cut); len(names) > 0 {
		s.t.Errorf("%s: higher than the screen: %v", where, names)
	}
}

// inSight fails the test where an edge of the element is beyond the screen or
// under something else.
func (s *screen) inSight(where, selector string) {
	s.t.Helper()
	const ends = `((e) => {
		const box = e.getBoundingClientRect(), x = box.x + box.width / 2, y = box.y + box.height / 2;
		return [[x, box.top + 3], [x, box.bottom - 3], [box.left + 3, y], [box.right - 3, y]].every(([x, y]) => e.contains(document.elementFromPoint(x, y)));
	})(document.querySelector(%q))`
	if !js[bool](s, fmt.Sprintf(ends, selector)) {
		s.t.Errorf("%s: %s is not in sight", where, selector)
	}
}

// keysStay looks for something: what is found is in sight, and no key moves under
// the finger, but on a tall screen, where the list is above all that is read.
func (s *screen) keysStay(where string) {
	s.t.Helper()
	const key = `Math.round(document.querySelector(".key").getBoundingClientRect().y)`
	before := js[int](s, key)
	s.fill("#type", "milk")
	s.wait("document.querySelector('.found-item')")
	js[bool](s, drawn)
	s.view("kiosk-found-" + strings.ReplaceAll(where, " ", "-"))
	s.whole(where + ", found")
	s.inSight(where+", what was found", ".found-item")
	if after := js[int](s, key); after != before && !strings.HasPrefix(where, "tall") {
		s.t.Errorf("%s: the keys moved from %d to %d", where, before, after)
	}
	s.click(".found-item")
	s.wait("document.querySelector('#type').value === ''")
	s.wait("!document.querySelector('.found')")
}

func TestAKioskFitsItsScreen(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t, "--typed-only")
	for name, l := range map[string]look{"small": kiosk, "wide": wideKiosk, "tall": tallKiosk} {
		for _, lang := range []string{"en", "zh"} {
			s := openScreen(t, openBrowser(t), till.address, "/kiosk?idle=600&lang="+lang, l)
			s.wait("document.querySelector('#wake')")
			s.whole(name + " " + lang + ", resting")
			s.click("#wake")
			s.sees(".cart-empty", "")
			s.wait("document.querySelector('#typed-only')")
			s.view("kiosk-" + name + "-" + lang + "-empty")
			s.whole(name + " " + lang + ", empty")
			for _, line := range []string{"three oat milk", "two bagels", "sourdough bread", "half a kilo of tomatoes"} {
				s.types(line)
			}
			s.line("3340", "0.5 kg")
			s.types("four oranges and two goat milk")
			s.line("1230", "2")
			s.view("kiosk-" + name + "-" + lang + "-understood")
			s.inSight(name+" "+lang+", what was understood", ".chips > li:last-child")
			s.types("fifteen croissants")
			s.state("choosing")
			s.whole(name + " " + lang + ", question")
			s.click(`.choice[data-n="2"]`)
			s.state("shopping")
			s.view("kiosk-" + name + "-" + lang + "-basket")
			s.whole(name + " " + lang + ", basket")
			s.keysStay(name + " " + lang)
			s.click(".checkout")
			s.state("billed")
			s.view("kiosk-" + name + "-" + lang + "-bill")
			s.whole(name + " " + lang + ", bill")
			s.click(".confirm")
			s.state("proving")
			s.view("kiosk-" + name + "-" + lang + "-password")
			s.whole(name + " " + lang + ", password")
			s.inSight(name+" "+lang+", what is paid", ".proof-sum")
			s.inSight(name+" "+lang+", the way to pay it", ".pay")
			s.fill("#account", "1001")
			s.fill("#secret", "till-demo-1"+kb.Enter)
			s.state("paid")
			s.wait("document.querySelector('.qr')")
			s.view("kiosk-" + name + "-" + lang + "-receipt")
			s.whole(name + " " + lang + ", receipt")
			s.inSight(name+" "+lang+", the way on", ".done")
		}
	}
}
