package main

import (
	"context"
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"voicetill/checkout"
	"voicetill/store/storetest"

	"github.com/gorilla/websocket"
)

// killLimit is how long a killed till may take to be back, and to answer.
const killLimit = 20 * time.Second

// mortal is the real binary with its data, which a test kills and starts again.
type mortal struct {
	killable
	t *testing.T
}

func newMortal(t *testing.T, binary string, args ...string) *mortal {
	m := &mortal{t: t, killable: killable{binary: binary, args: args}}
	t.Cleanup(m.kill)
	return m
}

// builds are the binaries that the tests have built, by their tags.
var builds = struct {
	sync.Mutex
	folder string // gone when the tests are over
	done   map[string]string
}{done: map[string]string{}}

// buildTill builds the binary as `go build` does, with the tags, once.
func buildTill(t *testing.T, tags string) string {
	t.Helper()
	builds.Lock()
	defer builds.Unlock()
	if binary, ok := builds.done[tags]; ok {
		return binary
	}
	binary := filepath.Join(builds.folder, "voicetill-"+tags)
	out, err := exec.Command("go", "build", "-tags", tags, "-o", binary, ".").CombinedOutput()
	if err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	builds.done[tags] = binary
	return binary
}

// start runs the till until it says that it is ready. A fault is passed on.
func (m *mortal) start(fault string) {
	m.t.Helper()
	if err := m.killable.start(fault); err != nil {
		m.t.Fatal(err)
	}
}

// died waits for the till to die by its fault.
func (m *mortal) died() {
	m.t.Helper()
	done := make(chan struct{})
	go func() { defer close(done); _, _ = m.process.Process.Wait() }()
	select {
	case <-done:
		m.kill()
	case <-time.After(killLimit):
		m.t.Fatal("the till lives on in spite of its fault")
	}
}

// line is a shopper's connection, made again after every death.
type line struct {
	t      *testing.T
	conn   *websocket.Conn
	resume string
	said   []tillMessage
}

func (m *mortal) connect(resume string) (*line, tillMessage) {
	m.t.Helper()
	ctx, cancel := context.WithTimeout(m.t.Context(), killLimit)
	defer cancel()
	conn, _, err := websocket.DefaultDialer.DialContext(ctx, "ws://"+m.address+"/v1/checkout?place=demo", nil)
	if err != nil {
		m.t.Fatal(err)
	}
	m.t.Cleanup(func() { conn.Close() })
	l := &line{t: m.t, conn: conn}
	l.send(map[string]any{"type": "hello", "client": "test", "resume": resume})
	welcome := l.wait(func(x tillMessage) bool { return x.Type == "welcome" })
	l.resume = welcome.Resume
	if resume != "" && l.resume != resume {
		m.t.Fatalf("the session %s is gone", resume)
	}
	return l, welcome
}

func (l *line) send(v any) {
	l.t.Helper()
	if err := l.conn.WriteJSON(v); err != nil {
		l.t.Fatal(err)
	}
}

func (l *line) wait(is func(tillMessage) bool) tillMessage {
	l.t.Helper()
	x, err := l.await(is)
	if err != nil {
		l.t.Fatalf("waiting: %v after %+v", err, l.said)
	}
	return x
}

// await reads on until a message is the one waited for.
func (l *line) await(is func(tillMessage) bool) (x tillMessage, err error) {
	if err := l.conn.SetReadDeadline(time.Now().Add(killLimit)); err != nil {
		return x, err
	}
	for {
		x = tillMessage{}
		if err := l.conn.ReadJSON(&x); err != nil {
			return x, err
		}
		l.said = append(l.said, x)
		if is(x) {
			return x, nil
		}
	}
}

func (l *line) say(id, text string) tillMessage {
	l.t.Helper()
	l.send(map[string]any{"type": "say", "id": id, "text": text})
	return l.wait(func(x tillMessage) bool { return x.ID == id })
}

// onBoth runs a test with each database.
func onBoth(t *testing.T, test func(t *testing.T, db string)) {
	t.Run("SQLite", func(t *testing.T) { test(t, storetest.SQLite(t)) })
	t.Run("PostgreSQL", func(t *testing.T) {
		cluster, err := storetest.StartPostgres()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := cluster.Stop(); err != nil {
				t.Error(err)
			}
		})
		test(t, cluster.Database(t))
	})
}

func TestKilledBetweenAnyTwoCommandsTheCartIsTheSame(t *testing.T) {
	t.Parallel()
	binary := buildTill(t, "")
	onBoth(t, func(t *testing.T, db string) {
		m := newMortal(t, binary, "--typed-only", "--db", db)
		m.start("")
		l, _ := m.connect("")
		count := 0
		for i, step := range []struct {
			say   string
			count int
			state checkout.State
		}{
			{"three oat milk", 3, "shopping"},
			{"two bagels", 5, "shopping"},
			{"undo", 3, "shopping"},
			{"fifteen bagels", 3, "choosing"},
			{"yes", 18, "shopping"},
			{"remove the last one", 3, "shopping"},
			{"checkout", 3, "billed"},
			{"confirm payment", 3, "proving"},
			{"go back", 3, "shopping"},
		} {
			r := l.say(fmt.Sprint("c", i), step.say)
			if r.Cart.Count != step.count || r.State != step.state {
				t.Fatalf("%s: got %d items, %s; want %d, %s", step.say, r.Cart.Count, r.State, step.count, step.state)
			}
			m.kill()
			m.start("")
			var w tillMessage
			if l, w = m.connect(l.resume); w.Cart.Count != step.count || w.State != step.state || w.Cart.Version != r.Cart.Version {
				t.Fatalf("after %s and kill -9: got %d items, %s, version %d; want %d, %s, %d", step.say,
					w.Cart.Count, w.State, w.Cart.Version, step.count, step.state, r.Cart.Version)
			}
			if again := l.say(fmt.Sprint("c", i), step.say); again.Say != r.Say || again.Cart.Version != r.Cart.Version {
				t.Fatalf("%s was obeyed again: %+v", step.say, again)
			}
			count = w.Cart.Count
		}
		if count != 3 {
			t.Errorf("got %d items at the end, want 3", count)
		}
	})
}

