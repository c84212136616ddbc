package main

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

func TestTypedPurchaseToTheExit(t *testing.T) {
	till := startBrowserTill(t, "--typed-only")
	s := openScreen(t, openBrowser(t), till.address, "/", phone)
	s.view("phone-start")
	s.types("three oat milk")
	s.line("1203", "3")
	s.sees("#said", "three oat milk")
	s.types("sourdough bread")
	s.line("2101", "1")
	s.types("half a kilo of tomatoes")
	s.line("3340", "0.5 kg")
	s.click(`.cart-line[data-item="1203"] .stepper button:last-child`)
	s.line("1203", "4")
	s.types("item 1203 times 2")
	s.line("1203", "6")
	s.click(".undo")
	s.line("1203", "4")
	s.types("set oat milk to two")
	s.line("1203", "2")
	s.view("phone-basket")
	s.sees("#total", "10.98")
	s.click(".checkout")
	s.state("billed")
	s.sees(".bill", "7 % tax")
	s.sees(".grand", "10.98")
	s.view("phone-bill")
	s.click(".confirm")
	s.state("proving")
	s.view("phone-password")
	s.fill("#account", "1001")
	s.fill("#secret", "till-demo-1"+kb.Enter)
	s.state("paid")
	s.sees("#receipt-title", "10.98")
	s.wait("document.querySelector('.qr')")
	s.view("phone-receipt")

	pass := readQR(t, s.shot("phone-receipt-whole"))
	if open, reason := spend(t, till.address, pass); !open {
		t.Errorf("first at the gate: %q, want open", reason)
	}
	if open, reason := spend(t, till.address, pass); open || reason != "already used" {
		t.Errorf("second at the gate: open %v, %q, want already used", open, reason)
	}
}
