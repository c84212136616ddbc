package main

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// TestSheetsOfTheShopperAreAccessible opens what is over the shopper's page, in
// both languages, light and dark, on a phone and on a kiosk.
func TestSheetsOfTheShopperAreAccessible(t *testing.T) {
	till := startBrowserTill(t, "--typed-only")
	for name, c := range map[string]struct {
		lang string
		dark bool
	}{"en light": {"en", false}, "en dark": {"en", true}, "zh light": {"zh", false}, "zh dark": {"zh", true}} {
		browser := openBrowser(t, chromedp.Flag("use-fake-device-for-media-stream", true), chromedp.Flag("use-fake-ui-for-media-stream", true))
		small, wide := phone, wideKiosk
		small.dark, wide.dark = c.dark, c.dark
		s := openScreen(t, browser, till.address, "/?lang="+c.lang, small)
		s.types("three oat milk")
		s.line("1203", "3")
		s.fill("#type", "milk")
		s.wait("document.querySelector('.found-item')")
		s.axe(name + ", found")
		s.click("button.chip")
		s.axe(name + ", putting right")
		s.click(".sheet-head button")
		s.click(".entry .scan")
		s.wait("document.querySelector('.finder video')?.videoWidth > 0")
		s.axe(name + ", scanning")
		s.click(".sheet-head button")
		for _, sheet := range []string{"settings", "staff-in"} {
			s.click(".open-menu")
			s.click(`[data-menu="` + sheet + `"]`)
			s.axe(name + ", " + sheet)
			s.view("axe-" + c.lang + "-" + sheet)
			s.click(".sheet-head button")
		}

		k := openScreen(t, browser, till.address, "/kiosk?idle=600&lang="+c.lang, wide)
		k.wait("document.querySelector('#wake')")
		k.axe(name + ", resting")
		k.click(".start-low")
		k.types("three oat milk")
		k.line("1203", "3")
		k.axe(name + ", low")
		k.click(".move")
		k.wait("document.querySelector('dialog .qr')")
		k.axe(name + ", moving")
		k.view("axe-kiosk-" + c.lang + "-move")
		k.click(".sheet-head button")
		k.click(".open-menu")
		k.click(`[data-menu="staff-in"]`)
		k.axe(name + ", staff at a kiosk")
		k.view("axe-kiosk-" + c.lang + "-staff")
	}
}
