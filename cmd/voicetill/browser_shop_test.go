package main

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

func TestTypedPurchaseToTheExit(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t, "--typed-only")
	s := openScreen(t, openBrowser(t), till.address, "/", phone)
	s.types("three oat milk")
	s.line("1203", "3")
	s.sees("#said", "three oat milk")
	s.types("sourdough bread")
	s.line("2101", "1")
	s.types("half a kilo of tomatoes")
	s.line("3340", "0.5 kg")
	s.click(`.cart-line[data-item="1203"] .stepper button:last-child`)
	s.line("1203", "4")
	s.types("1203 × 2")
	s.line("1203", "6")
	s.click(".undo")
	s.line("1203", "4")
	s.types("set oat milk to two")
	s.line("1203", "2")
	s.sees("#total", "10.98")
	s.view("phone-basket")
	s.click(".checkout")
	s.state("billed")
	s.sees(".bill", "7 % tax")
	s.sees(".grand", "10.98")
	s.view("phone-bill")
	s.click(".confirm")
	s.state("proving")
	s.view("phone-password")
	s.fill("#account", "1001")
	s.fill("#secret", "wrong"+kb.Enter)
	s.sees("#said", "do not go together")
	s.fill("#secret", "till-demo-1"+kb.Enter)
	s.state("paid")
	s.sees("#receipt-title", "10.98")
	s.wait("document.querySelector('.qr')")
	s.view("phone-receipt")

	pass := s.code("phone-receipt-whole")
	link := js[string](s, "document.querySelector('.receipt a').getAttribute('href')")
	paper := openScreen(t, s.ctx, till.address, link, phone)
	paper.sees(".grand", "10.98")
	if again := paper.code("receipt"); again != pass {
		t.Errorf("the receipt by its link has another pass: got %q, want %q", again, pass)
	}

	gate := openScreen(t, s.ctx, till.address, "/gate", desktop)
	gate.fill("#pass", pass)
	gate.click(".look")
	gate.sees(".verdict", "This pass is good")
	gate.click(".open")
	gate.sees(".verdict", "Open. Goodbye!")
	gate.view("gate-open")
	if open, reason := spend(t, till.address, pass); open || reason != "already used" {
		t.Errorf("second time: open %v, %q, want already used", open, reason)
	}
	gate.fill("#pass", pass+kb.Enter)
	gate.sees(".verdict", "already used")
	gate.view("gate-used")
	gate.fill("#pass", "no pass at all"+kb.Enter)
	gate.sees(".verdict", "not a valid pass")
}

func TestChoicesAreNumberedAndAnsweredByTapAndKey(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t, "--typed-only")
	s := openScreen(t, openBrowser(t), till.address, "/", phone)
	s.types("add 15 croissants")
	s.state("choosing")
	s.view("phone-choice")
	s.click(`.choice[data-n="1"]`)
	s.line("2120", "15")
	s.types("cancel everything")
	s.state("choosing")
	s.run(chromedp.Evaluate[chromedp.Void]("document.activeElement.blur()"), chromedp.KeyEvent("1"))
	s.line("2120", "")
}

func TestSearchAndNumberPad(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t, "--typed-only")
	s := openScreen(t, openBrowser(t), till.address, "/", phone)
	s.wait("document.querySelector('#type')")
	s.fill("#type", "goat")
	s.wait("document.querySelector('.found-item[data-item=\"1230\"]')")
	s.wait("document.querySelector('.found-item[data-item=\"1230\"] img')?.naturalWidth === 160")
	s.view("phone-search")
	s.click(`.found-item[data-item="1230"]`)
	s.line("1230", "1")
	s.click(".entry-pads button")
	s.keys("2101×3")
	s.view("phone-pad")
	s.wait("document.querySelector('.found-item[data-item=\"2101\"]')")
	s.click(".entry-line button[type=submit]")
	s.line("2101", "3")
	s.fill("#type", "lemon × 4")
	s.wait("document.querySelector('.found-item[data-item=\"3320\"]')")
	s.click(`.found-item[data-item="3320"]`)
	s.line("3320", "4")
}

func TestLowBalanceSaysWhatToDo(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t, "--typed-only")
	s := openScreen(t, openBrowser(t), till.address, "/", phone)
	s.types("three oat milk")
	s.line("1203", "3")
	s.pay("1002", "till-demo-2")
	s.sees("#said", "balance is five")
	s.sees("#said", "take something off")
	s.view("phone-low-balance")
	s.click(".go-back")
	s.state("shopping")
	s.click(`.cart-line[data-item="1203"] .stepper button:first-child`)
	s.line("1203", "2")
	s.pay("ben@example.com", "till-demo-2")
	s.state("paid")
	s.sees("#receipt-title", "4.98")
}

func TestRestartKeepsTheBasket(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t, "--typed-only")
	s := openScreen(t, openBrowser(t), till.address, "/", phone)
	s.types("three oat milk")
	s.line("1203", "3")
	till.end(t)
	s.wait("document.querySelector('#offline')")
	s.view("phone-offline")
	s.types("two bagels")
	s.sees("#offline", "1 not sent yet")
	till.start(t)
	s.line("2112", "2")
	s.line("1203", "3")
	s.wait("!document.querySelector('#offline')")
	s.run(chromedp.Reload())
	s.line("2112", "2")
	s.line("1203", "3")
}

