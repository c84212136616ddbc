package main

import "testing"

// requests counts what the page asks for at an address.
const requests = `(() => {
	window.asked = {};
	const fetched = window.fetch;
	window.fetch = (to, how) => {
		const path = String(to).split("?")[0];
		window.asked[path] = (window.asked[path] ?? 0) + 1;
		return fetched(to, how);
	};
})()`

// TestTheConsoleIsToldWhatChanges asks for what has changed, for nothing else,
// and goes on where the till was away.
func TestTheConsoleIsToldWhatChanges(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t, "--typed-only")
	s := openScreen(t, openBrowser(t), till.address, "/merchant", desktop, requests)
	enterConsole(t, s)
	s.wait("document.body.dataset.live === 'push' && window.asked['/v1/merchant/gates'] > 0")
	s.sees("#carts", "")
	before := js[int](s, "window.asked['/v1/merchant/gates']")
	shopper := openScreen(t, openBrowser(t), till.address, "/", phone)
	shopper.types("three oat milk")
	shopper.line("1203", "3")
	s.sees("#carts", "€7.47")
	shopper.pay("1001", "till-demo-1")
	shopper.state("paid")
	s.sees(".sales", "€7.47")
	if now := js[int](s, "window.asked['/v1/merchant/gates']"); now != before {
		t.Errorf("the gates were asked for %d times more, though nothing has happened there", now-before)
	}
	till.end(t)
	s.wait("document.body.dataset.live === 'poll'")
	s.sees(".live", "No connection")
	till.start(t)
	shopper.click(".receipt .done")
	shopper.types("two bagels")
	shopper.line("2112", "2")
	s.wait("document.body.dataset.live === 'push'")
	s.sees("#carts", "€1.90")
	s.sees(".live", "Live")
	s.click(".signout")
	s.wait("document.querySelector('.login') && !document.body.dataset.live")
}
