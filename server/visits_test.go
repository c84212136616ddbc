package server_test

import (
	"strings"
	"testing"
	"time"

	"voicetill/payments"
)

func TestAGateEntersAndChargesByToken(t *testing.T) {
	x, _ := counterTill(t)
	clerk := x.merchant()
	status, body := x.call(clerk, "POST", "/v1/merchant/tokens", `{"name":"barrier"}`)
	if status != 201 {
		t.Fatalf("got %d %v", status, body)
	}
	auth := []string{"Authorization", "Bearer " + body["token"].(string)}
	gate := func(call, ask string) (int, map[string]any) {
		return x.call(x.browser(), "POST", "/v1/gates/barrier/"+call+"?place=demo", ask, auth...)
	}
	// An hour costs as much as oat milk, 2.49; two visits as much as goat milk.
	tariff := `{"tariff":{"item":"1203","unit_min":60,"free_min":10},"plans":[{"item":"1230","visits":2}]}`
	if status, body = x.call(clerk, "PUT", "/v1/merchant/tariff?place=demo", tariff); status != 204 {
		t.Fatalf("got %d %v", status, body)
	}
	if _, body = x.call(clerk, "GET", "/v1/merchant/tariff?place=demo", ""); !strings.Contains(sprint(body), `"price":"2.49"`) || !strings.Contains(sprint(body), `"visits":2`) {
		t.Errorf("got %v", body)
	}
	c, p := x.signedIn()
	if status, body = x.call(c, "POST", mandates, `{"once":"8.00","plates":["K VT 1"],"password":"till-demo-1"}`); status != 201 {
		t.Fatalf("got %d %v", status, body)
	}
	if _, body = gate("enter", `{"visit":"1","plate":"x 99"}`); body["open"] != false || body["reason"] != payments.VisitUnknown {
		t.Errorf("a stranger: got %v", body)
	}
	if _, body = gate("enter", `{"visit":"1","plate":"k-vt-1"}`); body["open"] != true || !strings.Contains(sprint(body["tariff"]), `"price":"2.49"`) {
		t.Errorf("got %v", body)
	}
	x.wait(2 * time.Hour)
	for range 2 {
		if _, body = gate("charge", `{"visit":"1"}`); body["open"] != true || body["total"] != "4.98" || body["reason"] != "good" {
			t.Errorf("got %v", body)
		}
	}
	link, _ := body["receipt"].(string)
	if status, _ := x.call(x.browser(), "GET", "/v1"+link, ""); status != 200 {
		t.Errorf("receipt %q: got %d", link, status)
	}

	p.say("plan", "item 1230")
	p.say("out", "checkout")
	if r := p.say("confirm", "confirm payment"); r.State != "paid" {
		t.Fatalf("got %s", r.raw)
	}
	if _, body = gate("charge", `{"visit":"2","plate":"k-vt-1"}`); body["open"] != true || body["reason"] != payments.VisitBySubs {
		t.Errorf("by subscription: got %v", body)
	}
	if _, body = x.call(c, "GET", "/v1/account/visits?place=demo", ""); !strings.Contains(sprint(body), `"used":1`) || !strings.Contains(sprint(body), `"state":"paid"`) {
		t.Errorf("got %v", body)
	}
	for ask, want := range map[string]int{
		`{"visit":"","plate":"KVT1"}`: 400, `{"visit":"3"}`: 404, `{"visit":"3","plate":"?"}`: 400, `[]`: 400,
		`{"visit":"3","plate":"KVT1","entered":"2099-01-01T00:00:00Z"}`: 400,
	} {
		if status, body := gate("charge", ask); status != want {
			t.Errorf("%s: got %d %v, want %d", ask, status, body, want)
		}
	}
	if status, _ := x.call(x.browser(), "POST", "/v1/gates/barrier/charge?place=demo", `{"visit":"1"}`); status != 401 {
		t.Errorf("without a token: got %d", status)
	}
	for bad, want := range map[string]int{
		`{"tariff":{"item":"nothing"}}`: 409, `{"tariff":{"item":"1203","unit_min":-1}}`: 400, `{"plans":[{"item":"1230"}]}`: 400, `{"tariff":7}`: 400, `{}`: 400,
	} {
		if status, body := x.call(clerk, "PUT", "/v1/merchant/tariff?place=demo", bad); status != want {
			t.Errorf("%s: got %d %v, want %d", bad, status, body, want)
		}
	}
}
