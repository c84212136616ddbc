package main

import (
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// smallestTarget is the side, in px, below which a finger misses.
const smallestTarget = 44

// reachable is where a finger meets an element, and how large it is: nothing that
// would have to be scrolled to, or is under something else.
const reachable = `(() => {
	const e = [...document.querySelectorAll(%q)].find((e) => !%q || e.innerText.trim() === %q);
	if (!e || e.disabled) return [];
	const box = e.getBoundingClientRect(), x = box.x + box.width / 2, y = box.y + box.height / 2;
	return e.contains(document.elementFromPoint(x, y)) ? [x, y, Math.min(box.width, box.height)] : [];
})()`

// tap touches an element that has the text, or any text where there is none.
func (s *screen) tap(selector, text string) {
	s.t.Helper()
	var at, before []float64
	await(s.t, "something to touch at "+selector+" "+text, func() (bool, error) {
		var err error
		at, err = chromedp.Run(s.ctx, chromedp.Evaluate[[]float64](fmt.Sprintf(reachable, selector, text, text)))
		still := len(at) == 3 && len(before) == 3 && at[0] == before[0] && at[1] == before[1]
		before = at
		return still, err
	})
	if at[2] < smallestTarget {
		s.t.Errorf("%s %s is %.0f px small, want %d", selector, text, at[2], smallestTarget)
	}
	call(s, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: input.DispatchTouchEventTypeTouchStart, TouchPoints: []*input.TouchPoint{{X: at[0], Y: at[1]}}})
	call(s, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: input.DispatchTouchEventTypeTouchEnd, TouchPoints: []*input.TouchPoint{}})
}

// touches types with the keys on the screen.
func (s *screen) touches(text string) {
	s.t.Helper()
	for _, key := range text {
		if key == ' ' {
			s.tap(".key.wide", "")
		} else {
			s.tap(".key", string(key))
		}
	}
}

func TestAKioskPurchaseByTouchAlone(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t, "--typed-only")
	signInStaff(t, till.address).call("PATCH", "/v1/merchant/items/1204?place=demo", `{"also": "soya milk|milk"}`, 200)
	for name, l := range map[string]look{"wide": wideKiosk, "small": kiosk} {
		t.Run(name, func(t *testing.T) {
			s := openScreen(t, openBrowser(t), till.address, "/kiosk?idle=600", l)
			call(s, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: true})
			shows := func(step string) {
				s.view("touch-" + name + "-" + step)
				s.whole(step)
			}
			s.wait("document.querySelector('#wake')")
			shows("1-rest")
			s.tap("#wake", "")
			s.linked()
			shows("2-start")
			s.touches("1203×3")
			s.wait("document.querySelector('.found-item[data-item=\"1203\"]')")
			shows("3-number")
			s.tap(".entry-line button[type=submit]", "")
			s.line("1203", "3")
			s.tap(".entry-pads button:last-child", "")
			s.touches("bag")
			s.wait("document.querySelector('.found-item[data-item=\"2112\"]')")
			shows("4-search")
			s.tap(`.found-item[data-item="2112"]`, "")
			s.line("2112", "1")
			for question, none := range map[string]string{"15 croissants": "2", "2 milk": "3"} {
				s.touches(question)
				s.tap(".entry-line button[type=submit]", "")
				s.state("choosing")
				s.wait("!document.querySelector('.found')")
				shows("5-question-" + none)
				s.tap(`.choice[data-n="`+none+`"]`, "")
				s.state("shopping")
			}
			s.tap(`.cart-line[data-item="1203"] .stepper button:last-child`, "")
			s.line("1203", "4")
			s.tap(`.cart-line[data-item="2112"] .stepper + button`, "")
			s.line("2112", "")
			s.tap(".undo", "")
			s.line("2112", "1")
			shows("6-basket")
			s.tap(".checkout", "")
			s.state("billed")
			s.wait("document.querySelector('.taxes .grand')")
			shows("7-bill")
			s.tap(".confirm", "")
			s.state("proving")
			s.touches("1001")
			s.tap("#secret", "")
			s.touches("till-demo-1")
			shows("8-password")
			s.tap(".pay", "")
			s.state("paid")
			pass := s.code("touch-" + name + "-9-receipt")
			s.whole("receipt")
			if open, reason := spend(t, till.address, pass); !open {
				t.Errorf("the gate stays shut: %s", reason)
			}
			s.tap(".done", "")
			s.wait("document.querySelector('#wake')")
		})
	}
}
