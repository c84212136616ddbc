package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// The tests of the pages start the till as production does, and drive Chromium.

var gallery = flag.String("gallery", "", "`folder` to write screenshots of the pages to")

// patience is how long a page may take until it shows what is waited for, on a
// machine that many share: ten thousand items are taken in 8 s by one that is free.
const patience = 3 * time.Minute

// browserTill is a running till.
type browserTill struct {
	address string // host:port
	db      string
	args    []string
	stop    context.CancelFunc
	done    chan error
}

// startBrowserTill runs a till with the demo shop on a database of its own.
func startBrowserTill(t *testing.T, args ...string) *browserTill {
	t.Helper()
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "till.db")
	if !slices.Contains(args, "--no-demo") {
		if err := os.WriteFile(file, demoShop(t, address), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b := &browserTill{address: address, db: "sqlite:" + file, args: args}
	b.start(t)
	t.Cleanup(func() { b.end(t) })
	return b
}

// demoFile is what a till leaves that was started with the demo shop.
var (
	demoLock sync.Mutex
	demoFile []byte
)

// demoShop makes the file once: with the schema and the demo shop's pictures and
// passwords it takes a second.
func demoShop(t *testing.T, address string) []byte {
	t.Helper()
	demoLock.Lock()
	defer demoLock.Unlock()
	if demoFile != nil {
		return demoFile
	}
	path := filepath.Join(t.TempDir(), "demo.db")
	b := &browserTill{address: address, db: "sqlite:" + path, args: []string{"--typed-only"}}
	b.start(t)
	b.stop()
	err := <-b.done
	if err != nil && !errors.Is(err, context.Canceled) { // stopped before it had greeted
		t.Fatalf("make the demo shop: %v", err)
	}
	if demoFile, err = os.ReadFile(path); err != nil {
		t.Fatal(err)
	}
	return demoFile
}

func (b *browserTill) start(t *testing.T) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	b.stop, b.done = stop, make(chan error, 1)
	args := append([]string{"serve", "--listen", b.address, "--db", b.db, "--log-level", "warn"}, b.args...)
	go func() { b.done <- Main(ctx, args) }()
	await(t, "a till that is ready", func() (bool, error) {
		select {
		case err := <-b.done:
			b.done <- err
			return false, fmt.Errorf("the till stopped: %w", err)
		default:
		}
		r, err := http.Get("http://" + b.address + "/readyz")
		if err != nil {
			return false, nil
		}
		return r.StatusCode == http.StatusOK, r.Body.Close()
	})
}

func (b *browserTill) end(t *testing.T) {
	t.Helper()
	b.stop()
	if err := <-b.done; err != nil {
		t.Errorf("the till ended with %v", err)
	}
	b.done <- nil
}

// await polls until what is true, fails, or takes longer than patience.
func await(t *testing.T, what string, is func() (bool, error)) {
	t.Helper()
	deadline, tick := time.After(patience), time.NewTicker(30*time.Millisecond)
	defer tick.Stop()
	for {
		ok, err := is()
		if err != nil {
			t.Fatalf("waiting for %s: %v", what, err)
		}
		if ok {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("waited %s for %s", patience, what)
		}
	}
}

// screen is one page of a browser.
type screen struct {
	t    *testing.T
	ctx  context.Context
	base string

	mu     sync.Mutex
	faults []string // what the page threw, and what its policy blocked
}

type look struct {
	width, height int64
	scale         float64
	dark          bool
}

var (
	phone   = look{width: 390, height: 844, scale: 2}
	kiosk   = look{width: 1280, height: 800, scale: 1}
	desktop = look{width: 1440, height: 900, scale: 1}
)

