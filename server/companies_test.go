package server_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"voicetill/payments"
	"voicetill/server"
	"voicetill/server/records"
	"voicetill/store"
)

// invoiceTill bills companies.
func invoiceTill(t *testing.T) *till {
	t.Helper()
	return newTill(t, func(c *server.Config) {
		db := c.Records.(records.Records).DB
		key, err := db.PassKey(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		c.Cashier = payments.New(payments.Config{Store: db, Wallet: db, Verifier: c.Verifier, PassKey: key, Now: c.Now, Log: c.Log,
			Gateways: map[payments.Method]payments.Gateway{payments.Prepaid: db.Prepaid(), payments.Invoice: db.Invoices()}})
	})
}

// A merchant sets a company up, bills it and books its payments in parts.
func TestACompanyInTheConsole(t *testing.T) {
	x := invoiceTill(t)
	clerk, ada := x.merchant(), x.shopperSignedIn()
	const companies = "/v1/merchant/companies"
	_, made := x.call(clerk, "PUT", companies+"?place=demo", `{"name":"Acme","limit":"100.00","due":14}`)
	id, _ := made["id"].(string)
	if id == "" {
		t.Fatalf("got %v", made)
	}
	one := companies + "/" + id
	month := x.now().UTC().Format("2006-01")
	for _, tt := range []struct {
		name, method, path, body string
		status                   int
		code                     string
	}{
		{"without a limit", "PUT", companies + "?place=demo", `{"name":"Acme"}`, 400, "bad_company"},
		{"without a name", "PUT", companies + "?place=demo", `{"limit":"5"}`, 400, "bad_company"},
		{"another id", "PUT", companies + "?place=demo", `{"id":"nobody","name":"x","limit":"5"}`, 404, "no_company"},
		{"another limit", "PUT", companies + "?place=demo", `{"id":"` + id + `","name":"Acme","limit":"50.00","due":30}`, 200, ""},
		{"an address that is none", "PUT", companies + "?place=demo", `{"id":"` + id + `","name":"Acme","limit":"50.00","email":"books at acme"}`, 400, "bad_company"},
		{"an address", "PUT", companies + "?place=demo", `{"id":"` + id + `","name":"Acme","limit":"50.00","due":30,"email":"books@acme.example"}`, 200, ""},
		{"the address stays", "PUT", companies + "?place=demo", `{"id":"` + id + `","name":"Acme","limit":"60.00","due":30}`, 200, ""},
		{"a member", "PUT", one + "/members?place=demo", `{"account":"1001","once":"20.00","manager":true}`, 204, ""},
		{"a member of no account", "PUT", one + "/members?place=demo", `{"account":"9999"}`, 404, "no_account"},
		{"a limit below zero", "PUT", one + "/members?place=demo", `{"account":"1001","once":"-1"}`, 400, "bad_company"},
		{"a member of no company", "PUT", companies + "/nobody/members?place=demo", `{"account":"1001"}`, 404, "no_company"},
		{"a month that runs", "POST", one + "/bills?place=demo", `{"month":"` + month + `"}`, 409, "month_runs"},
		{"no month", "POST", one + "/bills?place=demo", `{"month":"May"}`, 400, "bad_request"},
		{"a bill that is missing", "GET", one + "/bills/2020-01?place=demo", "", 404, "no_bill"},
		{"a shopper", "GET", companies + "?place=demo", "", 401, "sign_in"},
	} {
		who := clerk
		if tt.name == "a shopper" {
			who = ada
		}
		status, body := x.call(who, tt.method, tt.path, tt.body)
		if problem, _ := body["error"].(map[string]any); status != tt.status || tt.code != "" && problem["code"] != tt.code {
			t.Errorf("%s: got %d %v, want %d %s", tt.name, status, body, tt.status, tt.code)
		}
	}
	if _, list := x.call(clerk, "GET", companies+"?place=demo", ""); !strings.Contains(sprint(list), "books@acme.example") {
		t.Errorf("the address is lost: %v", list)
	}
	if _, members := x.call(clerk, "GET", one+"/members?place=demo", ""); !strings.Contains(sprint(members), "1001") {
		t.Errorf("members: %v", members)
	}
	p := x.open("")
	p.want("welcome")
	bill := p.bill()
	p.do("confirm", map[string]any{"do": "confirm"})
	p.send(map[string]any{"type": "prove", "id": "pay", "bill": bill.Bill, "version": bill.Version, "account": "1001", "factor": "password",
		"secret": "till-demo-1", "method": "invoice"})
	if r := p.wantID("pay"); r.State != "paid" {
		t.Fatalf("got %s", r.raw)
	}
	later, err := store.Open(t.Context(), "sqlite:"+x.path, store.Clock(func() time.Time { return time.Now().AddDate(0, 0, 40) }))
	if err != nil {
		t.Fatal(err)
	}
	defer later.Close()
	if b, err := later.BillCompany(t.Context(), "demo", id, month); err != nil || b.Total.Decimal() != "7.47" {
		t.Fatalf("bill: %+v, %v", b, err)
	}
	if _, b := x.call(clerk, "POST", one+"/bills?place=demo", `{"month":"2020-01"}`); b["month"] != "2020-01" {
		t.Errorf("an empty bill: %v", b)
	}
	pay := one + "/bills/" + month + "/payments?place=demo"
	for _, tt := range []struct {
		body     string
		status   int
		received any
	}{
		{`{"amount":"5.00","key":"1"}`, 200, "5.00"}, {`{"amount":"5.00","key":"1"}`, 200, "5.00"}, {`{"amount":"4.00","key":"1"}`, 409, nil},
		{`{"amount":"5.00","key":"2"}`, 422, nil}, {`{"amount":"x","key":"2"}`, 422, nil}, {`{"amount":"1"}`, 422, nil}, {`{"amount":"2.47","key":"2"}`, 200, "7.47"},
	} {
		if status, body := x.call(clerk, "POST", pay, tt.body); status != tt.status || body["received"] != tt.received {
			t.Errorf("%s: got %d %v", tt.body, status, body)
		}
	}
	for format, want := range map[string]string{"csv": "oat", "pdf": "%PDF"} {
		status, _, text := x.fetch(clerk, one+"/bills/"+month+"?place=demo&format="+format)
		if status != 200 || format == "pdf" && !strings.HasPrefix(text, want) || format == "csv" && !strings.Contains(text, "7.47") {
			t.Errorf("%s: %d %.60s", format, status, text)
		}
	}
	if _, list := x.call(clerk, "GET", companies+"?place=demo", ""); !strings.Contains(fmt.Sprint(list), "left:0.00") || !strings.Contains(fmt.Sprint(list), "owed:0.00") {
		t.Errorf("companies: %v", list)
	}
	if status, _ := x.call(clerk, "DELETE", one+"/members/1001?place=demo", ""); status != 204 {
		t.Errorf("drop: %d", status)
	}
	audit, err := x.db.Audit(t.Context())
	if err != nil || len(audit.Problems) > 0 {
		t.Errorf("audit: %v, %v", audit.Problems, err)
	}
}
