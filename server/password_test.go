package server_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"voicetill/accounts"
	"voicetill/server"
)

// whoIs is who a browser is signed in as: "shopper", "merchant" or "".
func (x *till) whoIs(c *http.Client) string {
	x.t.Helper()
	_, body := x.call(c, "GET", "/v1/session", "")
	for _, role := range []string{"shopper", "merchant"} {
		if body[role] != nil {
			return role
		}
	}
	return ""
}

// change asks for another password, and returns status, code and field of the answer.
func (x *till) change(c *http.Client, role, old, next string) string {
	x.t.Helper()
	status, body := x.call(c, "PUT", "/v1/session/password", fmt.Sprintf(`{"role": %q, "old": %q, "new": %q}`, role, old, next))
	e, _ := body["error"].(map[string]any)
	if e == nil {
		return fmt.Sprint(status)
	}
	return fmt.Sprint(status, " ", e["code"], " ", e["field"])
}

func TestAPasswordIsChangedByWhoKnowsIt(t *testing.T) {
	for role, p := range map[string]struct{ account, old string }{"shopper": {"1001", "till-demo-1"}, "merchant": {"merchant@example.com", "shop-demo-1"}} {
		t.Run(role, func(t *testing.T) {
			x := newTill(t)
			others := map[string]*http.Client{"shopper": x.shopper(), "merchant": x.merchant()}
			here := map[string]*http.Client{"shopper": x.shopper(), "merchant": x.merchant()}[role]
			for _, c := range []struct {
				old, new, want string
			}{
				{"wrong-wrong", "long enough", "401 wrong_password old"},
				{p.old, "short", "400 short_password new"},
				{p.old, "", "400 short_password new"},
				{p.old, "密码密码密码密码", "204"},
				{p.old, "long enough", "401 wrong_password old"},
				{"密码密码密码密码", "long enough", "204"},
			} {
				if got := x.change(here, role, c.old, c.new); got != c.want {
					t.Errorf("from %s to %s: got %s, want %s", c.old, c.new, got, c.want)
				}
			}
			if got := x.whoIs(here); got != role {
				t.Errorf("here is %q", got)
			}
			for whose, c := range others {
				want := whose
				if whose == role {
					want = "" // ended
				}
				if got := x.whoIs(c); got != want {
					t.Errorf("elsewhere the %s is %q, want %q", whose, got, want)
				}
			}
			login := `{"role": %q, "account": %q, "password": %q}`
			for password, want := range map[string]int{p.old: 401, "long enough": 200} {
				if status, body := x.call(x.browser(), "POST", "/v1/session", fmt.Sprintf(login, role, p.account, password)); status != want {
					t.Errorf("%s: %d %v", password, status, body)
				}
			}
		})
	}
}

func TestAPasswordIsNotChangedByAStranger(t *testing.T) {
	x := newTill(t)
	if got := x.change(x.browser(), "shopper", "till-demo-1", "long enough"); got != "401 sign_in <nil>" {
		t.Errorf("nobody: %s", got)
	}
	if got := x.change(x.shopper(), "merchant", "shop-demo-1", "long enough"); got != "401 sign_in <nil>" {
		t.Errorf("a shopper as the merchant: %s", got)
	}
	c, got := x.shopper(), ""
	for range 6 {
		got = x.change(c, "shopper", "wrong-wrong", "long enough")
	}
	if got != "429 locked <nil>" {
		t.Errorf("after guesses: %s", got)
	}
}

// ends reads until the conversation is over, and returns the last message's code
// and how it was closed.
func (p *page) ends() string {
	p.t.Helper()
	if err := p.conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		p.t.Fatal(err)
	}
	code := ""
	for {
		_, data, err := p.conn.ReadMessage()
		if closed := new(websocket.CloseError); errors.As(err, &closed) {
			return fmt.Sprint(code, " ", closed.Code)
		} else if err != nil {
			p.t.Fatal(err)
		}
		var m struct{ Code string }
		if err := json.Unmarshal(data, &m); err != nil {
			p.t.Fatal(err)
		}
		code = m.Code
	}
}

// openAs opens a conversation as who is signed in.
func (x *till) openAs(c *http.Client, resume string) *page {
	x.t.Helper()
	conn, _, err := x.dial("/v1/checkout?place=demo", x.cookies(c))
	if err != nil {
		x.t.Fatal(err)
	}
	x.t.Cleanup(func() { conn.Close() })
	p := &page{t: x.t, conn: conn}
	p.send(map[string]any{"type": "hello", "client": "phone", "resume": resume})
	return p
}

// A conversation that is open when its shopper's sign-in ends does nothing more,
// and goes on where the shopper is signed in.
func TestAConversationEndsWithItsSignIn(t *testing.T) {
	for name, end := range map[string]func(x *till, here *http.Client){
		"password changed elsewhere": func(x *till, _ *http.Client) {
			if got := x.change(x.shopper(), "shopper", "till-demo-1", "long enough"); got != "204" {
				t.Fatal(got)
			}
		},
		"password changed here": func(x *till, here *http.Client) {
			if got := x.change(here, "shopper", "till-demo-1", "long enough"); got != "204" {
				t.Fatal(got)
			}
		},
		"password changed by the operator": func(x *till, _ *http.Client) {
			hash, err := accounts.Hash(t.Context(), "long enough")
			if err != nil {
				t.Fatal(err)
			}
			if err := x.db.SetPassword(t.Context(), "demo-ada", hash, "", server.SignedIn("demo-ada")); err != nil {
				t.Fatal(err)
			}
		},
		"signed out": func(x *till, here *http.Client) {
			if status, body := x.call(here, "DELETE", "/v1/session", ""); status >= 300 {
				t.Fatal(status, body)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			x := newTill(t)
			here, stranger := x.shopper(), x.open("")
			stranger.want("welcome")
			p := x.openAs(here, "")
			resume := p.want("welcome").Resume
			p.say("1", "three oat milk")
			end(x, here)
			p.send(map[string]any{"type": "say", "id": "2", "text": "two bagels"})
			if got := p.ends(); got != "sign_in 1008" {
				t.Errorf("got %s", got)
			}
			if r := stranger.say("1", "two bagels"); r.Cart.Count != 2 {
				t.Errorf("somebody else: got %s", r.raw)
			}
			if w := x.openAs(here, resume).want("welcome"); w.Cart.Count != 3 {
				t.Errorf("anew: got %s", w.raw)
			}
		})
	}
}

func TestASilentConversationEndsWithItsSignIn(t *testing.T) {
	x := newTill(t, func(c *server.Config) { c.Limits.Idle = 400 * time.Millisecond })
	p := x.openAs(x.shopper(), "")
	p.want("welcome")
	if got := x.change(x.shopper(), "shopper", "till-demo-1", "long enough"); got != "204" {
		t.Fatal(got)
	}
	if got := p.ends(); got != "sign_in 1008" {
		t.Errorf("got %s", got)
	}
}
