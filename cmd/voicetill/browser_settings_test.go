package main

import (
	"fmt"
	"strings"
	"testing"
)

var (
	wideKiosk = look{width: 1920, height: 1080, scale: 1}
	tallKiosk = look{width: 1080, height: 1920, scale: 1}
)

// fetched says whether the page asked for an address that contains a text.
func (s *screen) fetched(text string) {
	s.t.Helper()
	s.wait(fmt.Sprintf("performance.getEntriesByType('resource').some((r) => r.name.includes(%q))", text))
}

func TestHowTheTillSoundsAndLooksIsKept(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t, "--typed-only")
	s := openScreen(t, openBrowser(t, speaksUnasked), till.address, "/", phone)
	s.types("three oat milk")
	s.line("1203", "3")
	s.fetched("/v1/speak/")
	if js[bool](s, "performance.getEntriesByType('resource').some((r) => r.name.includes('speed='))") {
		t.Error("speed is asked for before anybody chose one")
	}
	s.click(".open-menu")
	s.click(`[data-menu="settings"]`)
	s.wait("document.querySelectorAll('#voice option').length > 1")
	s.view("phone-settings")
	s.axe("settings")
	s.click(`[data-setting="speed"] .to-125`)
	name := js[string](s, "document.querySelector('#voice option:last-child').value")
	js[bool](s, fmt.Sprintf("(() => { const v = document.querySelector('#voice'); v.value = %q; v.dispatchEvent(new Event('change', {bubbles: true})); return true; })()", name))
	s.click(`[data-setting="text"] .to-130`)
	s.click(`[data-setting="contrast"] .to-more`)
	s.axe("settings, large and rich in contrast")
	s.click(".try-voice")
	s.fetched("&voice=" + strings.ReplaceAll(strings.TrimPrefix(name, "till:"), "+", "%2B") + "&speed=125")
	s.reload()
	s.linked()
	s.wait("document.documentElement.dataset.text === '130' && document.documentElement.dataset.contrast === 'more'")
	s.types("two bagels")
	s.line("2112", "2")
	s.fetched("&speed=125")
	s.view("phone-large")
	s.axe("large letters")
	s.click(".open-menu")
	s.click(`[data-menu="settings"]`)
	s.click(`[data-setting="aloud"] .to-no`)
	s.wait("!document.querySelector('.try-voice')")
	s.click(".sheet-head button")
	before := js[int](s, "performance.getEntriesByType('resource').filter((r) => r.name.includes('/v1/speak/')).length")
	s.types("four oranges")
	s.line("3302", "4")
	s.sees("#said", "four orange") // captions always
	if after := js[int](s, "performance.getEntriesByType('resource').filter((r) => r.name.includes('/v1/speak/')).length"); after != before {
		t.Error("it speaks though it was told not to")
	}
}

func TestAKioskWithItsButtonsLow(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t, "--typed-only")
	for name, l := range map[string]look{"small": kiosk, "wide": wideKiosk} {
		s := openScreen(t, openBrowser(t), till.address, "/kiosk?idle=600", l)
		s.wait("document.querySelector('#wake')")
		s.axe("resting")
		s.view("kiosk-" + name + "-attract")
		s.click("#wake")
		s.types("three oat milk")
		s.types("two bagels")
		s.line("2112", "2")
		s.view("kiosk-" + name)
		s.click(".open-menu")
		s.click(`[data-menu="settings"]`)
		s.view("kiosk-" + name + "-settings")
		s.axe("settings of a kiosk")
		s.click(`[data-setting="reach"] .to-low`)
		s.click(".sheet-head button")
		s.view("kiosk-" + name + "-low")
		s.axe("low")
		high := js[[]string](s, fmt.Sprintf(`[...document.querySelectorAll("button, input, a")].filter((e) => e.offsetParent && e.getBoundingClientRect().top < %d * 0.33).map((e) => e.className || e.id)`, l.height))
		if len(high) > 0 {
			t.Errorf("%s: above a third of the screen: %v", name, high)
		}
		for _, must := range []string{".talk", ".checkout", ".key", ".undo"} {
			if !js[bool](s, fmt.Sprintf("document.querySelector(%q).getBoundingClientRect().bottom <= innerHeight", must)) {
				t.Errorf("%s: %s is below the screen", name, must)
			}
		}
		s.click(".checkout")
		s.state("billed")
		s.view("kiosk-" + name + "-low-bill")
		seen := func(selectors ...string) {
			for _, must := range selectors {
				if !js[bool](s, fmt.Sprintf("(() => { const b = document.querySelector(%q).getBoundingClientRect(); return b.bottom <= innerHeight && b.top >= innerHeight * 0.33; })()", must)) {
					t.Errorf("%s: %s is not in the lower part of the screen", name, must)
				}
			}
		}
		seen(".confirm", ".go-back")
		s.click(".confirm")
		s.state("proving")
		s.inSight(name+", low, the way to an account", ".proof .to-register")
		s.view("kiosk-" + name + "-low-password")
		seen("#account", "#secret", ".key", ".pay", ".go-back")
		s.axe("low, password")
		s.click(".go-back")
		s.state("shopping")
		s.click(".open-menu")
		s.click(`[data-menu="leave"]`)
		s.click(".leave-now")
		s.line("2112", "")
	}
}

func TestTheNextPersonAtAKioskStartsWithTheUsual(t *testing.T) {
	till := startBrowserTill(t, "--typed-only")
	s := openScreen(t, openBrowser(t), till.address, "/kiosk?idle=4", kiosk)
	s.click(".start-low")
	s.wait("document.documentElement.dataset.reach === 'low'")
	s.types("three oat milk")
	s.line("1203", "3")
	s.wait("document.querySelector('#wake')")
	s.wait("document.documentElement.dataset.reach === 'usual'")
}
