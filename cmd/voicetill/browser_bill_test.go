//go:build vosk

package main

import (
	"fmt"
	"testing"
)

// smallPhone is as small as phones are made.
var smallPhone = look{width: 360, height: 640, scale: 2}

// hidden names the bill's actions that are not whole on the screen, or lie under
// something.
const hidden = `[".go-back", ".confirm"].flatMap((name) => {
	const e = document.querySelector(name), box = e?.getBoundingClientRect();
	if (!box) return name + " is missing";
	if (box.top < 0 || box.bottom > innerHeight || box.left < 0 || box.right > innerWidth) return name + " is off the screen";
	return [[0.5, 0.1], [0.5, 0.5], [0.5, 0.9], [0.2, 0.5], [0.8, 0.5]]
		.map(([x, y]) => document.elementFromPoint(box.x + x * box.width, box.y + y * box.height))
		.filter((top) => !e.contains(top))
		.map((top) => name + " lies under " + (top?.className || top?.tagName));
})`

// covered says when the bill's total is not seen where it is scrolled to.
const covered = `(() => {
	const e = document.querySelector(".taxes .grand dd");
	e.scrollIntoView({block: 'center'});
	const box = e.getBoundingClientRect(), top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
	return e.contains(top) ? [] : ["the total lies under " + (top?.className || top?.tagName)];
})()`

// The bill of any length, in any language and size of letters, is gone on with
// and gone back from without scrolling.
func TestTheBillsActionsAreAlwaysInSight(t *testing.T) {
	t.Parallel()
	till, _ := startPayNow(t)
	items := []string{"1203", "2112", "1230", "1213", "1204", "1250", "1215", "2101", "2110", "2120", "2113", "3301"}
	for _, lang := range []string{"en", "zh"} {
		for _, lines := range []int{2, 3, len(items)} {
			t.Run(fmt.Sprintf("%s, %d lines", lang, lines), func(t *testing.T) {
				s := openScreen(t, openBrowser(t), till.address, "/?lang="+lang, phone)
				for _, item := range items[:lines] {
					s.types(item)
					s.line(item, "1")
				}
				s.click(".checkout")
				s.state("billed")
				s.wait("document.querySelector('.confirm:enabled')")
				for _, typing := range []bool{true, false} {
					for _, l := range []look{phone, smallPhone} {
						for _, letters := range []string{"100%", "130%", "200%"} {
							s.size(l)
							js[bool](s, fmt.Sprintf("(document.documentElement.style.fontSize = %q, scrollTo(0, 0), %s)", letters, drawn))
							where := fmt.Sprintf("%d×%d, letters of %s, typing %v", l.width, l.height, letters, typing)
							s.view(fmt.Sprintf("bill-%s-%d-%dx%d-%s-%v", lang, lines, l.width, l.height, letters, typing))
							s.fits(where)
							for _, look := range []string{hidden, covered, hidden} {
								for _, fault := range js[[]string](s, look) {
									t.Errorf("%s: %s", where, fault)
								}
							}
							s.view(fmt.Sprintf("bill-%s-%d-%dx%d-%s-%v-end", lang, lines, l.width, l.height, letters, typing))
						}
					}
					js[bool](s, "(document.documentElement.style.fontSize = '', true)")
					if typing {
						s.click(".to-voice")
					}
				}
			})
		}
	}
}
