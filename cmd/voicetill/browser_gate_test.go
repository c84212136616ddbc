package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/skip2/go-qrcode"
)

// filmOf writes a film (https://wiki.multimedia.cx/index.php/YUV4MPEG2) in
// which a QR code is held before a camera, for Chromium's fake one.
func filmOf(t *testing.T, file, text string) {
	t.Helper()
	const width, height = 1280, 720
	code, err := qrcode.New(text, qrcode.Low)
	if err != nil {
		t.Fatal(err)
	}
	img := code.Image(600)
	luma := bytes.Repeat([]byte{130}, width*height)
	for y := range 600 {
		for x := range 600 {
			grey, _, _, _ := img.At(x, y).RGBA()
			luma[(y+60)*width+x+340] = byte(16 + grey>>8*219/255)
		}
	}
	var film bytes.Buffer
	fmt.Fprintf(&film, "YUV4MPEG2 W%d H%d F10:1 Ip A1:1 C420jpeg\n", width, height)
	for range 2 {
		film.WriteString("FRAME\n")
		film.Write(luma)
		film.Write(bytes.Repeat([]byte{128}, width*height/2))
	}
	if err := os.WriteFile(file, film.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// staff is the demo merchant over HTTP.
type staff struct {
	t      *testing.T
	client *http.Client
	base   string
	token  string
}

func signInStaff(t *testing.T, address string) *staff {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &staff{t: t, client: &http.Client{Jar: jar}, base: "http://" + address}
	t.Cleanup(s.client.CloseIdleConnections)
	s.call("POST", "/v1/session", `{"role":"merchant","account":"merchant@example.com","password":"shop-demo-1"}`, 200)
	s.token = s.call("POST", "/v1/merchant/tokens", `{"name":"gate"}`, 201)["token"].(string)
	return s
}

func (s *staff) call(method, path, body string, want int) (answer map[string]any) {
	s.t.Helper()
	r, err := http.NewRequest(method, s.base+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	res, err := s.client.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != want {
		s.t.Fatalf("%s %s: got %d %s, %v", method, path, res.StatusCode, data, err)
	}
	_ = json.Unmarshal(data, &answer) // 204 has none
	return answer
}

// buys pays for one oat milk on a page of its own and returns pass and link.
func buys(t *testing.T, browser context.Context, till *browserTill) (pass, link string) {
	t.Helper()
	s := openScreen(t, browser, till.address, "/", phone)
	s.types("oat milk")
	s.line("1203", "1")
	s.front()
	s.pay("1001", "till-demo-1")
	s.state("paid")
	s.wait("document.querySelector('.qr')")
	pass, link = s.code("gate-pass"), js[string](s, "document.querySelector('.receipt a').getAttribute('href')")
	js[bool](s, "localStorage.clear(), sessionStorage.clear(), true") // the next page begins with a basket of its own
	return pass, link
}

// ownGateAt is a running `voicetill gate`.
type ownGateAt struct {
	address string
	stop    context.CancelFunc
	done    chan error
}

// buffer is written by the gate and read by the test.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func startOwnGate(t *testing.T, args ...string) *ownGateAt {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	g, out := &ownGateAt{stop: stop, done: make(chan error, 1)}, &buffer{}
	go func() {
		g.done <- gateCommand(ctx, append(args, "--listen", "localhost:0"), strings.NewReader(""), out)
	}()
	await(t, "a gate that listens", func() (bool, error) {
		select {
		case err := <-g.done:
			g.done <- err
			return false, fmt.Errorf("the gate stopped: %w", err)
		default:
		}
		_, g.address, _ = strings.Cut(strings.TrimSuffix(strings.TrimSpace(out.String()), "/"), "http://")
		return g.address != "", nil
	})
	return g
}

func (g *ownGateAt) end(t *testing.T) {
	t.Helper()
	g.stop()
	if err := <-g.done; err != nil {
		t.Errorf("the gate ended with %v", err)
	}
	g.done <- nil
}

func TestAGateWithACamera(t *testing.T) {
	t.Parallel()
	film := filepath.Join(t.TempDir(), "camera.y4m")
	browser := openOwnBrowser(t, fakeDevices, allowsDevices,
		"use-file-for-fake-video-capture="+film)
	till := startBrowserTill(t, "--typed-only")
	m := signInStaff(t, till.address)
	m.call("PUT", "/v1/merchant/gates?place=demo", `{"gates":["exit"]}`, 204)
	first, _ := buys(t, browser, till)
	second, link := buys(t, browser, till)

	token := filepath.Join(t.TempDir(), "token")
	pin := filepath.Join(t.TempDir(), "pin")
	for file, text := range map[string]string{token: m.token, pin: "4711\n"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{"--till", "http://" + till.address, "--place", "demo", "--name", "exit", "--memory", filepath.Join(t.TempDir(), "gate.db"),
		"--token-file", token, "--pin-file", pin}
	gate := startOwnGate(t, args...)
	filmOf(t, film, first)
	s := openScreen(t, browser, gate.address, "/?camera", desktop)
	s.front()
	s.sees(".verdict", "Open. Goodbye!")
	s.sees(".gate-state", "exit is online")
	s.view("gate-camera")
	if open, reason := spend(t, gate.address, first); open || reason != "already used" {
		t.Errorf("a copy: open %t, %q", open, reason)
	}
	console := openScreen(t, browser, till.address, "/merchant#gates", desktop)
	enterConsole(t, console)
	console.sees("#gate-events", "good pass")
	console.sees("#gate-events", "already used")
	console.sees(`[data-gate="exit"]`, "online")
	console.fill(`[data-gate="exit"] [name=why]`, "phone is dead")
	console.click(`[data-gate="exit"] .release`)
	console.sees("#gate-events", "let out by staff · Demo Shop · phone is dead")
	console.view("merchant-gates")
	s.sees(".verdict", "Opened by staff")

	// A lost pass, anew on the receipt's page; then the till goes.
	paper := openScreen(t, browser, till.address, link, phone)
	paper.click(".renew")
	paper.sees(".new-pass", "This is your new exit pass")
	paper.front()
	renewed := paper.scanned(second)
	paper.view("receipt-renewed")
	if open, reason := spend(t, gate.address, second); open || reason != "cancelled" && reason != "already used" { // by the till, or by the gate that has heard of it
		t.Errorf("the cancelled pass: open %t, %q", open, reason)
	}
	till.end(t)
	s.sees(".gate-state", "cut off")
	s.view("gate-cut-off")
	if open, reason := spend(t, gate.address, renewed); !open {
		t.Errorf("a pass for this gate alone while it is cut off: %q", reason)
	}
	s.front()
	s.fill(".by-hand [name=pin]", "4711")
	s.fill(".by-hand [name=why]", "till is down")
	s.click(".by-hand button")
	s.wait("document.querySelector('.by-hand [name=why]').value === ''")
	s.sees(".verdict", "Opened by staff")
	gate.end(t)
	gate = startOwnGate(t, args...)
	if open, reason := spend(t, gate.address, renewed); open || reason != "already used" {
		t.Errorf("its copy after a restart: open %t, %q", open, reason)
	}
	till.start(t)
	console.sees("#gate-events", "till is down")
	gate.end(t)
	if open, reason := spend(t, till.address, renewed); open || reason == "good" {
		t.Errorf("the till was not told: open %t, %q", open, reason)
	}
}

func TestAGateSaysWhatItLacks(t *testing.T) {
	t.Parallel()
	memory := filepath.Join(t.TempDir(), "gate.db")
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"a camera without a memory": {[]string{"--listen", "localhost:0"}, errGate.Error()},
		"no token":                  {[]string{"--memory", memory, "--place", "demo"}, errGateToken.Error()},
		"no place":                  {[]string{"--memory", memory, "--token-file", token}, errGateToken.Error()},
		"a token file that is gone": {[]string{"--memory", memory, "--place", "demo", "--token-file", "nowhere"}, "no such file"},
		"a key that is none":        {[]string{"--memory", memory, "--place", "demo", "--token-file", token, "--key", "abc"}, errGateKey.Error()},
		"a name with a space":       {[]string{"--memory", memory + "2", "--place", "demo", "--token-file", token, "--name", "the front"}, "a gate's name is"},
	} {
		err := gateCommand(t.Context(), c.args, strings.NewReader(""), io.Discard)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
}

func TestTheGatesPageFitsATablet(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t, "--typed-only")
	s := openScreen(t, openBrowser(t), till.address, "/gate", look{width: 1024, height: 768, scale: 1})
	s.wait("document.activeElement.id === 'pass'")
	s.whole("the gate")
	if at := js[float64](s, "scrollY"); at != 0 {
		t.Errorf("the page was scrolled by %v", at)
	}
	if status := js[int](s, "fetch('/v1/gate').then((r) => r.status)"); status != http.StatusNoContent {
		t.Errorf("the till's page asks for its gate: got %d, want 204", status)
	}
}
