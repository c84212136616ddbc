package main

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// A shopper's payment waits, the console announces it, and a clerk decides there
// or at the kiosk's own screen.
func TestStaffConfirmsAPayment(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t, "--typed-only")
	console := openScreen(t, openBrowser(t), till.address, "/merchant#confirmations", desktop)
	enterConsole(t, console)
	console.fill("[name=from]", "5.00"+kb.Enter)
	console.sees(".confirmations [role=status]", "Saved")

	shopper := openScreen(t, openBrowser(t), till.address, "/", darkPhone)
	shopper.types("three oat milk")
	shopper.line("1203", "3")
	shopper.pay("1001", "till-demo-1")
	shopper.sees("#said", "A member of staff checks this")
	shopper.axe("phone, staff confirms")
	shopper.view("phone-confirming")
	console.sees(".news", "A payment waits for you: Ada, €7.47")
	console.sees(".confirmation", "oat milk")
	console.axe("console, to confirm")
	console.view("merchant-confirmations")
	pocket := openScreen(t, console.ctx, till.address, "/merchant#confirmations", phone)
	pocket.sees(".confirmation", "oat milk")
	pocket.shot("phone-merchant-confirmations")
	console.front()
	console.fill(".confirmation [name=reason]", "please show your card")
	console.click(".confirmation .refuse")
	shopper.sees("#said", "please show your card")
	shopper.click(".confirm")
	shopper.wait("document.querySelector('#secret')")
	shopper.fill("#account", "1001")
	shopper.fill("#secret", "till-demo-1"+kb.Enter)
	shopper.sees(".confirming", "Staff checks this")
	console.click(".confirmation .approve")
	shopper.state("paid")

	booth := openScreen(t, shopper.ctx, till.address, "/kiosk", kiosk)
	booth.click("#wake")
	booth.types("three oat milk")
	booth.line("1203", "3")
	booth.pay("1001", "till-demo-1")
	booth.sees(".confirming", "Staff checks this")
	booth.click(".is-staff")
	booth.fill(".clerk [name=account]", "merchant@example.com")
	booth.fill(".clerk [name=secret]", "shop-demo-1")
	booth.axe("kiosk, staff decides")
	booth.view("kiosk-confirming")
	booth.click(".clerk .approve")
	booth.state("paid")

	// Where staff is signed in, two buttons will do.
	counter := openScreen(t, console.ctx, till.address, "/kiosk", kiosk)
	counter.click("#wake")
	counter.types("three oat milk")
	counter.line("1203", "3")
	counter.pay("1001", "till-demo-1")
	counter.sees(".confirming", "Staff checks this")
	counter.click(".confirming .refuse")
	counter.sees("#said", "has not confirmed this payment")
}

// The console sets what visits cost, and what is sold for them.
func TestTheConsoleSetsATariff(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t, "--typed-only")
	s := openScreen(t, openBrowser(t), till.address, "/merchant#gates", desktop)
	enterConsole(t, s)
	s.fill(".tariff [name=item]", "nothing")
	s.fill(".tariff [name=unit_min]", "30")
	s.click(".save-tariff")
	s.sees(".tariff small.fault", "does not have these items")
	s.wait("(document.querySelector('.tariff [name=item]').value = '') === ''")
	s.fill(".tariff [name=item]", "1203")
	s.fill(".tariff [name=plan0]", "1230")
	s.fill(".tariff [name=visits0]", "10")
	s.click(".save-tariff")
	s.sees(".tariff [role=status]", "Saved")
	s.wait("document.querySelector('.tariff [name=plan1]') && document.querySelector('.tariff [name=visits0]').value === '10'")
	s.axe("tariff")
	s.shot("merchant-tariff")
}
