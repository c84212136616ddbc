package server_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
)

const mandates = "/v1/account/mandates?place=demo"

// signedIn is Ada's browser and her page.
func (x *till) signedIn() (*http.Client, *page) {
	x.t.Helper()
	c := x.browser()
	status, body := x.call(c, "POST", "/v1/session", `{"role":"shopper","account":"1001","password":"till-demo-1"}`)
	if status != 200 {
		x.t.Fatalf("sign in: %d %v", status, body)
	}
	d := websocket.Dialer{Jar: c.Jar}
	conn, _, err := d.Dial("ws"+strings.TrimPrefix(x.http.URL, "http")+"/v1/checkout?place=demo", nil)
	if err != nil {
		x.t.Fatal(err)
	}
	x.t.Cleanup(func() { conn.Close() })
	p := &page{t: x.t, conn: conn}
	p.send(map[string]any{"type": "hello", "client": "phone", "lang": "en"})
	return c, p
}

func TestWhoHasAllowedItPaysByConfirming(t *testing.T) {
	x, _ := counterTill(t)
	c, p := x.signedIn()
	status, m := x.call(c, "POST", mandates, `{"once":"8.00","day":"10.00","password":"till-demo-1"}`)
	if status != 201 || m["active"] != true || m["token"] == "" || m["place"] != "demo" {
		t.Fatalf("got %d %v", status, m)
	}
	bill := p.bill()
	var b struct {
		Allowed bool `json:"allowed"`
	}
	if err := json.Unmarshal([]byte(bill.raw), &b); err != nil || !b.Allowed {
		t.Errorf("got %s", bill.raw)
	}
	if r := p.say("confirm", "confirm payment"); r.State != "paid" {
		t.Fatalf("got %s", r.raw)
	}
	if r := p.want("receipt"); r.Total != "7.47" || !strings.Contains(r.raw, `"proven":"mandate"`) {
		t.Errorf("got %s", r.raw)
	}
	if _, list := x.call(c, "GET", mandates, ""); !strings.Contains(sprint(list), `"today":"7.47"`) || strings.Contains(sprint(list), `"token"`) {
		t.Errorf("got %v", list)
	}

	p.say("more", "two oat milk") // 4.98, and 2.53 is left of the day
	if r := p.say("out", "checkout"); !strings.Contains(r.Say, "more than you have allowed without a password; two fifty-three is left") {
		t.Errorf("got %s", r.raw)
	}
	if r := p.say("confirm2", "confirm payment"); r.State != "proving" || r.Say != "Enter your password on the screen." {
		t.Errorf("over the limit: got %s", r.raw)
	}
}

func TestARevokedMandateAsksForThePassword(t *testing.T) {
	x, _ := counterTill(t)
	c, p := x.signedIn()
	_, m := x.call(c, "POST", mandates, `{"once":"8.00","all":true,"password":"till-demo-1"}`)
	p.bill()
	for range 2 {
		if status, _ := x.call(c, "DELETE", "/v1/account/mandates/"+m["id"].(string)+"?place=demo", ""); status != 204 {
			t.Fatalf("got %d", status)
		}
	}
	if r := p.say("confirm", "confirm payment"); r.State != "proving" {
		t.Errorf("got %s", r.raw)
	}
}

func TestMandatesTakeTheirHoldersPassword(t *testing.T) {
	x, _ := counterTill(t)
	c, _ := x.signedIn()
	for body, want := range map[string]int{
		`{"once":"8.00","password":"wrong"}`:                                       401,
		`{"once":"8.00"}`:                                                          401,
		`{"password":"till-demo-1"}`:                                               400,
		`{"once":"much","password":"till-demo-1"}`:                                 400,
		`{"once":"8.00","day":"1.00","password":"till-demo-1"}`:                    400,
		`{"once":"8.00","until":"2001-01-01T00:00:00Z","password":"till-demo-1"}`:  400,
		`{"once":"8.00","method":"card","password":"till-demo-1"}`:                 404,
		`{"once":"8.00","method":"gold","password":"till-demo-1"}`:                 422,
		`{"once":"8.00","plates":["?"],"password":"till-demo-1"}`:                  400,
		`{"once":"8.00","plates":["K VT 1"],"password":"till-demo-1"}`:             201,
		`{"once":"8.00","until":"2099-01-01T00:00:00Z","password":"till-demo-1"} `: 201,
	} {
		if status, answer := x.call(c, "POST", mandates, body); status != want {
			t.Errorf("%s: got %d %v, want %d", body, status, answer, want)
		}
	}
	if status, answer := x.call(c, "POST", mandates, `{"once":"9.00","plates":["k-vt-1"],"password":"till-demo-1"}`); status != 409 {
		t.Errorf("a plate twice: got %d %v", status, answer)
	}
	for method, path := range map[string]string{"GET": mandates, "POST": mandates, "DELETE": "/v1/account/mandates/x?place=demo"} {
		if status, _ := x.call(x.browser(), method, path, `{}`); status != 401 {
			t.Errorf("%s without signing in: got %d", method, status)
		}
	}
}
