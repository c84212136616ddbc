package server_test

import (
	"strings"
	"testing"
)

func TestStaffLooksAtABasketBeforeItIsPaid(t *testing.T) {
	x := newTill(t)
	m, c := x.merchant(), x.browser()
	if status, body := x.call(m, "PUT", "/v1/merchant/checks", `{"base":1}`); status != 204 {
		t.Fatalf("got %d %v", status, body)
	}
	p := x.open("")
	p.want("welcome")
	p.say("1", "three oat milk")
	if r := p.say("2", "checkout"); !strings.Contains(r.Say, "please show your items to the staff") || r.State != "billed" {
		t.Errorf("got %s", r.raw)
	}
	bill := p.want("bill")
	prove := map[string]any{"type": "prove", "id": "p", "bill": bill.Bill, "version": bill.Version, "account": "1001", "factor": "password", "secret": "till-demo-1"}
	p.send(prove)
	if r := p.wantID("p"); r.State != "billed" {
		t.Errorf("a client that proves without confirming: got %s", r.raw)
	}
	if r := p.say("3", "confirm payment"); r.State != "billed" {
		t.Errorf("before staff looked: got %s", r.raw)
	}
	_, body := x.call(m, "GET", "/v1/merchant/checks", "")
	waiting := body["waiting"].([]any)
	if len(waiting) != 1 {
		t.Fatalf("got %v", body)
	}
	w := waiting[0].(map[string]any)
	if w["total"] != "7.47" || w["lines"].([]any)[0].(map[string]any)["quantity"] != "3" || strings.Contains(sprint(body), "rate") {
		t.Errorf("got %v", body)
	}
	cart := w["cart"].(string)
	if status, _ := x.call(c, "POST", "/v1/merchant/checks/"+cart+"/clean", ""); status != 401 {
		t.Errorf("a stranger: got %d", status)
	}
	for want, path := range map[int]string{404: "/v1/merchant/checks/nothing/clean", 204: "/v1/merchant/checks/" + cart + "/clean"} {
		if status, body := x.call(m, "POST", path, ""); status != want {
			t.Errorf("%s: got %d %v, want %d", path, status, body, want)
		}
	}
	if r := p.say("4", "confirm payment"); r.State != "proving" {
		t.Errorf("after staff looked: got %s", r.raw)
	}
	prove["id"] = "q"
	p.send(prove)
	p.want("receipt")
	for body, want := range map[string]int{`{"base":2}`: 400, `{`: 400, `{"base":0}`: 204} {
		if status, answer := x.call(m, "PUT", "/v1/merchant/checks", body); status != want {
			t.Errorf("%s: got %d %v, want %d", body, status, answer, want)
		}
	}
	if status, _ := x.call(c, "GET", "/v1/merchant/checks", ""); status != 401 {
		t.Errorf("got %d", status)
	}
}
