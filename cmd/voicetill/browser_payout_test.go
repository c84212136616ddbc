package main

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// A shopper pays in on a provider's page, and the merchant gives a part of it
// back; and the shop's time zone is set where its receipts are.
func TestTheConsoleGivesBackATopUp(t *testing.T) {
	t.Parallel()
	till, p := startPayNow(t, "--typed-only")
	browser := openBrowser(t)
	s := openScreen(t, browser, till.address, "/", phone)
	s.types("top up twenty")
	s.fill(".account-signin [name=account]", "1001")
	s.fill(".account-signin [name=password]", "till-demo-1"+kb.Enter)
	s.sees(".account-sum", "€")
	s.fill("[name=topup-password]", "till-demo-1"+kb.Enter)
	s.sees(".topup-waits", "Finish paying €20.00")
	confirm(t, till, p, true)
	s.sees(".topup-end", "€20.00 paid into your balance")

	m := openScreen(t, browser, till.address, "/merchant#receipts", desktop)
	enterConsole(t, m)
	m.sees(".zone", "Time zone")
	m.fill(".zone [name=zone]", "Europe/Berling"+kb.Enter)
	m.sees(".zone", "There is no such time zone")
	m.view("merchant-zone-fault")
	m.wait("(document.querySelector('.zone [name=zone]').value = '') === ''")
	m.fill(".zone [name=zone]", "Asia/Shanghai"+kb.Enter)
	m.wait("document.querySelector('.zone [name=zone]').placeholder === 'Asia/Shanghai'")
	m.axe("merchant, time zone")
	m.click(`a[href="#receipts?1"]`)
	m.sees(".refund", "what is still on the balance can be given back")
	m.wait("document.querySelector('.refund [name=restock]') === null")
	m.view("merchant-topup-refund")
	m.axe("merchant, giving back a top-up")
	m.fill(".refund [name=amount]", "25"+kb.Enter)
	m.sees(".refund", "more than is left")
	m.wait("(document.querySelector('.refund [name=amount]').value = '') === ''")
	m.fill(".refund [name=amount]", "5"+kb.Enter)
	m.sees(".refund", "€5.00 given back: receipt 2")
	m.sees(".refund", "€15.00 can be given back")
	m.click(`.back`)
	m.click(`a[href="#receipts?2"]`)
	m.sees(".receipt", "Given back")
	m.view("merchant-topup-refunded")
}
