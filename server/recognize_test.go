package server_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"voicetill/server"
	"voicetill/speech"
	"voicetill/speech/speechtest"

	"github.com/gorilla/websocket"
)

// voskClient speaks as the clients of vosk-server do: send, then read one
// reply.
type voskClient struct {
	t    *testing.T
	conn *websocket.Conn
}

func (x *till) recognize() *voskClient {
	x.t.Helper()
	conn, _, err := x.dial("/v1/recognize", nil)
	if err != nil {
		x.t.Fatal(err)
	}
	x.t.Cleanup(func() { conn.Close() })
	return &voskClient{x.t, conn}
}

func (c *voskClient) text(s string) {
	c.t.Helper()
	if err := c.conn.WriteMessage(websocket.TextMessage, []byte(s)); err != nil {
		c.t.Fatal(err)
	}
}

func (c *voskClient) feed(pcm []byte) string {
	c.t.Helper()
	if err := c.conn.WriteMessage(websocket.BinaryMessage, pcm); err != nil {
		c.t.Fatal(err)
	}
	return c.read()
}

func (c *voskClient) read() string {
	c.t.Helper()
	if err := c.conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		c.t.Fatal(err)
	}
	_, data, err := c.conn.ReadMessage()
	if err != nil {
		c.t.Fatal(err)
	}
	return string(data)
}

// closed reads on until the socket is closed and returns the code.
func (c *voskClient) closed() *websocket.CloseError {
	c.t.Helper()
	for {
		if err := c.conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
			c.t.Fatal(err)
		}
		_, _, err := c.conn.ReadMessage()
		var closed *websocket.CloseError
		if errors.As(err, &closed) {
			return closed
		}
		if err != nil {
			c.t.Fatal(err)
		}
	}
}

