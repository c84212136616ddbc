package server_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"voicetill/accounts"
	"voicetill/catalog"
	"voicetill/checkout"
	"voicetill/models"
	"voicetill/parser"
	"voicetill/payments"
	"voicetill/server"
	"voicetill/server/records"
	"voicetill/speech/speechtest"
	"voicetill/store"
	"voicetill/store/storetest"
	"voicetill/web"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what must come.
const patience = 40 * time.Second

// till is a server on a real database, whose engine hears what it is told.
type till struct {
	t      *testing.T
	db     *store.DB
	server *server.Server
	http   *httptest.Server
	engine *speechtest.Engine
	log    *safeBuffer
	path   string
	more   map[payments.Method]payments.Gateway // besides prepaid

	mu    sync.Mutex
	ahead time.Duration // of the real clock
}

// safeBuffer is a log that may be read while it is written.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func (x *till) now() time.Time {
	x.mu.Lock()
	defer x.mu.Unlock()
	return time.Now().Add(x.ahead)
}

// wait makes time pass without waiting.
func (x *till) wait(d time.Duration) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.ahead += d
}

func newTill(t *testing.T, change ...func(*server.Config)) *till {
	t.Helper()
	return openTill(t, filepath.Join(t.TempDir(), "till.db"), change...)
}

func openTill(t *testing.T, file string, change ...func(*server.Config)) *till {
	t.Helper()
	return startTill(t, &till{path: file}, change...)
}

// newTillWith takes other ways to pay, too.
func newTillWith(t *testing.T, more map[payments.Method]payments.Gateway, change ...func(*server.Config)) *till {
	t.Helper()
	return startTill(t, &till{path: filepath.Join(t.TempDir(), "till.db"), more: more}, change...)
}

