package server_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// buys goes from an empty basket to the receipt.
func (x *till) buys(line string) message {
	x.t.Helper()
	p := x.open("")
	p.want("welcome")
	p.say("1", line)
	p.say("2", "checkout")
	p.say("3", "confirm payment")
	bill := p.last("bill")
	p.send(map[string]any{"type": "prove", "id": "4", "bill": bill.Bill, "version": bill.Version, "account": "1001", "factor": "password", "secret": "till-demo-1"})
	return p.want("receipt")
}

// last is the newest message of a kind that was seen.
func (p *page) last(kind string) (found message) {
	for _, m := range p.seen {
		if m.Type == kind {
			found = m
		}
	}
	return found
}

// token makes a token of the demo merchant.
func (x *till) token(m *http.Client) string {
	x.t.Helper()
	status, body := x.call(m, "POST", "/v1/merchant/tokens", `{"name":"front gate"}`)
	if status != 201 {
		x.t.Fatalf("got %d %v", status, body)
	}
	return "Bearer " + body["token"].(string)
}

func TestAGateTellsTheConsole(t *testing.T) {
	x := newTill(t)
	m := x.merchant()
	token := x.token(m)
	if status, body := x.call(m, "PUT", "/v1/merchant/gates", `{"gates":["front","back"]}`); status != 204 {
		t.Fatalf("got %d %v", status, body)
	}
	pass := x.buys("oat milk").Pass
	c := x.browser()
	open := func(gate string, header ...string) any {
		_, v := x.call(c, "POST", "/v1/pass/"+pass+"/open?place=demo&gate="+gate, "", header...)
		return v["reason"]
	}
	for _, step := range []struct {
		gate   string
		want   string
		header []string
	}{
		{"", "wrong gate", nil},
		{"side", "wrong gate", []string{"Authorization", token}},
		{"front", "good", []string{"Authorization", token}},
		{"back", "already used", []string{"Authorization", token}},
	} {
		if got := open(step.gate, step.header...); got != step.want {
			t.Errorf("at %q: got %v, want %s", step.gate, got, step.want)
		}
	}
	status, news := x.call(c, "POST", "/v1/gates/front/sync?place=demo", `{"did":[{"id":"1","reason":"gate cut off","at":"2026-11-27T12:00:00Z"}]}`, "Authorization", token)
	if status != 200 || len(news["spent"].([]any)) != 1 || news["key"] == nil {
		t.Errorf("sync: got %d %v", status, news)
	}
	_, body := x.call(m, "GET", "/v1/merchant/gates", "")
	var reasons []string
	for _, e := range body["events"].([]any) {
		reasons = append(reasons, e.(map[string]any)["reason"].(string))
	}
	if got := strings.Join(reasons, ", "); strings.Count(got, "wrong gate") != 1 || !strings.Contains(got, "good") || !strings.Contains(got, "already used") || !strings.Contains(got, "gate cut off") {
		t.Errorf("events: got %s", got)
	}
	front := body["gates"].([]any)[1].(map[string]any)
	if front["name"] != "front" || front["online"] != true || front["named"] != true {
		t.Errorf("got %v", front)
	}
	x.wait(time.Minute)
	if _, body = x.call(m, "GET", "/v1/merchant/gates", ""); body["gates"].([]any)[1].(map[string]any)["online"] != false {
		t.Errorf("a minute later: got %v", body["gates"])
	}
}

func TestStaffLetsOutByHandWithAReason(t *testing.T) {
	x := newTill(t)
	m := x.merchant()
	token := x.token(m)
	for body, want := range map[string]int{`{}`: 400, `{"reason":"  "}`: 400, `nonsense`: 400, `{"reason":"phone is dead"}`: 204} {
		if status, answer := x.call(m, "POST", "/v1/merchant/gates/front/release", body); status != want {
			t.Errorf("%s: got %d %v, want %d", body, status, answer, want)
		}
	}
	_, news := x.call(x.browser(), "POST", "/v1/gates/front/sync?place=demo", `{}`, "Authorization", token)
	if len(news["releases"].([]any)) != 1 {
		t.Errorf("got %v", news)
	}
	_, body := x.call(m, "GET", "/v1/merchant/gates", "")
	e := body["events"].([]any)[0].(map[string]any)
	if e["reason"] != "released by staff" || e["note"] != "phone is dead" || e["who"] == "" || e["open"] != true {
		t.Errorf("got %v", e)
	}
}

