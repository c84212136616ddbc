package main

import (
	"net"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// wire is the network between a browser and a till: TCP that can be cut, and that
// can hold what goes over it back. It is used by one test, and ended by it.
type wire struct {
	t       *testing.T
	address string // host:port for the browser
	till    string

	mu       sync.Mutex
	moved    *sync.Cond   // something below has changed
	listener net.Listener // nil while it is cut
	ends     []net.Conn
	holds    map[direction]bool
	running  sync.WaitGroup
}

type direction bool

const (
	toTill, toPage direction = true, false
)

func startWire(t *testing.T, till *browserTill) *wire {
	t.Helper()
	w := &wire{t: t, till: till.address, address: "localhost:0", holds: map[direction]bool{}}
	w.moved = sync.NewCond(&w.mu)
	w.mend()
	w.address = strings.Replace(w.listener.Addr().String(), "127.0.0.1", "localhost", 1)
	t.Cleanup(w.cut)
	return w
}

// cut resets all connections, and refuses new ones.
func (w *wire) cut() {
	w.mu.Lock()
	if w.listener != nil {
		w.listener.Close()
		w.listener = nil
	}
	for _, end := range w.ends {
		end.(*net.TCPConn).SetLinger(0)
		end.Close()
	}
	w.ends = nil
	clear(w.holds)
	w.moved.Broadcast()
	w.mu.Unlock()
	w.running.Wait()
}

// mend takes connections again.
func (w *wire) mend() {
	w.t.Helper()
	l, err := net.Listen("tcp", w.address)
	if err != nil {
		w.t.Fatal(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.listener = l
	w.running.Go(func() { w.accept(l) })
}

// hold keeps what goes in the directions from arriving, on new connections too,
// until release or cut.
func (w *wire) hold(directions ...direction) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, d := range directions {
		w.holds[d] = true
	}
}

func (w *wire) release() {
	w.mu.Lock()
	defer w.mu.Unlock()
	clear(w.holds)
	w.moved.Broadcast()
}

func (w *wire) accept(l net.Listener) {
	for {
		page, err := l.Accept()
		if err != nil {
			return
		}
		till, err := net.Dial("tcp", w.till)
		if err != nil {
			page.Close()
			continue
		}
		w.mu.Lock()
		if w.listener != l { // cut meanwhile
			w.mu.Unlock()
			page.Close()
			till.Close()
			return
		}
		w.ends = append(w.ends, page, till)
		w.running.Go(func() { w.carry(page, till, toPage) })
		w.running.Go(func() { w.carry(till, page, toTill) })
		w.mu.Unlock()
	}
}

// carry moves bytes from one end to the other until either is closed.
func (w *wire) carry(to, from net.Conn, d direction) {
	defer to.Close()
	bytes := make([]byte, 32<<10)
	for {
		n, err := from.Read(bytes)
		if !w.let(to, d) { // an end does not arrive either
			return
		}
		if _, broken := to.Write(bytes[:n]); broken != nil || err != nil {
			return
		}
	}
}

// let waits until the direction is not held. False: it was cut.
func (w *wire) let(end net.Conn, d direction) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.holds[d] && slices.Contains(w.ends, end) {
		w.moved.Wait()
	}
	return slices.Contains(w.ends, end)
}

// sales is how many purchases the shop has sold.
func (s *staff) sales() int {
	s.t.Helper()
	return int(s.call("GET", "/v1/merchant/receipts?place=demo", "", 200)["total"].(float64))
}

// The pages that a cut is tried on.
var cutPages = map[string]struct {
	path string
	look look
}{"phone": {"/", phone}, "kiosk": {"/kiosk?idle=600", kiosk}}

// away waits until the page says that it has no connection, and tries again.
func (s *screen) away() {
	s.t.Helper()
	s.sees("#offline", "No connection. Trying again; your basket is safe.")
}

// back waits until it has one and says no more about it.
func (s *screen) back() {
	s.t.Helper()
	s.linked()
	s.wait("!document.querySelector('#offline')")
}

func TestAPurchaseGoesOnAfterEveryCut(t *testing.T) {
	t.Parallel()
	for name, p := range cutPages {
		t.Run(name, func(t *testing.T) {
			till := startBrowserTill(t, "--typed-only")
			w, clerk := startWire(t, till), signInStaff(t, till.address)
			s := openScreen(t, openBrowser(t), w.address, p.path, p.look)
			if name == "kiosk" {
				s.click("#wake")
			}
			s.types("three oat milk")
			s.line("1203", "3")
			s.fill("#type", "two bag")
			w.cut() // with a basket, and half a line typed
			s.away()
			s.line("1203", "3")
			s.view(name + "-cut-basket")
			s.fill("#type", "els"+kb.Enter)
			s.sees(".unsent", "two bagels")
			w.mend()
			s.line("2112", "2")
			s.back()

			s.click(".checkout")
			s.state("billed")
			s.sees(".grand", "9.37")
			w.cut() // with the bill on the screen
			s.away()
			s.sees(".grand", "9.37")
			s.view(name + "-cut-bill")
			w.mend()
			s.back()
			s.sees(".grand", "9.37")
			s.state("billed")
			s.click(".confirm")
			s.state("proving")
			s.fill("#account", "1001")
			s.fill("#secret", "till-de")
			w.cut() // with half a password
			s.away()
			s.view(name + "-cut-password")
			w.mend()
			s.back()
			if got := js[string](s, "document.querySelector('#account').value + ' ' + document.querySelector('#secret').value"); got != "1001 till-de" {
				t.Errorf("typed before the cut: %q is left", got)
			}

			w.hold(toPage)
			s.fill("#secret", "mo-1"+kb.Enter)
			await(t, "the sale", func() (bool, error) { return clerk.sales() == 1, nil })
			w.cut() // the sale is made, its reply lost
			s.away()
			s.sees("#offline", "you are charged once at most")
			s.view(name + "-cut-paid")
			w.mend()
			s.state("paid")
			s.sees("#receipt-title", "9.37")
			s.back()
			if open, reason := spend(t, till.address, s.code(name+"-cut-receipt")); !open {
				t.Errorf("the gate stays shut: %s", reason)
			}
			if sold := clerk.sales(); sold != 1 {
				t.Errorf("%d sales, want one", sold)
			}
		})
	}
}

// A network that swallows everything ends no connection: the page has to notice.
func TestAPageNoticesANetworkThatSwallowsEverything(t *testing.T) {
	till := startBrowserTill(t, "--typed-only")
	w, clerk := startWire(t, till), signInStaff(t, till.address)
	s := openScreen(t, openBrowser(t), w.address, "/", phone)
	s.types("three oat milk")
	s.line("1203", "3")
	w.hold(toTill, toPage)
	s.types("two bagels")
	s.away()
	s.sees(".unsent", "two bagels")
	s.view("phone-swallowed")
	w.release()
	s.line("2112", "2")
	s.line("1203", "3")
	s.back()
	s.pay("1001", "till-demo-1")
	s.state("paid")
	if sold := clerk.sales(); sold != 1 {
		t.Errorf("%d sales, want one", sold)
	}
}
