package server_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"voicetill/server"

	"github.com/gorilla/websocket"
)

// cookies are those that a browser would send here.
func (x *till) cookies(c *http.Client) http.Header {
	x.t.Helper()
	here, err := url.Parse(x.http.URL)
	if err != nil {
		x.t.Fatal(err)
	}
	h := http.Header{}
	for _, cookie := range c.Jar.Cookies(here) {
		h.Add("Cookie", cookie.String())
	}
	return h
}

// console is a console's socket.
func (x *till) console(c *http.Client) *websocket.Conn {
	x.t.Helper()
	conn, _, err := x.dial("/v1/merchant/events?place=demo", x.cookies(c))
	if err != nil {
		x.t.Fatal(err)
	}
	x.t.Cleanup(func() { conn.Close() })
	return conn
}

// tells reads until a part is named as changed.
func tells(t *testing.T, conn *websocket.Conn, part string) {
	t.Helper()
	var m struct {
		Type  string
		Parts []string
	}
	for !slices.Contains(m.Parts, part) {
		if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
			t.Fatal(err)
		}
		_, data, err := conn.ReadMessage()
		if err != nil {
			t.Fatalf("waiting for %s: %v", part, err)
		}
		if err := json.Unmarshal(data, &m); err != nil || m.Type != "changed" {
			t.Fatalf("got %s, %v", data, err)
		}
	}
}

func quick(c *server.Config) { c.LookEvery = 10 * time.Millisecond }

func TestAConsoleIsToldWhatHasChanged(t *testing.T) {
	x := newTill(t, quick)
	m := x.merchant()
	var shopper *page
	resume := ""
	for _, tt := range []struct {
		part string
		do   func()
	}{
		{"sales", func() {
			shopper = x.open("")
			resume = shopper.want("welcome").Resume
			shopper.say("1", "three oat milk")
		}},
		{"calls", func() {
			x.call(x.browser(), "POST", "/v1/calls", `{"from": "phone", "reason": "help"}`, "Authorization", "Bearer "+resume)
		}},
		{"gates", func() { x.call(m, "PUT", "/v1/merchant/gates?place=demo", `{"gates": ["front"]}`) }},
		{"catalog", func() { x.call(m, "PATCH", "/v1/merchant/items/2112?place=demo", `{"price": "1.00"}`) }},
		{"confirmations", func() {
			x.call(m, "PUT", "/v1/merchant/confirmations?place=demo", `{"always": true}`)
			shopper.proves()
		}},
		{"checks", func() {
			x.call(m, "PUT", "/v1/merchant/confirmations?place=demo", `{"always": false}`)
			x.call(m, "PUT", "/v1/merchant/checks?place=demo", `{"base": 1, "floor": 1}`)
			p := x.open("")
			p.say("1", "two bagels")
			p.say("2", "checkout")
		}},
	} {
		conn := x.console(m)
		tt.do()
		tells(t, conn, tt.part)
		conn.Close()
	}
}

// proves goes on to the proof of a bill.
func (p *page) proves() {
	p.say("2", "checkout")
	p.say("3", "confirm payment")
	bill := p.last("bill")
	p.prove("4", bill, nil)
}

func TestWhoIsToldWhatAConsoleShows(t *testing.T) {
	x := strangersTill(t, quick)
	m := x.merchant()
	for _, tt := range []struct {
		name   string
		who    http.Header
		place  string
		status int
	}{
		{"nobody", nil, "demo", 401},
		{"a shopper", http.Header{"Authorization": {"Bearer guessed"}}, "demo", 401},
		{"another place's merchant", x.cookies(m), "corner", 403},
		{"no place", x.cookies(m), "nowhere", 404},
		{"a page of another site", http.Header{"Cookie": x.cookies(m)["Cookie"], "Origin": {"https://evil.example"}}, "demo", 403},
		{"the merchant", x.cookies(m), "demo", 101},
		{"a token of the merchant", http.Header{"Authorization": {x.token(m)}}, "demo", 101},
	} {
		conn, r, err := x.dial("/v1/merchant/events?place="+tt.place, tt.who)
		if r == nil || r.StatusCode != tt.status {
			t.Errorf("%s: got %v, %v, want %d", tt.name, r, err, tt.status)
		}
		if conn != nil {
			conn.Close()
		}
	}
}

func TestAConsoleThatSignedOutIsToldNothingMore(t *testing.T) {
	x := newTill(t, quick, func(c *server.Config) { c.Limits.Idle = 100 * time.Millisecond })
	m := x.merchant()
	conn := x.console(m)
	header := x.cookies(m)
	if status, _ := x.call(m, "DELETE", "/v1/session", ""); status != 204 {
		t.Fatal(status)
	}
	if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	_, _, err := conn.ReadMessage()
	var closed *websocket.CloseError
	if !errors.As(err, &closed) || closed.Code != websocket.ClosePolicyViolation {
		t.Errorf("got %v", err)
	}
	if _, r, _ := x.dial("/v1/merchant/events?place=demo", header); r == nil || r.StatusCode != 401 {
		t.Errorf("again: %v", r)
	}
}

func TestManyConsolesAreOneLook(t *testing.T) {
	x := newTill(t, quick)
	m := x.merchant()
	consoles := []*websocket.Conn{x.console(m), x.console(m), x.console(m)}
	consoles[0].Close()
	p := x.open("")
	p.say("1", "three oat milk")
	for _, conn := range consoles[1:] {
		tells(t, conn, "sales")
	}
	consoles[1].Close()
	p.say("2", "two bagels")
	tells(t, consoles[2], "sales")
}
