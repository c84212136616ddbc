package main

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// movingKiosk shows the code that takes a basket of three oat milk along.
func movingKiosk(t *testing.T, till *browserTill) *screen {
	t.Helper()
	k := openScreen(t, openBrowser(t), till.address, "/kiosk?idle=600", kiosk)
	k.click("#wake")
	k.types("three oat milk")
	k.line("1203", "3")
	k.click(".move")
	k.wait("document.querySelector('dialog .qr')")
	return k
}

func TestABasketMovesFromTheKioskToThePhone(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t, "--typed-only")
	k := movingKiosk(t, till)
	k.sees("dialog .loopback", "--public-url")
	k.axe("moving")
	k.inSight("moving", "dialog .move-stay")
	address := k.code("kiosk-move")
	if !strings.Contains(address, till.address+"/?place=demo#move=") {
		t.Fatalf("the code leads to %s", address)
	}
	path := strings.TrimPrefix(address, "http://"+till.address)

	p := openScreen(t, openBrowser(t), till.address, path, phone)
	p.line("1203", "3")
	p.wait("location.hash === ''")
	k.wait("document.querySelector('#wake')") // the kiosk is free by itself
	k.click("#wake")
	k.sees(".cart-empty", "empty")
	k.types("two bagels")
	k.line("2112", "2")
	k.line("1203", "")
	p.reload()
	p.linked()
	p.line("1203", "3")
	p.line("2112", "")

	other := openScreen(t, openBrowser(t), till.address, path, phone)
	other.sees(".caption", "used already")
	other.sees(".cart-empty", "empty")
}

func TestAPhoneWithABasketIsAskedFirst(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t, "--typed-only")
	k := movingKiosk(t, till)
	path := strings.TrimPrefix(k.code("kiosk-move"), "http://"+till.address)
	p := openScreen(t, openBrowser(t), till.address, "/", phone)
	p.types("two bagels")
	p.line("2112", "2")
	p.run(chromedp.Navigate("about:blank"))
	p.run(chromedp.Navigate("http://" + till.address + path))
	p.sees("dialog", "There is a basket of 2")
	p.axe("asked first")
	p.click(".take-over")
	p.line("1203", "3")
	p.line("2112", "")
	k.wait("document.querySelector('#wake')")
}

func TestAPaidPhoneKeepsItsPassWhenABasketArrives(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t, "--typed-only")
	p := openScreen(t, openBrowser(t), till.address, "/", phone)
	p.types("two bagels")
	p.line("2112", "2")
	p.pay("1001", "till-demo-1")
	p.state("paid")
	pass := p.code("paid")
	p.click(".receipt .done")
	p.sees(".cart-empty", "empty") // what is paid is not open
	p.sees("#said", "Say what you are taking")
	p.wait("document.querySelector('.brand h1').scrollWidth <= document.querySelector('.brand h1').clientWidth")
	p.view("phone-after-paying")

	k := movingKiosk(t, till)
	path := strings.TrimPrefix(k.code("kiosk-move"), "http://"+till.address)
	p.run(chromedp.Navigate("about:blank"))
	p.run(chromedp.Navigate("http://" + till.address + path))
	p.line("1203", "3") // without a question
	p.sees("#said", "basket from the till")
	p.click(".last-pass")
	if again := p.code("phone-pass-kept"); again != pass {
		t.Errorf("the pass became %q, want %q", again, pass)
	}
}
