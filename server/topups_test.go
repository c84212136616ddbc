package server_test

import (
	"fmt"
	"testing"
	"time"
)

func topUpJSON(key, amount, method, more string) string {
	return fmt.Sprintf(`{"key":"%s","amount":"%s","method":"%s"%s}`, key, amount, method, more)
}

const mine = `,"secret":"till-demo-1"`

// A shopper tops up on a provider's page: it waits, is paid once, and the
// balance has risen.
func TestAShopperTopsUpOnAPage(t *testing.T) {
	x, c := counterTill(t)
	ada := x.shopperSignedIn()
	_, before := x.call(ada, "GET", "/v1/account", "")
	status, begun := x.call(ada, "POST", "/v1/account/topups?place=demo", topUpJSON("a long key 1", "20.00", "card", mine))
	handoff, _ := begun["handoff"].(map[string]any)
	if status != 202 || begun["state"] != "waiting" || handoff["url"] == nil || begun["receipt"] != nil {
		t.Fatalf("got %d %v", status, begun)
	}
	if _, again := x.call(ada, "POST", "/v1/account/topups?place=demo", topUpJSON("a long key 1", "20.00", "card", mine)); again["bill"] != begun["bill"] || len(c.charged()) != 1 {
		t.Errorf("again: %v, %d charges", again, len(c.charged()))
	}
	path, token := "/v1/account/topups/"+begun["bill"].(string), "Bearer "+begun["token"].(string)
	nobody := x.browser()
	if status, _ := x.call(nobody, "GET", path, "", "Authorization", "Bearer guess"); status != 404 {
		t.Errorf("somebody who guesses: %d", status)
	}
	if _, waits := x.call(nobody, "GET", path, "", "Authorization", token); waits["state"] != "waiting" {
		t.Errorf("it waits: %v", waits)
	}
	c.end("paid")
	if err := x.server.Cashier.Settle(t.Context(), c.charged()[0].Key); err != nil {
		t.Fatal(err)
	}
	_, paid := x.call(nobody, "GET", path, "", "Authorization", token)
	receipt, _ := paid["receipt"].(map[string]any)
	if paid["state"] != "paid" || receipt["kind"] != "topup" || receipt["pass"] != "" || receipt["total"] != "20.00" {
		t.Errorf("paid: %v", paid)
	}
	_, after := x.call(ada, "GET", "/v1/account", "")
	if after["balance"] != paid["balance"] || after["balance"] == before["balance"] {
		t.Errorf("a balance of %v before, %v after, told %v", before["balance"], after["balance"], paid["balance"])
	}
	if status, gone := x.call(nobody, "DELETE", path, "", "Authorization", token); status != 200 || gone["state"] != "paid" {
		t.Errorf("giving up what is paid: %d %v", status, gone)
	}
	if _, sales := x.call(x.merchant(), "GET", "/v1/merchant/sales?place=demo", ""); sales["total"] != "0.00" {
		t.Errorf("sales of the day: %v", sales)
	}
	if _, history := x.call(ada, "GET", "/v1/account/receipts", ""); len(history["receipts"].([]any)) != 1 {
		t.Errorf("history: %v", history)
	}
	audit, err := x.db.Audit(t.Context())
	if err != nil || len(audit.Problems) > 0 {
		t.Errorf("audit: %v, %v", audit.Problems, err)
	}
}

