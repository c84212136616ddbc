//go:build vosk

package main

import (
	"strings"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// judge looks at a state with axe in both themes, and with large
// letters; with -gallery it takes its pictures.
func (s *screen) judge(lang string, state pageState) {
	s.t.Helper()
	where, l := lang+", "+state.tab+", "+state.name, tabs[state.tab].look
	s.fits(where)
	if l == backOffice {
		for _, table := range js[[]string](s, cutTables) {
			s.t.Errorf("%s: a table is cut off: %s", where, table)
		}
	}
	s.axe(where)
	s.theme(true)
	s.axe(where+", dark", "color-contrast")
	s.theme(false)
	s.enlarged(where, l)
	s.pictures(state.tab+"-"+state.name, lang, l)
}

// theme turns the page dark or light.
func (s *screen) theme(dark bool) {
	s.t.Helper()
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	call(s, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
}

func (s *screen) size(l look) {
	s.t.Helper()
	s.run(chromedp.EmulateViewport(l.width, l.height, chromedp.EmulateScale(l.scale)))
}

// crowded names what cannot be read or touched: text that is cut off, and
// controls that lie over each other. What stands in a place of its own over the
// page, as the dock does, is compared with its like.
const crowded = `(() => {
	const top = [...document.querySelectorAll("dialog[open]")].pop() ?? document.body;
	// Not what is scrolled out of a list of its own.
	const scrolled = (e) => {
		const list = e.parentElement.closest(".found, .chips"), at = e.getBoundingClientRect(), box = list?.getBoundingClientRect();
		return box && (at.top > box.bottom - 3 || at.bottom < box.top + 3 || at.left > box.right - 3 || at.right < box.left + 3);
	};
	// What is half scrolled out is seen as far as its list goes.
	const shown = (e) => {
		const at = e.getBoundingClientRect(), box = e.parentElement.closest(".found, .chips")?.getBoundingClientRect();
		return box ? {left: Math.max(at.left, box.left), right: Math.min(at.right, box.right), top: Math.max(at.top, box.top), bottom: Math.min(at.bottom, box.bottom)} : at;
	};
	const clipped = (e) => { for (; e; e = e.parentElement) if (getComputedStyle(e).clipPath.startsWith("inset(50%")) return true; return false; };
	const seen = (e) => !clipped(e) && !scrolled(e) && e.checkVisibility({visibilityProperty: true}) && e.getBoundingClientRect().width > 1 && !e.closest("[aria-hidden=true]");
	const name = (e) => (e.id ? "#" + e.id : e.tagName.toLowerCase() + "." + e.className) + " " + (e.innerText ?? "").replace(/\s+/g, " ").slice(0, 30);
	const layer = (e) => { for (; e && e !== top; e = e.parentElement) if (["sticky", "fixed"].includes(getComputedStyle(e).position)) return e; return top; };
	const faults = [];
	for (const e of top.querySelectorAll("button, a, summary, label, h1, h2, h3, p, dt, dd, th, td, output, legend, li")) {
		if (!seen(e)) continue;
		const style = getComputedStyle(e);
		const cut = style.overflowX !== "visible" && style.overflowX !== "auto" && e.scrollWidth > e.clientWidth + 2;
		const spills = e.matches("button, a.button, summary") && e.scrollWidth > e.clientWidth + 2;
		if (cut || spills) faults.push("cut off: " + name(e) + " " + e.scrollWidth + " in " + e.clientWidth);
	}
	const controls = [...top.querySelectorAll("button, a, input, select, summary")].filter(seen).map((e) => ({e, box: shown(e), over: layer(e)}));
	controls.forEach((a, i) => controls.slice(i + 1).forEach((b) => {
		const wide = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left), high = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
		if (wide > 3 && high > 3 && a.over === b.over && !a.e.contains(b.e) && !b.e.contains(a.e)) faults.push("over each other: " + name(a.e) + " and " + name(b.e));
	}));
	return faults.slice(0, 6);
})()`

// cutTables names the tables that are wider than their place.
const cutTables = `[...document.querySelectorAll(".table, .scroll")].filter((e) => e.checkVisibility() && !e.closest(".faulty") && e.scrollWidth > e.clientWidth + 1)
	.map((e) => (e.id || e.className) + " " + e.scrollWidth + " in " + e.clientWidth)`

// dockShare is how much of a phone's height the dock covers; while an item is
// searched, or keys are shown, it may be more.
const dockShare = `(() => {
	const dock = document.querySelector("[data-page=index] .dock");
	return !dock || dock.querySelector(".found, .keyboard") ? 0 : dock.getBoundingClientRect().height / innerHeight;
})()`

// enlarged fails the test where large letters are cut off, or make the page
// wider than a phone: twice the size, or what a kiosk's own settings offer.
func (s *screen) enlarged(where string, l look) {
	s.t.Helper()
	small, letters := phone, "200%"
	if js[bool](s, "document.body.dataset.page === 'kiosk'") {
		small, letters = l, "130%"
	}
	s.size(small)
	js[bool](s, "(document.documentElement.style.fontSize = '"+letters+"', "+drawn+")")
	s.fits(where + ", letters of " + letters)
	if small != l {
		s.axe(where + ", on a phone")
	}
	for _, fault := range js[[]string](s, crowded) {
		s.t.Errorf("%s, letters of %s: %s", where, letters, fault)
	}
	if share := js[float64](s, dockShare); share > 1./3 {
		s.t.Errorf("%s, letters of %s: the dock covers %.0f %% of the screen", where, letters, 100*share)
	}
	s.view("large-" + strings.ReplaceAll(where, ", ", "-"))
	js[bool](s, "(document.documentElement.style.fontSize = '', true)")
	s.size(l)
}

// pictures takes a state in three sizes, and dark on a phone.
func (s *screen) pictures(name, lang string, l look) {
	s.t.Helper()
	if *gallery == "" {
		return
	}
	sizes := map[string]look{"phone": {width: phone.width, height: phone.height, scale: 1}, "kiosk": wideKiosk, "desktop": backOffice}
	if js[bool](s, "document.body.dataset.page === 'kiosk'") {
		sizes["tall"] = tallKiosk
	}
	for size, at := range sizes {
		s.size(at)
		s.view(name + "-" + size + "-" + lang)
	}
	s.theme(true)
	s.size(sizes["phone"])
	s.view(name + "-dark-" + lang)
	s.theme(false)
	s.size(l)
}
