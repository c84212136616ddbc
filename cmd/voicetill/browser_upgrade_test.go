package main

import (
	"bytes"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"

	"voicetill/web"
)

// upgraded stands before a till and hands out its pages, or those of a next
// build, whose script sets window.next.
type upgraded struct {
	address string
	next    atomic.Bool
	slow    atomic.Bool // the page, not what it loads, never comes
	asked   atomic.Int64
}

const nextBuild = "0123456789abcdef"

func startUpgraded(t *testing.T, till *browserTill) *upgraded {
	t.Helper()
	index, err := fs.ReadFile(web.FS, "dist/index.html")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`shop\.js\?([0-9a-f]{16})"`).FindSubmatch(index)
	if found == nil {
		t.Fatalf("the page names no build:\n%s", index)
	}
	u := &upgraded{}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: till.address})
			r.Out.Host = r.In.Host
			r.Out.Header.Del("Accept-Encoding")
			if u.next.Load() {
				r.Out.Header.Del("If-None-Match")
			}
		},
		ModifyResponse: func(r *http.Response) error { return u.rebuild(r, found[1]) },
		ErrorHandler:   func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if u.slow.Load() && r.URL.Path == "/" {
			u.asked.Add(1)
			<-r.Context().Done()
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	u.address = strings.Replace(server.Listener.Addr().String(), "127.0.0.1", "localhost", 1)
	return u
}

// rebuild makes the next build of what the till answers.
func (u *upgraded) rebuild(r *http.Response, build []byte) error {
	path := r.Request.URL.Path
	isPart := path == "/" || path == "/kiosk" || path == "/sw.js" || path == "/assets/shop.js"
	if !u.next.Load() || !isPart || r.StatusCode != http.StatusOK {
		return nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	if path == "/assets/shop.js" {
		body = append([]byte("window.next = true;\n"), body...)
	}
	body = bytes.ReplaceAll(body, build, []byte(nextBuild))
	r.Header.Del("ETag")
	r.Header.Set("Content-Length", strconv.Itoa(len(body)))
	r.ContentLength, r.Body = int64(len(body)), io.NopCloser(bytes.NewReader(body))
	return nil
}

const hasNext = "caches.keys().then((names) => names.includes('shell-" + nextBuild + "') && names.filter((n) => n.startsWith('shell-')).length === 1)"

// keepsNext waits until the next build is kept, and its worker rules.
func (s *screen) keepsNext() {
	s.t.Helper()
	await(s.t, "a service worker that keeps the next build", func() (bool, error) {
		return chromedp.Run(s.ctx, chromedp.Evaluate[bool](hasNext, chromedp.EvalAwaitPromise))
	})
}

func TestAReturningPhoneSeesTheNewPageAtOnce(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t, "--typed-only")
	u := startUpgraded(t, till)
	browser := openBrowser(t)
	s := openScreen(t, browser, u.address, "/", phone)
	s.types("three oat milk")
	s.line("1203", "3")
	s.installed()
	u.next.Store(true)
	back := openScreen(t, browser, u.address, "/", phone)
	back.line("1203", "3")
	if !js[bool](back, "window.next === true") {
		t.Fatal("the first visit after an upgrade shows the old page")
	}
	js[bool](back, "window.here = true")
	back.keepsNext()
	back.types("two bagels")
	back.line("2112", "2")
	if !js[bool](back, "window.here === true") {
		t.Error("the new page was loaded twice")
	}
	till.end(t)
	back.reload()
	back.sees("#offline", "basket is")
	if !js[bool](back, "window.next === true") {
		t.Error("without a till the old page opens")
	}
	till.start(t)
	back.linked()
}

func TestATillThatIsSlowToAnswerIsNotWaitedFor(t *testing.T) {
	till := startBrowserTill(t, "--typed-only")
	u := startUpgraded(t, till)
	browser := openBrowser(t)
	s := openScreen(t, browser, u.address, "/", phone)
	s.linked()
	s.installed()
	u.slow.Store(true)
	back := openScreen(t, browser, u.address, "/", phone)
	back.linked()
	if u.asked.Load() == 0 {
		t.Error("the till was not asked for the page")
	}
}

func TestAPageThatIsOpenTakesTheNextBuildWhenNothingIsUnderWay(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t, "--typed-only")
	u := startUpgraded(t, till)
	s := openScreen(t, openBrowser(t), u.address, "/", phone)
	s.types("three oat milk")
	s.line("1203", "3")
	s.installed()
	till.end(t)
	u.next.Store(true)
	till.start(t)
	s.keepsNext()
	s.types("two bagels")
	s.line("2112", "2")
	s.pay("1001", "till-demo-1")
	s.state("paid")
	if js[bool](s, "window.next === true") {
		t.Fatal("the page was taken away from its shopper")
	}
	s.click(".done")
	s.wait("window.next === true")
	s.linked()
	s.sees(".last-pass", "pass")
}

func TestAKioskTakesTheNextBuildWhileNobodyIsThere(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t, "--typed-only")
	u := startUpgraded(t, till)
	s := openScreen(t, openBrowser(t), u.address, "/kiosk?idle=600", kiosk)
	s.installed()
	s.click("#wake")
	s.types("three oat milk")
	s.line("1203", "3")
	till.end(t)
	u.next.Store(true)
	till.start(t)
	s.keepsNext()
	s.line("1203", "3")
	s.click(".move")
	s.click(".sheet-head button")
	s.pay("1001", "till-demo-1")
	s.state("paid")
	if js[bool](s, "window.next === true") {
		t.Error("the page was taken away from its shopper")
	}
	s.click(".done")
	s.wait("window.next === true && document.querySelector('#wake')")
}
