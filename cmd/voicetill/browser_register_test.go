package main

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// cornerTill is a shop of its own, two days old, and its merchant's console.
func cornerTill(t *testing.T) (till *browserTill, m *screen) {
	t.Helper()
	till, link := setUpLink(t)
	m = openScreen(t, openBrowser(t), till.address, link, backOffice)
	m.fill("[name=shop]", "Corner Shop")
	m.fill("[name=email]", "owner@example.com")
	m.fill("[name=password]", "a long secret"+kb.Enter)
	m.sees("#step-account.done", "corner-shop")
	m.click("#step-goods a")
	m.uploads("shop.csv", cornerShop)
	m.sees("#upload-done", "2 items are in the shop now")
	return till, m
}

// registers fills in the form that makes an account, and returns its number.
func (s *screen) registers(name, password string) string {
	s.t.Helper()
	s.fill(".register [name=name]", name)
	s.fill(".register [name=password]", password+kb.Enter)
	s.wait("document.querySelector('.made-number')?.innerText.length === 6")
	return js[string](s, "document.querySelector('.made-number').innerText")
}

// TestAStrangerRegistersAndPays goes from an empty database to the receipt of a
// shopper whom nobody knew.
func TestAStrangerRegistersAndPays(t *testing.T) {
	t.Parallel()
	till, m := cornerTill(t)
	s := openScreen(t, openBrowser(t), till.address, "/?place=corner-shop", phone)
	s.sees("#refused", "Welcome to Corner Shop")
	s.axe("a stranger")
	s.view("welcome")
	s.click("#refused .to-register")
	s.wait("document.querySelector('.register')")
	s.axe("registering")
	s.view("register")
	s.fill(".register [name=password]", "short")
	js[bool](s, "(document.querySelector('.register').noValidate = true)")
	s.fill(".register [name=name]", "Cleo"+kb.Enter)
	s.sees(".register", "8 to 256 characters")
	s.wait("document.querySelector('.register [name=password]').getAttribute('aria-invalid') === 'true'")
	s.view("register-fault")
	s.fill(".register [name=password]", "open sesame"+kb.Enter)
	s.wait("document.querySelector('.made-number')?.innerText.length === 6")
	number := js[string](s, "document.querySelector('.made-number').innerText")
	s.sees("dialog", "Welcome, Cleo")
	s.axe("registered")
	s.view("registered")
	s.click(".made-done")
	s.types("two bread roll and an apple juice")
	s.line("102", "2")
	s.line("101", "1")

	m.section("topups")
	m.fill(".clerk [name=account]", number)
	m.fill(".clerk [name=amount]", "10"+kb.Enter)
	m.sees(".clerk", "€10.00 paid in for Cleo")
	m.view("accounts")

	s.click(".checkout")
	s.state("billed")
	s.click(".confirm")
	s.state("proving")
	s.sees(".signed-in", "Paying as Cleo, account "+number)
	s.fill("#secret", "open sesame"+kb.Enter)
	s.state("paid")
	s.sees(".receipt", "Receipt 1")
	if open, reason := spend(t, till.address, s.code("registered-receipt")); !open {
		t.Errorf("the exit: %s", reason)
	}
}

// TestWhoHasNoAccountWhereTheDeskMakesThem meets words, and staff.
func TestWhoHasNoAccountWhereTheDeskMakesThem(t *testing.T) {
	t.Parallel()
	till, m := cornerTill(t)
	m.section("topups")
	m.click("[name=registering]")
	m.sees(".shopper-accounts", "At the desk only")
	m.axe("who registers")
	m.view("accounts-desk")

	s := openScreen(t, openBrowser(t), till.address, "/?place=corner-shop", phone)
	s.sees("#refused", "ask at the desk")
	s.view("welcome-desk")
	s.click("#refused .to-signin")
	s.sees("dialog .no-account", "ask at the desk")
	s.wait("!document.querySelector('.to-register')")

	k := openScreen(t, openBrowser(t), till.address, "/kiosk?idle=600&place=corner-shop", kiosk)
	k.click("#wake")
	k.sees("#refused", "ask at the desk")
	k.view("welcome-kiosk")
	k.click(".open-menu")
	k.click(`[data-menu="staff-in"]`)
	k.fill("dialog [name=account]", "owner@example.com")
	k.fill("dialog [name=password]", "a long secret"+kb.Enter)
	k.wait("!document.querySelector('dialog[open]')")
	k.click("#refused .to-register")
	k.axe("registering at a kiosk")
	k.view("register-kiosk")
	k.registers("Dora", "open sesame")
	k.click(".made-done")
	k.types("two bread roll")
	k.line("102", "2")
}

// TestABasketWaitsForItsShopperToRegister is a demo shop's: it takes baskets of
// strangers, who pay with an account.
func TestABasketWaitsForItsShopperToRegister(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t, "--typed-only")
	s := openScreen(t, openBrowser(t), till.address, "/", phone)
	s.types("three oat milk")
	s.line("1203", "3")
	s.click(".checkout")
	s.state("billed")
	s.click(".confirm")
	s.state("proving")
	s.view("proof-no-account")
	s.click(".proof .to-register")
	number := s.registers("Cleo", "open sesame")
	s.click(".made-done")
	s.sees(".signed-in", number)
	s.sees(".proof-sum", "7.47")
	s.fill("#secret", "open sesame"+kb.Enter)
	s.sees("#said", "balance")
	s.state("billed")
	s.view("registered-low")
}
