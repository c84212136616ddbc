//go:build vosk

package main

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// pageState is a page as somebody sees it: in which tab, its name, and how it is
// reached from the state before. Texts are in no selector: every language walks
// the same way.
type pageState struct {
	tab, name string
	reach     func(*screen)
}

// tabs are the pages that the states begin on, each in a browser of its own.
var tabs = map[string]struct {
	path string
	look look
}{
	"phone":   {"/?", phone},
	"kiosk":   {"/kiosk?idle=600&", kiosk},
	"idle":    {"/kiosk?idle=2&", kiosk},
	"nowhere": {"/?place=nowhere&", phone},
	"gate":    {"/gate?", phone},
	"console": {"/merchant?", backOffice},
}

// pageStates is every page and state of the demo shop that somebody can come to.
var pageStates = []pageState{
	{"phone", "start", func(s *screen) { s.linked() }},
	{"phone", "microphone-denied", func(s *screen) {
		js[bool](s, "(navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError')), true)")
		s.click(".talk")
		s.wait("document.querySelector('#mic-fault')")
	}},
	{"phone", "typing", func(s *screen) { s.click("#mic-fault button"); s.wait("document.querySelector('#type')") }},
	{"phone", "basket", func(s *screen) {
		s.types("half a kilo of tomatoes")
		s.types("three oat milk")
		s.line("1203", "3")
		s.line("3340", "0.5 kg")
	}},
	{"phone", "correct", func(s *screen) { s.click("button.chip"); s.wait("document.querySelector('dialog')") }},
	{"phone", "found", func(s *screen) { s.shut(); s.fill("#type", "milk"); s.wait("document.querySelector('.found-item')") }},
	{"phone", "nothing-found", func(s *screen) { s.fill("#type", "zzz"); s.wait("document.querySelector('.found-none')") }},
	{"phone", "pad", func(s *screen) {
		s.fill("#type", strings.Repeat(kb.Backspace, 7))
		s.click(".entry-pads button")
		s.wait("document.querySelector('.keyboard')")
	}},
	{"phone", "question", func(s *screen) { s.click(".entry-pads button"); s.types("add 15 croissants"); s.state("choosing") }},
	{"phone", "scan", func(s *screen) {
		s.click(`.choice[data-n="2"]`)
		s.state("shopping")
		s.click(".entry .scan")
		s.wait("document.querySelector('dialog')")
	}},
	{"phone", "menu", func(s *screen) { s.shut(); s.click(".open-menu"); s.wait("document.querySelector('.menu-entry')") }},
	{"phone", "help", func(s *screen) { s.click(`[data-menu="help"]`); s.wait("document.querySelector('.lessons')") }},
	{"phone", "heard", func(s *screen) { s.entry("heard"); s.wait("document.querySelector('.heard li')") }},
	{"phone", "settings", func(s *screen) { s.entry("settings"); s.wait("document.querySelector('[data-setting]')") }},
	{"phone", "leave", func(s *screen) { s.entry("leave"); s.wait("document.querySelector('.leave-now')") }},
	{"phone", "signin", func(s *screen) { s.entry("signin"); s.wait("document.querySelector('dialog form')") }},
	{"phone", "signin-wrong", func(s *screen) {
		s.fill("dialog [name=account]", "1001")
		s.fill("dialog [name=password]", "wrong"+kb.Enter)
		s.wait("document.querySelector('dialog .fault')?.innerText")
	}},
	{"phone", "register", func(s *screen) { s.entry("register"); s.wait("document.querySelector('.register [name=password]')") }},
	{"phone", "bill", func(s *screen) {
		s.shut()
		s.click(".checkout")
		s.state("billed")
		s.wait("document.querySelector('.taxes .grand')")
	}},
	{"phone", "password", func(s *screen) { s.click(".confirm"); s.state("proving") }},
	{"phone", "password-wrong", func(s *screen) {
		said := js[string](s, "document.querySelector('#said').innerText")
		s.fill("#account", "1001")
		s.fill("#secret", "wrong"+kb.Enter)
		s.wait("document.querySelector('#said').innerText !== `" + said + "`")
	}},
	{"phone", "receipt", func(s *screen) {
		s.fill("#secret", "till-demo-1"+kb.Enter)
		s.state("paid")
		s.wait("document.querySelector('.qr')")
	}},
	{"phone", "allowed-to-deduct", func(s *screen) { s.click(".receipt .done"); s.account("1001", "till-demo-1"); s.part("mandates") }},
	{"phone", "account", func(s *screen) {
		s.wait("document.querySelector('.account-sum').innerText.includes('€')")
		s.part("mandates")
	}},
	{"phone", "account-methods", func(s *screen) { s.part("methods"); s.wait("document.querySelector('.prefer')") }},
	{"phone", "account-history", func(s *screen) {
		s.part("methods")
		s.part("history")
		s.wait("document.querySelector('.found-receipts')")
	}},
	{"phone", "account-statements", func(s *screen) {
		s.part("history")
		s.part("statements")
		s.wait("document.querySelector('.statement')")
	}},
	{"phone", "top-up", func(s *screen) {
		s.part("statements")
		s.click(".open-topup")
		s.wait("document.querySelector('[name=topup-amount]')")
	}},
	{"phone", "top-up-waits", func(s *screen) {
		s.fill("[name=topup-amount]", "20")
		s.fill("[name=topup-password]", "till-demo-1"+kb.Enter)
		s.wait("document.querySelector('.topup-waits .qr')")
	}},
	{"phone", "top-up-over", func(s *screen) { s.click(".topup-cancel"); s.wait("document.querySelector('.topup-end')") }},
	{"phone", "hand-off", func(s *screen) {
		s.shut() // the receipt, put away above, stays away over the sign-in
		s.types("two bagels")
		s.line("2112", "2")
		s.click(".checkout")
		s.state("billed")
		s.click(".method.paynow")
		s.wait("document.querySelector('.method.paynow')?.getAttribute('aria-pressed') === 'true'")
		s.click(".confirm")
		s.state("proving")
		s.fill("#secret", "till-demo-1"+kb.Enter)
		s.wait("document.querySelector('.handoff .qr')")
	}},
	{"phone", "receipt-by-link", func(s *screen) {
		s.click(".go-back")
		s.wait("document.querySelector('main').dataset.state !== 'proving'")
		s.run(chromedp.Navigate("http://" + s.base + js[string](s, "JSON.parse(Object.entries(localStorage).find(([key]) => key.includes('receipt'))[1]).url")))
		s.wait("document.querySelector('.qr')")
	}},
	{"phone", "receipts", func(s *screen) {
		s.run(chromedp.Navigate("http://" + s.base + "/receipts"))
		s.wait("document.querySelector('.history tbody tr')")
	}},
	{"phone", "flight-mode", func(s *screen) {
		s.run(chromedp.Navigate("http://" + s.base + "/"))
		s.linked()
		js[bool](s, "(window.WebSocket = class { constructor() { queueMicrotask(() => this.onclose?.()); } close() {} }, dispatchEvent(new Event('offline')), true)")
		s.wait("document.querySelector('#offline')")
		s.click(".open-typing")
		s.fill("#type", "two bagels"+kb.Enter)
		s.wait("document.querySelector('.unsent')")
	}},
	{"nowhere", "no-shop", func(s *screen) { s.wait("document.querySelector('#refused')") }},

	{"kiosk", "rest", func(s *screen) { s.wait("document.querySelector('#wake')") }},
	{"kiosk", "start", func(s *screen) { s.click("#wake"); s.linked() }},
	{"kiosk", "basket", func(s *screen) { s.types("three oat milk"); s.types("two bagels"); s.line("2112", "2") }},
	{"kiosk", "letters", func(s *screen) {
		s.click(".entry-pads button:last-child")
		s.wait("document.querySelectorAll('.key').length > 20")
	}},
	{"kiosk", "move", func(s *screen) { s.click(".move"); s.wait("document.querySelector('dialog .qr')") }},
	{"kiosk", "settings", func(s *screen) { s.shut(); s.click(".open-menu"); s.click(`[data-menu="settings"]`) }},
	{"kiosk", "low", func(s *screen) { s.click(`[data-setting="reach"] .to-low`); s.shut() }},
	{"kiosk", "low-bill", func(s *screen) {
		s.click(".checkout")
		s.state("billed")
		s.wait("document.querySelector('.taxes .grand')")
	}},
	{"kiosk", "low-password", func(s *screen) { s.click(".confirm"); s.state("proving") }},
	{"kiosk", "low-balance", func(s *screen) {
		s.fill("#account", "1002")
		s.fill("#secret", "till-demo-2"+kb.Enter)
		s.wait("document.querySelector('.topup-low')")
	}},
	{"kiosk", "account", func(s *screen) { s.click(".topup-low"); s.wait("document.querySelector('.account')") }},
	{"kiosk", "receipt", func(s *screen) {
		s.shut()
		s.click(".confirm")
		s.state("proving")
		s.fill("#account", "1001")
		s.fill("#secret", "till-demo-1"+kb.Enter)
		s.state("paid")
	}},
	{"kiosk", "staff", func(s *screen) {
		s.click(".done")
		s.click("#wake")
		s.click(".open-menu")
		s.click(`[data-menu="staff-in"]`)
	}},
	{"kiosk", "teach", func(s *screen) {
		s.fill("dialog [name=account]", "merchant@example.com")
		s.fill("dialog [name=password]", "shop-demo-1"+kb.Enter)
		s.wait("!document.querySelector('dialog[open]')")
		s.click(".open-menu")
		s.click(`[data-menu="teach"]`)
		s.wait("document.querySelector('dialog[open]')")
	}},
	{"idle", "left-alone", func(s *screen) {
		s.click("#wake")
		s.types("two bagels")
		s.wait("document.querySelector('dialog.idle-warning')?.open")
	}},

	{"gate", "shut", func(s *screen) { s.wait("document.querySelector('#pass')") }},
	{"gate", "bad-pass", func(s *screen) { s.fill("#pass", "no pass"+kb.Enter); s.wait("document.querySelector('.verdict.bad')") }},

	{"console", "sign-in", func(s *screen) { s.wait("document.querySelector('.login form')") }},
	{"console", "today", func(s *screen) { enterConsole(s.t, s); s.wait("document.querySelector('.sales tbody tr')") }},
	{"console", "keys", func(s *screen) { s.click(".open-keys"); s.wait("document.querySelector('dialog')") }},
	{"console", "report", func(s *screen) {
		s.shut()
		s.section("report")
		s.wait("document.querySelector('#sold-items tbody tr')")
	}},
	{"console", "confirmations", func(s *screen) { s.section("confirmations"); s.wait("document.querySelector('[name=from]')") }},
	{"console", "calls", func(s *screen) { s.section("calls") }},
	{"console", "checks", func(s *screen) { s.section("checks") }},
	{"console", "gates-and-tariff", func(s *screen) { s.section("gates"); s.wait("document.querySelector('.tariff')") }},
	{"console", "receipts", func(s *screen) { s.section("receipts"); s.wait("document.querySelector('#receipts tbody tr')") }},
	{"console", "refund", func(s *screen) { s.click(`a[href="#receipts?1"]`); s.wait("document.querySelector('.refund')") }},
	{"console", "unsettled", func(s *screen) { s.section("unsettled") }},
	{"console", "top-ups", func(s *screen) { s.section("topups"); s.wait("document.querySelector('.clerk')") }},
	{"console", "companies", func(s *screen) {
		s.section("companies")
		s.fill(".add-company [name=name]", "Acme Ltd")
		s.fill(".add-company [name=limit]", "500"+kb.Enter)
		s.wait("document.querySelector('.companies tbody tr')")
	}},
	{"console", "ledger", func(s *screen) { s.section("ledger"); s.wait("document.querySelector('.ledger')") }},
	{"console", "first-steps", func(s *screen) { s.section("start"); s.wait("document.querySelector('#step-trial')") }},
	{"console", "catalogue", func(s *screen) { s.section("catalog"); s.wait("document.querySelector('.items tbody tr')") }},
	{"console", "cell-fault", func(s *screen) {
		s.edits("1203", "price", "-2")
		s.wait("document.querySelector('.edit-form .fault')?.innerText")
	}},
	{"console", "upload-columns", func(s *screen) {
		s.run(chromedp.KeyEvent(kb.Escape))
		s.uploads("export.csv", "number,name,Endpreis,Notiz\n1,x,\"1,89 €\",cold\n")
		s.wait("document.querySelector('.own-columns select')")
	}},
	{"console", "upload-faults", func(s *screen) {
		s.uploads("bad.csv", "number,name,price,unit,tax\n1,,-1,each,7\n")
		s.wait("document.querySelector('#upload-faults li')")
	}},
	{"console", "tokens", func(s *screen) {
		s.section("tokens")
		s.fill(".tokens [name=name]", "till 2"+kb.Enter)
		s.wait("document.querySelector('.fresh code')")
	}},
}

// entry leaves one sheet of the menu for another.
func (s *screen) entry(name string) {
	s.t.Helper()
	s.shut()
	s.click(".open-menu")
	s.click(`[data-menu="` + name + `"]`)
}

func TestEveryStateInEveryLanguage(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "zh"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			till, _ := startPayNow(t)
			var s *screen
			at := ""
			for _, state := range pageStates {
				if tab := tabs[state.tab]; at != state.tab {
					browser := openBrowser(t, fakeDevices, allowsDevices)
					at, s = state.tab, openScreen(t, browser, till.address, tab.path+"lang="+lang, tab.look)
				}
				state.reach(s)
				s.judge(lang, state)
			}
		})
	}
}
