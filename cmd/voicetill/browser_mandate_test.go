package main

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// A shopper allows the shop to deduct, pays by confirming alone, and ends it.
func TestAShopperAllowsPaymentsWithoutAPassword(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t, "--typed-only")
	s := openScreen(t, openBrowser(t), till.address, "/", phone)
	s.linked()
	s.click(".open-menu")
	s.click(`[data-menu="signin"]`)
	s.fill("dialog [name=account]", "1001")
	s.fill("dialog [name=password]", "till-demo-1"+kb.Enter)
	s.wait("!document.querySelector('dialog')")
	s.linked()
	s.click(".open-menu")
	s.click(`[data-menu="account"]`)
	s.click(`[data-part="mandates"] summary`)
	s.fill(".mandate-form [name=once]", "8.00")
	s.fill(".mandate-form [name=day]", "10.00")
	s.fill(".mandate-form [name=plates]", "K VT 123")
	s.fill(".mandate-form [name=password]", "wrong"+kb.Enter)
	s.sees(".mandates [role=status]", "That password is wrong")
	s.view("phone-mandate-form")
	s.wait("(document.querySelector('.mandate-form [name=password]').value = '') === ''")
	s.fill(".mandate-form [name=password]", "till-demo-1"+kb.Enter)
	s.sees(".mandate", "KVT123")
	s.wait("document.querySelector('.mandate svg, .mandate img, .mandate canvas')")
	s.axe("mandates")
	s.view("phone-mandates")
	s.click("dialog .sheet-head .button")

	s.types("three oat milk")
	s.line("1203", "3")
	s.types("checkout")
	s.sees(".allowed", "without a password")
	s.view("phone-allowed")
	s.click(".confirm")
	s.state("paid")
	s.click(".open-menu")
	s.click(`[data-menu="account"]`)
	s.click(`[data-part="mandates"] summary`)
	s.sees(".mandate", "€7.47 used")
	s.click(".mandate .revoke")
	s.wait("!document.querySelector('.mandate')")
}