func TestRecognizeSpeaksVoskServersProtocol(t *testing.T) {
	x := newTill(t)
	x.engine.Hears("three oat milk", "two bagels", "hello")
	c := x.recognize()
	c.text(`{"config" : {"sample_rate" : 16000.0, "words" : 1}}`)
	for range 5 {
		if got := c.feed(speechtest.Voice(100 * time.Millisecond)); got != `{"partial":"three oat milk"}` {
			t.Fatalf("got %s", got)
		}
	}
	c.text(`{ "reset"  : 1 }`)
	want := `{"result":[{"conf":1,"end":0.5,"start":0,"word":"three"},{"conf":1,"end":1,"start":0.5,"word":"oat"},` +
		`{"conf":1,"end":1.5,"start":1,"word":"milk"}],"text":"three oat milk","commands":[{"do":"add","item":"1203","name":"oat milk","quantity":"3"}]}`
	if got := c.read(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	c.feed(speechtest.Voice(100 * time.Millisecond))
	c.text(`{"eof":1}`)
	if got := c.read(); !strings.Contains(got, `"text":"two bagels"`) {
		t.Errorf("got %s", got)
	}
	if e := c.closed(); e.Code != websocket.CloseNormalClosure {
		t.Errorf("got %v, want 1000", e)
	}
}

func TestRecognizeWithoutConfigIsEightThousandHertz(t *testing.T) {
	x := newTill(t)
	x.engine.Hears("help")
	c := x.recognize()
	if got := c.feed(make([]byte, 8000)); got != `{"partial":"help"}` {
		t.Errorf("got %s", got)
	}
	for _, cut := range [][]byte{make([]byte, 801), make([]byte, 799), {1}} {
		if got := c.feed(cut); !strings.HasPrefix(got, `{"partial"`) {
			t.Errorf("a stream cut in the middle of a sample: got %s", got)
		}
	}
	c.text(`{"eof" : 1}`)
	if got := c.read(); !strings.Contains(got, `"commands":[{"do":"help"}]`) {
		t.Errorf("got %s", got)
	}
}

func TestRecognizeWithAPhraseListOfItsOwn(t *testing.T) {
	x := newTill(t)
	x.engine.Lacks("chobani")
	best := speech.Typed("yes").Alternatives[0]
	other := speech.Typed("no").Alternatives[0]
	best.Score, other.Score = -10, -12.5
	x.engine.HearsHypothesis(speech.Hypothesis{Alternatives: []speech.Alternative{best, other}})
	c := x.recognize()
	c.text(`{"config": {"sample_rate": 8000, "phrase_list": ["yes", "NO", "chobani please", "[unk]"], "words": false, "max_alternatives": 3}}`)
	c.feed(make([]byte, 1600))
	c.text(`{"eof" : 1}`)
	if got, want := c.read(), `{"alternatives":[{"confidence":-10,"text":"yes"},{"confidence":-12.5,"text":"no"}]}`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	opened := x.engine.Opened()
	if got := fmt.Sprint(opened[len(opened)-1]); got != "[yes no [unk]]" {
		t.Errorf("opened with %s", got)
	}
}

func TestRecognizeOfNothingIsEmpty(t *testing.T) {
	x := newTill(t)
	for config, want := range map[string]string{
		`{"config": {"phrase_list": ["yes"]}}`:                          `{"text":""}`,
		`{"config": {"phrase_list": ["yes"], "max_alternatives": 2}}`:   `{"alternatives":[{"confidence":1,"text":""}]}`,
		`{"config": {"phrase_list": ["yes"], "max_alternatives": "2"}}`: `{"alternatives":[{"confidence":1,"text":""}]}`,
		`{"config": {}}`: `{"text":"","commands":[]}`,
	} {
		c := x.recognize()
		c.text(config)
		c.text(`{"eof" : 1}`)
		if got := c.read(); got != want {
			t.Errorf("%s: got %s, want %s", config, got, want)
		}
	}
}

func TestRecognizeRefusesWithAReason(t *testing.T) {
	x := newTill(t, func(c *server.Config) { c.Limits.Phrases = 3 })
	x.engine.Lacks("chobani")
	for _, test := range []struct {
		kind int
		data string
		code int
	}{
		{websocket.TextMessage, `{"config": {"sample_rate": 4000}}`, websocket.ClosePolicyViolation},
		{websocket.TextMessage, `{"config": {"sample_rate": "fast"}}`, websocket.ClosePolicyViolation},
		{websocket.TextMessage, `{"config": {"phrase_list": ["chobani"]}}`, websocket.ClosePolicyViolation},
		{websocket.TextMessage, `{"config": {"phrase_list": ["a", "b", "c", "d"]}}`, websocket.ClosePolicyViolation},
		{websocket.TextMessage, `{"config": {"max_alternatives": 1000}}`, websocket.ClosePolicyViolation},
		{websocket.TextMessage, `{"config": {"max_alternatives": "many"}}`, websocket.ClosePolicyViolation},
		{websocket.TextMessage, `eof`, websocket.CloseInvalidFramePayloadData},
		{websocket.TextMessage, `{"hello": 1}`, websocket.CloseInvalidFramePayloadData},
		{websocket.BinaryMessage, strings.Repeat("x", 70<<10), websocket.CloseMessageTooBig},
	} {
		c := x.recognize()
		if err := c.conn.WriteMessage(test.kind, []byte(test.data)); err != nil {
			t.Fatal(err)
		}
		if e := c.closed(); e.Code != test.code {
			t.Errorf("%.60s: got %v, want %d", test.data, e, test.code)
		}
	}
}

func TestRecognizeDropsNothingHoweverFast(t *testing.T) {
	x := newTill(t)
	c := x.recognize()
	c.text(`{"config": {"phrase_list": ["yes"], "sample_rate": 16000}}`)
	const frames = 400
	sent := make(chan error, 1)
	go func() {
		for range frames {
			if err := c.conn.WriteMessage(websocket.BinaryMessage, make([]byte, 3200)); err != nil {
				sent <- err
				return
			}
		}
		sent <- nil
	}()
	for i := range frames {
		var p struct{ Partial *string }
		if err := json.Unmarshal([]byte(c.read()), &p); err != nil || p.Partial == nil {
			t.Fatalf("reply %d: %v", i, err)
		}
	}
	if err := <-sent; err != nil {
		t.Error(err)
	}
}
