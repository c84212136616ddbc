package server_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestARefundIsNoSaleInTheReports(t *testing.T) {
	x := newTill(t)
	m := x.merchant()
	p := x.open("")
	p.want("welcome")
	for _, line := range []string{"three oat milk", "undo", "two oat milk", "add 15 croissants", "no", "it rains cats"} {
		p.say(line, line)
	}
	p.buy("till-demo-1")
	if status, body := x.call(m, "POST", "/v1/merchant/receipts/1/refund", `{"key": "k", "amount": "1.00"}`); status != 201 {
		t.Fatalf("refund: %d %v", status, body)
	}
	if _, left := x.call(m, "GET", "/v1/merchant/receipts/1/refund", ""); fmt.Sprint(left["refunds"]) != "[map[no:2 total:-1.00]]" {
		t.Errorf("refunds of receipt 1: %v", left["refunds"])
	}
	for _, path := range []string{"/v1/merchant/sales", "/v1/merchant/report"} {
		_, body := x.call(m, "GET", path, "")
		if got := fmt.Sprintln(body["count"], body["total"], body["average"], body["refunds"], body["back"]); got != "1 4.98 4.98 1 1.00\n" {
			t.Errorf("%s: got %s", path, got)
		}
	}
	_, report := x.call(m, "GET", "/v1/merchant/report", "")
	if got := fmt.Sprint(report["items"]); got != "[map[item:1203 name:oat milk quantity:2 sales:1 total:4.98 unit:each]]" {
		t.Errorf("items: %s", got)
	}
	days := report["understood"].(map[string]any)
	for day, n := range days {
		c := n.(map[string]any)
		if c["asked"] != 1.0 || c["corrected"] != 2.0 || c["ignored"] != 1.0 || c["obeyed"].(float64) < 2 {
			t.Errorf("%s: got %v", day, c)
		}
	}
	if len(days) != 1 {
		t.Errorf("understood on %d days", len(days))
	}
	if status, _ := x.call(m, "GET", "/v1/merchant/report?from=2026-01-01T00:00:00Z&to=2026-11-01T00:00:00Z", ""); status != 400 {
		t.Errorf("a report of ten months: %d", status)
	}
	if status, body := x.call(m, "GET", "/v1/merchant/sales?from=today", ""); status != 400 || !strings.Contains(fmt.Sprint(body), "2026-11-27T08:00:00Z") {
		t.Errorf("a time that is none: %d %v", status, body)
	}
}

func TestReceiptsInPagesAndAsAFile(t *testing.T) {
	x := newTill(t)
	m := x.merchant()
	for range 3 {
		p := x.open("")
		p.want("welcome")
		p.say("1", "oat milk")
		p.buy("till-demo-1")
	}
	_, body := x.call(m, "GET", "/v1/merchant/receipts?sort=no&down=1&limit=2", "")
	rows := body["receipts"].([]any)
	if body["total"] != 3.0 || len(rows) != 2 || rows[0].(map[string]any)["no"] != 3.0 {
		t.Errorf("got %v", body)
	}
	r, err := m.Get(x.http.URL + "/v1/merchant/receipts?q=2&format=csv")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("got %s, %v", r.Status, err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(lines) != 2 || !strings.HasPrefix(lines[0], "\ufeffno,paid,") || !strings.HasPrefix(lines[1], "2,") || !strings.HasSuffix(lines[1], ",1,2.49,EUR,prepaid,") {
		t.Errorf("got %q", lines)
	}
}