// openScreen opens a page in a tab of its own. before runs in the page ahead of
// its scripts.
func openScreen(t *testing.T, browser context.Context, base, path string, l look, before ...string) *screen {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser)
	s := &screen{t: t, ctx: ctx, base: base}
	t.Cleanup(func() { s.close(cancel) })
	if err := chromedp.Listen(ctx, s.listen); err != nil {
		t.Fatal(err)
	}
	scheme := "light"
	if l.dark {
		scheme = "dark"
	}
	s.run(chromedp.EmulateViewport(l.width, l.height, chromedp.EmulateScale(l.scale)))
	call(s, log.Enable, cdp.Empty{})
	call(s, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
	for _, script := range before {
		call(s, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
	}
	s.run(chromedp.Navigate("http://" + base + path))
	return s
}

func (s *screen) close(cancel context.CancelFunc) {
	if s.t.Failed() {
		body, _ := chromedp.Run(s.ctx, chromedp.Evaluate[string]("document.body.innerText")) // only to help
		s.t.Logf("the page showed:\n%s", body)
		if shot, err := chromedp.Run(s.ctx, chromedp.CaptureScreenshot()); err == nil {
			s.keep("failed-"+strings.ReplaceAll(s.t.Name(), "/", "-"), shot)
		}
	}
	cancel()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		s.t.Errorf("the page: %s", f)
	}
}

func (s *screen) listen(event any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		s.faults = append(s.faults, (&chromedp.ExceptionError{ExceptionDetails: e.ExceptionDetails}).Error())
	case *log.EventEntryAdded:
		if e.Entry.Source == log.EntrySourceSecurity {
			s.faults = append(s.faults, e.Entry.Text)
		}
	}
}

func (s *screen) run(actions ...chromedp.Action[chromedp.Void]) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		s.t.Fatal(err)
	}
}

// ask runs an action that has an answer.
func ask[T any](s *screen, action chromedp.Action[T]) T {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	answer, err := chromedp.Run(ctx, action)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer
}

// call runs a command of the browser's protocol.
func call[P, R any](s *screen, command cdp.Command[P, R], params P) {
	s.t.Helper()
	if _, err := chromedp.Call(s.ctx, command, params); err != nil {
		s.t.Fatal(err)
	}
}

// drawn resolves when the page has had its say about a new size, and was drawn.
const drawn = "new Promise((done) => requestAnimationFrame(() => setTimeout(() => requestAnimationFrame(() => done(true)))))"

