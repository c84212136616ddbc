package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/chromedp/chromedp"
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

var darkPhone = look{width: 390, height: 844, scale: 2, dark: true}
