package main

import (
	"io"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// changes fills in the form for another password, and sends it.
func (s *screen) changes(old, next, again string) {
	s.t.Helper()
	s.wait("document.querySelector('.password')")
	for name, text := range map[string]string{"old": old, "new": next, "again": again} {
		field := ".password [name=" + name + "]"
		js[bool](s, "(document.querySelector('"+field+"').select(), true)")
		s.fill(field, text)
	}
	s.click(".password [type=submit]")
}

func (s *screen) wrong(name, text string) {
	s.t.Helper()
	s.wait("document.querySelector('.password [name=" + name + "]').getAttribute('aria-invalid') === 'true'")
	s.sees(".password .fault:not(:empty)", text)
}

func TestAShopperChangesThePassword(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t, "--typed-only")
	s := openScreen(t, openBrowser(t), till.address, "/", phone)
	s.linked()
	s.account("1001", "till-demo-1")
	s.part("password")
	s.changes("till-demo-1", "long enough", "long enouhg")
	s.wrong("again", "not the same as above")
	s.changes("wrong-wrong", "long enough", "long enough")
	s.wrong("old", "not your current password")
	s.view("phone-password-change")
	s.axe("another password")
	s.changes("till-demo-1", "long enough", "long enough")
	s.sees(`[data-part="password"] [role=status]`, "changed")
	s.shut()
	s.types("an oat milk")
	s.line("1203", "1")
	s.click(".checkout")
	s.state("billed")
	s.click(".confirm")
	s.state("proving")
	s.fill("#secret", "long enough"+kb.Enter)
	s.state("paid")
}

func TestTheMerchantChangesThePassword(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t, "--typed-only")
	browser := openBrowser(t)
	s := openScreen(t, browser, till.address, "/merchant?lang=zh", desktop)
	enterConsole(t, s)
	s.section("catalog")
	s.uploads("bad.csv", "number,name,price\n1203,oat milk,free\n")
	s.sees("#upload-faults li", "不是 EUR 金额，应如 2.49")
	s.click(".open-password")
	s.changes("wrong-wrong", "long enough", "long enough")
	s.wrong("old", "当前密码不正确")
	s.view("merchant-password-zh")
	s.axe("another password in the console")
	s.changes("shop-demo-1", "long enough", "long enough")
	s.sees("dialog [role=status]", "密码已更改")
	s.shut()
	s.click(".signout")
	s.wait("document.querySelector('.login form')")
	s.fill("[name=account]", "merchant@example.com")
	s.fill("[name=password]", "long enough"+kb.Enter)
	s.wait("document.querySelector('.console')")
}

// A page that is open elsewhere with the account asks who pays, and keeps the basket.
func TestAnotherPasswordEndsTheSignInOfAnOpenPage(t *testing.T) {
	till := startBrowserTill(t, "--typed-only")
	s := openScreen(t, openBrowser(t), till.address, "/", phone)
	s.linked()
	s.account("1001", "till-demo-1")
	s.shut()
	s.types("an oat milk")
	s.line("1203", "1")
	if err := accountPassword(t.Context(), []string{"--db", till.db, "1001"}, strings.NewReader("long enough\n"), io.Discard); err != nil {
		t.Fatal(err)
	}
	s.types("two bagels") // by whoever holds the phone
	s.line("2112", "2")
	s.line("1203", "1")
	s.click(".checkout")
	s.state("billed")
	s.click(".confirm")
	s.state("proving")
	s.fill("#account", "1001")
	s.fill("#secret", "till-demo-1"+kb.Enter)
	s.sees("#said", "do not go together")
	s.fill("#secret", "long enough"+kb.Enter)
	s.state("paid")
}
