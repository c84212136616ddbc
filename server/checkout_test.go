package server_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"voicetill/server"
	"voicetill/speech"
	"voicetill/speech/speechtest"

	"github.com/gorilla/websocket"
)

// buy goes from the checkout to the receipt.
func (p *page) buy(secret string) message {
	p.t.Helper()
	p.say("checkout", "checkout")
	bill := p.want("bill")
	p.say("confirm", "confirm payment")
	p.send(map[string]any{"type": "prove", "id": "prove", "bill": bill.Bill, "version": bill.Version,
		"account": "1001", "factor": "password", "secret": secret})
	return p.wantID("prove")
}

func TestATypedPurchaseOpensTheGateOnce(t *testing.T) {
	x := newTill(t)
	p := x.open("")
	w := p.want("welcome")
	if w.Resume == "" || w.State != "shopping" || w.Cart.Count != 0 {
		t.Fatalf("got %s", w.raw)
	}
	r := p.say("1", "three oat milk")
	if r.Say != "Three oat milk, seven forty-seven." || r.Cart.Total != "7.47" || r.Cart.Lines[0].Item != "1203" {
		t.Fatalf("got %s", r.raw)
	}
	if paid := p.buy("till-demo-1"); paid.State != "paid" {
		t.Fatalf("got %s", paid.raw)
	}
	receipt := p.want("receipt")
	if receipt.Total != "7.47" || receipt.Pass == "" {
		t.Fatalf("got %s", receipt.raw)
	}
	c := x.browser()
	if _, look := x.call(c, "GET", "/v1/pass/"+receipt.Pass, ""); look["open"] != true {
		t.Errorf("look: got %v", look)
	}
	if _, first := x.call(c, "POST", "/v1/pass/"+receipt.Pass+"/open", ""); first["open"] != true {
		t.Errorf("first: got %v", first)
	}
	if _, second := x.call(c, "POST", "/v1/pass/"+receipt.Pass+"/open", ""); second["open"] != false || second["reason"] != "already used" {
		t.Errorf("second: got %v", second)
	}
	if status, page := x.call(c, "GET", "/v1"+receipt.URL, ""); status != 200 || page["total"] != "7.47" || page["pass"] != receipt.Pass {
		t.Errorf("receipt by link: %d %v", status, page)
	}
	if _, items := x.call(x.merchant(), "GET", "/v1/merchant/items?place=demo", ""); stockOf(items, "1203") != "37" {
		t.Errorf("stock after selling 3 of 40: %v", stockOf(items, "1203"))
	}
	if strings.Contains(x.log.String(), "till-demo-1") || strings.Contains(x.log.String(), "oat milk") {
		t.Error("a password or spoken words are in the log")
	}
}

func stockOf(body map[string]any, number string) any {
	for _, it := range body["items"].([]any) {
		if m := it.(map[string]any); m["number"] == number {
			return m["stock"]
		}
	}
	return nil
}

func TestACartOutlivesTheServer(t *testing.T) {
	file := filepath.Join(t.TempDir(), "till.db")
	x := openTill(t, file)
	p := x.open("")
	resume := p.want("welcome").Resume
	first := p.say("a", "two bagels")
	x.stop()

	x = openTill(t, file)
	p = x.open(resume)
	if w := p.want("welcome"); w.Resume != resume || w.Cart.Count != 2 {
		t.Fatalf("got %s", w.raw)
	}
	if again := p.say("a", "two bagels"); again.Cart.Count != 2 || again.Say != first.Say {
		t.Errorf("the repeated command was obeyed again: %s", again.raw)
	}
	p.say("b", "checkout")
	x.stop()

	x = openTill(t, file)
	p = x.open(resume)
	if w := p.want("welcome"); w.State != "billed" {
		t.Errorf("got %s", w.raw)
	}
	if b := p.want("bill"); b.Total != "1.90" {
		t.Errorf("got %s", b.raw)
	}
}

func TestAnUnknownResumeTokenGetsANewBasket(t *testing.T) {
	p := newTill(t).open("made-up")
	if m := p.next(); m.Type != "error" || m.Code != "no_session" {
		t.Errorf("got %s", m.raw)
	}
	if w := p.next(); w.Type != "welcome" || w.Resume == "made-up" || w.Resume == "" {
		t.Errorf("got %s", w.raw)
	}
}

