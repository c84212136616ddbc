package main

import (
	"net"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"voicetill/payments/deliver/delivertest"
)

// linkTo waits for the letter that asks for an address, and returns its link.
func linkTo(t *testing.T, o *delivertest.Office, address string) (link string) {
	t.Helper()
	await(t, "a letter to "+address, func() (bool, error) {
		for _, l := range o.Letters() {
			text := l.Text()
			if i := strings.Index(text, "http://"); i >= 0 && l.To[0] == address && strings.Contains(text, "#address=") {
				link = strings.Fields(text[i:])[0]
			}
		}
		return link != "", nil
	})
	return link
}

// TestAddressesAreProvedByALink: a merchant and a shopper give an address, see that
// it waits, and open the link that they were sent.
func TestAddressesAreProvedByALink(t *testing.T) {
	t.Parallel()
	office := delivertest.OpenOffice(t, delivertest.Clear)
	_, port, err := net.SplitHostPort(office.Address)
	if err != nil {
		t.Fatal(err)
	}
	till, link := setUpLink(t, "--smtp", "smtp://localhost:"+port+"?tls=none", "--mail-from", "Shop <receipts@shop.example>")
	m := openScreen(t, openBrowser(t), till.address, link, backOffice)
	m.fill("[name=shop]", "Corner Shop")
	m.fill("[name=email]", "owner@example.com")
	m.fill("[name=password]", "a long secret"+kb.Enter)
	m.sees(".address-waits", "owner@example.com is not confirmed yet")
	m.axe("an address that waits, in the console")
	m.view("address-merchant")
	m.click(".address-again")
	m.sees(".address-waits", "within the last five minutes")
	m.run(chromedp.Navigate(linkTo(t, office, "owner@example.com")))
	m.sees(".address-told", "Your address is confirmed")
	m.wait("!document.querySelector('.address-waits')")
	m.click(`a[href="#catalog"]`)
	m.uploads("shop.csv", cornerShop)
	m.sees("#upload-done", "2 items are in the shop now")

	s := openScreen(t, openBrowser(t), till.address, "/?place=corner-shop", phone)
	s.click("#refused .to-register")
	s.fill(".register [name=email]", "cleo@example.com")
	s.registers("Cleo", "open sesame")
	s.sees(".made-email", "We have sent a link to cleo@example.com")
	s.view("address-registered")
	s.click(".made-done")
	s.click(".open-menu")
	s.click(`[data-menu="account"]`)
	s.sees(".address-waits", "cleo@example.com is not confirmed yet")
	s.axe("an address that waits, on a phone")
	s.view("address-shopper")

	link = linkTo(t, office, "cleo@example.com")
	reader := openScreen(t, openBrowser(t), till.address, link[strings.Index(link, "/receipts"):], phone) // where mail is read, nobody is signed in
	reader.sees(".address-told", "Your address is confirmed")
	reader.axe("a proved address")
	reader.view("address-proved")
	again := openScreen(t, openBrowser(t), till.address, link[strings.Index(link, "/receipts"):], phone)
	again.sees(".address-told", "used already")
	s.shut()
	s.click(".open-menu")
	s.click(`[data-menu="account"]`)
	s.wait("document.querySelector('.account-sum').innerText.includes('€')")
	s.wait("!document.querySelector('.address-waits')")
}