func TestAPassIsRenewedByItsReceiptAndByStaff(t *testing.T) {
	x := newTill(t)
	receipt := x.buys("oat milk")
	c, m := x.browser(), x.merchant()
	status, renewed := x.call(c, "POST", "/v1"+receipt.URL+"/pass", `{}`)
	if status != 201 || renewed["pass"] == receipt.Pass {
		t.Fatalf("got %d %v", status, renewed)
	}
	if _, page := x.call(c, "GET", "/v1"+receipt.URL, ""); page["pass"] != renewed["pass"] {
		t.Error("the receipt still has the old pass")
	}
	status, again := x.call(m, "POST", "/v1/merchant/receipts/1/pass", `{"gates":["back"]}`)
	if status != 201 {
		t.Fatalf("got %d %v", status, again)
	}
	for token, want := range map[any]string{receipt.Pass: "cancelled", renewed["pass"]: "cancelled", again["pass"]: "good"} {
		if _, v := x.call(c, "POST", "/v1/pass/"+token.(string)+"/open?place=demo&gate=back", ""); v["reason"] != want {
			t.Errorf("got %v, want %s", v, want)
		}
	}
	if status, body := x.call(c, "POST", "/v1"+receipt.URL+"/pass", `{}`); status != 429 && status != 409 {
		t.Errorf("after it was used: got %d %v", status, body)
	}
}

func TestWhatGatesAreNotAllowed(t *testing.T) {
	x := newTill(t)
	c := x.browser()
	token := x.token(x.merchant())
	for _, test := range []struct {
		name, method, path, body string
		header                   []string
		want                     int
	}{
		{"news without a token", "POST", "/v1/gates/front/sync?place=demo", `{}`, nil, 401},
		{"news with a wrong token", "POST", "/v1/gates/front/sync?place=demo", `{}`, []string{"Authorization", "Bearer guess"}, 401},
		{"news that is no JSON", "POST", "/v1/gates/front/sync?place=demo", `{`, []string{"Authorization", token}, 400},
		{"news of a gate with a bad name", "POST", "/v1/gates/the%20front/sync?place=demo", `{}`, []string{"Authorization", token}, 400},
		{"news of another place", "POST", "/v1/gates/front/sync?place=nowhere", `{}`, []string{"Authorization", token}, 404},
		{"news that are too many", "POST", "/v1/gates/front/sync?place=demo", `{"did":[` + strings.TrimSuffix(strings.Repeat(`{},`, 201), ",") + `]}`, []string{"Authorization", token}, 413},
		{"opening with a wrong token", "POST", "/v1/pass/x/open?place=demo&gate=front", ``, []string{"Authorization", "Bearer guess"}, 401},
		{"the console without signing in", "GET", "/v1/merchant/gates", ``, nil, 401},
		{"naming gates without signing in", "PUT", "/v1/merchant/gates", `{"gates":[]}`, nil, 401},
		{"naming a gate badly", "PUT", "/v1/merchant/gates", `{"gates":["a b"]}`, []string{"Authorization", token}, 400},
		{"letting out without signing in", "POST", "/v1/merchant/gates/front/release", `{"reason":"x"}`, nil, 401},
		{"a pass of no receipt", "POST", "/v1/receipt/nothing/pass", `{}`, nil, 404},
		{"a pass of no receipt by staff", "POST", "/v1/merchant/receipts/99/pass", `{}`, []string{"Authorization", token}, 404},
	} {
		if status, body := x.call(c, test.method, test.path, test.body, test.header...); status != test.want {
			t.Errorf("%s: got %d %v, want %d", test.name, status, body, test.want)
		}
	}
}

func TestAReceiptTellsHowItsPassStands(t *testing.T) {
	x := newTill(t)
	c := x.browser()
	state := func(receipt message) map[string]any {
		t.Helper()
		status, body := x.call(c, "GET", "/v1"+receipt.URL+"/pass", "")
		if status != 200 {
			t.Fatalf("got %d %v", status, body)
		}
		return body
	}
	first := x.buys("oat milk")
	if got := state(first); got["state"] != "opens" || got["pass"] != first.Pass {
		t.Errorf("fresh: %v", got)
	}
	_, anew := x.call(c, "POST", "/v1"+first.URL+"/pass", "{}")
	if got := state(first); got["state"] != "opens" || got["pass"] != anew["pass"] || got["pass"] == first.Pass {
		t.Errorf("made anew: %v", got)
	}
	if _, v := x.call(c, "POST", "/v1/pass/"+anew["pass"].(string)+"/open?place=demo&gate=front", ""); v["open"] != true {
		t.Fatalf("the gate: %v", v)
	}
	got := state(first)
	if at, err := time.Parse(time.RFC3339Nano, got["at"].(string)); got["state"] != "used" || got["gate"] != "front" || err != nil || x.now().Sub(at) > time.Minute || got["pass"] != nil {
		t.Errorf("used: %v", got)
	}
	late := x.buys("oat milk")
	x.wait(31 * time.Minute)
	if got := state(late); got["state"] != "expired" {
		t.Errorf("expired: %v", got)
	}
	if status, _ := x.call(c, "GET", "/v1/receipt/guessed/pass", ""); status != 404 {
		t.Errorf("a guessed address: %d", status)
	}
}
