package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// announced records what a screen reader says by itself: texts of live regions.
const announced = `(() => {
	window.announced = [];
	new MutationObserver((list) => list.forEach((m) => {
		const e = m.target.nodeType === 1 ? m.target : m.target.parentElement;
		const region = e?.closest('[aria-live]:not([aria-live="off"]), [role="status"], [role="alert"]');
		if (region) window.announced.push(region.innerText);
	})).observe(document, {subtree: true, childList: true, characterData: true});
})()`

// focused is what a screen reader says of the control that has the focus, as the
// browser tells it: its role and name.
func (s *screen) focused() string {
	s.t.Helper()
	got, err := chromedp.Call(s.ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: "document.activeElement"})
	if err != nil {
		s.t.Fatal(err)
	}
	tree, err := chromedp.Call(s.ctx, accessibility.GetPartialAXTree, accessibility.GetPartialAXTreeParams{ObjectID: got.Result.ObjectID})
	if err != nil || len(tree.Nodes) == 0 {
		s.t.Fatalf("the focus has no place in the tree of accessibility: %v", err)
	}
	n := tree.Nodes[0]
	if n.Role == nil || n.Name == nil {
		return ""
	}
	return strings.Trim(string(n.Role.Value), `"`) + " " + strings.Trim(string(n.Name.Value), `"`)
}

// tabs presses Tab until the focus is on the selector, and returns what was said
// of every control on the way.
func (s *screen) tabs(selector string) []string {
	s.t.Helper()
	s.wait("document.querySelector('" + selector + "') && !document.querySelector('" + selector + "').disabled")
	var said []string
	for range 60 {
		if js[bool](s, "document.activeElement.matches('"+selector+"')") {
			return said
		}
		s.press(kb.Tab)
		if js[bool](s, "document.activeElement === document.body") {
			continue // round again
		}
		now := s.focused()
		if role, name, _ := strings.Cut(now, " "); role == "" || role == "generic" || name == "" {
			s.t.Errorf("on the way to %s a control is only %q", selector, now)
		}
		said = append(said, now)
	}
	s.t.Fatalf("Tab does not come to %s, only to %q", selector, said)
	return nil
}

func (s *screen) press(keys string) {
	s.t.Helper()
	s.run(chromedp.KeyEvent(keys))
}

// hears waits until a live region has said it.
func (s *screen) hears(text string) {
	s.t.Helper()
	s.wait("announced.some((said) => said.includes('" + text + "'))")
}

// TestAWholePurchaseByKeyboardAlone buys without a mouse, a finger or a voice,
// and without a look at the screen: each control has a name, each change is
// announced.
func TestAWholePurchaseByKeyboardAlone(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t, "--typed-only")
	s := openScreen(t, openBrowser(t), till.address, "/", phone, announced)
	s.linked()
	way := s.tabs("#type")
	for _, want := range []string{"button EN", "button Menu", "textbox"} {
		if !slices.ContainsFunc(way, func(said string) bool { return strings.HasPrefix(said, want) }) {
			t.Errorf("on the way to the first field there is no %q, only %q", want, way)
		}
	}
	s.press("three oat milk" + kb.Enter)
	s.hears("Three oat milk, seven forty-seven")
	s.hears("€7.47")
	s.tabs(`.cart-line[data-item="1203"] .stepper button:last-child`)
	if got, want := s.focused(), "button More oat milk"; got != want {
		t.Errorf("the focus is on %q, want %q", got, want)
	}
	s.press(kb.Enter)
	s.line("1203", "4")
	s.hears("€9.96")
	s.tabs("#type")
	s.press("add 15 croissants" + kb.Enter)
	s.state("choosing")
	s.tabs(`.choice[data-n="2"]`)
	s.press(kb.Enter)
	s.state("shopping")
	s.tabs(".checkout")
	s.press(kb.Enter)
	s.state("billed")
	s.hears("confirm payment or go back")
	s.tabs(".confirm")
	s.press(kb.Enter)
	s.state("proving")
	s.hears("Enter your password on the screen")
	s.tabs("#account")
	s.press("1001")
	s.tabs("#secret")
	s.press("wrong" + kb.Enter)
	s.hears("do not go together")
	s.press("till-demo-1" + kb.Enter)
	s.state("paid")
	s.hears("Paid, ")
	s.wait("document.querySelector('.qr')?.getAttribute('role') === 'img' && document.querySelector('.qr').getAttribute('aria-label')")
	s.tabs(".done")
	s.press(kb.Enter)
	s.wait("document.querySelector('.cart')")
}
