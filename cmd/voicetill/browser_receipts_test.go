package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"voicetill/payments/deliver/delivertest"

	"github.com/chromedp/chromedp/kb"
)

// A shopper who lost the link finds the receipt by account, mails it again and
// has it as PDF; the merchant finds it by number and sees where it went.
func TestReceiptsAreFoundAgain(t *testing.T) {
	t.Parallel()
	office := delivertest.OpenOffice(t, delivertest.Clear)
	paper := filepath.Join(t.TempDir(), "lp0")
	till := startBrowserTill(t, "--typed-only", "--smtp", "smtp://"+office.Address+"?tls=none", "--mail-from", "receipts@shop.example",
		"--printer", "file://"+paper)
	browser := openBrowser(t)
	s := openScreen(t, browser, till.address, "/", phone)
	s.types("three oat milk")
	s.pay("1001", "till-demo-1")
	s.sees(".receipt", "Paid €7.47")
	s.sees(".receipt", "Prepaid balance")

	list := openScreen(t, s.ctx, till.address, "/receipts", phone)
	list.wait("document.querySelector('form')")
	list.axe("receipts, signing in")
	list.fill("[name=account]", "1001")
	list.fill("[name=password]", "till-demo-1"+kb.Enter)
	list.sees(".history", "Demo Shop, no. 1")
	list.shot("receipts")
	list.axe("receipts")
	list.click(".history a")
	list.sees(".receipt", "oat milk")
	list.click(".by-mail")
	list.sees(".way-said", "on its way")
	list.shot("receipt-again")
	list.axe("receipt, mailed again")
	await(t, "the letter and its copy", func() (bool, error) { return len(office.Letters()) == 2, nil })
	list.click(".by-mail")
	list.wait("document.querySelector('.by-mail')")
	await(t, "one more copy", func() (bool, error) { return len(office.Letters()) == 3, nil })
	list.click(".by-mail")
	list.sees(".way-said", "three times within the hour")
	if kind := js[string](list, "fetch(document.querySelector('a[href$=\".pdf\"]').href).then((r) => r.headers.get('Content-Type'))"); kind != "application/pdf" {
		t.Errorf("the PDF is %s", kind)
	}

	m := openScreen(t, browser, till.address, "/merchant#receipts", desktop)
	enterConsole(t, m)
	m.wait("document.querySelector('select[name=print]')?.value === 'never'")
	js[bool](m, "(() => { const s = document.querySelector('select[name=print]'); s.value = 'ask'; s.dispatchEvent(new Event('change', {bubbles: true})); return true })()")
	m.wait("document.querySelector('select[name=print]')?.value === 'ask'")
	m.click(`a[href="#receipts?1"]`)
	m.sees(".section", "Where it went")
	m.sees(".section", "COPY")
	m.shot("merchant-receipts")
	m.axe("merchant, receipts")
	m.click(".on-paper")
	await(t, "paper", func() (bool, error) {
		data, err := os.ReadFile(paper)
		return err == nil && strings.Contains(string(data), "Receipt 1"), nil
	})
}

// TestAReceiptLearnsThatItsPassWasUsed without a reload, on the till's page and on
// the receipt's own.
func TestAReceiptLearnsThatItsPassWasUsed(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t, "--typed-only")
	s := openScreen(t, openBrowser(t), till.address, "/", phone)
	s.types("three oat milk")
	s.line("1203", "3")
	s.pay("1001", "till-demo-1")
	s.state("paid")
	pass := s.code("receipt-opens")
	paper := openScreen(t, s.ctx, till.address, js[string](s, "JSON.parse(Object.entries(localStorage).find(([key]) => key.includes('receipt'))[1]).url"), phone)
	if got := paper.code("receipt-link-opens"); got != pass {
		t.Errorf("the receipt's own page shows %q", got)
	}
	if open, reason := spend(t, till.address, pass); !open {
		t.Fatal(reason)
	}
	for name, page := range map[string]*screen{"till": s, "link": paper} {
		page.front()
		page.sees(".pass-over", "Used at")
		page.wait("!document.querySelector('.qr')")
		page.wait("!document.querySelector('.new-pass')") // there is no other one
		page.axe("a used pass")
		page.view("receipt-used-" + name)
		page.click(".pass-again")
		page.wait("document.querySelector('.qr')")
	}
}
