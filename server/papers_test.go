package server_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"voicetill/payments"
	"voicetill/payments/money"
)

// fetch is a file's type and text.
func (x *till) fetch(c *http.Client, path string) (status int, kind, text string) {
	x.t.Helper()
	res, err := c.Get(x.http.URL + path)
	if err != nil {
		x.t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		x.t.Fatal(err)
	}
	return res.StatusCode, res.Header.Get("Content-Type"), string(data)
}

func TestStatementsAndHistory(t *testing.T) {
	x, _ := counterTill(t)
	ada, month := x.shopperSignedIn(), x.now().UTC().Format("2006-01")
	for i := range 3 {
		body := topUpJSON(fmt.Sprint("a long key ", i), "10.00", "wechat", `,"code":"13456789012345678`+fmt.Sprint(i)+`"`+mine)
		if _, paid := x.call(ada, "POST", "/v1/account/topups?place=demo", body); paid["state"] != "paid" {
			t.Fatalf("top up: %v", paid)
		}
		x.wait(time.Second)
	}
	_, account := x.call(ada, "GET", "/v1/account", "")
	status, st := x.call(ada, "GET", "/v1/account/statements/"+month+"?place=demo", "")
	rows, _ := st["rows"].([]any)
	if status != 200 || st["closing"] != account["balance"] || len(rows) < 3 {
		t.Errorf("got %d %v, the balance is %v", status, st, account["balance"])
	}
	if status, kind, text := x.fetch(ada, "/v1/account/statements/"+month+"?format=csv&lang=zh"); status != 200 || !strings.HasPrefix(kind, "text/csv") || !strings.Contains(text, "微信支付") {
		t.Errorf("CSV: %d %s %s", status, kind, text)
	}
	if status, kind, text := x.fetch(ada, "/v1/account/statements/"+month+"?format=pdf"); status != 200 || kind != "application/pdf" || !strings.HasPrefix(text, "%PDF") {
		t.Errorf("PDF: %d %s", status, kind)
	}
	for path, want := range map[string]int{"2026-13": 400, "x": 400, month + "?format=doc": 400} {
		if status, _, _ := x.fetch(ada, "/v1/account/statements/"+path); status != want {
			t.Errorf("%s: got %d, want %d", path, status, want)
		}
	}
	if status, _, _ := x.fetch(x.browser(), "/v1/account/statements/"+month); status != 401 {
		t.Errorf("nobody: %d", status)
	}
	for query, want := range map[string]int{"": 3, "2": 1, "wechat": 3, "10.00": 3, "nothing like it": 0} {
		_, page := x.call(ada, "GET", "/v1/account/receipts?q="+strings.ReplaceAll(query, " ", "+"), "")
		if got := len(page["receipts"].([]any)); query != "2" && got != want {
			t.Errorf("search %q: %d receipts, want %d", query, got, want)
		}
	}
	_, page := x.call(ada, "GET", "/v1/account/receipts?q=wechat&limit=2", "")
	next, _ := page["next"].(string)
	if len(page["receipts"].([]any)) != 2 || next == "" {
		t.Fatalf("first page: %v", page)
	}
	if _, rest := x.call(ada, "GET", "/v1/account/receipts?q=wechat&limit=2&before="+next, ""); len(rest["receipts"].([]any)) != 1 || rest["next"] != nil {
		t.Errorf("second page: %v", rest)
	}
}

// A company's manager sees its bills; other members, and other people, do not.
func TestAManagerSeesTheBills(t *testing.T) {
	x := newTill(t)
	id, err := x.db.SaveCompany(t.Context(), payments.Company{Merchant: "demo", Name: "Acme", Limit: money.Of(50_000, "EUR"), DueDays: 14})
	if err != nil {
		t.Fatal(err)
	}
	ada := x.shopperSignedIn()
	const list = "/v1/account/companies?place=demo"
	if _, body := x.call(ada, "GET", list, ""); len(body["companies"].([]any)) != 0 {
		t.Errorf("nobody's manager: %v", body)
	}
	if err := x.db.AddMember(t.Context(), "demo", payments.Member{Company: id, Account: "demo-ada"}); err != nil {
		t.Fatal(err)
	}
	if _, err := x.db.BillCompany(t.Context(), "demo", id, "2020-01"); err != nil {
		t.Fatal(err)
	}
	bill := "/v1/account/companies/" + id + "/bills/2020-01"
	if status, _, _ := x.fetch(ada, bill); status != 404 {
		t.Errorf("a member who is no manager: %d", status)
	}
	if err := x.db.AddMember(t.Context(), "demo", payments.Member{Company: id, Account: "demo-ada", Manager: true}); err != nil {
		t.Fatal(err)
	}
	_, body := x.call(ada, "GET", list, "")
	companies := body["companies"].([]any)
	if len(companies) != 1 || companies[0].(map[string]any)["name"] != "Acme" || len(companies[0].(map[string]any)["bills"].([]any)) != 1 {
		t.Errorf("got %v", body)
	}
	for format, want := range map[string]string{"": `"month":"2020-01"`, "csv": "Receipt,Time", "pdf": "%PDF"} {
		if status, _, text := x.fetch(ada, bill+"?format="+format); status != 200 || !strings.Contains(text, want) {
			t.Errorf("format %q: %d %.80s", format, status, text)
		}
	}
	if status, _, _ := x.fetch(ada, "/v1/account/companies/"+id+"/bills/2020-02"); status != 404 {
		t.Errorf("a month that was not billed: %d", status)
	}
}
