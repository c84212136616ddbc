package main

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
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
	t.Parallel()
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
	t.Parallel()
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

func TestWhatWasTypedGoesToNoOtherConversation(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t, "--typed-only")
	s := openScreen(t, openBrowser(t), till.address, "/", phone)
	s.types("three oat milk")
	s.line("1203", "3")
	s.installed()
	till.end(t)
	s.types("two bagels")
	s.sees("#offline", "1 not sent yet")
	js[bool](s, "(localStorage.setItem('voicetill.resume.demo.phone', 'OVER'), true)")
	s.reload()
	s.sees("#offline", "1 not sent yet")
	till.start(t)
	s.linked()
	s.sees(".cart-empty", "empty")
	s.types("a sourdough bread")
	s.line("2101", "1")
	s.line("2112", "")
	if waits := js[bool](s, "Object.keys(localStorage).some((key) => key.includes('outbox'))"); waits {
		t.Error("it still waits to be sent")
	}
}

func TestALostNetworkIsSaidAtOnceAndAPasswordIsNotKept(t *testing.T) {
	till := startBrowserTill(t, "--typed-only")
	s := openScreen(t, openBrowser(t), till.address, "/", phone)
	s.types("three oat milk")
	s.line("1203", "3")
	js[bool](s, "(window.dispatchEvent(new Event('offline')), true)")
	s.wait("document.querySelector('#offline') || document.querySelector('main').dataset.link !== 'open'")
	s.linked()
	s.click(".checkout")
	s.state("billed")
	s.click(".confirm")
	s.state("proving")
	till.end(t)
	s.wait("document.querySelector('#offline')")
	s.fill("#account", "1001")
	s.fill("#secret", "till-demo-1"+"\r")
	s.sees("#offline", "you are charged once at most")
	if stored := js[string](s, "JSON.stringify({...localStorage})"); strings.Contains(stored, "till-demo-1") {
		t.Errorf("the password is kept: %s", stored)
	}
	till.start(t) // a page that was not closed still has it
	s.state("paid")
}

func TestFlightMode(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t, "--typed-only")
	s := openScreen(t, openBrowser(t), till.address, "/", phone)
	s.types("three oat milk")
	s.line("1203", "3")
	s.installed()
	till.end(t)
	call(s, network.Enable, network.EnableParams{})
	call(s, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: true, DownloadThroughput: -1, UploadThroughput: -1})
	s.sees("#offline", "This device is offline")
	s.line("1203", "3")
	s.types("two bagels")
	s.sees(".unsent", "two bagels")
	s.view("phone-flight")
	till.start(t)
	call(s, network.OverrideNetworkState, network.OverrideNetworkStateParams{DownloadThroughput: -1, UploadThroughput: -1})
	s.line("2112", "2")
	s.wait("!document.querySelector('#offline')")
}
