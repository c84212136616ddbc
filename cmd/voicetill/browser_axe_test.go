package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// axe fails the test for every rule of accessibility that the page breaks; for
// the named rules only, if there are any.
func (s *screen) axe(where string, rules ...string) {
	s.t.Helper()
	if !js[bool](s, "'axe' in window") {
		source, err := os.ReadFile("../../web/node_modules/axe-core/axe.min.js")
		if errors.Is(err, fs.ErrNotExist) {
			s.t.Skip("needs axe-core: npm ci in web/")
		}
		if err != nil {
			s.t.Fatal(err)
		}
		s.run(chromedp.Evaluate[chromedp.Void](string(source)))
	}
	options := `{rules: {"target-size": {enabled: true}}}`
	if len(rules) > 0 {
		options = `{runOnly: ["` + strings.Join(rules, `","`) + `"]}`
	}
	const run = `axe.run(document, %s).then((r) => r.violations.map((v) => v.id + ": " + v.help + " " + v.nodes.slice(0, 3).map((n) => n.target + " " + (n.any[0]?.message ?? "")).join("; ")))`
	for _, violation := range js[[]string](s, fmt.Sprintf(run, options)) {
		s.t.Errorf("%s: %s", where, violation)
	}
}

// fits fails the test where the page is wider than its screen.
func (s *screen) fits(where string) {
	s.t.Helper()
	const over = `document.documentElement.scrollWidth <= innerWidth ? [] : [...document.body.querySelectorAll("*")]
		.filter((e) => e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.tagName.toLowerCase() + "." + e.getAttribute("class") + " to " + Math.round(e.getBoundingClientRect().right))`
	if names := js[[]string](s, over); len(names) > 0 {
		s.t.Errorf("%s: the page is wider than the screen by %s", where, strings.Join(names[:min(len(names), 8)], ", "))
	}
}

func TestPagesAreAccessible(t *testing.T) {
	till := startBrowserTill(t, "--typed-only")
	for _, look := range []struct {
		name string
		look look
	}{{"light", phone}, {"dark", darkPhone}} {
		browser := openBrowser(t)
		s := openScreen(t, browser, till.address, "/", look.look)
		s.wait("document.querySelector('#typed-only')")
		s.axe(look.name + ", empty")
		s.types("three oat milk")
		s.line("1203", "3")
		s.axe(look.name + ", basket")
		s.types("add 15 croissants")
		s.state("choosing")
		s.axe(look.name + ", question")
		s.click(`.choice[data-n="2"]`)
		s.state("shopping")
		for _, sheet := range []string{"help", "heard", "signin", "leave"} {
			s.click(".open-menu")
			s.axe(look.name + ", menu")
			s.click(`[data-menu="` + sheet + `"]`)
			s.axe(look.name + ", " + sheet)
			s.click(".sheet-head button")
		}
		s.click(".checkout")
		s.state("billed")
		s.axe(look.name + ", bill")
		s.click(".confirm")
		s.state("proving")
		s.axe(look.name + ", password")
		s.click(".go-back")
		s.state("shopping")
		s.pay("1001", "till-demo-1")
		s.state("paid")
		s.axe(look.name + ", receipt")
		link := js[string](s, "document.querySelector('.receipt a').getAttribute('href')")
		paper := openScreen(t, browser, till.address, link, look.look)
		paper.wait("document.querySelector('.qr')")
		paper.axe(look.name + ", receipt by link")
	}
	browser := openBrowser(t)
	k := openScreen(t, browser, till.address, "/kiosk", kiosk)
	k.wait("document.querySelector('#wake')")
	k.axe("kiosk, resting")
	k.click("#wake")
	k.wait("document.querySelector('#typed-only')")
	k.axe("kiosk")
	gate := openScreen(t, browser, till.address, "/gate", desktop)
	gate.axe("gate")
	gate.fill("#pass", "no pass"+kb.Enter)
	gate.sees(".verdict", "not a valid pass")
	gate.axe("gate, closed")
	m := openScreen(t, browser, till.address, "/merchant", backOffice)
	m.wait("document.querySelector('.login form')")
	m.axe("login")
	enterConsole(t, m)
	sections := js[[]string](m, "[...document.querySelectorAll('.side .sections a')].map((a) => a.hash)")
	if len(sections) < 10 {
		t.Errorf("the console has only the sections %q", sections)
	}
	for _, section := range sections {
		m.click(`a[href="` + section + `"]`)
		m.wait(`document.querySelector('a[href="` + section + `"][aria-current]')`)
		m.axe("merchant, " + section)
		m.fits("merchant, " + section)
	}
	p := openScreen(t, m.ctx, till.address, "/merchant?lang=zh", darkPhone)
	p.wait("document.querySelector('.console')")
	for _, section := range sections {
		js[any](p, "location.hash = '"+section+"'")
		p.wait(`document.querySelector('.side a[href="` + section + `"][aria-current]')`)
		p.axe("merchant on a phone, dark, Chinese, " + section)
		p.fits("merchant on a phone, " + section)
	}
	m.click(`a[href="#catalog"]`)
	m.uploads("bad.csv", "number,name,price,unit,tax\n1,x,-1,each,7\n")
	m.sees("#upload-faults", "Nothing was changed")
	m.axe("merchant, faults")
}

var darkPhone = look{width: 390, height: 844, scale: 2, dark: true}
