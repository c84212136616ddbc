package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"voicetill/payments/other/othertest"
	"voicetill/store"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// A clerk pays in and sets the limits; a payout is booked by hand and from a
// file, and compared with the books.
func TestMerchantMoney(t *testing.T) {
	t.Parallel()
	till, p := startPayNow(t, "--typed-only")
	browser := openBrowser(t)
	s := openScreen(t, browser, till.address, "/merchant#topups", desktopHD)
	enterConsole(t, s)
	s.fill(".clerk [name=account]", "1002")
	s.fill(".clerk [name=amount]", "10")
	s.fill(".clerk [name=key]", "voucher 7"+kb.Enter)
	s.sees(".clerk .good", "€10.00 paid in for Ben: balance €15.00")
	s.fill(".clerk [name=account]", "1002")
	s.fill(".clerk [name=amount]", "11")
	s.fill(".clerk [name=key]", "voucher 7"+kb.Enter)
	s.sees(".clerk .fault", "used for another payment")
	s.wait("document.querySelector('.topup-limits [name=least]')?.value === '5.00'")
	js[bool](s, "(document.querySelector('.topup-limits [name=least]').value = '10', true)")
	s.click(".topup-limits [type=submit]")
	s.sees(".topup-limits", "Saved")
	s.view("merchant-topups")
	s.axe("merchant, paying in")

	topUpByPayNow(t, till, p)
	s.click(`a[href="#ledger"]`)
	s.sees(".ledger", "With paynow, not paid out")
	s.sees(".reconciliation", "not paid out")
	s.fill(".add-payout [name=id]", "by hand")
	s.fill(".add-payout [name=amount]", "4.50")
	s.fill(".add-payout [name=fee]", "0.50")
	s.click(".add-payout [type=submit]")
	s.sees(".payouts", "1 booked, 0 booked before")
	s.sees(".ledger", "Fees of providers")
	s.wait("document.querySelector('[data-account=\"clearing:paynow\"]')?.innerText.includes('15.00')")
	file := filepath.Join(t.TempDir(), "payouts.csv")
	rows := "payout,paid,transaction,reference,kind,gross,fee,currency\npo_1,2026-11-20,t1,not ours,charge,3.00,0.10,EUR\n"
	if err := os.WriteFile(file, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	s.run(chromedp.SetUploadFiles(chromedp.CSS("#payout-file"), []string{file}, chromedp.NodeReady))
	s.sees(".payouts table", "po_1")
	s.sees(".reconciliation", "not in the books")
	s.sees(".reconciliation", "1 transactions differ")
	s.view("merchant-ledger")
	s.shot("merchant-ledger-all")
	s.axe("merchant, ledger")
	for _, page := range []string{"ledger", "topups", "companies"} {
		m := openScreen(t, browser, till.address, "/merchant?lang=zh#"+page, phone)
		m.wait("document.querySelector('.section .card')")
		m.wait("document.documentElement.scrollWidth <= innerWidth")
		m.view("merchant-" + page + "-phone-zh")
	}
}

var desktopHD = look{width: 1280, height: 800, scale: 1}

// topUpByPayNow pays 20.00 into Ada's balance through the provider.
func topUpByPayNow(t *testing.T, till *browserTill, p *othertest.Provider) {
	t.Helper()
	body := `{"key":"a long key 1","amount":"20.00","method":"paynow","account":"1001","secret":"till-demo-1"}`
	r, err := http.Post("http://"+till.address+"/v1/account/topups?place=demo", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if r.StatusCode != http.StatusAccepted {
		t.Fatalf("top up: %s", r.Status)
	}
	confirm(t, till, p, true)
	db, err := store.Open(t.Context(), till.db)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	await(t, "the booking", func() (bool, error) {
		pending, err := db.Pending(t.Context(), time.Now().Add(time.Hour))
		return len(pending) == 0, err
	})
}

// A company is added with a member, billed, and pays in parts.
func TestMerchantCompanies(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t, "--typed-only")
	browser := openBrowser(t)
	s := openScreen(t, browser, till.address, "/merchant#companies", desktopHD)
	enterConsole(t, s)
	s.sees(".companies", "No companies yet")
	s.fill(".add-company [name=name]", "Acme Ltd")
	s.fill(".add-company [name=limit]", "500"+kb.Enter)
	s.sees(".companies table", "Acme Ltd")
	s.fill(".add-member [name=account]", "1001")
	s.fill(".add-member [name=once]", "20")
	s.click(".add-member [name=manager]")
	s.click(".add-member [type=submit]")
	s.sees(".members table", "Ada 1001")
	s.sees(".members table", "sees the bills")

	shopper := openScreen(t, s.ctx, till.address, "/", phone)
	shopper.types("three oat milk")
	shopper.line("1203", "3")
	shopper.click(".checkout")
	shopper.state("billed")
	shopper.click(".method.invoice")
	shopper.wait("document.querySelector('.method.invoice')?.getAttribute('aria-pressed') === 'true'")
	shopper.click(".confirm")
	shopper.state("proving")
	shopper.fill("#account", "1001")
	shopper.fill("#secret", "till-demo-1"+kb.Enter)
	shopper.state("paid")

	later, err := store.Open(t.Context(), till.db, store.Clock(func() time.Time { return time.Now().AddDate(0, 0, 40) }))
	if err != nil {
		t.Fatal(err)
	}
	defer later.Close()
	list, err := later.CompanyStates(t.Context(), "demo")
	if err != nil || len(list) != 1 {
		t.Fatalf("%d companies, %v", len(list), err)
	}
	if _, err := later.BillCompany(t.Context(), "demo", list[0].Company.ID, time.Now().UTC().Format("2006-01")); err != nil {
		t.Fatal(err)
	}
	s.front()
	s.fill(".make-bill [name=month]", kb.Enter)
	s.sees(".companies", "The bill is made")
	s.sees(".company-bills table", "€7.47")
	js[bool](s, "(document.querySelector('.pay-bill input').value = '5.00', true)")
	s.click(".pay-bill button")
	s.sees(".company-bills table", "€2.47")
	s.view("merchant-companies")
	s.axe("merchant, companies")
	s.click(".pay-bill button")
	s.wait("!document.querySelector('.pay-bill')")
	if kind := js[string](s, "fetch(document.querySelector('.company-bills a[href*=pdf]').href).then((r) => r.headers.get('Content-Type'))"); kind != "application/pdf" {
		t.Errorf("the bill is %s", kind)
	}
	s.click(".drop-member")
	s.sees(".members", "No members yet")
}