func startTill(t *testing.T, x *till, change ...func(*server.Config)) *till {
	t.Helper()
	x.t, x.engine, x.log = t, &speechtest.Engine{}, &safeBuffer{}
	if _, err := os.Stat(x.path); errors.Is(err, fs.ErrNotExist) {
		if err := os.WriteFile(x.path, demoShop(t), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var err error
	if x.db, err = store.Open(t.Context(), "sqlite:"+x.path); err != nil {
		t.Fatal(err)
	}
	c := x.config()
	for _, f := range change {
		f(&c)
	}
	x.server = server.New(c)
	handler, err := x.server.Handler()
	if err != nil {
		t.Fatal(err)
	}
	x.http = httptest.NewServer(handler)
	t.Cleanup(x.stop)
	return x
}

var demo struct {
	once sync.Once
	file []byte
	err  error
}

// demoShop is a database file with the demo shop, whose passwords cost next to
// nothing to check. It is made once, since it takes longer than most tests.
func demoShop(t *testing.T) []byte {
	t.Helper()
	demo.once.Do(func() { demo.file, demo.err = makeDemoShop(t) })
	if demo.err != nil {
		t.Fatal(demo.err)
	}
	return demo.file
}

func makeDemoShop(t *testing.T) ([]byte, error) {
	path := filepath.Join(t.TempDir(), "demo.db")
	db, err := store.Open(t.Context(), "sqlite:"+path)
	if err != nil {
		return nil, err
	}
	for _, l := range store.DemoLogins() {
		if _, err := db.CreateAccount(t.Context(), l.Account, storetest.CheapHash(l.Password)); err != nil {
			return nil, errors.Join(err, db.Close())
		}
	}
	if err := errors.Join(db.SeedDemo(t.Context(), demoItems(t)), db.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

// stop drains and closes; stopping twice is once.
func (x *till) stop() {
	if x.http == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := x.server.Drain(ctx); err != nil {
		x.t.Errorf("drain: %v", err)
	}
	x.http.Close()
	if err := x.server.Close(); err != nil {
		x.t.Errorf("close: %v", err)
	}
	if n := x.engine.Running(); n != 0 {
		x.t.Errorf("%d recognisers are still open", n)
	}
	if err := x.db.Close(); err != nil {
		x.t.Errorf("close database: %v", err)
	}
	x.http = nil
}

func (x *till) config() server.Config {
	x.t.Helper()
	key, err := x.db.PassKey(x.t.Context())
	if err != nil {
		x.t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(x.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	verifier := &accounts.Verifier{Book: x.db, Now: x.now}
	pages, err := fs.Sub(web.FS, "dist")
	if err != nil {
		x.t.Fatal(err)
	}
	voiceKey := sha256.Sum256(key.Seed())
	gateways := map[payments.Method]payments.Gateway{payments.Prepaid: x.db.Prepaid()}
	maps.Copy(gateways, x.more)
	return server.Config{
		Records: records.Records{DB: x.db, Demo: true}, Verifier: verifier, Engine: x.engine, Decoders: 2, Samples: 500,
		Cashier: payments.New(payments.Config{Store: x.db, Wallet: x.db, Verifier: verifier, PassKey: key, Now: x.now, Log: log,
			Gateways: gateways}),
		Grammars: map[string]*parser.Grammar{"en": grammar(x.t, "en"), "zh": grammar(x.t, "zh")},
		Replies:  map[string]*checkout.Replies{"en": replies(x.t, "en"), "zh": replies(x.t, "zh")},
		Pages:    pages, WebSessions: x.db.WebSessions(), Voice: whisper{}, VoiceKey: voiceKey[:], CheckSeed: []byte("seed"),
		Limits: server.DefaultLimits(), Log: log, Now: x.now,
	}
}

// whisper is a voice that says nothing, loudly enough to be told apart.
type whisper struct{}

func (whisper) Names(string) []string { return []string{"low", "lower"} }

func (whisper) Speak(_ context.Context, lang, text string, as server.Style) ([]byte, error) {
	return fmt.Appendf(nil, "RIFF %s %s <%s>%d", lang, text, as.Voice, as.Percent), nil
}

func demoItems(t *testing.T) []catalog.Item {
	t.Helper()
	data, err := models.FS.ReadFile("demo/catalog.csv")
	if err != nil {
		t.Fatal(err)
	}
	items, err := catalog.ReadCSV(bytes.NewReader(data), "EUR")
	if err != nil {
		t.Fatal(err)
	}
	return items
}

// grammars are read once; nothing changes them.
var grammars sync.Map // language → *parser.Grammar

func grammar(t *testing.T, lang string) *parser.Grammar {
	t.Helper()
	if g, ok := grammars.Load(lang); ok {
		return g.(*parser.Grammar)
	}
	g, err := parser.ReadGrammar(models.FS, lang+"/grammar.txt")
	if err != nil {
		t.Fatal(err)
	}
	grammars.Store(lang, g)
	return g
}

func replies(t *testing.T, lang string) *checkout.Replies {
	t.Helper()
	data, err := models.FS.ReadFile(lang + "/replies.json")
	if err != nil {
		t.Fatal(err)
	}
	r, err := checkout.NewReplies(lang, data)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// message is any server message.
type message struct {
	Type     string            `json:"type"`
	ID       string            `json:"id"`
	Code     string            `json:"code"`
	Text     string            `json:"text"`
	Say      string            `json:"say"`
	Audio    string            `json:"audio"`
	State    string            `json:"state"`
	Resume   string            `json:"resume"`
	Hears    string            `json:"hears"`
	Lang     string            `json:"lang"`
	Cart     checkout.View     `json:"cart"`
	Choices  []checkout.Choice `json:"choices"`
	Commands json.RawMessage   `json:"commands"`
	Bill     string            `json:"bill"`
	Version  int               `json:"version"`
	Total    string            `json:"total"`
	Pass     string            `json:"pass"`
	URL      string            `json:"url"`
	Frames   int               `json:"frames"`
	raw      string
}

// page is a client of /v1/checkout.
type page struct {
	t    *testing.T
	conn *websocket.Conn
	seen []message
}

func (x *till) dial(path string, header http.Header) (*websocket.Conn, *http.Response, error) {
	return websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(x.http.URL, "http")+path, header)
}

func (x *till) open(resume string) *page {
	x.t.Helper()
	conn, _, err := x.dial("/v1/checkout?place=demo", nil)
	if err != nil {
		x.t.Fatal(err)
	}
	x.t.Cleanup(func() { conn.Close() })
	p := &page{t: x.t, conn: conn}
	p.send(map[string]any{"type": "hello", "client": "phone", "lang": "en", "resume": resume})
	return p
}

func (p *page) send(v any) {
	p.t.Helper()
	if err := p.conn.WriteJSON(v); err != nil {
		p.t.Fatal(err)
	}
}

func (p *page) audio(pcm []byte) {
	p.t.Helper()
	for len(pcm) > 0 {
		n := min(len(pcm), 3200)
		if err := p.conn.WriteMessage(websocket.BinaryMessage, pcm[:n]); err != nil {
			p.t.Fatal(err)
		}
		pcm = pcm[n:]
	}
}

func (p *page) next() message {
	p.t.Helper()
	if err := p.conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		p.t.Fatal(err)
	}
	_, data, err := p.conn.ReadMessage()
	if err != nil {
		p.t.Fatalf("waiting for a message: %v; so far %+v", err, p.seen)
	}
	m := message{raw: string(data)}
	if err := json.Unmarshal(data, &m); err != nil {
		p.t.Fatalf("%s: %v", data, err)
	}
	p.seen = append(p.seen, m)
	return m
}

// want skips messages until one of the type comes.
func (p *page) want(kind string) message {
	p.t.Helper()
	for {
		if m := p.next(); m.Type == kind {
			return m
		}
	}
}

// say types a line and returns the reply to it.
func (p *page) say(id, text string) message {
	p.t.Helper()
	p.send(map[string]any{"type": "say", "id": id, "text": text})
	return p.wantID(id)
}

func (p *page) do(id string, command map[string]any) message {
	p.t.Helper()
	p.send(map[string]any{"type": "do", "id": id, "command": command})
	return p.wantID(id)
}

func (p *page) wantID(id string) message {
	p.t.Helper()
	for {
		m := p.next()
		if m.ID == id && (m.Type == "reply" || m.Type == "error") {
			return m
		}
	}
}

// browser is an HTTP client with cookies.
func (x *till) browser() *http.Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		x.t.Fatal(err)
	}
	return &http.Client{Jar: jar, Transport: x.http.Client().Transport}
}

// call makes a request and reads the answer's JSON into a map.
func (x *till) call(c *http.Client, method, path, body string, header ...string) (int, map[string]any) {
	x.t.Helper()
	req, err := http.NewRequest(method, x.http.URL+path, strings.NewReader(body))
	if err != nil {
		x.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := c.Do(req)
	if err != nil {
		x.t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		x.t.Fatal(err)
	}
	var out map[string]any
	if len(data) > 0 {
		if err := json.Unmarshal(data, &out); err != nil {
			x.t.Fatalf("%s %s: %d %s", method, path, res.StatusCode, data)
		}
	}
	return res.StatusCode, out
}

func (x *till) merchant() *http.Client {
	x.t.Helper()
	c := x.browser()
	status, body := x.call(c, "POST", "/v1/session", `{"role":"merchant","account":"merchant@example.com","password":"shop-demo-1"}`)
	if status != 200 {
		x.t.Fatalf("log in: %d %v", status, body)
	}
	return c
}

func sprint(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(data)
}
