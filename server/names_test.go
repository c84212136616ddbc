package server_test

import (
	"strings"
	"testing"
)

func TestItemsHaveTheirChineseNameOnScreensAlone(t *testing.T) {
	x := newTill(t)
	m := x.merchant()
	if status, body := x.call(m, "PATCH", "/v1/merchant/items/2112?place=demo", `{"name_zh": "百吉饼"}`); status != 200 || body["name_zh"] != "百吉饼" {
		t.Fatalf("got %d %v", status, body)
	}
	const names = `"names":{"1203":"燕麦奶","2112":"百吉饼"}`
	p := x.open("")
	p.want("welcome")
	p.send(map[string]any{"type": "say", "id": "1", "text": "three oat milk and two bagels"})
	if h := p.want("heard"); !strings.Contains(h.raw, names) {
		t.Errorf("heard: %s", h.raw)
	}
	if r := p.wantID("1"); !strings.Contains(r.raw, names) || r.Cart.Lines[1].Name != "bagel" {
		t.Errorf("cart: %s", r.raw)
	}
	if r := p.say("2", "百吉饼"); r.Cart.Lines[1].Quantity != "3" {
		t.Errorf("said in Chinese: %s", r.raw)
	}
	p.say("3", "checkout")
	bill := p.want("bill")
	if !strings.Contains(bill.raw, names) {
		t.Errorf("bill: %s", bill.raw)
	}
	p.say("4", "confirm payment")
	p.prove("5", bill, nil)
	receipt := p.want("receipt")
	if !strings.Contains(receipt.raw, names) || !strings.Contains(receipt.raw, `"name":"bagel"`) {
		t.Errorf("receipt: %s", receipt.raw)
	}
	link := "/v1" + receipt.URL
	if _, body := x.call(m, "GET", link, ""); sprint(body["names"]) != `{"1203":"燕麦奶","2112":"百吉饼"}` {
		t.Errorf("receipt by its link: %v", body["names"])
	}
	if _, body := x.call(m, "GET", "/v1/items?place=demo&q=%E7%99%BE%E5%90%89", ""); !strings.Contains(sprint(body["items"]), `"name_zh":"百吉饼"`) {
		t.Errorf("search: %v", body)
	}
	if status, _ := x.call(m, "PATCH", "/v1/merchant/items/2112?place=demo", `{"name": "pretzel"}`); status != 200 {
		t.Fatal(status)
	}
	if _, body := x.call(m, "GET", link, ""); sprint(body["names"]) != `{"1203":"燕麦奶"}` {
		t.Errorf("the number is another item's by now: %v", body["names"])
	}
}
