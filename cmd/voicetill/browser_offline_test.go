package main

import (
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

const kept = "caches.keys().then((names) => names.some((n) => n.startsWith('shell-'))).then((there) => there && navigator.serviceWorker.controller !== null)"

// installed waits until the page's service worker has the page.
func (s *screen) installed() {
	s.t.Helper()
	await(s.t, "a service worker that keeps the page", func() (bool, error) {
		return chromedp.Run(s.ctx, chromedp.Evaluate[bool](kept, chromedp.EvalAwaitPromise))
	})
}

func (s *screen) reload() {
	s.t.Helper()
	s.run(chromedp.Reload())
}

func TestThePageOpensWithoutATillAndSendsOnceWhatWasTyped(t *testing.T) {
	till := startBrowserTill(t, "--typed-only")
	s := openScreen(t, openBrowser(t), till.address, "/", phone)
	s.types("three oat milk")
	s.line("1203", "3")
	s.installed()
	till.end(t)
	s.reload()
	s.sees("#offline", "basket is")
	s.line("1203", "3")
	s.sees(".brand", "Demo Shop")
	s.click(".open-typing")
	s.types("two bagels")
	s.sees("#offline", "1 not sent yet")
	s.sees(".unsent", "two bagels")
	s.click(`.cart-line[data-item="1203"] .stepper button:last-child`)
	s.sees("#offline", "2 not sent yet")
	s.view("phone-offline-kept")
	s.axe("offline")
	s.reload()
	s.sees("#offline", "2 not sent yet")
	till.start(t)
	s.line("2112", "2")
	s.line("1203", "4")
	s.wait("!document.querySelector('#offline')")
	s.reload()
	s.linked()
	s.line("2112", "2")
	s.line("1203", "4")
}

func TestThePageCanBeInstalled(t *testing.T) {
	till := startBrowserTill(t, "--typed-only")
	s := openScreen(t, openBrowser(t), till.address, "/", phone)
	s.linked()
	s.installed()
	answer, err := chromedp.Call(s.ctx, page.GetInstallabilityErrors, cdp.Empty{})
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range answer.InstallabilityErrors {
		if fault.ErrorID != "in-incognito" { // every test's browser is
			t.Errorf("cannot be installed: %s %v", fault.ErrorID, fault.ErrorArguments)
		}
	}
}
