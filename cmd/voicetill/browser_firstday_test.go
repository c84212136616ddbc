package main

import (
	"strings"
	"testing"

	"voicetill/store"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp/kb"
)

// setUpLink starts a till on an empty database, and returns the page of its first
// set-up.
func setUpLink(t *testing.T, args ...string) (till *browserTill, path string) {
	t.Helper()
	till = startBrowserTill(t, append([]string{"--no-demo", "--typed-only"}, args...)...)
	return till, till.setUpLink(t)
}

func (b *browserTill) setUpLink(t *testing.T) (path string) {
	t.Helper()
	db, err := store.Open(t.Context(), b.db)
	if err != nil {
		t.Fatal(err)
	}
	token, err := db.SetUpToken(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return "/merchant#setup=" + token
}

// An empty shop says nothing about how its items are said, and a till that hears
// is never called one for typed input, however long its answer takes.
func TestAnEmptyShopOfATillThatHears(t *testing.T) {
	t.Parallel()
	if !canHear {
		t.Skip("needs the recogniser: build with -tags vosk")
	}
	till := startBrowserTill(t, "--no-demo")
	const watch = `window.said = new Set();
	new MutationObserver(() => said.add(document.querySelector("#step-voice .hint")?.innerText)).observe(document, {subtree: true, childList: true, characterData: true});`
	m := openScreen(t, openBrowser(t), till.address, till.setUpLink(t), backOffice, watch)
	m.wait("document.querySelector('[name=shop]')")
	m.fill("[name=shop]", "Café Groß")
	m.fill("[name=email]", "owner@example.com")
	m.fill("[name=password]", "a long secret"+kb.Enter)
	m.sees("#step-account.done", "cafe-gross")
	m.click("#step-goods a")
	m.sees(".items", "nothing is sold yet")
	if said := js[string](m, "[...said].join('; ') + document.querySelector('main').innerText"); strings.Contains(said, "typed input") || strings.Contains(said, "0 by name") {
		t.Errorf("the console says %q", said)
	}
}

const cornerShop = "number,name,price,unit,tax,stock\n101,apple juice,1.80,each,19,20\n102,bread roll,0.60,each,7,50\n"

// TestMerchantsFirstDay goes from an empty database to a sale and its refund.
func TestMerchantsFirstDay(t *testing.T) {
	t.Parallel()
	till, link := setUpLink(t)
	m := openScreen(t, openBrowser(t), till.address, link, backOffice)
	m.wait("document.querySelector('[name=shop]')")
	m.axe("set-up")
	m.view("setup")
	m.fill("[name=shop]", "Corner Shop")
	m.fill("[name=email]", "owner@example.com")
	m.fill("[name=password]", "a long secret"+kb.Enter)
	m.sees("#step-account.done", "corner-shop")
	m.axe("first steps")
	m.view("guide")

	m.click("#step-goods a")
	m.uploads("shop.csv", strings.Replace(cornerShop, "0.60", "O.60", 1))
	m.sees("#upload-faults", "Nothing was changed")
	m.wait(`document.querySelector('#upload-faults li[data-line="3"][data-column="price"]')`)
	m.uploads("shop.csv", cornerShop)
	m.sees("#upload-done", "2 items are in the shop now: 2 new")
	m.sees(".items", "bread roll")

	m.click(`a[href="#start"]`)
	m.sees("#step-goods.done", "2 items")
	m.click(".make-trial")
	m.wait("document.querySelectorAll('.trial dd').length === 3")
	number, password := js[string](m, "document.querySelectorAll('.trial dd')[0].innerText"), js[string](m, "document.querySelectorAll('.trial dd')[1].innerText")
	address := js[string](m, "document.querySelector('.shop-link').getAttribute('href')")

	call(m, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	if got := m.code("poster"); got != address {
		t.Errorf("the poster leads to %q, want %q", got, address)
	}
	call(m, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "screen"})

	shopper := openScreen(t, openBrowser(t), till.address, address[len("http://"+till.address):], phone)
	shopper.axe("a stranger is refused", "color-contrast")
	shopper.click("#refused .to-signin")
	shopper.fill(".sheet [name=account]", number)
	shopper.fill(".sheet [name=password]", password+kb.Enter)
	shopper.types("two bread roll and an apple juice")
	shopper.line("102", "2")
	shopper.click(".checkout")
	shopper.state("billed")
	shopper.click(".confirm")
	shopper.state("proving")
	shopper.fill("#secret", password+kb.Enter)
	shopper.state("paid")

	m.sees("#step-trial.done", "See the receipt")
	m.view("guide-done")
	m.click("#step-trial a")
	m.sees(".refund", "€3.00 can be given back")
	m.click(`.refund [type="submit"]`)
	m.sees("dialog", "Give back all, €3.00?")
	m.click("dialog .refund-all")
	m.sees(".refund", "€3.00 given back: receipt 2")
	m.click(`a[href="#today"]`)
	m.sees(".figures", "1 refunds, not among the purchases")

	again := openScreen(t, m.ctx, till.address, link, backOffice)
	again.wait("document.querySelector('.console')") // signed in, and no form
	again.click(".signout")
	again.sees(".login", "set up already")
}

// TestThePosterLeadsToThePublicAddress wherever the console is open.
func TestThePosterLeadsToThePublicAddress(t *testing.T) {
	t.Parallel()
	for public, warning := range map[string]string{
		"https://till.example.com": "",
		"http://till.example.com":  "This address is not https",
		"http://localhost:8080":    "Phones cannot open this address",
	} {
		till := startBrowserTill(t, "--typed-only", "--public-url", public)
		m := openScreen(t, openBrowser(t), till.address, "/merchant#start", backOffice)
		enterConsole(t, m)
		m.sees(".shop-link", public+"/?place=demo")
		if got := js[string](m, "[...document.querySelectorAll('#step-page .notice')].map((e) => e.innerText).join(' ')"); (got == "") != (warning == "") || !strings.Contains(got, warning) {
			t.Errorf("%s: it warns %q, want %q", public, got, warning)
		}
		call(m, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
		if got := m.code("poster-public"); got != public+"/?place=demo" {
			t.Errorf("the poster leads to %q", got)
		}
		m.sees(".poster .address", public+"/?place=demo")
	}
}
