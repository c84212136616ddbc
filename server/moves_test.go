package server_test

import (
	"strings"
	"testing"
)

func TestABasketGoesFromTheKioskToThePhone(t *testing.T) {
	x := newTill(t)
	k := x.open("")
	resume := k.want("welcome").Resume
	auth := []string{"Authorization", "Bearer " + resume, "Origin", x.http.URL}
	if status, body := x.call(x.browser(), "POST", "/v1/moves", "", auth...); status != 409 {
		t.Errorf("an empty basket: got %d %v", status, body)
	}
	k.say("1", "three oat milk")
	status, body := x.call(x.browser(), "POST", "/v1/moves", "", auth...)
	address, _ := body["url"].(string)
	_, code, _ := strings.Cut(address, "/?place=demo#move=")
	if status != 201 || code == "" {
		t.Fatalf("got %d %v", status, body)
	}
	if _, body := x.call(x.browser(), "GET", "/v1/moves", "", auth...); body["taken"] != false {
		t.Errorf("before: %v", body)
	}
	status, body = x.call(x.browser(), "POST", "/v1/moves/take", `{"code": "`+code+`"}`)
	phone, _ := body["resume"].(string)
	if status != 200 || phone == "" || phone == resume || body["place"] != "demo" {
		t.Fatalf("got %d %v", status, body)
	}
	if status, body := x.call(x.browser(), "POST", "/v1/moves/take", `{"code": "`+code+`"}`); status != 404 {
		t.Errorf("a second phone: got %d %v", status, body)
	}
	if _, body := x.call(x.browser(), "GET", "/v1/moves", "", auth...); body["taken"] != true {
		t.Errorf("after: %v", body)
	}

	// What the kiosk still sends changes nothing.
	k.send(map[string]string{"type": "say", "id": "2", "text": "two bagels"})
	if e := k.want("error"); e.Code != "no_session" {
		t.Errorf("the kiosk goes on: %+v", e)
	}
	p := x.open(phone)
	if w := p.want("welcome"); len(w.Cart.Lines) != 1 || w.Cart.Lines[0].Item != "1203" || w.Cart.Lines[0].Quantity != "3" {
		t.Errorf("the phone has %+v", w.Cart)
	}
	again := x.open(resume)
	again.want("error")
	if w := again.want("welcome"); w.Resume == resume || w.Cart.Count != 0 {
		t.Errorf("the next one at the kiosk sees %+v", w.Cart)
	}
	p.say("3", "checkout")
	if status, body := x.call(x.browser(), "POST", "/v1/moves", "", "Authorization", "Bearer "+phone); status != 409 {
		t.Errorf("a bill: got %d %v", status, body)
	}
	for _, path := range []string{"POST /v1/moves", "GET /v1/moves"} {
		method, path, _ := strings.Cut(path, " ")
		if status, _ := x.call(x.browser(), method, path, ""); status != 401 {
			t.Errorf("%s without a token: got %d", path, status)
		}
	}
}
