package server_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"voicetill/payments"
)

// waiting is a page whose payment of 7.47 waits for staff.
func waiting(t *testing.T) (x *till, p *page, resume, id string) {
	t.Helper()
	x, _ = counterTill(t)
	if err := x.db.SetConfirmRule(t.Context(), "demo", payments.ConfirmRule{From: 700}); err != nil {
		t.Fatal(err)
	}
	p = x.open("")
	resume = p.want("welcome").Resume
	bill := p.bill()
	p.say("confirm", "confirm payment")
	r := p.prove("prove", bill, nil)
	if r.State != "proving" || r.Say != "A member of staff checks this; one moment." {
		t.Fatalf("got %s", r.raw)
	}
	return x, p, resume, p.confirming()
}

// confirming is the id of what staff is to confirm.
func (p *page) confirming() string {
	p.t.Helper()
	var c struct {
		Confirmation string `json:"confirmation"`
	}
	if err := json.Unmarshal([]byte(p.want("confirming").raw), &c); err != nil || c.Confirmation == "" {
		p.t.Fatalf("got %+v, %v", c, err)
	}
	return c.Confirmation
}

const confirmations = "/v1/merchant/confirmations"

func TestAPaymentWaitsForStaffAcrossADroppedLink(t *testing.T) {
	x, p, resume, id := waiting(t)
	if r := p.say("again", "confirm payment"); r.Say != "A member of staff checks this; one moment." {
		t.Errorf("got %s", r.raw)
	}
	p.conn.Close()
	clerk := x.merchant()
	status, body := x.call(clerk, "GET", confirmations+"?place=demo", "")
	got := sprint(body["waiting"])
	if status != 200 || !strings.Contains(got, `"total":"7.47"`) || !strings.Contains(got, `"name":"Ada"`) || !strings.Contains(got, "oat milk") {
		t.Fatalf("got %d %s", status, got)
	}
	p = x.open(resume)
	if w := p.want("welcome"); w.State != "proving" || w.Say != "A member of staff checks this; one moment." {
		t.Errorf("got %s", w.raw)
	}
	if again := p.confirming(); again != id {
		t.Errorf("after a reconnect: got %s, want %s", again, id)
	}
	if status, body := x.call(clerk, "POST", confirmations+"/"+id+"/approve?place=demo", ""); status != 204 {
		t.Fatalf("got %d %v", status, body)
	}
	if r := p.want("receipt"); r.Total != "7.47" || r.Pass == "" {
		t.Errorf("got %s", r.raw)
	}
	status, body = x.call(clerk, "POST", confirmations+"/"+id+"/approve?place=demo", "")
	if status != 409 || !strings.Contains(sprint(body), `"decided"`) {
		t.Errorf("again: got %d %v", status, body)
	}
}

func TestStaffRefusesAndTheCartIsKept(t *testing.T) {
	x, p, _, id := waiting(t)
	status, _ := x.call(x.merchant(), "POST", confirmations+"/"+id+"/refuse?place=demo", `{"reason":"please show your card"}`)
	if status != 204 {
		t.Fatalf("got %d", status)
	}
	r := p.want("reply")
	want := "The staff has not confirmed this payment: please show your card. Nothing was taken, and your basket is kept."
	if r.State != "billed" || r.Say != want || r.Cart.Count != 3 {
		t.Errorf("got %s", r.raw)
	}
}

func TestNobodyConfirmsInTime(t *testing.T) {
	x, p, _, id := waiting(t)
	x.wait(payments.ConfirmWithin)
	if r := p.want("reply"); r.State != "billed" || !strings.HasPrefix(r.Say, "Nobody of the staff could check this in time. Nothing was taken.") {
		t.Errorf("got %s", r.raw)
	}
	if status, _ := x.call(x.merchant(), "POST", confirmations+"/"+id+"/approve?place=demo", ""); status != 409 {
		t.Errorf("got %d", status)
	}
}

func TestGoingBackWithdrawsWhatStaffShouldConfirm(t *testing.T) {
	x, p, _, id := waiting(t)
	if r := p.say("back", "go back"); r.State != "shopping" || r.Cart.Count != 3 {
		t.Fatalf("got %s", r.raw)
	}
	clerk := x.merchant()
	if _, body := x.call(clerk, "GET", confirmations+"?place=demo", ""); sprint(body["waiting"]) != "[]" {
		t.Errorf("still listed: %v", body)
	}
	status, body := x.call(clerk, "POST", confirmations+"/"+id+"/approve?place=demo", "")
	if status != 409 || !strings.Contains(sprint(body), "confirmation_void") {
		t.Errorf("got %d %v", status, body)
	}
}

func TestAClerkDecidesAtTheShoppersScreen(t *testing.T) {
	_, p, _, id := waiting(t)
	for name, clerk := range map[string][2]string{
		"a shopper": {"1001", "till-demo-1"}, "a wrong password": {"merchant@example.com", "wrong"},
	} {
		p.send(map[string]any{"type": "decide", "id": name, "confirmation": id, "approve": true, "account": clerk[0], "secret": clerk[1]})
		if r := p.wantID(name); r.Code != "wrong_password" {
			t.Errorf("%s: got %s", name, r.raw)
		}
	}
	p.send(map[string]any{"type": "decide", "id": "ok", "confirmation": id, "approve": true, "account": "merchant@example.com", "secret": "shop-demo-1"})
	if r := p.want("receipt"); r.Total != "7.47" {
		t.Errorf("got %s", r.raw)
	}
}

func TestTheRuleForConfirmations(t *testing.T) {
	x, _ := counterTill(t)
	clerk := x.merchant()
	for body, want := range map[string]int{
		`{"always":true}`: 204, `{}`: 400, `{"always":false}`: 204, `{"from":"20.00","age":true,"items":["1203"]}`: 204,
		`{"from":"0"}`: 400, `{"from":"-1"}`: 400, `{"from":"much"}`: 400, `{"items":[""]}`: 400, `[]`: 400,
	} {
		if status, answer := x.call(clerk, "PUT", confirmations+"?place=demo", body); status != want {
			t.Errorf("%s: got %d %v, want %d", body, status, answer, want)
		}
	}
	rule := `{"age":true,"always":false,"from":"20.00","items":["1203"]}`
	x.call(clerk, "PUT", confirmations+"?place=demo", rule)
	if _, body := x.call(clerk, "GET", confirmations+"?place=demo", ""); sprint(body["rule"]) != rule {
		t.Errorf("got %v, want %s", body["rule"], rule)
	}
	for _, path := range []string{confirmations + "?place=demo", fmt.Sprintf("%s/x/approve?place=demo", confirmations)} {
		if status, _ := x.call(x.browser(), "POST", path, `{}`); status != 401 && status != 404 && status != 405 {
			t.Errorf("%s without signing in: got %d", path, status)
		}
	}
}