func TestASecondHelloChangesTheLanguageOnly(t *testing.T) {
	p := newTill(t).open("")
	resume := p.want("welcome").Resume
	p.say("1", "oat milk")
	p.send(map[string]any{"type": "hello", "lang": "zh", "rate": 44100})
	if w := p.want("welcome"); w.Resume != resume || w.Cart.Count != 1 {
		t.Errorf("got %s", w.raw)
	}
	if r := p.do("2", map[string]any{"do": "total"}); r.Say != "一件，二点四九欧元。" {
		t.Errorf("got %s", r.raw)
	}
}

func TestBadMessagesAreNamedAndTheConnectionLives(t *testing.T) {
	x := newTill(t)
	p := x.open("")
	p.want("welcome")
	long := strings.Repeat("x", 70<<10)
	for _, test := range []struct {
		name string
		kind int
		data string
		code string
	}{
		{"not JSON", websocket.TextMessage, `{"type": "say"`, "not_json"},
		{"no object", websocket.TextMessage, `7`, "bad_message"},
		{"unknown type", websocket.TextMessage, `{"type": "sing", "id": "1"}`, "unknown_type"},
		{"no type", websocket.TextMessage, `{}`, "unknown_type"},
		{"wrong field", websocket.TextMessage, `{"type": "say", "text": 7}`, "bad_message"},
		{"bad rate", websocket.TextMessage, `{"type": "hello", "rate": 1000}`, "bad_rate"},
		{"odd audio", websocket.BinaryMessage, "abc", "odd_audio"},
		{"long text", websocket.TextMessage, `{"type": "say", "text": "` + long + `"}`, "too_long"},
		{"long audio", websocket.BinaryMessage, long, "too_long"},
	} {
		if err := p.conn.WriteMessage(test.kind, []byte(test.data)); err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		if m := p.want("error"); m.Code != test.code || m.Text == "" {
			t.Errorf("%s: got %s", test.name, m.raw)
		}
	}
	if r := p.say("1", "oat milk"); r.Cart.Count != 1 {
		t.Errorf("got %s", r.raw)
	}
}

func TestAQuantityThatCannotBeIsNamed(t *testing.T) {
	p := newTill(t).open("")
	p.want("welcome")
	for _, quantity := range []any{"-3", -3, "1e9", 1e9, "abc", "", "1,5", "0.0001", "1000000.001", "99999999999999999999", []int{3}, true} {
		m := p.do("1", map[string]any{"do": "add", "item": "1203", "quantity": quantity})
		if m.Type != "error" || m.ID != "1" || m.Code != "bad_quantity" || !strings.Contains(m.Text, "a number such as 3 or 0.25") {
			t.Errorf("%v: got %s", quantity, m.raw)
		}
	}
	for _, quantity := range []any{"2", 2, nil} {
		if m := p.do("", map[string]any{"do": "add", "item": "1203", "quantity": quantity}); m.Type != "reply" {
			t.Errorf("%v: got %s", quantity, m.raw)
		}
	}
	if m := p.do("1", map[string]any{"do": "total"}); m.Cart.Count != 5 {
		t.Errorf("got %s", m.raw)
	}
}