// js evaluates an expression; a promise is waited for.
func js[T any](s *screen, expression string) T {
	s.t.Helper()
	return ask(s, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

func (s *screen) wait(expression string) {
	s.t.Helper()
	await(s.t, expression, func() (bool, error) {
		return chromedp.Run(s.ctx, chromedp.Evaluate[bool]("!!("+expression+")"))
	})
}

// sees waits until the element's text contains want, in any case.
func (s *screen) sees(selector, want string) {
	s.t.Helper()
	s.wait(fmt.Sprintf("(document.querySelector(%q)?.innerText ?? '').toLowerCase().includes(%q)", selector, strings.ToLower(want)))
}

// click clicks the middle of an element, as a mouse does, once nothing is over
// it.
func (s *screen) click(selector string) {
	s.t.Helper()
	middle := fmt.Sprintf(`(() => {
		const e = document.querySelector(%q);
		if (!e || e.disabled) return [];
		e.scrollIntoView({block: 'center'});
		const box = e.getBoundingClientRect(), x = box.x + box.width / 2, y = box.y + box.height / 2;
		return e.contains(document.elementFromPoint(x, y)) ? [x, y] : [];
	})()`, selector)
	var before []float64
	await(s.t, "something to click at "+selector, func() (bool, error) {
		at, err := chromedp.Run(s.ctx, chromedp.Evaluate[[]float64](middle))
		if err != nil || len(at) == 0 || !slices.Equal(at, before) { // what still moves is not hit
			before = at
			return false, err
		}
		return true, chromedp.Do(s.ctx, chromedp.MouseClickXY(at[0], at[1]))
	})
}

func (s *screen) fill(selector, text string) {
	s.t.Helper()
	s.run(chromedp.SendKeys(chromedp.CSS(selector), text))
}

// types says a line with the keyboard.
func (s *screen) types(line string) {
	s.t.Helper()
	s.wait("document.querySelector('#type') || document.querySelector('main')?.dataset.link === 'open'")
	if !js[bool](s, "!!document.querySelector('#type')") {
		s.click(".open-typing")
	}
	s.wait("document.querySelector('#type')?.value === ''")
	s.fill("#type", line+kb.Enter)
}

func (s *screen) state(want string) {
	s.t.Helper()
	s.wait(fmt.Sprintf("document.querySelector('main')?.dataset.state === %q", want))
}

// linked waits until the shopper's page talks with the till.
func (s *screen) linked() {
	s.t.Helper()
	s.wait("document.querySelector('main')?.dataset.link === 'open'")
}

// line waits for a line of the cart with a quantity; "" waits until it is gone.
func (s *screen) line(item, quantity string) {
	s.t.Helper()
	s.wait(fmt.Sprintf("(document.querySelector('.cart-line[data-item=%q] output')?.innerText ?? '') === %q", item, quantity))
}

// front brings the page before the browser's other ones; behind them it has
// no microphone.
func (s *screen) front() {
	s.t.Helper()
	call(s, page.BringToFront, cdp.Empty{})
}

// shot is the whole page as PNG. With -gallery it is kept under the name.
func (s *screen) shot(name string) []byte {
	s.t.Helper()
	shot := ask(s, chromedp.FullScreenshot(100))
	s.keep(name, shot)
	return shot
}

// view is what fits on the screen, as PNG.
func (s *screen) view(name string) {
	s.t.Helper()
	if *gallery == "" {
		return
	}
	s.keep(name, ask(s, chromedp.CaptureScreenshot()))
}

func (s *screen) keep(name string, shot []byte) {
	s.t.Helper()
	if *gallery == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(*gallery, name+".png"), shot, 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// pay goes from the cart to the receipt.
func (s *screen) pay(account, password string) {
	s.t.Helper()
	s.click(".checkout")
	s.state("billed")
	s.click(".confirm")
	s.state("proving")
	s.fill("#account", account)
	s.fill("#secret", password+kb.Enter)
}

// code reads the QR code that the page shows, or is about to.
func (s *screen) code(name string) string {
	s.t.Helper()
	s.wait("document.querySelector('.qr')")
	s.view(name)
	return s.scanned("")
}

// scanned reads the code once it is another one than before, from near, as a
// reader at a gate does: looking for it all over the page takes long.
func (s *screen) scanned(before string) (text string) {
	s.t.Helper()
	await(s.t, "a QR code to read", func() (bool, error) {
		var err error
		text, err = decodeQR(ask(s, chromedp.Screenshot(chromedp.CSS(".qr"))))
		return err == nil && text != before, nil
	})
	return text
}

// spend opens the exit with a pass.
func spend(t *testing.T, address, pass string) (open bool, reason string) {
	t.Helper()
	r, err := http.Post("http://"+address+"/v1/pass/"+pass+"/open", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	var verdict struct {
		Open   bool
		Reason string
	}
	if err := json.NewDecoder(r.Body).Decode(&verdict); err != nil {
		t.Fatal(err)
	}
	return verdict.Open, verdict.Reason
}

// section goes to a section of the console.
func (s *screen) section(name string) {
	s.t.Helper()
	s.click(`.side a[href="#` + name + `"]`)
	s.wait(`document.querySelector('.side a[href="#` + name + `"][aria-current]')`)
}

// shut closes the sheet that is open.
func (s *screen) shut() {
	s.t.Helper()
	s.click("dialog[open] .sheet-head button")
	s.wait("!document.querySelector('dialog[open]')")
}

// account signs a shopper in at the account sheet.
func (s *screen) account(number, password string) {
	s.t.Helper()
	s.click(".open-menu")
	s.click(`[data-menu="account"]`)
	s.fill(".account-signin [name=account]", number)
	s.fill(".account-signin [name=password]", password+kb.Enter)
	s.wait("document.querySelector('.account-sum')")
}

// part opens or shuts a part of the account.
func (s *screen) part(name string) {
	s.t.Helper()
	s.click(`[data-part="` + name + `"] summary`)
}