// At a kiosk nobody is signed in: the account is typed with its password.
func TestATopUpIsGivenUp(t *testing.T) {
	x, c := counterTill(t)
	kiosk := x.browser()
	body := topUpJSON("a long key 1", "20.00", "wechat", `,"account":"1001","client":"kiosk"`+mine)
	_, begun := x.call(kiosk, "POST", "/v1/account/topups?place=demo", body)
	path, token := "/v1/account/topups/"+begun["bill"].(string), "Bearer "+begun["token"].(string)
	if status, gone := x.call(kiosk, "DELETE", path, "", "Authorization", token); status != 200 || gone["state"] != "over" {
		t.Fatalf("got %d %v", status, gone)
	}
	x.wait(time.Minute)
	if _, paid := x.call(kiosk, "POST", "/v1/account/topups?place=demo", topUpJSON("a long key 2", "20.00", "wechat", `,"account":"1001","code":"134567890123456789"`+mine)); paid["state"] != "paid" {
		t.Errorf("by a code that was scanned: %v", paid)
	}
	c.end("paid")
	if err := x.server.Cashier.Recover(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestRefusedTopUps(t *testing.T) {
	x, _ := counterTill(t)
	ada, nobody, merchant := x.shopperSignedIn(), x.browser(), x.merchant()
	const path = "/v1/account/topups?place=demo"
	for _, tt := range []struct {
		name, body string
		status     int
		code       string
	}{
		{"no amount", topUpJSON("a long key 1", "", "card", mine), 400, "bad_topup"},
		{"a fraction of a cent", topUpJSON("a long key 1", "20.001", "card", mine), 400, "bad_topup"},
		{"no password", topUpJSON("a long key 1", "20", "card", ""), 400, "bad_topup"},
		{"no key", topUpJSON("", "20", "card", mine), 400, "bad_topup"},
		{"too little", topUpJSON("a long key 1", "4.99", "card", mine), 422, "topup_amount"},
		{"too much", topUpJSON("a long key 1", "200.01", "card", mine), 422, "topup_amount"},
		{"by the balance itself", topUpJSON("a long key 1", "20", "prepaid", mine), 422, "not_offered"},
		{"a wrong password", topUpJSON("a long key 1", "20", "card", `,"secret":"guess"`), 401, "wrong_password"},
		{"no JSON", `{`, 400, "bad_request"},
	} {
		status, body := x.call(ada, "POST", path, tt.body)
		if problem, _ := body["error"].(map[string]any); status != tt.status || problem["code"] != tt.code {
			t.Errorf("%s: got %d %v, want %d %s", tt.name, status, body, tt.status, tt.code)
		}
	}
	if status, _ := x.call(nobody, "POST", path, topUpJSON("a long key 1", "20", "card", mine)); status != 401 {
		t.Errorf("nobody: %d", status)
	}
	if status, _ := x.call(nobody, "GET", "/v1/account", ""); status != 401 {
		t.Errorf("nobody's account: %d", status)
	}
	if status, _ := x.call(ada, "PUT", "/v1/merchant/topup-limits?place=demo", `{"least":"1","most":"2","ceiling":"3"}`); status != 401 {
		t.Errorf("a shopper sets limits: %d", status)
	}
	for body, want := range map[string]int{`{"least":"5","most":"4","ceiling":"9"}`: 422, `{"least":"x"}`: 422, `{"least":"10","most":"20","ceiling":"30"}`: 204} {
		if status, _ := x.call(merchant, "PUT", "/v1/merchant/topup-limits?place=demo", body); status != want {
			t.Errorf("limits %s: got %d, want %d", body, status, want)
		}
	}
	if _, ways := x.call(nobody, "GET", "/v1/topup?place=demo", ""); ways["least"] != "10.00" || len(ways["methods"].([]any)) != 2 {
		t.Errorf("ways: %v", ways)
	}
	status, body := x.call(ada, "POST", path, topUpJSON("a long key 1", "20", "card", mine))
	if problem, _ := body["error"].(map[string]any); status != 409 || problem["code"] != "topup_ceiling" {
		t.Errorf("over the ceiling: %d %v", status, body)
	}
}

// A till without providers tops up at the desk alone.
func TestNoTopUpsWithoutAProvider(t *testing.T) {
	x := newTill(t)
	if _, ways := x.call(x.browser(), "GET", "/v1/topup?place=demo", ""); len(ways["methods"].([]any)) != 0 {
		t.Errorf("ways: %v", ways)
	}
	if status, _ := x.call(x.shopperSignedIn(), "POST", "/v1/account/topups?place=demo", topUpJSON("a long key 1", "20", "", mine)); status != 422 {
		t.Errorf("got %d", status)
	}
}

// A merchant gives back what is still on the balance, once per key.
func TestATopUpIsGivenBack(t *testing.T) {
	x, c := counterTill(t)
	ada, shop := x.shopperSignedIn(), x.merchant()
	_, begun := x.call(ada, "POST", "/v1/account/topups?place=demo", topUpJSON("a long key 1", "20.00", "card", mine))
	c.end("paid")
	if err := x.server.Cashier.Settle(t.Context(), c.charged()[0].Key); err != nil {
		t.Fatal(err)
	}
	_, paid := x.call(x.browser(), "GET", "/v1/account/topups/"+begun["bill"].(string), "", "Authorization", "Bearer "+begun["token"].(string))
	path := fmt.Sprintf("/v1/merchant/receipts/%v/refund", paid["receipt"].(map[string]any)["no"])
	if status, left := x.call(shop, "GET", path, ""); status != 200 || left["kind"] != "topup" || left["left"] != "20.00" {
		t.Fatalf("what is left: %d %v", status, left)
	}
	for range 2 {
		status, back := x.call(shop, "POST", path, `{"key":"back 1","amount":"15.00"}`)
		if status != 201 || back["kind"] != "topup" || back["total"] != "-15.00" {
			t.Errorf("given back: %d %v", status, back)
		}
	}
	if status, no := x.call(shop, "POST", path, `{"key":"back 2","amount":"5.01"}`); status != 409 || no["error"].(map[string]any)["code"] != "too_much" {
		t.Errorf("more than is left: %d %v", status, no)
	}
	if status, no := x.call(shop, "POST", path, `{"key":"back 3","restock":true}`); status != 400 {
		t.Errorf("with goods: %d %v", status, no)
	}
	if _, left := x.call(shop, "GET", path, ""); left["left"] != "5.00" {
		t.Errorf("what is left in the end: %v", left)
	}
	audit, err := x.db.Audit(t.Context())
	if err != nil || len(audit.Problems) > 0 {
		t.Errorf("audit: %v, %v", audit.Problems, err)
	}
}
