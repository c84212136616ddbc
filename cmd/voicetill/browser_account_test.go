package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"voicetill/payments"
	"voicetill/payments/money"
	"voicetill/payments/other/othertest"
	"voicetill/store"

	"github.com/chromedp/chromedp/kb"
)

// startPayNow runs a till that takes a provider of the "other" contract, whose
// payer Ada is asked on a page.
func startPayNow(t *testing.T, args ...string) (*browserTill, *othertest.Provider) {
	t.Helper()
	secret := []byte("a secret of thirty-two bytes....")
	p := othertest.New(secret, time.Now, map[string]int64{"demo-ada": 1_000_000})
	p.Ask("demo-ada")
	server := httptest.NewServer(p.Handler())
	t.Cleanup(server.Close)
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, secret, 0o600); err != nil {
		t.Fatal(err)
	}
	return startBrowserTill(t, append(args, "--provider", "paynow="+server.URL+","+file+",10m")...), p
}

// confirm is Ada paying on the provider's page, and its callback.
func confirm(t *testing.T, till *browserTill, p *othertest.Provider, yes bool) {
	t.Helper()
	db, err := store.Open(t.Context(), till.db)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	pending, err := db.Pending(t.Context(), time.Now().Add(time.Hour))
	if err != nil || len(pending) != 1 {
		t.Fatalf("%d payments are under way, %v", len(pending), err)
	}
	p.Confirm(pending[0].Key, yes)
	if err := p.Tell(t.Context(), http.DefaultClient, "http://"+till.address, pending[0].Key); err != nil {
		t.Error(err)
	}
}

func TestAShopperTopsUpInTheAccount(t *testing.T) {
	t.Parallel()
	till, p := startPayNow(t, "--typed-only")
	browser := openBrowser(t)
	s := openScreen(t, browser, till.address, "/", phone)
	s.types("top up twenty")
	s.sees(".sheet", "Sign in to see your balance")
	s.axe("account, signing in")
	s.fill(".account-signin [name=account]", "1001")
	s.fill(".account-signin [name=password]", "till-demo-1"+kb.Enter)
	s.sees(".account-sum", "€")
	s.wait("document.querySelector('[name=topup-amount]')?.value === '20.00'")
	s.view("account-topup")
	s.axe("account, topping up")
	before := js[string](s, "document.querySelector('.account-sum').innerText")
	s.fill("[name=topup-password]", "wrong"+kb.Enter)
	s.sees(".topup .fault", "password is wrong")
	s.fill("[name=topup-password]", "till-demo-1"+kb.Enter)
	s.sees(".topup-waits", "Finish paying €20.00")
	s.view("account-waits")
	confirm(t, till, p, true)
	s.sees(".topup-end", "€20.00 paid into your balance")
	s.wait("document.querySelector('.account-sum').innerText !== '" + before + "'")
	s.view("account-paid")
	s.click(".topup-done")
	s.fill("[name=topup-amount]", "999")
	s.fill("[name=topup-password]", "till-demo-1"+kb.Enter)
	s.sees(".topup .fault", "€5.00 to €200.00")

	s.click("[data-part=history] summary")
	s.sees(".found-receipts", "Demo Shop, no. 1")
	s.sees(".found-receipts", "Top up")
	s.fill("[name=receipt-search]", "nothing like it")
	s.sees("[data-part=history]", "Nothing found")
	s.click("[data-part=statements] summary")
	s.sees(".statement", "Top-up")
	s.sees(".statement", "Balance after")
	s.click("[data-part=methods] summary")
	s.sees("[data-part=methods]", "Usual way to pay")
	s.wait("document.querySelector('.prefer.prepaid')?.getAttribute('aria-pressed') === 'true'")
	s.click(".prefer.paynow")
	s.wait("document.querySelector('.prefer.paynow')?.getAttribute('aria-pressed') === 'true'")
	s.view("account")
	s.axe("account")
	if kind := js[string](s, "fetch(document.querySelector('[data-part=statements] a[href*=pdf]').href).then((r) => r.headers.get('Content-Type'))"); kind != "application/pdf" {
		t.Errorf("the statement is %s", kind)
	}
}

// A balance that is too low is topped up beside the bill, which is then paid.
func TestALowBalanceIsToppedUpAtTheBill(t *testing.T) {
	t.Parallel()
	till, p := startPayNow(t, "--typed-only")
	db, err := store.Open(t.Context(), till.db)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	company, err := db.SaveCompany(t.Context(), payments.Company{Merchant: "demo", Name: "Acme Ltd", Limit: money.Of(50_000, "EUR"), DueDays: 14})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.AddMember(t.Context(), "demo", payments.Member{Company: company, Account: "demo-ben", Manager: true}); err != nil {
		t.Fatal(err)
	}
	if _, err := db.BillCompany(t.Context(), "demo", company, "2026-01"); err != nil {
		t.Fatal(err)
	}
	p.Ask("demo-ben")
	s := openScreen(t, openBrowser(t), till.address, "/kiosk?idle=60", look{width: 1920, height: 1080, scale: 1})
	s.click("#wake")
	s.types("nine oat milk")
	s.pay("1002", "till-demo-2") // Ben has 5.00
	s.sees("#said", "Or say top up")
	s.view("topup-offer")
	s.click(".topup-low")
	s.fill(".account-signin [name=account]", "1002")
	s.view("account-kiosk-signin")
	s.fill(".account-signin [name=password]", "till-demo-2"+kb.Enter)
	s.wait("document.querySelector('[name=topup-amount]')?.value === '18.00'")
	s.sees(".account", "Company bills")
	s.click("[data-part=companies] summary")
	s.sees(".company", "Acme Ltd")
	s.view("account-kiosk")
	s.axe("account at a kiosk")
	s.fill("[name=topup-password]", "till-demo-2"+kb.Enter)
	s.sees(".topup-waits", "Finish paying €18.00")
	s.view("account-kiosk-waits")
	s.click(".topup-cancel")
	s.sees(".topup-end", "was not paid")
	if text := js[string](s, "document.querySelector('.account-sum').innerText"); !strings.Contains(text, "5.00") {
		t.Errorf("the balance is %s", text)
	}
}
