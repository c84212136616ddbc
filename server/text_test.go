package server_test

import (
	"net/http"
	"strings"
	"testing"
)

// No database keeps U+0000 in a text: it is refused at the door, and not by one
// database with a fault and by the other in silence.
func TestTextsThatNoDatabaseKeeps(t *testing.T) {
	x := newTill(t)
	m := x.merchant()
	for _, tt := range []struct{ method, path, body string }{
		{"POST", "/v1/session", `{"account": "a\u0000b", "password": "x"}`},
		{"POST", "/v1/session", `{"account": "\\\u0000", "password": "x"}`},
		{"POST", "/v1/merchant/topup", `{"place": "demo", "account": "1001", "amount": "1.00", "key": "a\u0000"}`},
		{"POST", "/v1/merchant/tokens", `{"name": "a\u0000"}`},
		{"PUT", "/v1/merchant/zone?place=demo", `{"zone": "a\u0000"}`},
		{"GET", "/v1/receipt/a%00", ""},
		{"GET", "/v1/receipt/a%ff", ""},
		{"GET", "/v1/merchant/receipts?q=%00", ""},
		{"GET", "/v1/items?place=demo&q=a%ff&x=%zz", ""},
		{"GET", "/v1/checkout?place=de%00mo", ""},
	} {
		status, body := x.call(m, tt.method, tt.path, tt.body)
		if e, _ := body["error"].(map[string]any); status != http.StatusBadRequest || e["code"] != "bad_request" {
			t.Errorf("%s %s %s: got %d %v, want 400 bad_request", tt.method, tt.path, tt.body, status, body)
		}
	}
	if status, body := x.call(m, "POST", "/v1/session", `{"account": "a\\u0000", "password": "x"}`); status != http.StatusUnauthorized {
		t.Errorf("a backslash and five letters: got %d %v", status, body)
	}
	p := x.open("")
	p.want("welcome")
	p.send(map[string]any{"type": "say", "id": "a\x00", "text": "two bagels"})
	if e := p.want("error"); e.Code != "bad_message" {
		t.Errorf("a message: got %s", e.raw)
	}
	if r := p.say("1", "two bagels"); r.Cart.Count != 2 {
		t.Errorf("the next message: got %s", r.raw)
	}
}

// The address of a request may be a pass or a receipt's: it stays out of the log.
func TestALogHasRoutesAndNotAddresses(t *testing.T) {
	x := newTill(t)
	if err := x.db.Close(); err != nil {
		t.Fatal(err)
	}
	if status, _ := x.call(x.browser(), "GET", "/v1/receipt/SECRETSECRET", ""); status != http.StatusInternalServerError {
		t.Errorf("got %d, want 500", status)
	}
	if log := x.log.String(); strings.Contains(log, "SECRETSECRET") || !strings.Contains(log, "GET /v1/receipt/{token}") {
		t.Errorf("the log: %s", log)
	}
}
