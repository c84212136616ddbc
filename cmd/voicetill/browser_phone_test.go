package main

import (
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

func TestAChipPutsRightWhatWasUnderstood(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t, "--typed-only")
	s := openScreen(t, openBrowser(t), till.address, "/", phone)
	s.types("three oat milk")
	s.line("1203", "3")
	s.click("button.chip")
	s.view("phone-correct")
	s.click("dialog .stepper button:first-child")
	s.line("1203", "2")
	s.fill("#correct", "goat")
	s.axe("putting right")
	s.click(`dialog .found-item[data-item="1230"]`)
	s.line("1230", "3")
	s.line("1203", "")

	s.types("add item 9999")
	s.sees("#said", "no item")
	s.click("button.chip.asks")
	s.fill("#correct", "bagel")
	s.click(`dialog .found-item[data-item="2112"]`)
	s.line("2112", "1")

	s.types("remove goat milk")
	s.line("1230", "")
	s.click("button.chip")
	s.click(".correct-undo")
	s.line("1230", "3")
}

// drag moves a finger over the middle of an element, by a part of its width.
func (s *screen) drag(selector string, part float64) {
	s.t.Helper()
	box := js[[]float64](s, fmt.Sprintf(`(() => {
		const e = document.querySelector(%q);
		e.scrollIntoView({block: 'center'});
		const b = e.getBoundingClientRect();
		return [b.x + b.width * 0.9, b.y + 16, b.width];
	})()`, selector))
	for i, kind := range []input.DispatchTouchEventType{input.DispatchTouchEventTypeTouchStart, input.DispatchTouchEventTypeTouchMove,
		input.DispatchTouchEventTypeTouchMove, input.DispatchTouchEventTypeTouchMove, input.DispatchTouchEventTypeTouchEnd} {
		p := input.DispatchTouchEventParams{Type: kind, TouchPoints: []*input.TouchPoint{}}
		if kind != input.DispatchTouchEventTypeTouchEnd {
			p.TouchPoints = []*input.TouchPoint{{X: box[0] + box[2]*part*float64(i)/3, Y: box[1]}}
		}
		call(s, input.DispatchTouchEvent, p)
	}
}

func TestALineIsRemovedBySwipeAndByKey(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t, "--typed-only")
	s := openScreen(t, openBrowser(t), till.address, "/", phone)
	s.types("three oat milk")
	s.types("two bagels")
	s.line("2112", "2")
	s.drag(`.cart-line[data-item="1203"]`, -0.2)
	s.wait("!document.querySelector('.swiping')")
	s.line("1203", "3")
	s.drag(`.cart-line[data-item="1203"]`, -0.6)
	s.line("1203", "")
	s.click(".undo")
	s.line("1203", "3")
	s.run(chromedp.Focus(chromedp.CSS(`.cart-line[data-item="2112"] .stepper button`)), chromedp.KeyEvent(kb.Delete))
	s.line("2112", "")
	s.wait("document.activeElement.matches('.undo')")
	s.run(chromedp.KeyEvent(kb.Enter))
	s.line("2112", "2")
}

func TestABasketOnASmallPhoneWithLargeLetters(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t, "--typed-only")
	small := look{width: 360, height: 640, scale: 2}
	s := openScreen(t, openBrowser(t), till.address, "/", small)
	s.types("three oat milk and half a kilo of tomatoes")
	s.line("3340", "0.5 kg")
	js[bool](s, "(document.documentElement.style.fontSize = '200%', "+drawn+")")
	s.view("phone-small-large-letters")
	s.fits("basket")
	const over = `[...document.querySelectorAll(".cart-line")].filter((line) => {
		const [name, total] = [".cart-name", ".cart-total"].map((e) => {
			const range = document.createRange();
			range.selectNodeContents(line.querySelector(e));
			return range.getBoundingClientRect();
		});
		return name.right > total.left && name.left < total.right && name.bottom > total.top + 2 && name.top < total.bottom - 2;
	}).map((line) => line.innerText)`
	if lines := js[[]string](s, over); len(lines) > 0 {
		t.Errorf("name and price are over each other: %q", lines)
	}
	if high := js[int](s, "document.querySelector('.cart-line[data-item=\"3340\"] output').getClientRects().length"); high != 1 {
		t.Errorf("the quantity takes %d lines", high)
	}
}

// firstLoad bounds what a phone fetches before its shopper can start, in bytes
// as they go over the line, without pictures.
const firstLoad = 100_000

func TestTheFirstLoadIsSmall(t *testing.T) {
	till := startBrowserTill(t, "--typed-only")
	for _, path := range []string{"/", "/kiosk"} {
		s := openScreen(t, openBrowser(t), till.address, path, phone)
		s.wait("document.querySelector('#type, #wake')")
		const loaded = `[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
			.filter((r) => !r.name.includes("/v1/pictures/")).map((r) => ({name: r.name, bytes: r.transferSize}))`
		sum := 0
		for _, r := range js[[]struct {
			Name  string
			Bytes int
		}](s, loaded) {
			t.Logf("%6d %s", r.Bytes, r.Name)
			sum += r.Bytes
		}
		if sum < 20_000 || sum > firstLoad {
			t.Errorf("%s loads %d bytes, want at most %d", path, sum, firstLoad)
		}
	}
}