func TestSignedInShopperNeedsOnlyThePassword(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t, "--typed-only")
	s := openScreen(t, openBrowser(t), till.address, "/", phone)
	s.click(".open-menu")
	s.view("phone-menu")
	s.wait(`document.querySelector('[data-menu="register"]')`)
	s.click(`[data-menu="signin"]`)
	s.fill("dialog [name=account]", "1001")
	s.fill("dialog [name=password]", "till-demo-1"+kb.Enter)
	s.wait("!document.querySelector('dialog')")
	s.types("two bagels")
	s.line("2112", "2")
	s.click(".checkout")
	s.state("billed")
	s.click(".confirm")
	s.sees(".signed-in", "Ada")
	s.fill("#secret", "till-demo-1"+kb.Enter)
	s.state("paid")
}

func TestLeavingEmptiesTheBasketAndWhatWasHeardCanBeSeen(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t, "--typed-only")
	s := openScreen(t, openBrowser(t), till.address, "/", phone)
	s.types("two bagels")
	s.line("2112", "2")
	s.click(".open-menu")
	s.click(`[data-menu="heard"]`)
	s.sees(".heard", "two bagels")
	s.view("phone-heard")
	s.click(".sheet-head button")
	s.click(".open-menu")
	s.click(`[data-menu="leave"]`)
	s.click(".leave-now")
	s.line("2112", "")
	s.sees("#said", "empty")
}

func TestChineseAndDark(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t, "--typed-only")
	s := openScreen(t, openBrowser(t), till.address, "/", darkPhone)
	s.click(`.languages button[lang="zh-Hans"]`)
	s.sees("#cart-title", "您的购物篮")
	s.wait("document.documentElement.lang === 'zh-Hans'")
	s.types("three oat milk")
	s.line("1203", "3")
	s.view("phone-zh-dark")
	s.click(".checkout")
	s.state("billed")
	s.sees(".confirm", "确认付款")
	s.view("phone-zh-dark-bill")
}

func TestMicrophoneDeniedIsExplainedAndTypingGoesOn(t *testing.T) {
	t.Parallel()
	if !canHear {
		t.Skip("needs the recogniser: build with -tags vosk")
	}
	till := startBrowserTill(t)
	browser := openBrowser(t, fakeDevices, deniesDevices)
	s := openScreen(t, browser, till.address, "/", phone)
	s.linked()
	s.click(".talk")
	s.sees("#mic-fault", "not allowed")
	s.view("phone-denied")
	s.click("#mic-fault button")
	s.types("three oat milk")
	s.line("1203", "3")
}

func TestKioskLeftAloneForgetsItsShopper(t *testing.T) {
	till := startBrowserTill(t, "--typed-only")
	s := openScreen(t, openBrowser(t), till.address, "/kiosk?idle=4", kiosk)
	s.wait("document.querySelector('#wake')")
	s.view("kiosk-attract")
	s.click("#wake")
	s.types("three oat milk")
	s.line("1203", "3")
	s.types("two bagels")
	s.line("2112", "2")
	s.view("kiosk-basket")
	s.wait("document.querySelector('dialog.idle-warning')?.open")
	s.view("kiosk-idle")
	s.click("dialog.idle-warning .primary")
	s.wait("!document.querySelector('dialog.idle-warning').open")
	s.line("1203", "3")
	s.wait("document.querySelector('dialog.idle-warning')?.open")
	s.wait("document.querySelector('#wake')")
	s.click("#wake")
	s.sees(".cart-empty", "empty")
	s.click(".open-menu")
	s.click(`[data-menu="heard"]`)
	s.sees("dialog", "Nothing yet")
}

func TestKioskKeypadPays(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t, "--typed-only")
	s := openScreen(t, openBrowser(t), till.address, "/kiosk", kiosk)
	s.click("#wake")
	s.types("two bagels")
	s.line("2112", "2")
	s.click(".checkout")
	s.state("billed")
	s.view("kiosk-bill")
	s.click(".confirm")
	s.state("proving")
	s.keys("1001")
	s.run(chromedp.Focus(chromedp.CSS("#secret")))
	s.keys("till-demo-1")
	s.view("kiosk-password")
	s.click(".pay")
	s.state("paid")
	s.view("kiosk-receipt")
	s.click(".done")
	s.wait("document.querySelector('#wake')")
}

// keys touches the keys on the screen.
func (s *screen) keys(text string) {
	s.t.Helper()
	for _, r := range text {
		if !js[bool](s, `(() => { const key = [...document.querySelectorAll('.key')].find((k) => k.innerText === '`+string(r)+`'); key?.click(); return !!key; })()`) {
			s.t.Fatalf("there is no key %q", r)
		}
	}
}

func TestMissingMicrophoneIsExplained(t *testing.T) {
	t.Parallel()
	if !canHear {
		t.Skip("needs the recogniser: build with -tags vosk")
	}
	till := startBrowserTill(t)
	const none = `navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("none", "NotFoundError"))`
	s := openScreen(t, openBrowser(t), till.address, "/", phone, none)
	s.linked()
	s.click(".talk")
	s.sees("#mic-fault", "No microphone was found")
}

func TestPageSaysWhenItIsNotSecure(t *testing.T) {
	t.Parallel()
	if !canHear {
		t.Skip("needs the recogniser: build with -tags vosk")
	}
	till := startBrowserTill(t)
	s := openScreen(t, openBrowser(t), till.address, "/", phone, "Object.defineProperty(window, 'isSecureContext', {value: false})")
	s.linked()
	s.click(".talk")
	s.sees("#mic-fault", "secure connection")
}

func TestUnknownShop(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t, "--typed-only")
	s := openScreen(t, openBrowser(t), till.address, "/?place=nowhere", phone)
	s.sees("#refused", "no such shop")
}
