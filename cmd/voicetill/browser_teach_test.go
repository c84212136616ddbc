//go:build vosk

package main

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
)

// signsInStaff signs the shop's people in on a shopper's page.
func (s *screen) signsInStaff() {
	s.t.Helper()
	s.click(".open-menu")
	s.click(`[data-menu="staff-in"]`)
	s.fill("dialog [name=account]", "merchant@example.com")
	s.fill("dialog [name=password]", "shop-demo-1")
	s.click("dialog [type=submit]")
	s.wait("!document.querySelector('dialog[open].sheet')")
}

// records says a name into an open lesson.
func (s *screen) records(wav string) {
	s.t.Helper()
	s.click(".record")
	s.wait("document.querySelector('.record[aria-pressed=true]')")
	js[bool](s, fmt.Sprintf("sayInRoom(%q).then(() => true)", wav))
	s.click(".record")
}

func TestStaffTeachesANameByPhone(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t)
	browser := openBrowser(t, speaksUnasked)
	m := openScreen(t, browser, till.address, "/merchant#catalog", desktop)
	enterConsole(t, m)
	m.uploads("odd.csv", "number,name,price\n1203,oat milk,2.49\n4711,zorblax 9,3.50\n")
	m.sees("#upload-done", "2 items are in the shop now")
	m.run(chromedp.Navigate("about:blank"))
	s := openScreen(t, openBrowser(t, speaksUnasked), till.address, "/", phone, playable)
	s.linked()
	s.click(".open-typing")
	s.fill("#type", "zorb")
	s.wait("document.querySelector('.found-item')")
	s.wait("!document.querySelector('.teach-item')") // only for staff
	js[bool](s, "(document.querySelector('#type').select(), true)")
	s.click(".open-menu")
	s.click(".sheet-head button")
	s.signsInStaff()
	js[bool](s, "document.querySelector('.found-item').dispatchEvent(new MouseEvent('contextmenu', {bubbles: true, cancelable: true})) || true") // held
	s.sees("dialog", "zorblax")
	s.click(".teach-done")
	s.click(".teach-item")
	wav := sentence(t, "velvet thunder")
	s.records(wav)
	s.sees(".teach-said", "1 of 2")
	s.view("phone-teach")
	s.axe("teaching")
	s.records(wav)
	s.sees(".teach-said", "Learnt")
	s.click(".teach-done")
	s.click(".to-voice")
	s.says("two velvet thunder")
	s.line("4711", "2")
}

func TestAfterNoSuchItemStaffMayTeach(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t)
	s := openScreen(t, openBrowser(t), till.address, "/kiosk", kiosk)
	s.click("#wake")
	s.linked()
	s.types("add item 9999")
	s.sees("#said", "no item")
	s.wait("!document.querySelector('#teach-offer')")
	s.signsInStaff()
	s.click("#teach-offer .teach")
	s.fill("#teach-search", "goat")
	s.view("kiosk-teach")
	s.click(`dialog .found-item[data-item="1230"]`)
	s.sees("dialog", "goat milk")
}