func TestAMessageThatIsFarTooLongIsToldWhyTheConnectionEnds(t *testing.T) {
	x := newTill(t)
	const size = 10 << 20
	p := x.open("")
	p.want("welcome")
	if err := p.conn.WriteMessage(websocket.BinaryMessage, make([]byte, size)); err != nil {
		t.Fatal(err)
	}
	if m := p.want("error"); m.Code != "too_long" || !strings.Contains(m.Text, "64 KiB") {
		t.Errorf("got %s", m.raw)
	}
	_, _, err := p.conn.ReadMessage()
	if e := (*websocket.CloseError)(nil); !errors.As(err, &e) || e.Code != websocket.CloseMessageTooBig || !strings.Contains(e.Text, "64 KiB") {
		t.Errorf("a conversation ended with %v", err)
	}

	conn, _, err := websocket.DefaultDialer.Dial(strings.Replace(x.http.URL, "http", "ws", 1)+"/v1/recognize", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.WriteMessage(websocket.TextMessage, make([]byte, size)); err != nil {
		t.Fatal(err)
	}
	_, _, err = conn.ReadMessage()
	if e := (*websocket.CloseError)(nil); !errors.As(err, &e) || e.Code != websocket.CloseMessageTooBig || !strings.Contains(e.Text, "64 KiB") {
		t.Errorf("a recognition ended with %v", err)
	}
}

func TestALanguageThatTheTillDoesNotSpeakIsNamed(t *testing.T) {
	x := newTill(t)
	p := x.open("")
	p.want("welcome")
	for _, test := range []struct{ asked, want, code string }{
		{"fr", "en", "unknown_language"}, {"zh", "zh", ""}, {"zh-CN", "zh", ""}, {"de-AT", "zh", "unknown_language"}, {"", "zh", ""},
		{"en_GB", "en", ""}, {"EN", "en", ""}, {"-", "en", "unknown_language"}, {"english", "en", "unknown_language"},
	} {
		p.send(map[string]any{"type": "hello", "lang": test.asked})
		m := p.next()
		if test.code != "" {
			if m.Type != "error" || m.Code != test.code || !strings.Contains(m.Text, "English (en) and Chinese (zh)") {
				t.Errorf("%q: got %s", test.asked, m.raw)
			}
			m = p.next()
		}
		if m.Type != "welcome" || m.Lang != test.want {
			t.Errorf("%q: got %s, want %s", test.asked, m.raw, test.want)
		}
	}
}

func TestASpokenLineIsHeardAndAnswered(t *testing.T) {
	x := newTill(t)
	x.engine.Hears("three oat milk", "go team", "two bagels")
	p := x.open("")
	p.want("welcome")
	p.audio(speechtest.Silence(300 * time.Millisecond))
	p.audio(speechtest.Voice(500 * time.Millisecond))
	if m := p.want("partial"); m.Text != "three oat milk" {
		t.Errorf("got %s", m.raw)
	}
	p.audio(speechtest.Silence(1500 * time.Millisecond))
	if m := p.want("heard"); m.Text != "three oat milk" || !strings.Contains(string(m.Commands), `"1203"`) {
		t.Errorf("got %s", m.raw)
	}
	if m := p.want("reply"); m.Cart.Count != 3 || m.Audio == "" {
		t.Errorf("got %s", m.raw)
	}

	// While the till speaks nothing counts.
	p.audio(speechtest.Voice(500 * time.Millisecond))
	p.send(map[string]any{"type": "end"})

	// Talk that is not for the till is shown and not answered.
	p.audio(append(speechtest.Silence(300*time.Millisecond), speechtest.Voice(500*time.Millisecond)...))
	p.audio(speechtest.Silence(1500 * time.Millisecond))
	if m := p.want("heard"); m.Text != "go team" || string(m.Commands) != "[]" {
		t.Errorf("got %s", m.raw)
	}
	p.audio(speechtest.Voice(500 * time.Millisecond))
	p.send(map[string]any{"type": "end"})
	if m := p.want("reply"); m.Cart.Count != 5 {
		t.Errorf("got %s", m.raw)
	}
}

func TestListeningResumesWhenPlayedNeverComes(t *testing.T) {
	x := newTill(t)
	x.engine.Hears("two bagels")
	p := x.open("")
	p.want("welcome")
	p.say("1", "oat milk")
	x.wait(time.Minute)
	p.audio(append(speechtest.Silence(300*time.Millisecond), speechtest.Voice(500*time.Millisecond)...))
	p.send(map[string]any{"type": "end"})
	if m := p.want("reply"); m.Cart.Count != 3 {
		t.Errorf("got %s", m.raw)
	}
}

func TestAnUtteranceWithLostAudioIsNeverActedOn(t *testing.T) {
	hold := make(chan struct{})
	x := newTill(t, func(c *server.Config) { c.Limits.Frames = 500 * time.Millisecond })
	x.engine.Hold = func() { <-hold }
	x.engine.Hears("item one two three", "two bagels")
	p := x.open("")
	p.want("welcome")
	p.audio(speechtest.Silence(300 * time.Millisecond))
	p.say("1", "help") // the silence is heard: the room is known
	p.send(map[string]any{"type": "played"})
	p.seen = nil
	p.audio(speechtest.Voice(4 * time.Second))
	p.send(map[string]any{"type": "end"})
	p.audio([]byte{1}) // refused by the reader itself: all audio is in
	p.want("error")
	close(hold)
	if m := p.want("reply"); m.Cart.Count != 0 || !strings.Contains(m.Say, "again") {
		t.Errorf("got %s", m.raw)
	}
	lost := 0 // told in parts where some were lost before the recogniser began
	for _, m := range p.seen {
		lost += m.Frames
		if m.Type == "heard" {
			t.Errorf("the damaged utterance was taken for %s", m.raw)
		}
	}
	if lost < 20 {
		t.Errorf("got %d lost frames, want at least 20", lost)
	}
	p.send(map[string]any{"type": "played"})
	p.audio(append(speechtest.Silence(300*time.Millisecond), speechtest.Voice(100*time.Millisecond)...))
	p.send(map[string]any{"type": "end"})
	if m := p.want("reply"); m.Cart.Count != 2 {
		t.Errorf("the next utterance: got %s", m.raw)
	}
}

func TestASecretSpokenOrTypedAloudIsNowhere(t *testing.T) {
	x := newTill(t)
	p := x.open("")
	resume := p.want("welcome").Resume
	p.say("1", "oat milk")
	p.say("2", "checkout")
	p.say("3", "confirm payment")
	if r := p.say("4", "till-demo-1"); !strings.Contains(r.Say, "aloud") {
		t.Errorf("got %s", r.raw)
	}
	x.engine.Hears("four seven one one")
	p.send(map[string]any{"type": "played"})
	p.audio(append(speechtest.Silence(300*time.Millisecond), speechtest.Voice(500*time.Millisecond)...))
	p.send(map[string]any{"type": "end"})
	if r := p.want("reply"); !strings.Contains(r.Say, "aloud") {
		t.Errorf("got %s", r.raw)
	}
	if r := p.say("5", "go back"); r.State != "shopping" {
		t.Errorf("got %s", r.raw)
	}
	for _, m := range p.seen {
		if strings.Contains(m.raw, "till-demo-1") || strings.Contains(m.raw, "seven one one") {
			t.Errorf("the secret was shown: %s", m.raw)
		}
	}
	_, heard := x.call(x.browser(), "GET", "/v1/heard", "", "Authorization", "Bearer "+resume)
	data, err := json.Marshal(heard)
	if err != nil {
		t.Fatal(err)
	}
	if len(heard["heard"].([]any)) != 3 || strings.Contains(string(data), "demo-1") || strings.Contains(string(data), "seven") {
		t.Errorf("kept of what was heard: %s", data)
	}
	if strings.Contains(x.log.String(), "till-demo-1") || strings.Contains(x.log.String(), "seven one") {
		t.Error("the secret was logged")
	}
}

func TestALowBalanceSaysWhatToDo(t *testing.T) {
	x := newTill(t)
	p := x.open("")
	p.want("welcome")
	p.say("1", "three oat milk")
	p.say("2", "checkout")
	bill := p.want("bill")
	p.say("3", "confirm payment")
	p.send(map[string]any{"type": "prove", "id": "4", "bill": bill.Bill, "version": bill.Version, "account": "ben@example.com",
		"factor": "password", "secret": "till-demo-2"})
	if r := p.wantID("4"); r.State != "billed" || !strings.Contains(r.Say, "five euros") {
		t.Errorf("got %s", r.raw)
	}
}

func TestASignedInShopperNeedsNoAccount(t *testing.T) {
	x := newTill(t)
	c := x.browser()
	if status, body := x.call(c, "POST", "/v1/session", `{"role":"shopper","account":"1001","password":"till-demo-1"}`); status != 200 {
		t.Fatalf("%d %v", status, body)
	}
	_, who := x.call(c, "GET", "/v1/session", "")
	if who["shopper"].(map[string]any)["account"] != "1001" {
		t.Fatalf("got %v", who)
	}
	header := http.Header{}
	req, err := http.NewRequest("GET", x.http.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, cookie := range c.Jar.Cookies(req.URL) {
		header.Add("Cookie", cookie.String())
	}
	conn, _, err := x.dial("/v1/checkout", header)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	p := &page{t: t, conn: conn}
	p.say("1", "oat milk") // a hello may be left out
	p.say("2", "checkout")
	bill := p.want("bill")
	p.say("3", "confirm payment")
	p.send(map[string]any{"type": "prove", "id": "4", "bill": bill.Bill, "version": bill.Version, "factor": "password", "secret": "till-demo-1"})
	if r := p.wantID("4"); r.State != "paid" {
		t.Errorf("got %s", r.raw)
	}
}

func TestLeavingForgetsWhatWasHeard(t *testing.T) {
	x := newTill(t)
	p := x.open("")
	resume := p.want("welcome").Resume
	p.say("1", "oat milk")
	if r := p.do("2", map[string]any{"do": "leave"}); r.Cart.Count != 0 || r.State != "shopping" {
		t.Errorf("got %s", r.raw)
	}
	_, heard := x.call(x.browser(), "GET", "/v1/heard", "", "Authorization", "Bearer "+resume)
	if n := len(heard["heard"].([]any)); n != 0 {
		t.Errorf("%d lines are still kept", n)
	}
}

func TestDrainTellsEveryPage(t *testing.T) {
	x := newTill(t)
	p := x.open("")
	p.want("welcome")
	go x.server.Drain(t.Context())
	if m := p.want("error"); m.Code != "draining" {
		t.Errorf("got %s", m.raw)
	}
	_, _, err := p.conn.ReadMessage()
	var closed *websocket.CloseError
	if !errors.As(err, &closed) || closed.Code != websocket.CloseGoingAway {
		t.Errorf("got %v, want close 1001", err)
	}
	if _, res, err := x.dial("/v1/checkout", nil); err == nil || res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a new page while draining: %v", err)
	}
	if status, body := x.call(x.browser(), "GET", "/readyz", ""); status != 503 || body["draining"] != true {
		t.Errorf("readyz: %d %v", status, body)
	}
}

func TestOtherSitesMayNotConverse(t *testing.T) {
	x := newTill(t)
	for path, header := range map[string]http.Header{
		"/v1/checkout":              {"Origin": {"https://evil.example"}},
		"/v1/recognize":             {"Origin": {"https://evil.example"}},
		"/v1/checkout?place=nobody": {},
	} {
		conn, res, err := x.dial(path, header)
		if err == nil {
			conn.Close()
			t.Errorf("%s was opened", path)
			continue
		}
		if res == nil || res.StatusCode < 400 {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestTypedOnlyTellsThatItHearsNothing(t *testing.T) {
	x := newTill(t, func(c *server.Config) { c.Engine = nil })
	p := x.open("")
	p.want("welcome")
	p.audio(speechtest.Voice(300 * time.Millisecond))
	if m := p.want("error"); m.Code != "no_speech" {
		t.Errorf("got %s", m.raw)
	}
	if r := p.say("1", "oat milk"); r.Cart.Count != 1 {
		t.Errorf("got %s", r.raw)
	}
}

func TestASentenceMayHaveAPause(t *testing.T) {
	x := newTill(t)
	x.engine.Hears("can i have two", "oat milk")
	p := x.open("")
	p.want("welcome")
	p.audio(append(speechtest.Silence(300*time.Millisecond), speechtest.Voice(500*time.Millisecond)...))
	p.audio(append(speechtest.Silence(1100*time.Millisecond), speechtest.Voice(500*time.Millisecond)...))
	p.send(map[string]any{"type": "end"})
	if m := p.want("reply"); m.Cart.Count != 2 || m.Cart.Lines[0].Item != "1203" {
		t.Errorf("got %s", m.raw)
	}
}

func TestTheCatalogueSettlesWhatWasHeard(t *testing.T) {
	x := newTill(t)
	best, right := speech.Typed("item one two zero three nine tree"), speech.Typed("item one two zero three times three")
	right.Alternatives[0].Score = -1
	x.engine.HearsHypothesis(speech.Hypothesis{Alternatives: append(best.Alternatives, right.Alternatives...)})
	p := x.open("")
	p.want("welcome")
	p.audio(append(speechtest.Silence(300*time.Millisecond), speechtest.Voice(500*time.Millisecond)...))
	p.send(map[string]any{"type": "end"})
	if m := p.want("reply"); m.Cart.Count != 3 || m.Cart.Lines[0].Item != "1203" {
		t.Errorf("got %s", m.raw)
	}
}