func TestKilledBetweenCommitAndReplyNothingIsLostOrDoubled(t *testing.T) {
	t.Parallel()
	binary := buildTill(t, "")
	onBoth(t, func(t *testing.T, db string) {
		m := newMortal(t, binary, "--typed-only", "--db", db)
		m.start("")
		l, _ := m.connect("")
		for i, text := range []string{"three oat milk", "two bagels", "checkout", "confirm payment"} {
			m.kill()
			m.start("exit-after-commit:1")
			l, _ = m.connect(l.resume)
			l.send(map[string]any{"type": "say", "id": fmt.Sprint("c", i), "text": text})
			m.died()
			m.start("")
			l, _ = m.connect(l.resume)
			r := l.say(fmt.Sprint("c", i), text)
			if want := min(3+2*min(i, 1), 5); r.Cart.Count != want {
				t.Fatalf("%s: got %d items, want %d", text, r.Cart.Count, want)
			}
		}
		m.kill()
		m.start("exit-after-commit:1")
		l, _ = m.connect(l.resume)
		bill := l.wait(func(x tillMessage) bool { return x.Type == "bill" })
		prove := map[string]any{"type": "prove", "id": "pay", "bill": bill.Bill, "version": bill.Version, "account": "1001",
			"factor": "password", "secret": "till-demo-1"}
		l.send(prove)
		m.died()
		m.start("")
		l, w := m.connect(l.resume)
		if w.State != "paid" {
			t.Fatalf("got %+v, want paid", w)
		}
		receipt := l.wait(func(x tillMessage) bool { return x.Type == "receipt" })
		if receipt.Total != "9.37" || receipt.Pass == "" {
			t.Errorf("got %+v", receipt)
		}
		l.send(prove)
		if again := l.wait(func(x tillMessage) bool { return x.ID == "pay" }); again.State != "paid" {
			t.Errorf("the repeated payment: %+v", again)
		}
		m.kill()
		if err := Main(t.Context(), []string{"audit", "--db", db}); err != nil {
			t.Errorf("the books after the kill: %v", err)
		}
	})
}

func TestServeSaysWhatIsWrongInOneLine(t *testing.T) {
	listener, err := listenOn("localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	fresh := func() string { return storetest.SQLite(t) }
	newer := filepath.Join(t.TempDir(), "newer.db")
	if err := Main(t.Context(), []string{"catalog", "import", "--db", "sqlite:" + newer, "../../models/demo/catalog.csv"}); err != nil {
		t.Fatal(err)
	}
	spoil(t, newer, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)`)
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"port in use":       {[]string{"--listen", listener.Addr().String(), "--typed-only", "--db", fresh()}, "in use"},
		"beyond loopback":   {[]string{"--listen", "0.0.0.0:0", "--typed-only", "--db", fresh()}, "--no-demo"},
		"vosk abroad":       {[]string{"--listen", "localhost:0", "--vosk-listen", ":0", "--typed-only", "--db", fresh()}, "--no-demo"},
		"newer database":    {[]string{"--listen", "localhost:0", "--typed-only", "--db", "sqlite:" + newer}, "newer"},
		"no such database":  {[]string{"--listen", "localhost:0", "--typed-only", "--db", "mongodb://x"}, "sqlite:"},
		"broken model":      {[]string{"--listen", "localhost:0", "--model", t.TempDir(), "--db", fresh()}, "--typed-only"},
		"unknown log level": {[]string{"--listen", "localhost:0", "--log-level", "loud", "--typed-only"}, "--log-level"},
		"unknown fault":     {[]string{"--listen", "localhost:0", "--fault", "fire", "--typed-only", "--db", fresh()}, "exit-after-commit"},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), killLimit)
			defer cancel()
			err := Main(ctx, append([]string{"serve"}, test.args...))
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want one line with %q", err, test.want)
			}
		})
	}
}

func TestBeyondLoopbackWithoutTheDemo(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t)
	if err := Main(t.Context(), []string{"catalog", "import", "--db", db, "../../models/demo/catalog.csv"}); err != nil {
		t.Fatal(err)
	}
	m := newMortal(t, buildTill(t, ""), "--typed-only", "--db", db, "--no-demo", "--listen", "0.0.0.0:0")
	m.start("")
	res, err := http.Post("http://"+m.address+"/v1/session", "application/json",
		strings.NewReader(`{"role":"shopper","account":"1001","password":"till-demo-1"}`))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusUnauthorized {
		t.Errorf("a demo account with its published password: %d, want 401", res.StatusCode)
	}
	conn, res, err := websocket.DefaultDialer.Dial("ws://"+m.address+"/v1/checkout?place=demo", nil)
	if err == nil {
		conn.Close()
	}
	if err == nil || res.StatusCode != http.StatusUnauthorized {
		t.Errorf("an anonymous cart: %v", err)
	}
}
